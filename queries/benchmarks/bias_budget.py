"""How much hidden difference a claim bears: its bias budget, and which setting could erase it."""

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any

import polars as pl

from queries.benchmarks import compared, parity_sheet
from queries.benchmarks.arms import IDS, PAIR
from queries.benchmarks.pairs import CHOICE, PairKey
from queries.benchmarks.parity_sheet import (
    is_asked,
    is_in_budget,
    is_unbounded,
)
from queries.benchmarks.template import Group, Parity
from queries.core.columns import metric
from queries.core.question import Dependency, Question
from queries.shared import words
from queries.shared.statistics.bootstrap import Interval
from warehouse.context import Context
from warehouse.contract.columns import flag, identifier, text, word

Row = dict[str, Any]


class Robustness(StrEnum):
    """Whether a claim bears its bias budget: above the margin, above 1, or not."""

    STANDS = "stands"
    WEAKENS = "weakens"
    FALLS = "falls"


class BenchmarkBiasBudget(PairKey):
    """One row per pair of systems on a workload and metric, and setting with a worst case."""

    knob = identifier("Setting", key=True)
    knob_group = word("Group of the parity sheet", *Group)
    factor = metric("worst_case_factor")
    source = text("Where the worst case comes from", nullable=False)
    parity = word("Equal, a disclosed difference, or unknown on a side", *Parity)
    is_in_budget = flag("Counts against the claim: unknown, or a difference in its favour")
    overturns = flag(
        "With what is disclosed worth the tipping factor; null: no interval", nullable=True
    )
    credited_ratio = metric("credited_ratio", nullable=True)
    credited_low = metric("credited_ratio", nullable=True)
    credited_high = metric("credited_ratio", nullable=True)


def depends_on(**wanted: str | None) -> Mapping[str, Dependency]:
    """The comparison with its interval, and the parity sheet."""
    return {
        "compared": Dependency(compared.QUESTIONS[0], parameters=wanted),
        "sheet": Dependency(parity_sheet.QUESTIONS[0], parameters=wanted),
    }


def benchmark_bias_budget(
    compared: pl.LazyFrame, sheet: pl.LazyFrame, *, context: Context
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
        if factor is None or cell["setting_group"] == Group.MONEY or cell["is_under_test"]:
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


def bias_budget(sheet: Sequence[Row]) -> float | None:
    """The product of the worst cases that count against the claim, at least 1.

    Of the rows of units the largest alone: a result is written in one wrong unit, not in three.
    None where an unknown row has no documented worst case, or no template asks.
    """
    if not is_asked(sheet) or any(is_unbounded(row) for row in sheet):
        return None
    return _product([row for row in sheet if is_in_budget(row)])


def disclosed_credit(sheet: Sequence[Row]) -> float | None:
    """The product of the worst cases of the disclosed differences in favour of the system.

    At least 1; it is the part of the bias budget that is not hidden. None where no template asks.
    What differs without a documented worst case is in no product: it is named by
    `is_unbounded_difference`.
    """
    return _product(_credited_already(sheet)) if is_asked(sheet) else None


def worth(row: Row, sheet: Sequence[Row]) -> float:
    """What a row of `sheet` with a worst case is worth, hidden beside what is disclosed.

    A disclosed difference is hidden no more: it is worth its own worst case.
    """
    already = [] if row["parity"] == Parity.DISCLOSED else _credited_already(sheet)
    return _product([*already, row])


def _credited_already(sheet: Sequence[Row]) -> list[Row]:
    """The disclosed differences in favour of the system that have a worst case."""
    return [row for row in sheet if row["parity"] == Parity.DISCLOSED and is_in_budget(row)]


def _product(counted: Sequence[Row]) -> float:
    """The product of worst cases; of the rows of units the largest alone."""
    found = max(
        (row["worst_case_factor"] for row in counted if row["setting_group"] == Group.UNITS),
        default=1.0,
    )
    for row in counted:
        found *= 1.0 if row["setting_group"] == Group.UNITS else row["worst_case_factor"]
    return float(found)


def credited(interval: Interval | None, budget: float | None) -> Interval | None:
    """The interval of the ratio once `budget` is credited to the baseline."""
    if interval is None or budget is None:
        return None
    return interval[0] / budget, interval[1] / budget


def robustness(low: float | None, budget: float | None, margin_share: float) -> Robustness | None:
    """Whether a claim whose interval begins at `low` bears the bias budget.

    `stands` while the credited lower end lies above the margin, `weakens` above 1, else `falls`;
    None where there is no interval or the budget is unbounded.
    """
    if low is None or budget is None:
        return None
    if low / budget > 1 + margin_share:
        return Robustness.STANDS
    return Robustness.WEAKENS if low / budget > 1 else Robustness.FALLS


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
        depends_on=depends_on,
        answer=benchmark_bias_budget,
        finding=finding,
        filters="rows",
        parameters=CHOICE,
    ),
)
