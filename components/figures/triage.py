"""Figures of the call queue."""

import plotly.graph_objects as go
import polars as pl

from components import palette
from components.figures.base import figure, notice
from queries import words

REASONS = {
    "usage": "Usage fell",
    "commitment": "Off commitment",
    "breadth": "Few features used",
    "tickets": "Severe tickets",
    "incidents": "Incidents",
    "contact": "Contact silence",
    "renewal": "Renewal near",
}
NOTHING = "No indicator signals in these filters"


def arr_by_reason(accounts: pl.DataFrame) -> go.Figure:
    """ARR touched per indicator that signals, largest on top.

    Takes the shape of `churn_indicators`. An account counts once under each of its indicators, so
    the bars do not add up to the ARR touched.
    """
    reasons = touched_by_reason(accounts)
    if reasons.is_empty():
        return notice(NOTHING)
    top = reasons.row(0, named=True)
    bars = reasons.reverse()
    said = [
        f"{words.money(row['arr_touched_usd'])}, {words.plural(row['accounts'], 'account')}"
        for row in bars.to_dicts()
    ]
    return figure(
        go.Bar(
            x=bars["arr_touched_usd"].to_numpy(),
            y=bars["reason"].to_numpy(),
            orientation="h",
            text=said,
            textposition="outside",
            cliponaxis=False,
            marker={"color": [*[palette.CONTEXT] * (bars.height - 1), palette.ACCENT]},
            hovertemplate="%{y}: %{text}<extra></extra>",
        ),
        title=f"{top['reason']} touches most: {words.money(top['arr_touched_usd'])}",
        height=60 + 32 * bars.height,
        xaxis={"visible": False, "range": [0, 1.9 * top["arr_touched_usd"]]},
        bargap=0.35,
    )


def arr_by_reason_words(accounts: pl.DataFrame) -> str:
    """The reasons in one sentence, with how many accounts each touches."""
    reasons = touched_by_reason(accounts)
    if reasons.is_empty():
        return f"{NOTHING}."
    said = ", ".join(
        f"{row['reason'].lower()} {words.money(row['arr_touched_usd'])} "
        f"({words.plural(row['accounts'], 'account')})"
        for row in reasons.to_dicts()
    )
    return f"ARR touched: {said}. An account counts under each of its reasons."


def touched_by_reason(accounts: pl.DataFrame) -> pl.DataFrame:
    """ARR touched in USD per year and accounts per indicator that signals, largest first."""
    return (
        accounts.filter(pl.col("signals") > 0)
        .select("arr_touched_usd", reason=pl.col("signalling").str.split(", "))
        .explode("reason")
        .group_by("reason")
        .agg(pl.col("arr_touched_usd").sum(), accounts=pl.len())
        .with_columns(pl.col("reason").replace_strict(REASONS, return_dtype=pl.String))
        .sort("arr_touched_usd", "reason", descending=[True, False])
    )
