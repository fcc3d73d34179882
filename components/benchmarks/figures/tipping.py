"""How large a hidden difference would erase a claim, beside what documented settings are worth."""

import math
from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go
import polars as pl

from components.core import palette
from components.core.figures.base import figure, lane_label, notice, plotted
from queries.shared import words

NO_BOUNDS = "No setting of this pair has a documented worst case"
TIPPING = "tipping factor"
LEFT = "left of it beside what is disclosed"
CUT = "»"
ROW_PX = 40
FRAME_PX = 110

Row = dict[str, Any]


def bars(budget: pl.DataFrame, *, claim: Row) -> go.Figure:
    """What a claim bears as a bar against the worst case of every documented setting.

    That is the room left after what is disclosed; the whole tipping factor stands outlined beside
    it where the two differ.

    `budget` has the shape of `BenchmarkBiasBudget`, `claim` the columns of `BenchmarkClaim`. Bars
    start at ×1, where a setting does nothing, on a log axis; those that count against the claim
    are solid, the others outlined; largest first. A setting that does not count may reach beyond
    the axis, so that the bars that matter can be told apart: its bar is cut, with a mark at the
    cut, and its words hold its factor.
    """
    if budget.is_empty():
        return notice(f"{NO_BOUNDS}.")
    bars, room = _drawn(budget, claim), _room(claim)
    reach = _reach(bars)
    return figure(
        *(_bar(bar, len(bars) - place) for place, bar in enumerate(bars)),
        title=title(claim),
        legend=f"<span style='color:{palette.WATCH}'>■ counts against the claim</span> "
        f"<span style='color:{palette.CONTEXT}'>□ equal, or credited already</span>",
        height=FRAME_PX + ROW_PX * len(bars),
        margin={"l": 20, "r": 16, "t": 60},
        annotations=[
            lane_label(plotted(label), len(bars) - place + 0.18, colour)
            for place, (_, label, colour, _) in enumerate(bars)
        ]
        + [
            _cut(len(bars) - place, colour)
            for place, (length, _, colour, _) in enumerate(bars)
            if length > reach
        ],
        shapes=[] if room is None or room <= 1 else [_limit(room)],
        xaxis={
            "type": "log",
            "range": [0, math.log10(reach)],
            "tickprefix": "×",
            "tickformat": ".3~g",
        },
        yaxis={"visible": False, "range": [0.4, len(bars) + 0.8]},
    )


def bars_words(budget: pl.DataFrame, *, claim: Row) -> str:
    """The bars in one sentence, with where each worst case comes from."""
    if budget.is_empty():
        return f"{NO_BOUNDS}."
    rows = budget.sort("factor", "knob", descending=True).to_dicts()
    counted = "; ".join(
        f"{_named(row)} ×{row['factor']:.2f} ({row['source']})"
        for row in rows
        if row["is_in_budget"]
    )
    equal = ", ".join(
        f"{_named(row)} ×{row['factor']:.2f}" for row in rows if not row["is_in_budget"]
    )
    rest = f" Not counted: {equal}." if equal else ""
    cut = ", ".join(_named(row) for row in rows if row["factor"] > _reach(_drawn(budget, claim)))
    beyond = f" Cut at the end of the axis (»): {cut}." if cut else ""
    alone = f", {_alone(budget)}" if counted and claim["tipping_factor"] is not None else ""
    return f"{title(claim)}. Worst cases that count{alone}: {counted or 'none'}.{rest}{beyond}"


def title(claim: Row) -> str:
    """How large a hidden difference would erase the claim, beyond what is disclosed."""
    factor = claim["tipping_factor"]
    if factor is None:
        return "No interval: what would erase it is unknown"
    if factor <= 1:
        return "The interval holds 1: nothing need be hidden"
    room, disclosed = _room(claim) or factor, claim["disclosed_credit"] or 1.0
    if room <= 1:
        return f"The disclosed ×{disclosed:.2f} by itself erases the claim"
    if disclosed != 1:
        return f"Beyond the disclosed ×{disclosed:.2f}, {words.bound(room)} hidden erases it"
    return f"A hidden {words.bound(room)} erases the claim"


def _alone(budget: pl.DataFrame) -> str:
    """How many of the rows that count would erase the claim, with what is disclosed."""
    alone = budget.filter("is_in_budget", pl.col("overturns").fill_null(value=False)).height
    return f"{alone} of which would erase it" if alone else "none of which erases it"


Bar = tuple[float, str, str, bool]


def _drawn(budget: pl.DataFrame, claim: Row) -> list[Bar]:
    """The bars, longest first."""
    bars = [_of_setting(row) for row in budget.sort("factor", "knob", descending=True).to_dicts()]
    factor, room = claim["tipping_factor"], _room(claim)
    if factor is not None and room is not None:
        said = f"{TIPPING}: {words.bound(factor)}"
        if room != factor:
            bars.append((max(factor, 1.0), said, palette.ACCENT, False))
            said = f"{LEFT}: {words.bound(room)}"
        bars.append((max(room, 1.0), said, palette.ACCENT, True))
        bars.sort(key=lambda bar: -bar[0])
    return bars


def _room(claim: Row) -> float | None:
    """What is left of the tipping factor; the whole of it where nothing is known of the rest."""
    room = claim["room_left"]
    factor: float | None = claim["tipping_factor"] if room is None else room
    return factor


def _cut(height: int, colour: str) -> dict[str, Any]:
    """The mark of a bar that goes on beyond the axis, at its end."""
    return {
        "xref": "paper",
        "x": 1,
        "y": height,
        "xanchor": "right",
        "yanchor": "middle",
        "showarrow": False,
        "text": f"<b>{CUT}</b>",
        "bgcolor": palette.GROUND,
        "font": {"color": colour, "size": 18},
    }


def _of_setting(row: Row) -> Bar:
    state = {"UNKNOWN": "unknown", "DISCLOSED": "differs", "EQUAL": "equal"}[row["parity"]]
    counts = row["is_in_budget"]
    label = f"{_named(row)} ×{row['factor']:.2f}, {state}"
    return (row["factor"], label, palette.WATCH if counts else palette.CONTEXT, counts)


def _reach(bars: Sequence[Bar]) -> float:
    """Where the axis ends: beyond what counts and what the claim bears, or beyond all."""
    telling = [
        factor
        for factor, _, colour, is_solid in bars
        if factor > 1 and (is_solid or colour == palette.ACCENT)
    ]
    return max(telling or [factor for factor, *_ in bars]) * 1.05


def _bar(bar: Bar, height: int) -> go.Bar:
    """A bar from ×1."""
    factor, label, colour, is_solid = bar
    return go.Bar(
        x=[factor - 1],
        base=[1],
        y=[height],
        width=[0.34],
        orientation="h",
        marker={
            "color": colour if is_solid else palette.GROUND,
            "line": {"color": colour, "width": 1},
        },
        hovertemplate=f"{plotted(label)}<extra></extra>",
    )


def _limit(factor: float) -> dict[str, Any]:
    return {
        "type": "line",
        "x0": factor,
        "x1": factor,
        "y0": 0,
        "y1": 1,
        "yref": "paper",
        "line": {"color": palette.ACCENT, "width": 1, "dash": "dot"},
    }


def _named(row: Row) -> str:
    return str(row["knob"]).replace("_", " ")
