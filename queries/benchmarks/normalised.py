"""One comparison in several views, with and without the bias budget credited: every one crossed."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from queries.benchmarks.arms import PAIR
from queries.benchmarks.bias_budget import bias_budget
from queries.benchmarks.metric_facts import metric_name
from queries.benchmarks.parity_sheet import NO_TEMPLATE, is_unbounded
from queries.benchmarks.template import Group, Parity, number
from warehouse.sources.benchmarks.units import UnitUnclear, conversion

STALE_DAYS = 90
# What a unit of work is, by campaign type; a data set otherwise.
WORK = {"tpu_checkpoint": "checkpoint_bytes"}
NO_VALUES = dict.fromkeys(
    ("value", "baseline_value", "value_unit", "ratio", "ratio_low", "ratio_high")
)
NO_PRICE = dict.fromkeys(("price_date", "price_age_days", "is_price_stale"))

Row = dict[str, Any]
Cells = Mapping[str, Row]


class View(StrEnum):
    """What a median is divided by, or told in."""

    RAW = "raw"
    PER_PROVISIONED_MBPS = "per_provisioned_mbps"
    PER_USABLE_TIB = "per_usable_tib"
    PER_USD = "per_usd"
    ACCELERATOR_HOURS = "accelerator_hours"


class Credit(StrEnum):
    """Whether the bias budget is credited to the baseline."""

    UNCREDITED = "uncredited"
    CREDITED = "credited"


class Outcome(StrEnum):
    """Where the interval of a ratio lies against the margin."""

    AHEAD = "ahead"
    INSIDE_MARGIN = "inside_margin"
    BEHIND = "behind"


@dataclass(frozen=True)
class Scale:
    """What a median becomes in a view: times the factor of its side, or the factor over it.

    `divided_by` are the settings that the view evens out.
    """

    factors: tuple[float, float]
    unit: str
    divided_by: tuple[str, ...] = ()
    is_over: bool = False


def views_of(
    pair: Row, sheet: Sequence[Row], as_of: dt.date, margin_share: float | None
) -> Iterator[Row]:
    """Every view of one pair, each without and with the bias budget credited to the baseline.

    `pair` is a row of `BenchmarkComparison`, `sheet` the rows of its parity sheet. What a view
    divides by is not credited in it once more. `margin_share` is the margin in force; without it
    or without an interval `outcome` is null.
    """
    cells = {row["setting"]: row for row in sheet}
    for view in View:
        found = SCALES[view](pair, cells)
        scale = None if isinstance(found, str) or pair["ratio"] is None else found
        missing = [found] if isinstance(found, str) else []
        if pair["ratio"] is None:
            missing = list(pair["reasons"])
        if view is View.PER_USD:
            missing += _unknown_money(sheet)
        for credit in Credit:
            divided_by = scale.divided_by if scale else ()
            factor, unbounded = (
                _credit(sheet, divided_by) if credit is Credit.CREDITED else (1.0, None)
            )
            values = NO_VALUES if scale is None or factor is None else _scaled(pair, scale, factor)
            yield {
                **{name: pair[name] for name in PAIR},
                "metric_name": metric_name(pair["metric"]),
                "view": view,
                "credit": credit,
                "credit_factor": factor,
                **values,
                "outcome": outcome(values["ratio_low"], values["ratio_high"], margin_share),
                **(_priced(cells, as_of) if view is View.PER_USD else NO_PRICE),
                "reasons": [*missing, *([unbounded] if unbounded else [])],
            }


def outcome(low: float | None, high: float | None, margin_share: float | None) -> Outcome | None:
    """Where an interval of a ratio lies: `ahead` or `behind` wholly beyond the margin, or inside.

    Null without an interval or a margin.
    """
    if low is None or high is None or margin_share is None:
        return None
    if low > 1 + margin_share:
        return Outcome.AHEAD
    return Outcome.BEHIND if high < 1 / (1 + margin_share) else Outcome.INSIDE_MARGIN


def weakest(views: Sequence[Row]) -> Row | None:
    """The view and credit with the least ratio, the first of several; None where none is known.

    What is divided by and what is credited are constants, so that the least ratio has the least
    interval too.
    """
    known = [row for row in views if row["ratio"] is not None]
    return min(known, key=lambda row: row["ratio"], default=None)


def is_ahead_everywhere(views: Sequence[Row]) -> bool | None:
    """Whether every view and credit that is known lies beyond the margin.

    None where none is known, or one of them has no interval.
    """
    outcomes = [row["outcome"] for row in views if row["ratio"] is not None]
    if not outcomes or None in outcomes:
        return None
    return all(one == Outcome.AHEAD for one in outcomes)


def unknown_views(views: Sequence[Row]) -> list[str]:
    """The views without a ratio even where nothing is credited."""
    return [
        row["view"] for row in views if row["ratio"] is None and row["credit"] == Credit.UNCREDITED
    ]


def _credit(sheet: Sequence[Row], divided_by: tuple[str, ...]) -> tuple[float | None, str | None]:
    """The bias budget but for what a view divides by; where it has no bound, why."""
    counted = [row for row in sheet if row["setting"] not in divided_by]
    budget = bias_budget(counted)
    if budget is not None:
        return budget, None
    unbounded = [row["setting"] for row in counted if is_unbounded(row)]
    named = f"unknown without a bound: {', '.join(unbounded)}" if unbounded else NO_TEMPLATE
    return None, named


def _raw(pair: Row, cells: Cells) -> Scale:
    del cells
    return Scale((1.0, 1.0), str(pair["unit"]))


def _divided(settings_named: tuple[str, ...], unit: str) -> Callable[[Row, Cells], Scale | str]:
    """The view per one of the settings: the first that both sides have, in `unit`."""

    def scale(pair: Row, cells: Cells) -> Scale | str:
        for name in settings_named:
            given = _both(cells, name, unit)
            if given is None:
                continue
            if pair["direction"] == "lower":
                return Scale(given, f"{pair['unit']} × {unit}", settings_named)
            shares = (1 / given[0], 1 / given[1])
            return Scale(shares, f"{pair['unit']} per {unit}", settings_named)
        return f"{settings_named[0]} unknown in {unit} on a side"

    return scale


def _accelerator_hours(pair: Row, cells: Cells) -> Scale | str:
    """Hours of accelerators that one unit of work keeps waiting, from a duration or bytes/s."""
    accelerators = _both(cells, "accelerator_count")
    if accelerators is None:
        return "accelerator_count unknown on a side"
    unit = str(pair["unit"])
    hours = _converted(unit, "h")
    if hours is not None:
        return Scale(
            (accelerators[0] * hours, accelerators[1] * hours),
            "accelerator-hours",
            ("accelerator_count",),
        )
    bytes_per_hour = _converted(unit, "B/h")
    if bytes_per_hour is None:
        return f"{unit} is neither a duration nor bytes per second"
    work = WORK.get(cells["accelerator_count"]["campaign_type"], "dataset_bytes")
    sizes = _both(cells, work)
    size_bytes = _converted(cells[work]["unit"] or "", "B") if sizes is not None else None
    if sizes is None or size_bytes is None:
        return f"{work} unknown on a side"
    hours_of = [
        count * size * size_bytes / bytes_per_hour
        for count, size in zip(accelerators, sizes, strict=True)
    ]
    return Scale(
        (hours_of[0], hours_of[1]), "accelerator-hours", ("accelerator_count", work), is_over=True
    )


def _converted(unit: str, wanted: str) -> float | None:
    """How many of `wanted` one `unit` is; None where it is another kind, or unclear."""
    try:
        return conversion(unit, wanted)
    except UnitUnclear:
        return None


SCALES: Mapping[View, Callable[[Row, Cells], Scale | str]] = {
    View.RAW: _raw,
    View.PER_PROVISIONED_MBPS: _divided(("provisioned_mbps",), "MBps"),
    View.PER_USABLE_TIB: _divided(("usable_tib", "provisioned_tib"), "TiB"),
    View.PER_USD: _divided(("price_usd_per_hour",), "USD per hour"),
    View.ACCELERATOR_HOURS: _accelerator_hours,
}


def _scaled(pair: Row, scale: Scale, credit: float) -> Row:
    """The values and ratio of a view, with the baseline's value better by the factor `credit`."""
    ours, theirs = scale.factors
    is_cost = scale.is_over or pair["direction"] == "lower"
    moved = (theirs / ours if is_cost else ours / theirs) / credit
    medians = pair["median"], pair["baseline_median"]
    values = [
        factor / median if scale.is_over else median * factor
        for factor, median in zip(scale.factors, medians, strict=True)
    ]
    ends = ("ratio", "ratio_low", "ratio_high")
    return {
        "value": values[0],
        "baseline_value": values[1] / credit if is_cost else values[1] * credit,
        "value_unit": scale.unit,
        **{end: None if pair[end] is None else pair[end] * moved for end in ends},
    }


def _both(cells: Cells, name: str, unit: str | None = None) -> tuple[float, float] | None:
    """The setting's numbers of both sides, where both are known, above zero and in one unit."""
    cell = cells.get(name)
    if cell is None or cell["unit"] != cell["baseline_unit"] or unit not in {None, cell["unit"]}:
        return None
    ours, theirs = number(cell["value"]), number(cell["baseline_value"])
    return (ours, theirs) if ours and theirs and min(ours, theirs) > 0 else None


def _unknown_money(sheet: Sequence[Row]) -> list[str]:
    """The rows of money that nobody knows, each with its worst case where one is documented."""
    return [
        f"{row['setting']} unknown"
        + (f", up to ×{row['worst_case_factor']:.2f}" if row["worst_case_factor"] else "")
        for row in sheet
        if row["setting_group"] == Group.MONEY
        and row["parity"] == Parity.UNKNOWN
        and row["setting"] != "price_usd_per_hour"
    ]


def _priced(cells: Cells, as_of: dt.date) -> Row:
    cell = cells.get("price_date", {"value": None, "baseline_value": None})
    try:
        dates = [dt.date.fromisoformat(cell[name] or "") for name in ("value", "baseline_value")]
    except ValueError:
        return NO_PRICE
    age = max((as_of - min(dates)).days, 0)
    return {"price_date": min(dates), "price_age_days": age, "is_price_stale": age > STALE_DAYS}
