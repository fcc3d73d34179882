"""How much hidden difference a claim bears: parity, bias budget, tipping factor."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from queries.benchmarks.template import OTHER
from queries.statistics.intervals import Interval

Row = dict[str, Any]
MONEY, UNITS = "Money", "Units"
NO_TEMPLATE = "no parity template: the claim names no campaign type"


@dataclass(frozen=True)
class Parity:
    """CLOSED, OPEN or INVALID, and the settings that make it so; None where all are equal."""

    verdict: str
    reason: str | None


def parity_of(sheet: Sequence[Row]) -> Parity:
    """What the rows of one pair's sheet come to.

    CLOSED: every row is equal but what is under test. OPEN: the differences are disclosed and
    every unknown has a documented worst case. INVALID: an unknown has none, a rule is broken, or
    no template asks. Rows of money count in the view per USD only; a setting that no template
    asks keeps a sheet from being closed and invalidates none.
    """
    asked = [row for row in sheet if row["setting_group"] not in {MONEY, OTHER}]
    if not asked:
        return Parity("INVALID", NO_TEMPLATE)
    broken = [f"{row['setting']} {row['broken_rule']}" for row in asked if row["broken_rule"]]
    unbounded = [
        row["setting"] for row in asked if is_unbounded(row) and row["broken_rule"] is None
    ]
    open_rows = [row for row in sheet if row["setting_group"] != MONEY and not _is_closed(row)]
    unknown = [row["setting"] for row in open_rows if row["parity"] == "UNKNOWN"]
    differs = [row["setting"] for row in open_rows if row["parity"] == "DISCLOSED"]
    if broken or unbounded:
        return Parity(
            "INVALID", _listed({"breaks a rule": broken, "unknown without a bound": unbounded})
        )
    if open_rows:
        return Parity("OPEN", _listed({"unknown within a bound": unknown, "differs": differs}))
    return Parity("CLOSED", None)


def is_unbounded(row: Row) -> bool:
    """Whether a row is unknown, counts in the raw view and has no documented worst case."""
    is_unknown = row["parity"] == "UNKNOWN" and row["setting_group"] not in {MONEY, OTHER}
    return bool(is_unknown and row["worst_case_factor"] is None)


def is_unbounded_difference(row: Row) -> bool:
    """Whether a row differs, may favour the system, and has no documented worst case.

    Rows of money count in the view per USD only; what is under test may differ.
    """
    if row["parity"] != "DISCLOSED" or row["setting_group"] == MONEY or row["is_under_test"]:
        return False
    return row["worst_case_factor"] is None and row["favours"] != "baseline"


def is_in_budget(row: Row) -> bool:
    """Whether a row's worst case counts against the claim.

    It does where the row is unknown, or a disclosed difference that favours the system.
    """
    if row["worst_case_factor"] is None or row["setting_group"] == MONEY or row["is_under_test"]:
        return False
    is_favourable = row["parity"] == "DISCLOSED" and row["favours"] == "system"
    return bool(row["parity"] == "UNKNOWN" or is_favourable)


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
    already = [] if row["parity"] == "DISCLOSED" else _credited_already(sheet)
    return _product([*already, row])


def is_asked(sheet: Sequence[Row]) -> bool:
    """Whether a template asks for a row that counts in the raw view."""
    return any(row["setting_group"] not in {MONEY, OTHER} for row in sheet)


def _credited_already(sheet: Sequence[Row]) -> list[Row]:
    """The disclosed differences in favour of the system that have a worst case."""
    return [row for row in sheet if row["parity"] == "DISCLOSED" and is_in_budget(row)]


def _product(counted: Sequence[Row]) -> float:
    """The product of worst cases; of the rows of units the largest alone."""
    found = max((row["worst_case_factor"] for row in counted if _is_unit(row)), default=1.0)
    for row in counted:
        found *= 1.0 if _is_unit(row) else row["worst_case_factor"]
    return float(found)


def credited(interval: Interval | None, budget: float | None) -> Interval | None:
    """The interval of the ratio once `budget` is credited to the baseline."""
    if interval is None or budget is None:
        return None
    return interval[0] / budget, interval[1] / budget


def robustness(low: float | None, budget: float | None, margin_share: float) -> str | None:
    """Whether a claim whose interval begins at `low` bears the bias budget.

    `stands` while the credited lower end lies above the margin, `weakens` above 1, else `falls`;
    None where there is no interval or the budget is unbounded.
    """
    if low is None or budget is None:
        return None
    if low / budget > 1 + margin_share:
        return "stands"
    return "weakens" if low / budget > 1 else "falls"


def _is_closed(row: Row) -> bool:
    is_tested = row["is_under_test"] and row["parity"] == "DISCLOSED"
    return bool(row["parity"] == "EQUAL" or is_tested)


def _is_unit(row: Row) -> bool:
    return bool(row["setting_group"] == UNITS)


def _listed(named: dict[str, Iterable[str]]) -> str:
    return "; ".join(f"{what}: {', '.join(names)}" for what, names in named.items() if names)
