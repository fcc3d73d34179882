"""One comparison in several views: as measured, and divided by what each system was given."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from queries import words
from queries.benchmarks import comparison, settings
from queries.benchmarks.bias_budget import pairs_with_sheets
from queries.benchmarks.comparison import CHOICE
from queries.benchmarks.pairs import PAIR
from queries.benchmarks.robustness import MONEY, Row
from queries.benchmarks.shapes import VIEWS, BenchmarkViews
from queries.benchmarks.template import number
from queries.question import Asked, Question
from warehouse.context import Context
from warehouse.sources.units import UnitUnclear, conversion

STALE_DAYS = 90
# What a unit of work is, by campaign type; a data set otherwise.
WORK = {"tpu_checkpoint": "checkpoint_bytes"}
NO_VALUES = dict.fromkeys(
    ("value", "baseline_value", "value_unit", "ratio", "ratio_low", "ratio_high")
)
NO_PRICE = dict.fromkeys(("price_date", "price_age_days", "is_price_stale"))
Cells = Mapping[str, Row]


@dataclass(frozen=True)
class Scale:
    """What a median becomes in a view: times the factor of its side, or the factor over it."""

    factors: tuple[float, float]
    unit: str
    is_over: bool = False


def builds_on(context: Context, **wanted: str | None) -> Mapping[str, Asked]:  # noqa: ARG001 (every builds_on takes it)
    """The comparison with its interval, and the parity sheet, which holds what was given."""
    return {
        "compared": Asked(comparison.QUESTIONS[0], parameters=wanted),
        "sheet": Asked(settings.QUESTIONS[0], parameters=wanted),
    }


def benchmark_views(
    compared: pl.LazyFrame, sheet: pl.LazyFrame, *, context: Context, **_: Any
) -> pl.DataFrame:
    """The comparison as measured and per provisioned MBps, usable TiB, dollar and accelerator-hour.

    Grain: campaign, workload, metric, system_id, baseline_system_id, view; the views in the order
    of `VIEWS`. A view that cannot be computed says why. A price older than 90 days on the data
    date is flagged and still used; where another row of money is unknown the view says so too.
    """
    found = [
        view
        for pair, cells in pairs_with_sheets(compared.collect(), sheet.collect())
        for view in views_of(pair, cells, context.as_of)
    ]
    return pl.DataFrame(found, schema=BenchmarkViews.create_empty().schema)


def views_of(pair: Row, sheet: Sequence[Row], as_of: dt.date) -> Iterator[Row]:
    """Every view of one pair: a row of `BenchmarkComparison` with the rows of its sheet."""
    cells = {row["setting"]: row for row in sheet}
    for view in VIEWS:
        scale = SCALES[view](pair, cells)
        if pair["ratio"] is None:
            scale = pair["reason"]
        missing = [scale] if isinstance(scale, str) else []
        if view == "per_usd":
            missing += [f"{name} unknown" for name in _unknown_money(sheet)]
        yield {
            **{name: pair[name] for name in PAIR},
            "view": view,
            **(NO_VALUES if isinstance(scale, str) else _scaled(pair, scale)),
            **(_priced(cells, as_of) if view == "per_usd" else NO_PRICE),
            "reason": "; ".join(missing) or None,
        }


def turned(views: Sequence[Row]) -> list[str]:
    """The views in which the baseline is ahead of the one that is ahead as measured."""
    ratios = {row["view"]: row["ratio"] for row in views if row["ratio"] is not None}
    raw = ratios.pop("raw", None)
    if raw is None or raw == 1:
        return []
    return [view for view, ratio in ratios.items() if (ratio > 1) != (raw > 1)]


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
                return Scale(given, f"{pair['unit']} × {unit}")
            return Scale((1 / given[0], 1 / given[1]), f"{pair['unit']} per {unit}")
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
        return Scale((accelerators[0] * hours, accelerators[1] * hours), "accelerator-hours")
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
    return Scale((hours_of[0], hours_of[1]), "accelerator-hours", is_over=True)


def _converted(unit: str, wanted: str) -> float | None:
    """How many of `wanted` one `unit` is; None where it is another kind, or unclear."""
    try:
        return conversion(unit, wanted)
    except UnitUnclear:
        return None


SCALES: Mapping[str, Callable[[Row, Cells], Scale | str]] = {
    "raw": _raw,
    "per_provisioned_mbps": _divided(("provisioned_mbps",), "MBps"),
    "per_usable_tib": _divided(("usable_tib", "provisioned_tib"), "TiB"),
    "per_usd": _divided(("price_usd_per_hour",), "USD per hour"),
    "accelerator_hours": _accelerator_hours,
}


def _scaled(pair: Row, scale: Scale) -> Row:
    ours, theirs = scale.factors
    is_cost = scale.is_over or pair["direction"] == "lower"
    moved = theirs / ours if is_cost else ours / theirs
    medians = pair["median"], pair["baseline_median"]
    values = [
        factor / median if scale.is_over else median * factor
        for factor, median in zip(scale.factors, medians, strict=True)
    ]
    ends = ("ratio", "ratio_low", "ratio_high")
    return {
        "value": values[0],
        "baseline_value": values[1],
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
    money = (row for row in sheet if row["setting_group"] == MONEY)
    named = (row["setting"] for row in money if row["parity"] == "UNKNOWN")
    return [name for name in named if name != "price_usd_per_hour"]


def _priced(cells: Cells, as_of: dt.date) -> Row:
    cell = cells.get("price_date", {"value": None, "baseline_value": None})
    try:
        dates = [dt.date.fromisoformat(cell[name] or "") for name in ("value", "baseline_value")]
    except ValueError:
        return NO_PRICE
    age = max((as_of - min(dates)).days, 0)
    return {"price_date": min(dates), "price_age_days": age, "is_price_stale": age > STALE_DAYS}


def finding(frame: pl.DataFrame) -> str:
    """In how many views there is a ratio, and in how many of them the baseline is ahead."""
    if frame.is_empty():
        return "Nothing to divide: no pair is compared"
    known = frame.drop_nulls("ratio")
    rows = frame.sort(PAIR, maintain_order=True).partition_by(PAIR, maintain_order=True)
    against = sum(len(turned(one.to_dicts())) for one in rows)
    return f"{words.plural(known.height, 'view')} of {frame.height} known, {against} turn the sign"


QUESTIONS = (
    Question(
        name="benchmark_views",
        asks="Does the comparison look the same per throughput, capacity, dollar and hour?",
        shape=BenchmarkViews,
        builds_on=builds_on,
        answer=benchmark_views,
        finding=finding,
        filters="rows",
        parameters=CHOICE,
    ),
)
