"""Which settings could erase a claim, by their documented worst cases."""

from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from queries import words
from queries.benchmarks import compared, settings
from queries.benchmarks.arms import PAIR
from queries.benchmarks.pairs import CHOICE
from queries.benchmarks.robustness import MONEY, Row, worth
from queries.benchmarks.settings import IDS
from queries.benchmarks.shapes import BenchmarkBiasBudget
from queries.question import Asked, Question
from warehouse.context import Context


def builds_on(context: Context, **wanted: str | None) -> Mapping[str, Asked]:  # noqa: ARG001 (every builds_on takes it)
    """The comparison with its interval, and the parity sheet."""
    return {
        "compared": Asked(compared.QUESTIONS[0], parameters=wanted),
        "sheet": Asked(settings.QUESTIONS[0], parameters=wanted),
    }


def benchmark_bias_budget(
    compared: pl.LazyFrame, sheet: pl.LazyFrame, *, context: Context, **_: Any
) -> pl.DataFrame:
    """Every setting with a documented worst case, and the ratio once it alone is credited.

    A setting overturns the claim where its worst case, with what is disclosed in favour of the
    system, is worth the tipping factor; a disclosed one does by itself.

    Grain: campaign, workload, metric, system_id, baseline_system_id, knob; the largest factor
    first. Equal settings stand there too, for scale; `is_in_budget` says which count. Without a
    template there is no row. Rows of money are left out: they move no measured value.
    """
    del context
    rows = pairs_with_sheets(compared.collect(), sheet.collect())
    found = [knob for pair, cells in rows for knob in _knobs(pair, cells)]
    return pl.DataFrame(found, schema=BenchmarkBiasBudget.create_empty().schema).sort(
        *PAIR, "factor", "knob", descending=[False] * len(PAIR) + [True, False]
    )


def pairs_with_sheets(
    compared: pl.DataFrame, sheet: pl.DataFrame
) -> Iterator[tuple[Row, list[Row]]]:
    """Each compared pair with the rows of its parity sheet."""
    sheets = {ids: rows.to_dicts() for ids, rows in sheet.group_by(IDS)}
    for pair in compared.iter_rows(named=True):
        yield pair, sheets.get((pair["system_id"], pair["baseline_system_id"]), [])


def _knobs(pair: Row, cells: list[Row]) -> Iterator[Row]:
    for cell in cells:
        factor = cell["worst_case_factor"]
        if factor is None or cell["setting_group"] == MONEY or cell["is_under_test"]:
            continue
        low = pair["ratio_low"]
        yield {
            **{name: pair[name] for name in PAIR},
            "knob": cell["setting"],
            "knob_group": cell["setting_group"],
            "factor": factor,
            "source": cell["worst_case_source"],
            "parity": cell["parity"],
            "is_in_budget": cell["is_in_budget"],
            "overturns": None if low is None else worth(cell, cells) >= low,
            **{
                f"credited_{end}": None if pair[column] is None else pair[column] / factor
                for end, column in (
                    ("ratio", "ratio"),
                    ("low", "ratio_low"),
                    ("high", "ratio_high"),
                )
            },
        }


def finding(frame: pl.DataFrame) -> str:
    """How many settings with a documented worst case count, and how many would overturn."""
    if frame.is_empty():
        return "No setting of this comparison has a documented worst case"
    counted = frame.filter("is_in_budget")
    overturning = int(counted["overturns"].sum())
    return (
        f"{words.plural(counted.height, 'worst case')} count against the claim, "
        f"{overturning} would overturn it"
    )


QUESTIONS = (
    Question(
        name="benchmark_bias_budget",
        asks="Which setting, if it differed unseen, would erase the claim?",
        shape=BenchmarkBiasBudget,
        builds_on=builds_on,
        answer=benchmark_bias_budget,
        finding=finding,
        filters="rows",
        parameters=CHOICE,
    ),
)
