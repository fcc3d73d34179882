"""`load benchfmt`, `hyperfine`, `pytest-benchmark`: a tool's file becomes runs of one system."""

from collections import Counter
from pathlib import Path

import polars as pl

from warehouse.contract.tables import TABLES
from warehouse.sources.batch import LINE, Batch, Delivery
from warehouse.sources.benchmarks.files import READERS
from warehouse.sources.benchmarks.measurements import Measurement, check_name
from warehouse.sources.benchmarks.units import known
from warehouse.sources.progress import Progress

KINDS = tuple(READERS)


def read_benchmark_runs(
    kind: str,
    path: Path,
    progress: Progress,
    *,
    campaign: str,
    system: str,
    session: str | None = None,
) -> Delivery:
    """The runs of one system that a benchmark tool wrote down, and the settings it names.

    What one file holds was measured in one set-up and is one session, named after the file unless
    `session` names it; so n grows by files, never by repetitions within one. Settings that differ
    within the file (`pkg` of several packages) are told with the workload's name and not as the
    system's. What is known of the system itself (`benchmark_systems`) is left as it is.

    Raises `LoadRefused` for a file that is not of this kind, or with a unit that is unclear.
    """
    progress.step(f"reading {path.name}", 0.05)
    measured = READERS[kind](path)
    for unit in sorted({one.unit for one in measured.values}):
        known(unit)
    constant = _constant(measured.values)
    place = f"{campaign}/{system}"
    of_all = {"campaign": campaign, "system_id": system}
    runs = [
        _run(one, number, f"{place}/{session or _session(kind, path, one)}", path.stem)
        | of_all
        | {"workload": _workload(path, one, constant)}
        for number, one in enumerate(measured.values, start=1)
    ]
    rows = {
        "benchmark_settings": [
            {
                "system_id": system,
                "setting": name,
                "value": value,
                "source": path.name,
                LINE: 1,
            }
            for name, value in sorted(constant.items())
        ],
        "benchmark_runs": runs,
    }
    sessions = len({run["session_id"] for run in runs})
    noun = "session" if sessions == 1 else "sessions"
    return Delivery(
        batches=[
            Batch(table=table, file=path.name, rows=_frame(table, found))
            for table, found in rows.items()
            if found
        ],
        files=list(measured.files),
        notes=[
            f"{len(runs):,} values in {sessions:,} {noun}: n counts sessions, one a file",
            f"benchmark_systems is left as it is for {system}",
            *measured.notes,
        ],
    )


def _session(kind: str, path: Path, one: Measurement) -> str:
    return one.session if kind == "pytest-benchmark" else path.stem


def _constant(values: tuple[Measurement, ...]) -> dict[str, str]:
    """The settings that are the same for every value of the file."""
    # Values that share a set-up share the object, so that each is looked through once.
    configurations = list({id(one.configuration): one.configuration for one in values}.values())
    said = Counter(pair for configuration in configurations for pair in dict(configuration).items())
    return {name: value for (name, value), times in said.items() if times == len(configurations)}


def _workload(path: Path, one: Measurement, constant: dict[str, str]) -> str:
    own = [f"{name}={value}" for name, value in one.configuration if name not in constant]
    workload = " ".join([one.workload, *own])
    check_name(path, one, workload)
    return workload


def _run(one: Measurement, number: int, session: str, file: str) -> dict[str, object]:
    return {
        # Several files may be of one session, and must not replace each other's runs.
        "run_id": f"{session}/{file}/{number}",
        "metric": one.metric,
        "session_id": session,
        "sequence": str(number),
        "unit": one.unit,
        "value": repr(one.value),
        "is_warmup": "false",
        "verification": "unverified",
        LINE: one.line,
    }


def _frame(table: str, rows: list[dict[str, object]]) -> pl.DataFrame:
    columns = [*TABLES[table].columns, LINE]
    return pl.DataFrame(
        [{name: row.get(name) for name in columns} for row in rows],
        schema=dict.fromkeys(columns, pl.String) | {LINE: pl.Int64},
    )
