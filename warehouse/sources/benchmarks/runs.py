"""`load runs`: a plain table of benchmark runs, with the settings of the systems they ran on."""

from pathlib import Path

import polars as pl

from warehouse.sources.batch import Batch, Delivery, LoadRefused
from warehouse.sources.benchmarks.run_settings import Cells
from warehouse.sources.benchmarks.units import known
from warehouse.sources.files import data_files
from warehouse.sources.progress import Progress
from warehouse.sources.tables import read_table

RUNS = "benchmark_runs"
SETTINGS = "settings"


def read_runs(
    path: Path,
    progress: Progress,
    *,
    campaign: str | None = None,
    system: str | None = None,
    settings: Path | None = None,
    systems: Path | None = None,
) -> Delivery:
    """The runs of a CSV or Parquet file or a folder of them, one row per run and metric.

    Columns are those of `benchmark_runs`. `campaign` and `system` stand in for a column that the
    files do not have. Left out, `sequence` is the order of the rows, `is_warmup` no,
    `verification` unverified, `started_at` and `clients` unknown; `session_id` is owed, since only
    who ran it knows which runs share a set-up. A column `settings` holds a JSON object per run;
    `settings` names a file of them, `systems` one of `benchmark_systems`, without which the
    systems that the warehouse has stay as they are.

    Raises `LoadRefused` for units that are unclear or differ within a metric of a campaign, for
    settings that contradict each other, and for files that cannot be read.
    """
    given = {
        name: value for name, value in (("campaign", campaign), ("system_id", system)) if value
    }
    batches, cells = [], Cells()
    files = data_files(path, "runs")
    rows_before = 0
    for number, file in enumerate(files):
        progress.step(f"reading {file.name}", 0.3 * number / len(files))
        batch = _filled(read_table(file, RUNS), given, rows_before)
        rows_before += batch.rows.height
        if SETTINGS in batch.rows.columns:
            cells.add_column(file.name, batch.rows)
        batches.append(batch)
    _refuse_unlike_units(batches)
    extra = [file for file in (settings, systems) if file is not None]
    if settings is not None:
        cells.add_file(settings)
    described = [] if systems is None else [read_table(systems, "benchmark_systems")]
    return Delivery(
        batches=[*(_without_settings(batch) for batch in batches), *cells.batches(), *described],
        files=[*files, *extra],
        notes=_notes(batches, described),
    )


def _filled(batch: Batch, given: dict[str, str], rows_before: int) -> Batch:
    """The batch with what the command says and with what a run may leave out."""
    for name in given:
        if name in batch.rows.columns:
            raise LoadRefused(
                f"{batch.file} has a column {name}, and the command gives one too.",
                "Leave one of them out.",
            )
    left_out = {"is_warmup": "false", "verification": "unverified"} | given
    rows = batch.rows.with_columns(
        pl.lit(value).alias(name)
        for name, value in left_out.items()
        if name not in batch.rows.columns
    )
    if "sequence" not in rows.columns:
        numbers = pl.int_range(rows_before + 1, rows_before + 1 + pl.len(), dtype=pl.Int64)
        rows = rows.with_columns(sequence=numbers)
    return _with(batch, rows)


def _without_settings(batch: Batch) -> Batch:
    return _with(batch, batch.rows.drop(SETTINGS, strict=False))


def _with(batch: Batch, rows: pl.DataFrame) -> Batch:
    return Batch(
        table=batch.table,
        file=batch.file,
        rows=rows,
        names_in_file=batch.names_in_file,
        columns=batch.columns,
        unreadable=batch.unreadable,
        more_unreadable=batch.more_unreadable,
    )


def _refuse_unlike_units(batches: list[Batch]) -> None:
    """Raise where a unit can mean two things, or a metric of a campaign has two units."""
    named = ("campaign", "metric", "unit")
    rows = [
        batch.rows.select(pl.col(named).cast(pl.String))
        for batch in batches
        if set(named) <= set(batch.rows.columns)
    ]
    if not rows:
        return
    units = pl.concat(rows).drop_nulls().unique().sort(named)
    for unit in units["unit"].unique().sort():
        known(unit)
    for campaign, metric, found in (
        units.group_by(*named[:2], maintain_order=True).agg("unit").rows()
    ):
        if len(found) > 1:
            raise LoadRefused(
                f"{metric} of {campaign} is measured in {' and '.join(found)}.",
                "Write all its runs in one unit; 1 MB is 10^6 bytes and 1 MiB is 2^20.",
            )


def _notes(batches: list[Batch], described: list[Batch]) -> list[str]:
    def ids(of: list[Batch]) -> set[str]:
        found = (one.rows["system_id"] for one in of if "system_id" in one.rows.columns)
        return {str(value) for column in found for value in column.drop_nulls()}

    sessions = {
        str(value)
        for batch in batches
        if "session_id" in batch.rows.columns
        for value in batch.rows["session_id"].drop_nulls()
    }
    rows = sum(batch.rows.height for batch in batches)
    notes = [f"{rows:,} values in {len(sessions):,} sessions: n counts sessions"]
    if kept := sorted(ids(batches) - ids(described)):
        notes.append(f"benchmark_systems is left as it is for {', '.join(kept)}")
    return notes
