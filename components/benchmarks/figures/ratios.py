"""One ratio in several lights: after crediting the baseline, and in each normalised view."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go
import polars as pl

from components.core import palette
from components.core.figures.base import figure, lane_label, notice, plotted
from queries.benchmarks.normalised import Outcome, is_ahead_everywhere, weakest
from queries.shared import words

NO_RATIO = "There is no ratio to show"
EVERY = "all that count"
MEASURED = "as measured"
ROW_PX = 46
FRAME_PX = 110
LINE_PX = 20

Row = dict[str, Any]


@dataclass(frozen=True)
class Lane:
    """A ratio with its interval under a label; without a ratio the lane says that it is unknown."""

    label: str
    ratio: float | None
    low: float | None
    high: float | None
    colour: str = palette.UNKNOWN

    @property
    def in_words(self) -> str:
        """The ratio with its interval in words."""
        if self.ratio is None:
            return "unknown"
        if self.low is None:
            return f"{self.ratio:.2f}× [no interval]"
        return f"{self.ratio:.2f}× {words.interval(self.low, self.high)}"


def credited(budget: pl.DataFrame, *, claim: Row, beside: str) -> go.Figure:
    """The ratio as measured, with each worst case that counts credited alone, and with them all.

    `budget` has the shape of `BenchmarkBiasBudget`, `claim` the columns of `BenchmarkClaim`;
    `beside` is what no ratio stands without: n and parity.
    """
    return _lanes(_credited_lanes(budget, claim), title=_credited_title(claim), beside=beside)


def credited_words(budget: pl.DataFrame, *, claim: Row, beside: str) -> str:
    """The same in one sentence."""
    if claim["ratio"] is None:
        return f"{NO_RATIO}, so nothing can be credited."
    return _in_words("Ratio after crediting the baseline", _credited_lanes(budget, claim), beside)


def views(frame: pl.DataFrame, *, beside: str) -> go.Figure:
    """The ratio of every normalised view, uncredited and credited, with its interval.

    `frame` has the shape of `BenchmarkViews`; its rows keep their order. A view that nobody can
    compute keeps one lane; where nothing has to be credited a view has one lane.
    """
    return _lanes(
        _view_lanes(frame),
        title=_views_title(frame),
        beside=beside,
        unknown=_unknown_lanes(frame),
    )


def views_words(frame: pl.DataFrame, *, beside: str) -> str:
    """The same in one sentence, with what is missing and how old the price is."""
    rows = frame.to_dicts()
    if all(row["ratio"] is None for row in rows):
        return f"{NO_RATIO} in any view."
    said = _in_words("Ratio by view", _view_lanes(frame), beside)
    uncredited = [row for row in rows if row["credit"] == "uncredited"]
    missing = [
        f" {_opening(words.name(row['view']))}: {'; '.join(row['reasons'])}."
        for row in uncredited
        if row["reasons"]
    ]
    priced = [_price(row) for row in uncredited if row["price_date"]]
    title = "; ".join(part for part in (_views_title(frame), _unknown_lanes(frame)) if part)
    return "".join([f"{title}. ", said, *missing, *priced])


def _credited_lanes(budget: pl.DataFrame, claim: Row) -> list[Lane]:
    measured = (claim["ratio"], claim["ratio_low"], claim["ratio_high"])
    alone = [
        Lane(f"{row['knob'].replace('_', ' ')} ×{row['factor']:.2f}", *_credited(row))
        for row in budget.filter("is_in_budget").to_dicts()
    ]
    lanes = [Lane(MEASURED, *measured, palette.ACCENT), *alone]
    if len(alone) > 1 or claim["bias_budget"] is None:
        worth = "no bound" if claim["bias_budget"] is None else f"×{claim['bias_budget']:.2f}"
        lanes.append(Lane(f"{EVERY}, {worth}", *_credited(claim), palette.ACCENT))
    return lanes


def _credited(row: Row) -> tuple[float | None, float | None, float | None]:
    return row["credited_ratio"], row["credited_low"], row["credited_high"]


def _credited_title(claim: Row) -> str:
    if claim["bias_budget"] is None:
        return "Unknowns have no bound: nothing to credit"
    if claim["bias_budget"] == 1:
        return "Nothing has to be credited to the baseline"
    robustness = {
        None: "the ratio has no interval",
        "stands": "the interval stays above the margin",
        "weakens": "the interval reaches into the margin",
        "falls": "the interval reaches 1",
    }
    return f"Credited, {robustness[claim['robustness']]}"


def _view_lanes(frame: pl.DataFrame) -> list[Lane]:
    return [
        Lane(
            _view_label(row),
            row["ratio"],
            row["ratio_low"],
            row["ratio_high"],
            palette.UNKNOWN if row["credit"] == "uncredited" else palette.WATCH,
        )
        for row in frame.to_dicts()
        if row["credit"] == "uncredited" or _is_shown_credited(row, frame)
    ]


def _is_shown_credited(row: Row, frame: pl.DataFrame) -> bool:
    """Whether the credit moves a view that is known, or would if it had a bound."""
    (uncredited,) = frame.filter(view=row["view"], credit="uncredited")["ratio"]
    return uncredited is not None and row["credit_factor"] != 1


def _view_label(row: Row) -> str:
    if row["credit"] == "credited" and row["credit_factor"] is None:
        return f"{words.name(row['view'])}, credit without a bound"
    return words.view(row["view"], row["credit_factor"])


def _unknown_lanes(frame: pl.DataFrame) -> str:
    """The views that nobody can compute, by name; empty where each is known."""
    missing = frame.filter(pl.col("ratio").is_null()).to_dicts()
    named = [
        _view_label(row)
        for row in missing
        if row["credit"] == "uncredited" or _is_shown_credited(row, frame)
    ]
    return f"unknown: {'; '.join(named)}" if named else ""


def _views_title(frame: pl.DataFrame) -> str:
    """Whether the system is ahead in every view and credit known, or where it is not."""
    rows = frame.to_dicts()
    least = weakest(rows)
    if least is None:
        return NO_RATIO
    where = words.view(least["view"], least["credit_factor"])
    is_ahead = is_ahead_everywhere(rows)
    if is_ahead is None:
        return f"Least {where}; no claim or interval decides"
    if is_ahead:
        return "Ahead in every view and credit known"
    known = [row["outcome"] for row in rows if row["ratio"] is not None]
    short = sum(outcome != Outcome.AHEAD for outcome in known)
    if short == 1:
        return f"Not ahead {where}: {words.name(least['outcome'])}"
    return f"Not ahead in {short} of {len(known)}, least {where}"


def _opening(words_of_view: str) -> str:
    return words_of_view[0].upper() + words_of_view[1:]


def _price(row: Row) -> str:
    stale = " ▲ Stale." if row["is_price_stale"] else ""
    age = words.plural(row["price_age_days"], "day")
    return f" Price of {words.day(row['price_date'])}, {age} old.{stale}"


def _lanes(lanes: Sequence[Lane], *, title: str, beside: str, unknown: str = "") -> go.Figure:
    """A lane per ratio on one axis that has 1 marked; above it favours the claim."""
    under = [f"{beside}; above 1 favours the claim", *([unknown] if unknown else [])]
    known = [lane for lane in lanes if lane.ratio is not None]
    if not known:
        return notice(f"{NO_RATIO}.", height=FRAME_PX)
    ends = [end for lane in known for end in (lane.low, lane.ratio, lane.high) if end is not None]
    low, high = min([1.0, *ends]), max([1.0, *ends])
    room = (high - low) * 0.08 or 0.1
    return figure(
        *(_dot(lane, len(lanes) - place) for place, lane in enumerate(lanes)),
        title=title,
        legend="<br>".join(map(plotted, under)),
        height=FRAME_PX + ROW_PX * len(lanes) + LINE_PX * (len(under) - 1),
        margin={"t": 40 + LINE_PX * len(under)},
        annotations=[
            lane_label(
                f"<b>{plotted(lane.label)}</b> {lane.in_words}",
                len(lanes) - place + 0.14,
                lane.colour,
            )
            for place, lane in enumerate(lanes)
        ],
        shapes=[
            {
                "type": "line",
                "x0": 1,
                "x1": 1,
                "y0": 0,
                "y1": 1,
                "yref": "paper",
                "line": {"color": palette.CONTEXT, "width": 1, "dash": "dot"},
            }
        ],
        xaxis={"range": [low - room, high + room], "ticksuffix": "×"},
        yaxis={"visible": False, "range": [0.5, len(lanes) + 0.75]},
    )


def _dot(lane: Lane, height: int) -> go.Scatter:
    """The dot of a lane with its interval; nothing where there is no ratio."""
    ratio, low, high = lane.ratio, lane.low, lane.high
    beyond = [] if ratio is None or low is None or high is None else [high - ratio, ratio - low]
    return go.Scatter(
        x=[ratio],
        y=[height],
        mode="markers",
        marker={"color": lane.colour, "size": 11},
        error_x={
            "visible": bool(beyond),
            "symmetric": False,
            "array": beyond[:1],
            "arrayminus": beyond[1:],
            "color": lane.colour,
            "thickness": 2,
        },
        hovertemplate=f"{plotted(lane.label)}: {lane.in_words}<extra></extra>",
    )


def _in_words(what: str, lanes: Sequence[Lane], beside: str) -> str:
    said = "; ".join(f"{lane.label} {lane.in_words}" for lane in lanes)
    return f"{what} ({beside}): {said}."
