"""Parity templates: what two systems owe each other before they are compared.

One text file per campaign type in `queries/benchmarks/templates`, reviewed like code; what is wrong
in one is refused with the file, the setting and the rule. A row of a template judges the cells of
both systems: whether they are equal, whom a difference favours, and by how much at worst.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

from warehouse import bounded
from warehouse.contract.benchmarks import CAMPAIGN_TYPES
from warehouse.errors import WarehouseError

FOLDER = Path(__file__).with_name("templates")
FAVOURED = ("larger", "smaller", "nobody")
OWED = ("setting", "group", "description", "favours")
SWITCH = {"on": 1.0, "off": 0.0}
BOTH_VALUES = "Ratio of both values"

Cell = Mapping[str, Any]


class Group(StrEnum):
    """Where a setting stands on a parity sheet; `OTHER` is what no template asks."""

    COMPUTE = "Compute"
    NETWORK = "Network"
    CLIENT = "Client"
    SOFTWARE = "Software"
    STORAGE = "Storage"
    DATA = "Data"
    PROCEDURE = "Procedure"
    UNITS = "Units"
    MONEY = "Money"
    PEOPLE = "People"
    OTHER = "Other"


class Parity(StrEnum):
    """Whether a setting is equal, a disclosed difference, or unknown on a side; in this order."""

    UNKNOWN = "UNKNOWN"
    DISCLOSED = "DISCLOSED"
    EQUAL = "EQUAL"


class Side(StrEnum):
    """One side of a comparison."""

    SYSTEM = "system"
    BASELINE = "baseline"


class TemplateInvalid(WarehouseError):
    """A parity template's file says something that cannot be used."""


@dataclass(frozen=True, kw_only=True)
class SheetRow:
    """One row that a template asks of both systems.

    `favours` says which value helps: the larger, the smaller, or nobody knows (on is larger than
    off). `factor` is the documented worst case with its `source`, None where none is published;
    where the result follows what was provisioned (`is_proportional`) a known difference is worth
    the ratio of both values instead. Below `bites_from` a difference helps nobody. Rules: the
    value is written in `unit`, is `at_least` so much, `must_be_known`, `must_be_alike` (words of
    `same` are). What `is_under_test` may differ.
    """

    setting: str
    group: str
    description: str
    favours: str
    unit: str | None = None
    factor: float | None = None
    source: str | None = None
    is_proportional: bool = False
    bites_from: float | None = None
    at_least: float | None = None
    must_be_known: bool = False
    must_be_alike: bool = False
    same: tuple[str, ...] = ()
    is_under_test: bool = False

    def favoured(self, state: Parity, one: Cell, other: Cell) -> Side | None:
        """Whom a disclosed difference favours.

        None where nobody, or nobody knows whom; a difference with a direction whose values cannot
        be ordered is taken to favour the system, against the claim.
        """
        if self.favours == "nobody" or self.is_under_test or state != Parity.DISCLOSED:
            return None
        ours, theirs = number(one["value"]), number(other["value"])
        if ours is None or theirs is None or one["unit"] != other["unit"]:
            return Side.SYSTEM
        if ours == theirs or self._is_harmless(ours, theirs):
            return None
        return Side.SYSTEM if (ours > theirs) == (self.favours == "larger") else Side.BASELINE

    def worst_case(self, state: Parity, one: Cell, other: Cell) -> tuple[float | None, str | None]:
        """The factor by which the row can move the result, and its source; None: no bound.

        Of a known difference in what the result is proportional to, the ratio of both values; of
        one below where it begins to matter, 1.
        """
        ours, theirs = number(one["value"]), number(other["value"])
        if state != Parity.DISCLOSED or one["unit"] != other["unit"] or None in {ours, theirs}:
            return self.factor, self.source
        ours, theirs = ours or 0.0, theirs or 0.0
        if self.is_proportional and min(ours, theirs) > 0:
            return max(ours / theirs, theirs / ours), BOTH_VALUES
        if self._is_harmless(ours, theirs):
            return 1.0, f"Moves nothing below {self.bites_from:g}"
        return self.factor, self.source

    def broken_rule(self, state: Parity, one: Cell, other: Cell) -> str | None:
        """The first rule of the row that the values break; None where they break none."""
        cells = [cell for cell in (one, other) if cell["value"] is not None]
        values = [cell["value"] for cell in cells]
        if self.must_be_known and state == Parity.UNKNOWN:
            return "must be known"
        if self.unit is not None:
            strange = [cell["unit"] for cell in cells if cell["unit"] != self.unit]
            if strange:
                return f"must be in {self.unit}, not in {strange[0] or 'no unit'}"
        if self.must_be_alike and state == Parity.DISCLOSED and not set(values) <= set(self.same):
            return f"must be alike, not {values[0]} against {values[1]}"
        if self.at_least is not None:
            low = [value for value in values if (number(value) or 0.0) < self.at_least]
            if low:
                return f"must be at least {self.at_least:g}, not {low[0]}"
        return None

    def _is_harmless(self, ours: float, theirs: float) -> bool:
        return self.bites_from is not None and max(ours, theirs) < self.bites_from


Template = Mapping[str, SheetRow]


@cache
def shipped() -> Mapping[str, Template]:
    """The template of each campaign type."""
    return dict(load(path) for path in sorted(FOLDER.glob("*.toml")))


def load(path: Path) -> tuple[str, Template]:
    """The campaign type of a file and its rows by setting, in their order.

    Raises `TemplateInvalid` that names the file, the setting and the rule.
    """
    content = bounded.content(path, bounded.LARGEST_TOML_BYTES, TemplateInvalid)
    said = bounded.toml(path.name, content, TemplateInvalid, "Correct the file.")
    campaign_type, rows = said.pop("campaign_type", None), said.pop("rows", None)
    if campaign_type not in CAMPAIGN_TYPES:
        _refuse(path.name, f"campaign_type is one of {', '.join(CAMPAIGN_TYPES)}")
    if said or not isinstance(rows, list) or not rows:
        _refuse(path.name, "a template says campaign_type and [[rows]], nothing else")
    template: dict[str, SheetRow] = {}
    for row in rows:
        one = _row(row, f"{path.name}, {row.get('setting')!r}")
        if one.setting in template:
            _refuse(f"{path.name}, {one.setting!r}", "a setting stands there once")
        template[one.setting] = one
    return campaign_type, template


def parity(one: Cell, other: Cell) -> Parity:
    """EQUAL, DISCLOSED, or UNKNOWN where a value, or one of two units, is missing."""
    if one["value"] is None or other["value"] is None:
        return Parity.UNKNOWN
    if (one["unit"] is None) != (other["unit"] is None):
        return Parity.UNKNOWN
    is_equal = (one["value"], one["unit"]) == (other["value"], other["unit"])
    return Parity.EQUAL if is_equal else Parity.DISCLOSED


def valued(row: Mapping[str, Any], side: str = "", unknown: str = "unknown") -> str:
    """The value on one side of a sheet's row with its unit; `side` is empty or `baseline_`."""
    if row[f"{side}value"] is None:
        return unknown
    return " ".join(part for part in (row[f"{side}value"], row[f"{side}unit"]) if part)


def number(value: str | None) -> float | None:
    """A setting's value as a number, on as 1 and off as 0; None where it is neither."""
    try:
        found = SWITCH[value] if value in SWITCH else float((value or "").replace(",", ""))
    except ValueError:
        return None
    return found if math.isfinite(found) else None


def _row(said: dict[str, Any], where: str) -> SheetRow:
    known = {field.name for field in fields(SheetRow)}
    unknown = sorted(said.keys() - known)
    if unknown:
        _refuse(where, f"{unknown[0]!r} is nothing a row says")
    for name in OWED:
        if not isinstance(said.get(name), str) or not said[name]:
            _refuse(where, f"{name} is missing or no text")
    groups = [group for group in Group if group is not Group.OTHER]
    if said["group"] not in groups:
        _refuse(where, f"group is {said['group']!r}; it is one of {', '.join(groups)}")
    if said["favours"] not in FAVOURED:
        _refuse(where, f"favours is {said['favours']!r}; it is one of {', '.join(FAVOURED)}")
    _check_numbers(said, where)
    return SheetRow(**(said | {"same": tuple(said.get("same", ()))}))


def _check_numbers(said: dict[str, Any], where: str) -> None:
    for name in ("factor", "bites_from", "at_least"):
        if not isinstance(said.get(name, 0.0), float):
            _refuse(where, f"{name} is {said[name]!r}; it is a number with a decimal point")
    if said.get("factor", 1.0) < 1:
        _refuse(where, f"factor is {said['factor']:g}; a worst case is at least 1")
    if ("factor" in said) != isinstance(said.get("source"), str):
        _refuse(where, "a factor has a source, and a source a factor")
    if said.get("is_proportional") and said["favours"] == "nobody":
        _refuse(where, "what is proportional favours the larger or the smaller")


def _refuse(where: str, rule: str) -> NoReturn:
    raise TemplateInvalid(f"{where}: {rule}.", "Correct the template's file.")
