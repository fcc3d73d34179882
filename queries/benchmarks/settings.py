"""The parity sheet: the settings of two compared systems, side by side."""

from collections.abc import Iterable
from typing import Any

import polars as pl

from queries import words
from queries.benchmarks.arms import arms
from queries.benchmarks.compared import comparison_reads
from queries.benchmarks.pairs import CHOICE, Wanted, on_the_filter, pairs
from queries.benchmarks.shapes import PARITY_STATES, BenchmarkSettingsCompared
from queries.benchmarks.sheet import judged
from queries.question import Question, read_whole
from warehouse.context import Context
from warehouse.read import Read

IDS = ("system_id", "baseline_system_id")
CELL = ("setting", "value", "unit", "source")
# Facts of the system itself that a sheet shows like any other setting, with their unit.
DECLARED = {"storage": None, "price_usd_per_hour": "USD per hour", "price_date": None}
DECLARED_WITH = "Declared with the system"


def settings_reads(context: Context, **wanted: str | None) -> dict[str, Read]:
    """What a comparison reads, the campaign type of every claim, and every setting."""
    reads = comparison_reads(context, **wanted)
    claims = reads["claims"]
    return {
        "runs": reads["runs"],
        "claims": Read(
            table=claims.table, columns=(*claims.columns, "campaign_type"), equal=claims.equal
        ),
        "systems": Read(table="benchmark_systems", columns=("system_id", *DECLARED)),
        "settings": read_whole("benchmark_settings"),
    }


def benchmark_settings_compared(
    runs: pl.LazyFrame,
    claims: pl.LazyFrame,
    systems: pl.LazyFrame,
    settings: pl.LazyFrame,
    *,
    context: Context,
    **wanted: str | None,
) -> pl.DataFrame:
    """The settings of both systems of each comparison, side by side, as the template asks them.

    Grain: system_id, baseline_system_id, setting; per pair the unknown first, then the disclosed
    differences. A value missing on either side, or a unit on one side only, is UNKNOWN and never
    equal; so is a setting that the template of the claim's campaign type asks and nobody wrote.
    Which template is said by the pair's newest registration that names a campaign type; a pair
    without one has the settings that were written, in the group Other.
    """
    registered = claims.collect()
    declared = systems.collect()
    chosen = on_the_filter(
        pairs(arms(runs), registered, Wanted(**wanted)), declared["system_id"].to_list(), context
    )
    named = registered.drop_nulls("campaign_type").sort("registered_at", "claim_id")
    types = {(row[IDS[0]], row[IDS[1]]): row["campaign_type"] for row in named.to_dicts()}
    ids = sorted({(row[IDS[0]], row[IDS[1]]) for row in chosen})
    return sheets(
        [{**dict(zip(IDS, one, strict=True)), "campaign_type": types.get(one)} for one in ids],
        written(declared, settings.collect()),
    )


Cells = dict[str, dict[str, dict[str, Any]]]


def written(systems: pl.DataFrame, settings: pl.DataFrame) -> Cells:
    """The cells of each system by setting: what was written, and what the system declares."""
    cells: Cells = {}
    for row in systems.iter_rows(named=True):
        known = {name: row[name] for name in DECLARED if row[name] is not None}
        cells[row["system_id"]] = {
            name: {"value": str(value), "unit": DECLARED[name], "source": DECLARED_WITH}
            for name, value in known.items()
        }
    for row in settings.iter_rows(named=True):
        cell = {name: row[name] for name in CELL[1:]}
        cells.setdefault(row["system_id"], {})[row["setting"]] = cell
    return cells


def sheets(pairs_typed: Iterable[dict[str, Any]], cells: Cells) -> pl.DataFrame:
    """The parity sheet of each pair (`system_id`, `baseline_system_id`, `campaign_type`)."""
    rows = [
        row
        for pair in pairs_typed
        for row in judged(
            pair,
            cells.get(pair["system_id"], {}),
            cells.get(pair["baseline_system_id"], {}),
        )
    ]
    places = {name: place for place, name in enumerate(PARITY_STATES)}
    schema = BenchmarkSettingsCompared.create_empty().schema
    return pl.DataFrame(rows, schema=schema).sort(
        *IDS, pl.col("parity").replace_strict(places, return_dtype=pl.Int64), "setting"
    )


def finding(frame: pl.DataFrame) -> str:
    """How many settings differ and how many nobody knows."""
    if frame.is_empty():
        return "No settings are written down for this comparison"
    unknown, disclosed = (frame.filter(parity=name).height for name in PARITY_STATES[:2])
    settings = words.plural(frame.height, "setting")
    return f"Of {settings}: {unknown} unknown on a side, {disclosed} disclosed differences"


QUESTIONS = (
    Question(
        name="benchmark_settings_compared",
        asks="In which settings do the compared systems differ, and which are unknown?",
        shape=BenchmarkSettingsCompared,
        reads=settings_reads,
        answer=benchmark_settings_compared,
        finding=finding,
        filters="rows",
        parameters=CHOICE,
    ),
)
