"""Figures of an account's health score: what it is made of, and how it went."""

import datetime as dt
from typing import Any

import plotly.graph_objects as go
import polars as pl

from components.core import palette
from components.core.figures.base import figure, notice, plotted
from queries.health.scorecard.same_card import same_card
from queries.shared import words

FACTORS = {
    "usage_points": "Usage",
    "commitment_points": "Use of commitment",
    "breadth_points": "Features used",
    "tickets_points": "Severe tickets",
    "incidents_points": "Incidents",
    "contact_points": "Contact",
}
NO_SCORE = "No score: too little of it was known"
SHAPES = {
    "at_risk": "triangle-up",
    "watch": "diamond",
    "healthy": "circle",
    "unknown": "circle-open",
}


def contributions(health: pl.DataFrame) -> go.Figure:
    """Points each factor adds to the score or takes from it, the worst on top.

    Takes one row of `account_health`; what is unknown or not on the card has no bar. The points of
    an unknown score add up to nothing, and are not drawn.
    """
    points = _points(health)
    if not points:
        return notice(_unknown(health))
    factors = list(reversed(points))
    values = [value for _, value in factors]
    return figure(
        go.Bar(
            x=values,
            y=[name for name, _ in factors],
            orientation="h",
            text=[_signed(value) for value in values],
            textposition="outside",
            cliponaxis=False,
            marker={
                "color": [palette.AT_RISK if value < 0 else palette.HEALTHY for value in values]
            },
            hovertemplate="%{y}: %{text} points<extra></extra>",
        ),
        title=_score_title(health.row(0, named=True), points),
        height=70 + 30 * len(factors),
        margin={"l": 112},
        xaxis={"visible": False, "range": _room(values)},
        bargap=0.35,
    )


def contributions_words(health: pl.DataFrame) -> str:
    """The score as the card's reference and what each factor adds or takes; they sum to it."""
    points = _points(health)
    if not points:
        return f"{_unknown(health)}."
    row = health.row(0, named=True)
    reference = row["score"] - sum(value for _, value in points)
    said = ", ".join(f"{name.lower()} {_signed(value)}" for name, value in points)
    absent = [name.lower() for column, name in FACTORS.items() if row[column] is None]
    left_out = f" Unknown or not on the card: {', '.join(absent)}." if absent else ""
    return f"Score {row['score']:.1f} = {reference:.1f} in order, {said}.{left_out}"


def history(scores: pl.DataFrame) -> go.Figure:
    """The score of each data date it was frozen on, its band as a shape, and each new card.

    Takes the shape of `account_score_history`. A day on which the score was unknown is a gap with
    an open mark at the height before it.
    """
    if scores["score"].null_count() == scores.height:
        return notice(NO_SCORE)
    level = pl.col("score").forward_fill().backward_fill()
    gaps = scores.with_columns(level=level).filter(pl.col("score").is_null())
    return figure(
        go.Scatter(
            x=scores["as_of"].to_numpy(),
            y=scores["score"].to_numpy(),
            name="Score",
            mode="lines+markers",
            line={"color": palette.ACCENT, "width": 2},
            marker={"symbol": [SHAPES[band] for band in scores["band"]], "size": 7},
            connectgaps=False,
            hovertemplate="%{x|%d %b %Y}: %{y:.1f}<extra></extra>",
        ),
        go.Scatter(
            x=gaps["as_of"].to_numpy(),
            y=gaps["level"].to_numpy(),
            name="Unknown",
            mode="markers",
            marker={"symbol": SHAPES["unknown"], "color": palette.UNKNOWN, "size": 7},
            hovertemplate="%{x|%d %b %Y}: unknown<extra></extra>",
        ),
        title=_history_title(scores),
        height=260,
        shapes=[_mark(day) for day, _ in card_changes(scores)],
        annotations=[
            {
                "x": day,
                "y": 1,
                "yref": "paper",
                "yanchor": "bottom",
                "text": plotted(f"card {version}"),
                "showarrow": False,
            }
            for day, version in card_changes(scores)
        ],
        yaxis={"range": [0, 100], "title": {"text": "Score, 100 is best"}},
        margin={"r": 24, "b": 40},
    )


def history_words(scores: pl.DataFrame) -> str:
    """The same in one sentence: first, last, lowest and highest score, and each new card."""
    known = scores.drop_nulls("score")
    if known.is_empty():
        return f"{NO_SCORE}."
    low, high = (_comparable(scores).sort("score").row(place, named=True) for place in (0, -1))
    cards = "".join(
        f" Scorecard {version} from {words.day(day)}." for day, version in card_changes(scores)
    )
    unknown = scores.height - known.height
    gaps = f" Unknown on {words.plural(unknown, 'day')}." if unknown else ""
    return (
        f"{_history_title(scores)}; lowest {low['score']:.0f} on {words.day(low['as_of'])}, "
        f"highest {high['score']:.0f} on {words.day(high['as_of'])}.{cards}{gaps}"
    )


def card_changes(scores: pl.DataFrame) -> list[tuple[dt.date, str]]:
    """The days on which a score was first made by another version of the scorecard."""
    changed = pl.col("card_version") != pl.col("card_version").shift()
    return list(scores.filter(changed).select("as_of", "card_version").iter_rows())


def _comparable(scores: pl.DataFrame) -> pl.DataFrame:
    return same_card(scores.drop_nulls("score"), date="as_of")


def _history_title(scores: pl.DataFrame) -> str:
    known = _comparable(scores)
    first, last = known.row(0, named=True), known.row(-1, named=True)
    if first["as_of"] == last["as_of"]:
        return f"Score {last['score']:.0f}, the only one by scorecard {last['card_version']}"
    return f"Score {last['score']:.0f}, after {first['score']:.0f} on {words.day(first['as_of'])}"


def _mark(day: dt.date) -> dict[str, Any]:
    line = {"color": palette.CONTEXT, "dash": "dot", "width": 1}
    return {"type": "line", "x0": day, "x1": day, "y0": 0, "y1": 1, "yref": "paper", "line": line}


def _points(health: pl.DataFrame) -> list[tuple[str, float]]:
    row = health.row(0, named=True) if health.height else {}
    if row.get("score") is None:
        return []
    known = [(name, row[column]) for column, name in FACTORS.items() if row.get(column) is not None]
    return sorted(known, key=lambda factor: factor[1])


def _unknown(health: pl.DataFrame) -> str:
    """Why there is no score: how much of the card's weight is known."""
    if health.is_empty():
        return NO_SCORE
    known = words.share(health.item(0, "coverage_share"))
    return f"No score: only {known} of the scorecard's weight is known"


def _score_title(row: dict[str, Any], points: list[tuple[str, float]]) -> str:
    worst, value = points[0]
    if value < 0:
        return f"{worst} lowers the score most: {_signed(value)}"
    return f"Score {row['score']:.0f}: no factor lowers the score"


def _signed(value: float) -> str:
    sign = words.MINUS if value < 0 else "+"
    return f"{sign}{abs(value):.1f}"


def _room(values: list[float]) -> list[float]:
    """The range of the bars, with room for their labels on either side."""
    low, high = min(0.0, *values), max(0.0, *values)
    room = 0.25 * (high - low) or 1.0
    return [low - room if low < 0 else 0.0, high + room]
