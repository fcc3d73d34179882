"""Parity templates: what two systems owe each other before they are compared.

One text file per campaign type in `queries/benchmarks/templates`, reviewed like code. What a file
says wrongly is refused with the file, the setting and the rule.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

from queries.benchmarks.shapes import GROUPS
from warehouse import bounded
from warehouse.contract.benchmarks import CAMPAIGN_TYPES
from warehouse.errors import WarehouseError

FOLDER = Path(__file__).with_name("templates")
FAVOURED = ("larger", "smaller", "nobody")
OTHER = GROUPS[-1]
OWED = ("setting", "group", "says", "favours")
SWITCH = {"on": 1.0, "off": 0.0}


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
    says: str
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
    if said["group"] not in GROUPS or said["group"] == OTHER:
        _refuse(where, f"group is {said['group']!r}; it is one of {', '.join(GROUPS[:-1])}")
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
