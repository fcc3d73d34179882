"""Figures of metered usage."""

import plotly.graph_objects as go
import polars as pl

from components.core import palette
from components.core.figures.base import figure, notice, spread
from queries.shared import words

COMPLETE_SHARE = 0.995
WEEK_DAYS = 7
NOTHING = "No capacity was metered in these filters"
# Room for the labels from the start: Plotly draws a chart once more whose labels need more.
DAILY_MARGIN = {"l": 72, "r": 100, "b": 60}


def daily_capacity(usage: pl.DataFrame) -> go.Figure:
    """Capacity in use per day and hyperscaler: recorded TiB-hours / 24.

    Takes the shape of `usage_by_hyperscaler`. A day without a record is a gap; a day that is
    less than 99.5 % complete is marked with an open dot, since missing hours lower it.
    """
    daily = mean_capacity(usage)
    if daily["tib"].null_count() == daily.height:
        return notice(NOTHING)
    traces = []
    ends = []
    for (hyperscaler,), rows in daily.group_by("hyperscaler", maintain_order=True):
        last = rows.drop_nulls("tib").tail(1)
        if last.is_empty():
            continue
        ends.append((str(hyperscaler), last["usage_date"].item(), last["tib"].item()))
        traces += _line(str(hyperscaler), rows)
    heights = spread([tib for _, _, tib in ends], share=0.06)
    return figure(
        *traces,
        title=growth_in_words(daily),
        height=360,
        annotations=[
            {
                "x": day,
                "y": height,
                "text": words.name(hyperscaler),
                "xanchor": "left",
                "showarrow": False,
                "font": {"color": palette.HYPERSCALER[hyperscaler]},
                "xshift": 6,
            }
            for (hyperscaler, day, _), height in zip(ends, heights, strict=True)
        ],
        yaxis={"title": {"text": "TiB in use, daily mean"}, "rangemode": "tozero"},
        margin=DAILY_MARGIN,
    )


def daily_capacity_words(usage: pl.DataFrame) -> str:
    """The daily chart in one sentence: what is in use on the newest day, and what is missing."""
    daily = mean_capacity(usage)
    known = daily.drop_nulls("tib")
    if known.is_empty():
        return f"{NOTHING}."
    newest = known["usage_date"].max()
    on_newest = known.filter(pl.col("usage_date") == newest).sort("tib", descending=True)
    said = [
        f"{words.name(row['hyperscaler'])} {words.number(row['tib'])} TiB"
        for row in on_newest.to_dicts()
    ]
    partial = daily.filter(pl.col("completeness_share") < COMPLETE_SHARE)["usage_date"].n_unique()
    missing = f" Hours are missing on {words.plural(partial, 'day')}." if partial else ""
    return f"In use on {words.day(newest)}: {', '.join(said)}.{missing}"  # type: ignore[arg-type]


def mean_capacity(usage: pl.DataFrame) -> pl.DataFrame:
    """Mean TiB in use per hyperscaler and day: the day's recorded TiB-hours / 24.

    Null on a day without a record; hours that are missing lower it, so show completeness beside.
    """
    return usage.filter(pl.col("dimension") == "capacity").select(
        "hyperscaler", "usage_date", "completeness_share", tib=pl.col("quantity") / 24
    )


def growth_in_words(daily: pl.DataFrame) -> str:
    """Which hyperscaler grew most from the first week of the window to the last."""
    days = daily["usage_date"]
    newest, oldest = days.max(), days.min()
    week = pl.duration(days=WEEK_DAYS)
    first = pl.col("tib").filter(pl.col("usage_date") < pl.lit(oldest) + week).mean()
    last = pl.col("tib").filter(pl.col("usage_date") > pl.lit(newest) - week).mean()
    grown = (
        daily.group_by("hyperscaler")
        .agg(change=pl.when(first > 0).then(last / first - 1))
        .drop_nulls()
        .sort("change", "hyperscaler", descending=[True, False])
    )
    if grown.is_empty():
        return "Capacity in use per day"
    name, change = grown.row(0)
    span = f"{days.n_unique()} days"
    if grown.height == 1:
        return f"{words.name(name)} {words.share(change, signed=True)} in {span}"
    return f"{words.name(name)} grew most: {words.share(change, signed=True)} in {span}"


def _line(hyperscaler: str, rows: pl.DataFrame) -> list[go.Scatter]:
    colour, name = palette.HYPERSCALER[hyperscaler], words.name(hyperscaler)
    partial = rows.filter(pl.col("completeness_share") < COMPLETE_SHARE)
    return [
        go.Scatter(
            x=rows["usage_date"].to_numpy(),
            y=rows["tib"].to_numpy(),
            name=name,
            mode="lines",
            line={"color": colour, "width": 2},
            connectgaps=False,
            hovertemplate=f"{name}: %{{y:,.0f}} TiB<br>%{{x|%d %b %Y}}<extra></extra>",
        ),
        go.Scatter(
            x=partial["usage_date"].to_numpy(),
            y=partial["tib"].to_numpy(),
            name=f"{name}, hours missing",
            mode="markers",
            marker={"symbol": "circle-open", "color": colour, "size": 6},
            customdata=partial["completeness_share"].to_numpy(),
            hovertemplate=f"{name}: %{{customdata:.1%}} of hours recorded<extra></extra>",
        ),
    ]
