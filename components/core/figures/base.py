"""What every figure shares: its frame, its words when there is nothing to draw."""

import html
import itertools
from collections.abc import Mapping
from typing import Any

import plotly.graph_objects as go
import polars as pl

from warehouse.flat import flat

HEIGHT_PX = 320
FONT_PX = 13
GOLDEN = 0.6180339887  # its multiples spread evenly without a pattern
JITTER = 0.4
# Labels have the room they need, so none has to be looked at for whether it sticks out.
AXIS = {"automargin": True, "fixedrange": True, "ticklabeloverflow": "allow"}
MARGIN = {"l": 8, "r": 8, "t": 44, "b": 8, "pad": 4}
# What tick labels take below an axis, and what they take below and beside one that has a title.
TICKS_PX, TITLED_BELOW_PX, TITLED_BESIDE_PX = 32, 56, 68


def plotted(text: str) -> str:
    """Text from data as Plotly shows it unchanged: no markup of it acts, nor any hover field."""
    return html.escape(flat(text), quote=False).replace("%{", "%&#123;")


def figure(
    *traces: Any, title: str, legend: str = "", height: int = HEIGHT_PX, **layout: Any
) -> go.Figure:
    """A figure with the product's margins, whose title states the finding.

    `title` may hold text from data; `legend` is markup of our own that stands under it. Axes grow
    with their labels (`automargin`), which draws the figure once more: the margins leave room for
    usual labels. Nothing drags or zooms by accident.
    """
    heading = f"{plotted(title)}<br>{legend}" if legend else plotted(title)
    return go.Figure(
        data=list(traces),
        layout={
            "title": {"text": heading, "font": {"size": FONT_PX + 2}, "x": 0, "xanchor": "left"},
            "height": height,
            "margin": MARGIN | _room(layout),
            "font": {"size": FONT_PX},
            "showlegend": False,
            "dragmode": False,
            "hovermode": "closest",
            "xaxis": AXIS,
            "yaxis": AXIS,
        },
    ).update_layout(layout)


def _room(layout: Mapping[str, Any]) -> dict[str, int]:
    """The room that the labels of the axes need, as far as it is known before they are drawn."""
    x, y = layout.get("xaxis", {}), layout.get("yaxis", {})
    below = TITLED_BELOW_PX if "title" in x else TICKS_PX
    return {
        "b": below if x.get("visible", True) else MARGIN["b"],
        "l": TITLED_BESIDE_PX if "title" in y else MARGIN["l"],
    }


def notice(sentence: str, *, height: int = HEIGHT_PX) -> go.Figure:
    """An empty figure that says why it is empty."""
    return figure(
        title="",
        height=height,
        xaxis={"visible": False},
        yaxis={"visible": False},
        annotations=[
            {
                "text": plotted(sentence),
                "showarrow": False,
                "x": 0.5,
                "y": 0.5,
                "xref": "paper",
                "yref": "paper",
            }
        ],
    )


def lane_label(text: str, height: float, colour: str) -> dict[str, Any]:
    """The words of a lane at the left of a figure, just above `height`; `text` is our markup."""
    return {
        "xref": "paper",
        "x": 0,
        "y": height,
        "xanchor": "left",
        "yanchor": "bottom",
        "align": "left",
        "showarrow": False,
        "text": text,
        "font": {"color": colour},
    }


def jittered(height: float) -> pl.Expr:
    """Heights about `height` for the dots of runs, by their place in the order of runs."""
    return height + ((pl.col("sequence") * GOLDEN) % 1 - 0.5) * JITTER


def spread(values: list[float], *, share: float) -> list[float]:
    """Heights for direct labels: the values, moved apart to `share` of the largest at least.

    Keeps the order of the values; the result lines up with the input.
    """
    gap = share * max(map(abs, values), default=0.0)
    placed = list(values)
    ranked = sorted(range(len(values)), key=values.__getitem__)
    for below, above in itertools.pairwise(ranked):
        placed[above] = max(placed[above], placed[below] + gap)
    return placed
