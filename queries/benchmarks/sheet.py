"""One parity sheet: what a template makes of the settings of two systems."""

from collections.abc import Mapping
from typing import Any

from queries.benchmarks.robustness import is_in_budget, is_unbounded, is_unbounded_difference
from queries.benchmarks.template import OTHER, SheetRow, number, shipped

Cell = Mapping[str, Any]
BOTH_VALUES = "Ratio of both values"
NOTHING: Cell = {"value": None, "unit": None, "source": None}


def judged(
    pair: Mapping[str, Any], ours: Mapping[str, Cell], theirs: Mapping[str, Cell]
) -> list[dict[str, Any]]:
    """The rows of one pair's sheet: those that the template asks, then what else was written.

    `pair` has system_id, baseline_system_id and campaign_type; `ours` and `theirs` are the cells
    of each by setting.
    """
    template = shipped().get(pair["campaign_type"], {})
    names = dict.fromkeys([*template, *sorted({*ours, *theirs})])
    rows = []
    for setting in names:
        one, other = ours.get(setting, NOTHING), theirs.get(setting, NOTHING)
        asked = template.get(setting)
        state = parity(one, other)
        factor, source = worst_case(asked, state, one, other)
        row = {
            **{name: pair[name] for name in ("system_id", "baseline_system_id")},
            "setting": setting,
            **one,
            **{f"baseline_{name}": value for name, value in other.items()},
            "parity": state,
            "campaign_type": pair["campaign_type"],
            "setting_group": asked.group if asked else OTHER,
            "is_under_test": asked is not None and asked.is_under_test,
            "favours": favoured(asked, state, one, other),
            "worst_case_factor": factor,
            "worst_case_source": source,
            "broken_rule": broken_rule(asked, state, one, other) if asked else None,
            "description": asked.says if asked else None,
        }
        row["is_in_budget"] = is_in_budget(row)
        row["is_unbounded"] = is_unbounded(row) or is_unbounded_difference(row)
        rows.append(row)
    return rows


def parity(one: Cell, other: Cell) -> str:
    """EQUAL, DISCLOSED, or UNKNOWN where a value, or one of two units, is missing."""
    if one["value"] is None or other["value"] is None:
        return "UNKNOWN"
    if (one["unit"] is None) != (other["unit"] is None):
        return "UNKNOWN"
    is_equal = (one["value"], one["unit"]) == (other["value"], other["unit"])
    return "EQUAL" if is_equal else "DISCLOSED"


def favoured(asked: SheetRow | None, state: str, one: Cell, other: Cell) -> str | None:
    """Whom a disclosed difference favours.

    None where nobody, or nobody knows whom; a difference with a direction whose values cannot be
    ordered is taken to favour the system, against the claim.
    """
    if asked is None or asked.favours == "nobody" or asked.is_under_test or state != "DISCLOSED":
        return None
    ours, theirs = number(one["value"]), number(other["value"])
    if ours is None or theirs is None or one["unit"] != other["unit"]:
        return "system"
    if ours == theirs or _is_harmless(asked, ours, theirs):
        return None
    return "system" if (ours > theirs) == (asked.favours == "larger") else "baseline"


def worst_case(
    asked: SheetRow | None, state: str, one: Cell, other: Cell
) -> tuple[float | None, str | None]:
    """The factor by which the row can move the result, and its source; None: no published bound.

    Of a known difference in what the result is proportional to, the ratio of both values; of one
    below where it begins to matter, 1.
    """
    if asked is None:
        return None, None
    ours, theirs = number(one["value"]), number(other["value"])
    is_known = state == "DISCLOSED" and one["unit"] == other["unit"]
    if asked.is_proportional and is_known and ours and theirs and min(ours, theirs) > 0:
        return max(ours / theirs, theirs / ours), BOTH_VALUES
    if is_known and ours is not None and theirs is not None and _is_harmless(asked, ours, theirs):
        return 1.0, f"Moves nothing below {asked.bites_from:g}"
    return asked.factor, asked.source


def broken_rule(asked: SheetRow, state: str, one: Cell, other: Cell) -> str | None:
    """The first rule of the row that the values break; None where they break none."""
    values = [cell["value"] for cell in (one, other) if cell["value"] is not None]
    if asked.must_be_known and state == "UNKNOWN":
        return "must be known"
    if asked.unit is not None:
        units = [cell["unit"] for cell in (one, other) if cell["value"] is not None]
        strange = [unit for unit in units if unit != asked.unit]
        if strange:
            return f"must be in {asked.unit}, not in {strange[0] or 'no unit'}"
    if asked.must_be_alike and state == "DISCLOSED" and not set(values) <= set(asked.same):
        return f"must be alike, not {values[0]} against {values[1]}"
    if asked.at_least is not None:
        low = [value for value in values if (number(value) or 0.0) < asked.at_least]
        if low:
            return f"must be at least {asked.at_least:g}, not {low[0]}"
    return None


def _is_harmless(asked: SheetRow, ours: float, theirs: float) -> bool:
    return asked.bites_from is not None and max(ours, theirs) < asked.bites_from
