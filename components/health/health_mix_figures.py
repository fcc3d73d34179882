"""The figure of the health mix: accounts per band, week by week."""

import datetime as dt
from typing import Any

import plotly.graph_objects as go
import polars as pl

from components.core import palette
from components.core.figures.base import figure, notice, spread
from queries.health.scorecard.same_card import same_card
from queries.shared import words

NOBODY = "No account with a contract is known in these filters"
OF_HYPERSCALERS = (
    "Accounts on these hyperscalers today, each counted whole, with its ARR on all of them."
)
NOT_SCORED = "No week before the data date is scored yet"
COLOURS = {
    "at_risk": palette.AT_RISK,
    "watch": palette.WATCH,
    "unknown": palette.UNKNOWN,
    "healthy": palette.HEALTHY,
}
WEEK_DAYS = 7
HALF_WEEK = dt.timedelta(days=4)
LABEL_SHARE = 0.08  # of the height of the bars, for one label


def health_mix(weeks: pl.DataFrame) -> go.Figure:
    """Accounts per band as stacked bars, those at risk at the bottom, one bar a week.

    Takes the shape of `health_mix`. A week nobody scored is a gap with an open mark, another
    version of the scorecard a dotted line; without a week before, the bands of the data date.
    """
    if weeks.is_empty():
        return notice(NOBODY)
    scored = weeks.drop_nulls("accounts")
    if scored["week_date"].n_unique() == 1:
        return _now(scored)
    gaps = weeks.filter(pl.col("accounts").is_null()).unique("week_date", maintain_order=True)
    return figure(
        *(_bars(scored.filter(band=band), band) for band in COLOURS),
        go.Scatter(
            x=gaps["week_date"].to_numpy(),
            y=[0] * gaps.height,
            mode="markers",
            cliponaxis=False,
            marker={"symbol": "circle-open", "color": palette.CONTEXT, "size": 7},
            hovertemplate="%{x|%d %b %Y}: not scored<extra></extra>",
        ),
        title=_title(scored),
        height=340,
        barmode="stack",
        bargap=0.15,
        shapes=[_version_line(row) for row in version_changes(scored)],
        annotations=[*_labels(scored), *(_version_word(row) for row in version_changes(scored))],
        xaxis={"range": [weeks["week_date"][0] - HALF_WEEK, weeks["week_date"][-1] + HALF_WEEK]},
        yaxis={"rangemode": "tozero", "title": {"text": "accounts"}},
        margin={"r": 110, "t": 60},
    )


def health_mix_words(weeks: pl.DataFrame) -> str:
    """The same in sentences: bands now and in the oldest scored week, gaps, scorecards."""
    if weeks.is_empty():
        return f"{NOBODY}."
    scored = weeks.drop_nulls("accounts")
    days = scored["week_date"].unique().sort()
    said = f"{_mix_in_words(scored, days[-1])}."
    if len(days) == 1:
        return f"{said} {NOT_SCORED}: nobody has written their scores."
    said += f" {_mix_in_words(scored, days[0])}."
    gaps = weeks["week_date"].n_unique() - len(days)
    if gaps:
        said += f" No score was written in {words.plural(gaps, 'week')}."
    for row in version_changes(scored):
        since = words.day(row["week_date"])
        said += f" Scorecard {row['card_version']} since the week to {since}."
    return said


def version_changes(scored: pl.DataFrame) -> list[dict[str, Any]]:
    """The scored weeks whose scorecard is another version than that of the scored week before."""
    weeks = scored.unique("week_date").sort("week_date")
    changed = pl.col("card_version") != pl.col("card_version").shift(1)
    return weeks.filter(changed).select("week_date", "card_version").to_dicts()


def _bars(rows: pl.DataFrame, band: str) -> go.Bar:
    return go.Bar(
        x=rows["week_date"].to_numpy(),
        y=rows["accounts"].to_numpy(),
        name=words.name(band),
        marker={"color": COLOURS[band]},
        customdata=[words.money(usd) for usd in rows["arr_usd"]],
        hovertemplate=f"{words.name(band)}, %{{x|%d %b %Y}}: %{{y}}, %{{customdata}} ARR"
        "<extra></extra>",
    )


def _now(rows: pl.DataFrame) -> go.Figure:
    """The bands of the data date, where no week before can be drawn."""
    counts = {row["band"]: row for row in rows.to_dicts()}
    bars = [counts[band] for band in reversed(COLOURS)]
    most = max(row["accounts"] for row in bars)
    return figure(
        go.Bar(
            x=[row["accounts"] for row in bars],
            y=[words.status(row["band"]) for row in bars],
            orientation="h",
            text=[f"{row['accounts']:,}, {words.money(row['arr_usd'])} ARR" for row in bars],
            textposition="outside",
            cliponaxis=False,
            marker={"color": [COLOURS[row["band"]] for row in bars]},
            hovertemplate="%{y}: %{text}<extra></extra>",
        ),
        title=NOT_SCORED,
        height=240,
        xaxis={"visible": False, "range": [0, 1.6 * most]},
        bargap=0.35,
        margin={"l": 72},
    )


def _labels(scored: pl.DataFrame) -> list[dict[str, Any]]:
    """The words at the right of the last bar, each at its band, apart from each other."""
    last = scored["week_date"].max()
    counts = dict(scored.filter(week_date=last).select("band", "accounts").iter_rows())
    tallest = scored.group_by("week_date").agg(pl.col("accounts").sum())["accounts"].to_list()
    middles, below = [], 0
    for band in COLOURS:
        middles.append(below + counts[band] / 2)
        below += counts[band]
    gap = LABEL_SHARE * max(tallest)
    heights = spread(middles, share=gap / max(middles)) if max(middles) else middles
    return [
        {
            "x": last,
            "y": height,
            "text": f"{words.SHAPES[band]} {counts[band]:,} {words.name(band).lower()}",
            "xanchor": "left",
            "xshift": 10,
            "showarrow": False,
            "font": {"color": COLOURS[band]},
        }
        for band, height in zip(COLOURS, heights, strict=True)
    ]


def _version_line(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "line",
        "x0": row["week_date"] - HALF_WEEK,
        "x1": row["week_date"] - HALF_WEEK,
        "y0": 0,
        "y1": 1,
        "yref": "paper",
        "line": {"color": palette.CONTEXT, "width": 1, "dash": "dot"},
    }


def _version_word(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "x": row["week_date"] - HALF_WEEK,
        "y": 1,
        "yref": "paper",
        "text": f"scorecard {row['card_version']}",
        "xanchor": "left",
        "yanchor": "bottom",
        "showarrow": False,
        "font": {"color": palette.CONTEXT},
    }


def _title(scored: pl.DataFrame) -> str:
    """The accounts at risk now, against those in the oldest week scored by the same card."""
    at_risk = same_card(scored.filter(band="at_risk"), date="week_date")
    now, then = at_risk.row(-1, named=True), at_risk.row(0, named=True)
    if at_risk.height == 1:
        said = f"{words.plural(now['accounts'], 'account')} at risk"
        return f"{said} by scorecard {now['card_version']}, new this week"
    weeks = words.plural((now["week_date"] - then["week_date"]).days // WEEK_DAYS, "week")
    said = f"{words.plural(now['accounts'], 'account')} at risk"
    more = now["accounts"] - then["accounts"]
    if more == 0:
        return f"{said}, as many as {weeks} before"
    return f"{said}, {abs(more):,} {'more' if more > 0 else 'fewer'} than {weeks} before"


def _mix_in_words(scored: pl.DataFrame, day: Any) -> str:
    found = {row["band"]: row for row in scored.filter(week_date=day).to_dicts()}
    bands = ", ".join(
        f"{found[band]['accounts']:,} {words.name(band).lower()} "
        f"({words.money(found[band]['arr_usd'])})"
        for band in COLOURS
    )
    return f"Week to {words.day(day)}: {bands}"
