"""The parity sheet as a list: differences first, then what is unknown, the equal folded."""

from collections.abc import Iterator
from typing import Any

import polars as pl

from components.benchmarks.claim_words import coloured
from queries.benchmarks.template import Group, valued
from queries.shared import words

EMPTY = "○ No setting of these systems is written down, so nobody knows whether they were alike."
NOTHING = "● Nothing differs, and nothing that is asked is unknown."
SIDES = {"system": "the system", "baseline": "the baseline"}

Row = dict[str, Any]
State = tuple[str, str]

BROKEN = ("▲ breaks a rule", "red")
FAVOURABLE = ("▲ differs", "red")
DIFFERENT = ("◆ differs", "yellow")
UNBOUNDED = ("▲ unknown", "red")
UNKNOWN = ("○ unknown", "gray")
TESTED = ("● under test", "green")
# The order of the sheet.
STATES = (BROKEN, FAVOURABLE, DIFFERENT, UNBOUNDED, UNKNOWN, TESTED)


def listed(sheet: pl.DataFrame) -> str:
    """The rows that matter as a Markdown list, each with its worst case.

    `sheet` has the shape of `BenchmarkSettingsCompared`. What breaks a rule stands first, then
    what differs (in favour of the system before the rest), then what is unknown and asked, then
    what is under test; in each the largest worst case first. Without any it says so.
    """
    rows = [row for row in sheet.to_dicts() if not _is_folded(row)]
    return "\n".join(map(_line, sorted(rows, key=_place))) or f"- {NOTHING}"


def folded(sheet: pl.DataFrame) -> pl.DataFrame:
    """The settings that are equal, or unknown and asked by no template, under a table's titles."""
    rows = [row for row in sheet.sort("parity", "setting").to_dicts() if _is_folded(row)]
    titles = ("Parity", "Setting", "System", "Compared with")
    return pl.DataFrame(
        {
            "Parity": ["● equal" if row["parity"] == "EQUAL" else "○ unknown" for row in rows],
            "Setting": [_named(row) for row in rows],
            "System": [valued(row) for row in rows],
            "Compared with": [valued(row, "baseline_") for row in rows],
        },
        schema=dict.fromkeys(titles, pl.String),
    )


def fold_label(sheet: pl.DataFrame) -> str:
    """How many settings are folded, by state; empty where none is."""
    rows = [row for row in sheet.to_dicts() if _is_folded(row)]
    equal = sum(row["parity"] == "EQUAL" for row in rows)
    unknown = len(rows) - equal
    said = [f"● {equal} equal"] if equal else []
    return " · ".join([*said, f"○ {unknown} unknown, not asked"] if unknown else said)


def unbounded(sheet: pl.DataFrame) -> str:
    """What differs, or is unknown, without a documented worst case: named, in no bar."""
    rows = [row for row in sheet.to_dicts() if row["is_unbounded"]]
    if not rows:
        return "Every difference and every unknown that counts has a documented worst case."
    named = ", ".join(_named(row) for row in rows)
    return words.plain(f"No documented worst case, so in no bar and not counted as ×1: {named}.")


def _line(row: Row) -> str:
    head = f"*{_worst(row)}* {coloured(*_state(row))} **{words.plain(_named(row))}**"
    said = [part for part in (_values(row), *_because(row)) if part]
    return f"- {head}" + (f"  \n  {words.plain('; '.join(said))}" if said else "")


def _is_folded(row: Row) -> bool:
    is_unasked = row["parity"] == "UNKNOWN" and row["setting_group"] == Group.OTHER
    return (row["parity"] == "EQUAL" or is_unasked) and row["broken_rule"] is None


def _state(row: Row) -> State:
    if row["broken_rule"]:
        return BROKEN
    if row["parity"] == "UNKNOWN":
        return UNBOUNDED if row["is_unbounded"] else UNKNOWN
    if row["is_under_test"]:
        return TESTED
    return FAVOURABLE if row["favours"] == "system" else DIFFERENT


def _worst(row: Row) -> str:
    if row["worst_case_factor"] is not None:
        return f"×{row['worst_case_factor']:.2f}"
    if row["setting_group"] == Group.MONEY:
        return "per USD only"
    if _state(row) == TESTED:
        return "compared"
    return "no bound"


def _values(row: Row) -> str:
    if row["value"] is None and row["baseline_value"] is None:
        return ""
    return f"{valued(row)} against {valued(row, 'baseline_')}"


def _because(row: Row) -> Iterator[str | None]:
    yield row["broken_rule"]
    yield f"favours {SIDES[row['favours']]}" if row["favours"] else None
    yield row["worst_case_source"]


def _named(row: Row) -> str:
    return str(row["setting"]).replace("_", " ")


def _place(row: Row) -> tuple[int, bool, float, str]:
    """By state, then rows of money last and the largest worst case first."""
    worst = row["worst_case_factor"] or 0.0
    return STATES.index(_state(row)), row["setting_group"] == Group.MONEY, -worst, row["setting"]
