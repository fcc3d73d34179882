"""Figures of an account's use of its commitment."""

from typing import Any

import plotly.graph_objects as go
import polars as pl

from components.core import palette
from components.core.figures.base import figure, notice
from queries.shared import words

NO_USE = "No day of this term is metered: its use is unknown"
BAND = "P10 to P90"


def consumption(days: pl.DataFrame, hyperscaler: str) -> go.Figure:
    """TiB-hours used at a hyperscaler against those committed, and the projection with its band.

    Takes the shape of `account_consumption`. An unknown day is a gap with an open mark on the line
    before it; the projection is dotted, its P10 to P90 hatched.
    """
    term = days.filter(hyperscaler=hyperscaler)
    known = term.drop_nulls("used_tib_hours")
    if known.is_empty():
        return notice(NO_USE)
    colour = palette.HYPERSCALER[hyperscaler]
    ahead = term.drop_nulls("projected_tib_hours")
    gaps = unknown_days(term)
    return figure(
        *_band(ahead, colour),
        _line(term, "committed_tib_hours", "Committed", palette.CONTEXT, dash="dash"),
        _line(term, "used_tib_hours", "Used", colour, width=2),
        _line(ahead, "projected_tib_hours", "Projected", colour, dash="dot"),
        go.Scatter(
            x=gaps["usage_date"].to_numpy(),
            y=gaps["level"].to_numpy(),
            name="Unknown day",
            mode="markers",
            marker={"symbol": "circle-open", "color": colour, "size": 6},
            hovertemplate="%{x|%d %b %Y}: unknown<extra></extra>",
        ),
        title=_term_title(term, hyperscaler),
        legend=_interval(term.row(-1, named=True)),
        height=340,
        annotations=_ends(term, known, ahead, colour),
        yaxis={"title": {"text": "TiB-hours of the term"}, "rangemode": "tozero"},
        margin={"l": 76, "r": 100, "b": 40},
    )


def consumption_words(days: pl.DataFrame, hyperscaler: str) -> str:
    """The same in one sentence or two: used, committed, projected, and the days nobody knows."""
    term = days.filter(hyperscaler=hyperscaler)
    known = term.drop_nulls("used_tib_hours")
    if known.is_empty():
        return f"{words.name(hyperscaler)}: {NO_USE.lower()}."
    newest, end = known.row(-1, named=True), term.row(-1, named=True)
    said = (
        f"{words.name(hyperscaler)}: {words.number(newest['used_tib_hours'])} TiB-h used by "
        f"{words.day(newest['usage_date'])}, {words.number(end['committed_tib_hours'])} TiB-h "
        f"committed until {words.day(end['usage_date'])}."
    )
    used, interval = _used_share(end), _interval(end)
    ahead = "" if used is None else f" At this rate {words.share(used)} is used by then"
    ahead += f" ({interval})." if interval else "." if ahead else ""
    gaps = unknown_days(term).height
    missing = f" {words.plural(gaps, 'day')} unknown." if gaps else ""
    return f"{said}{ahead}{missing}"


def unknown_days(term: pl.DataFrame) -> pl.DataFrame:
    """The days up to the newest known one whose use nobody knows, at the `level` before them."""
    newest = term.drop_nulls("used_tib_hours")["usage_date"].max()
    level = pl.col("used_tib_hours").forward_fill().fill_null(0.0)
    return (
        term.with_columns(level=level)
        .filter(pl.col("used_tib_hours").is_null(), pl.col("usage_date") < pl.lit(newest))
        .select("usage_date", "level")
    )


def _line(
    days: pl.DataFrame, column: str, name: str, colour: str, *, dash: str = "solid", width: int = 1
) -> go.Scatter:
    return go.Scatter(
        x=days["usage_date"].to_numpy(),
        y=days[column].to_numpy(),
        name=name,
        mode="lines",
        line={"color": colour, "dash": dash, "width": width},
        connectgaps=False,
        hovertemplate=f"{name}: %{{y:,.0f}} TiB-h<br>%{{x|%d %b %Y}}<extra></extra>",
    )


def _band(ahead: pl.DataFrame, colour: str) -> list[go.Scatter]:
    """The hatched area between P10 and P90; nothing where the interval is unknown."""
    known = ahead.drop_nulls("projected_low_tib_hours")
    edge = {"x": known["usage_date"].to_numpy(), "mode": "lines", "line": {"width": 0}}
    low = go.Scatter(
        y=known["projected_low_tib_hours"].to_numpy(), name="P10", hoverinfo="skip", **edge
    )
    high = go.Scatter(
        y=known["projected_high_tib_hours"].to_numpy(),
        name=BAND,
        hoverinfo="skip",
        fill="tonexty",
        fillcolor=palette.FAINT,
        fillpattern={"shape": "/", "fgcolor": colour, "size": 6, "solidity": 0.2},
        **edge,
    )
    return [] if known.is_empty() else [low, high]


def _ends(
    term: pl.DataFrame, known: pl.DataFrame, ahead: pl.DataFrame, colour: str
) -> list[dict[str, Any]]:
    """The words at the right end of the lines, apart from each other."""
    used = ahead if ahead.height else known
    column = "projected_tib_hours" if ahead.height else "used_tib_hours"
    label = "at this rate" if ahead.height else "used"
    ends = [(used, column, label, colour)]
    if term["committed_tib_hours"][-1] is not None:
        ends.append((term, "committed_tib_hours", "committed", palette.CONTEXT))
    placed = sorted(ends, key=lambda end: end[0][end[1]][-1])
    return [
        {
            "x": days["usage_date"][-1],
            "y": days[column][-1],
            "text": text,
            "xanchor": "left",
            "yanchor": "top" if place == 0 and len(placed) > 1 else "bottom",
            "showarrow": False,
            "font": {"color": hue},
            "xshift": 6,
        }
        for place, (days, column, text, hue) in enumerate(placed)
    ]


def _term_title(term: pl.DataFrame, hyperscaler: str) -> str:
    used = _used_share(term.row(-1, named=True))
    said = (
        "use of the commitment so far" if used is None else f"{words.share(used)} used by the end"
    )
    return f"{words.name(hyperscaler)}: {said}"


def _used_share(end: dict[str, Any]) -> float | None:
    """The part of the commitment used by the end of the term; None where either is unknown."""
    committed, middle = end["committed_tib_hours"], end["projected_tib_hours"]
    return middle / committed if committed and middle is not None else None


def _interval(end: dict[str, Any]) -> str:
    """P10 and P90 of the part of the commitment used; empty where they are unknown."""
    committed = end["committed_tib_hours"]
    low, high = end["projected_low_tib_hours"], end["projected_high_tib_hours"]
    if not committed or low is None or high is None:
        return ""
    return f"P10–P90 {100 * low / committed:.0f}–{100 * high / committed:.0f} %"
