"""The parity sheet: the settings of two compared systems, side by side."""

import dataframely as dy
import polars as pl

from queries import words
from queries.benchmarks.comparison import CHOICE, benchmark_comparison, comparison_reads
from queries.question import Question, read_whole
from warehouse.context import Context
from warehouse.contract.columns import identifier, text, word
from warehouse.read import Read

PARITY = ("UNKNOWN", "DISCLOSED", "EQUAL")
CELL = ("system_id", "baseline_system_id", "setting")


class BenchmarkSettingsCompared(dy.Schema):
    """One row per pair of systems and setting."""

    system_id = identifier("System", key=True)
    baseline_system_id = identifier("System it is compared with", key=True)
    setting = identifier("Setting", key=True)
    value = text("Value of the system; null: unknown")
    unit = text("Unit of value")
    source = text("Where the value comes from")
    baseline_value = text("Value of the baseline; null: unknown")
    baseline_unit = text("Unit of the baseline's value")
    baseline_source = text("Where the baseline's value comes from")
    parity = word("Equal, a disclosed difference, or unknown on a side", *PARITY)


def settings_reads(context: Context, **wanted: str | None) -> dict[str, Read]:
    """What a comparison reads, and every setting."""
    return {**comparison_reads(context, **wanted), "settings": read_whole("benchmark_settings")}


def benchmark_settings_compared(
    runs: pl.LazyFrame,
    claims: pl.LazyFrame,
    systems: pl.LazyFrame,
    settings: pl.LazyFrame,
    *,
    context: Context,
    **wanted: str | None,
) -> pl.DataFrame:
    """The settings of both systems of each comparison, side by side.

    Grain: system_id, baseline_system_id, setting; per pair the unknown first, then the disclosed
    differences. A value missing on either side, or a unit on one side only, is UNKNOWN and never
    equal; a setting written for neither system has no row.
    """
    compared_pairs = benchmark_comparison(runs, claims, systems, context=context, **wanted)
    ids = compared_pairs.lazy().select("system_id", "baseline_system_id").unique()
    baseline = settings.rename(
        {name: f"baseline_{name}" for name in ("system_id", "value", "unit", "source")}
    )
    is_unknown = (
        pl.col("value").is_null()
        | pl.col("baseline_value").is_null()
        | (pl.col("unit").is_null() != pl.col("baseline_unit").is_null())
    )
    is_equal = (pl.col("value") == pl.col("baseline_value")) & pl.col("unit").eq_missing(
        pl.col("baseline_unit")
    )
    return (
        pl.concat(
            [
                ids.join(settings, on="system_id").select(CELL),
                ids.join(baseline, on="baseline_system_id").select(CELL),
            ]
        )
        .unique()
        .join(settings, on=("system_id", "setting"), how="left")
        .join(baseline, on=("baseline_system_id", "setting"), how="left")
        .with_columns(
            parity=pl.when(is_unknown)
            .then(pl.lit("UNKNOWN"))
            .when(is_equal)
            .then(pl.lit("EQUAL"))
            .otherwise(pl.lit("DISCLOSED"))
        )
        .select(BenchmarkSettingsCompared.column_names())
        .sort(
            "system_id",
            "baseline_system_id",
            pl.col("parity").replace_strict(
                {name: place for place, name in enumerate(PARITY)}, return_dtype=pl.Int64
            ),
            "setting",
        )
        .collect()
    )


def finding(frame: pl.DataFrame) -> str:
    """How many settings differ and how many nobody knows."""
    if frame.is_empty():
        return "No settings are written down for this comparison"
    unknown, disclosed = (frame.filter(parity=name).height for name in PARITY[:2])
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
        parameters=CHOICE,
    ),
)
