"""Figures of metered usage."""

import plotly.graph_objects as go
import polars as pl

from components import palette
from components.figures.base import figure, notice
from queries import words

COMPLETE_SHARE = 0.995


def daily_capacity(usage: pl.DataFrame) -> go.Figure:
    """Capacity in use per day and hyperscaler: recorded TiB-hours / 24.

    Takes the shape of `usage_by_hyperscaler`. A day without a record is a gap; a day that is
    less than 99.5 % complete is marked with an open dot, since missing hours lower it.
    """
    daily = mean_capacity(usage)
    if daily.is_empty():
        return notice("No capacity was metered in these filters")
    traces, labels = [], []
    for (hyperscaler,), rows in daily.group_by("hyperscaler", maintain_order=True):
        colour = palette.HYPERSCALER[str(hyperscaler)]
        name = words.name(str(hyperscaler))
        traces.append(
            go.Scatter(
                x=rows["usage_date"].to_numpy(),
                y=rows["tib"].to_numpy(),
                name=name,
                mode="lines",
                line={"color": colour, "width": 2},
                connectgaps=False,
                hovertemplate=f"{name}: %{{y:,.0f}} TiB<br>%{{x|%d %b %Y}}<extra></extra>",
            )
        )
        partial = rows.filter(pl.col("completeness_share") < COMPLETE_SHARE)
        traces.append(
            go.Scatter(
                x=partial["usage_date"].to_numpy(),
                y=partial["tib"].to_numpy(),
                mode="markers",
                marker={
                    "symbol": "circle-open",
                    "color": colour,
                    "size": 7,
                },
                customdata=partial["completeness_share"].to_numpy(),
                hovertemplate=f"{name}: %{{customdata:.1%}} of hours recorded<extra></extra>",
            )
        )
        last = rows.drop_nulls("tib").tail(1)
        labels.append(
            {
                "x": last["usage_date"].item(),
                "y": last["tib"].item(),
                "text": name,
                "xanchor": "left",
                "showarrow": False,
                "font": {"color": colour},
                "xshift": 6,
            }
        )
    return figure(
        *traces,
        title=daily_capacity_words(usage),
        height=360,
        annotations=labels,
        yaxis={"title": "TiB in use, daily mean", "rangemode": "tozero"},
        margin={"r": 96},
    )


def daily_capacity_words(usage: pl.DataFrame) -> str:
    """The daily chart in one sentence: who uses most on the newest day, and who has gaps."""
    daily = mean_capacity(usage)
    if daily.is_empty():
        return "No capacity was metered in these filters."
    newest = daily.filter(pl.col("usage_date") == daily["usage_date"].max()).sort(
        "tib", descending=True, nulls_last=True
    )
    said = [
        f"{words.name(row['hyperscaler'])} {words.number(row['tib'])} TiB"
        for row in newest.to_dicts()
        if row["tib"] is not None
    ]
    return f"In use on {words.day(daily['usage_date'].max())}: {', '.join(said)}."  # type: ignore[arg-type]


def mean_capacity(usage: pl.DataFrame) -> pl.DataFrame:
    """Mean TiB in use per hyperscaler and day: the day's recorded TiB-hours / 24.

    Null on a day without a record; hours that are missing lower it, so show completeness beside.
    """
    return usage.filter(pl.col("dimension") == "capacity").select(
        "hyperscaler", "usage_date", "completeness_share", tib=pl.col("quantity") / 24
    )
