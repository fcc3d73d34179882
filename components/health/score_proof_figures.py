"""Figures of the score's proof: outcomes by band, and by probability."""

from typing import Any

import plotly.graph_objects as go
import polars as pl

from components.core import palette
from components.core.figures.base import figure, notice
from queries.shared import words

NOTHING = "No score is old enough to have a known outcome"
UNTESTED = "No probability has been tested out of time yet"
COLOURS = {
    "at_risk": palette.AT_RISK,
    "watch": palette.WATCH,
    "healthy": palette.HEALTHY,
    "unknown": palette.UNKNOWN,
}

Row = dict[str, Any]


def band_outcomes(bands: pl.DataFrame) -> go.Figure:
    """The churn rate after each band, of its snapshots, with its interval, worst band on top.

    Takes the shape of `band_outcomes`. A band without a snapshot is not drawn.
    """
    rows = _seen(bands)
    if not rows:
        return notice(NOTHING)
    return figure(
        *(_dot(row) for row in rows),
        title=_bands_title(rows),
        height=96 + 44 * len(rows),
        margin={"l": 112},
        xaxis={
            "rangemode": "tozero",
            "tickformat": ".0%",
            "title": {"text": "Snapshots with a churn within 90 days"},
        },
        yaxis={"autorange": "reversed", "ticksuffix": " ", "showgrid": False},
    )


def band_outcomes_words(bands: pl.DataFrame) -> str:
    """The dots in one sentence: per band the share, its interval and n."""
    rows = _seen(bands)
    if not rows:
        return f"{NOTHING}."
    said = [
        f"{words.name(row['band'])} {words.share(row['churned_share'])} [{_interval(row)}], "
        f"{row['churned_snapshots']:,} of {words.plural(row['snapshots'], 'snapshot')}, "
        f"{row['churned_accounts']} of {words.plural(row['accounts'], 'account')}"
        for row in rows
    ]
    return f"Followed by a churn within 90 days: {'; '.join(said)}."


def calibration(curve: pl.DataFrame) -> go.Figure:
    """What was expected beside what happened, per fifth of the snapshots, with the diagonal.

    Takes the shape of `calibration_curve`.
    """
    if curve.is_empty():
        return notice(UNTESTED)
    rows = curve.to_dicts()
    expected, observed = curve["expected_share"], curve["observed_share"]
    ends = [0.0, max(_most(curve), 0.01)]
    return figure(
        go.Scatter(
            x=ends,
            y=ends,
            mode="lines",
            line={"color": palette.CONTEXT, "dash": "dot", "width": 1},
            hoverinfo="skip",
        ),
        go.Scatter(
            x=expected.to_numpy(),
            y=observed.to_numpy(),
            mode="markers",
            marker={"color": palette.ACCENT, "size": 9},
            error_y={
                "type": "data",
                "symmetric": False,
                "array": [_beyond(row, "high") for row in rows],
                "arrayminus": [_beyond(row, "low") for row in rows],
                "color": palette.ACCENT,
                "thickness": 1.5,
            },
            hovertemplate="expected %{x:.1%}, observed %{y:.1%}<extra></extra>",
        ),
        title=_calibration_title(rows[-1]),
        annotations=[
            {
                "x": ends[1],
                "y": ends[1],
                "text": "as expected",
                "showarrow": False,
                "xanchor": "right",
                "yanchor": "bottom",
                "font": {"color": palette.CONTEXT},
            }
        ],
        xaxis={"rangemode": "tozero", "tickformat": ".0%", "title": {"text": "Expected"}},
        yaxis={"rangemode": "tozero", "tickformat": ".0%", "title": {"text": "Observed"}},
    )


def calibration_words(curve: pl.DataFrame) -> str:
    """The dots in one sentence: expected and observed per fifth, the least likely first."""
    if curve.is_empty():
        return f"{UNTESTED}."
    said = [
        f"{words.share(row['expected_share'])} and {words.share(row['observed_share'])}"
        for row in curve.to_dicts()
    ]
    return f"Expected and observed, least likely fifth first: {'; '.join(said)}."


def _seen(bands: pl.DataFrame) -> list[Row]:
    return bands.filter(pl.col("snapshots") > 0).to_dicts()


def _dot(row: Row) -> go.Scatter:
    share = row["churned_share"]
    label = f"{words.status(row['band'])}, {row['churned_snapshots']:,} of {row['snapshots']:,}"
    return go.Scatter(
        x=[share],
        y=[label],
        mode="markers+text",
        text=[f" {words.share(share)}"],
        textposition="top right",
        cliponaxis=False,
        marker={"color": COLOURS[row["band"]], "size": 11},
        error_x={
            "type": "data",
            "symmetric": False,
            "array": [row["churned_share_high"] - share],
            "arrayminus": [share - row["churned_share_low"]],
            "color": COLOURS[row["band"]],
            "thickness": 2,
        },
        hovertemplate=f"{words.share(share)} [{_interval(row)}]<extra></extra>",
    )


def _interval(row: Row) -> str:
    return f"{words.share(row['churned_share_low'])}, {words.share(row['churned_share_high'])}"


def _bands_title(rows: list[Row]) -> str:
    # The worst band beside the best: a phone has no room for all, and each dot carries its own.
    said = [
        f"{words.share(row['churned_share'])} {words.name(row['band']).lower()}"
        for row in rows
        if row["band"] != "unknown"
    ]
    return f"Churned: {', '.join(dict.fromkeys([said[0], said[-1]]))}" if said else NOTHING


def _beyond(row: Row, end: str) -> float:
    """How far an end of the interval lies from the share; nothing where it is unknown."""
    bound = row[f"observed_share_{end}"]
    return 0.0 if bound is None else abs(bound - row["observed_share"])


def _most(curve: pl.DataFrame) -> float:
    columns = ("expected_share", "observed_share", "observed_share_high")
    return float(curve.select(pl.max_horizontal(columns).max()).item())


def _calibration_title(top: Row) -> str:
    expected, observed = words.share(top["expected_share"]), words.share(top["observed_share"])
    return f"Likeliest fifth: {expected} expected, {observed} churned"
