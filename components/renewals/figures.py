"""What is due for renewal per month, and what of it is won, forecast and not yet forecast."""

import plotly.graph_objects as go
import polars as pl

from components.core import palette
from components.core.figures.base import figure, notice
from queries.renewals import renewal_totals
from queries.renewals.renewal_totals import PARTS, parts
from queries.shared import words

NOTHING = "Nothing is due for renewal in these filters"
OUTLINED = {"color": palette.GROUND, "line": {"color": palette.CONTEXT, "width": 1}}
DOTTED = {
    "color": palette.GROUND,
    "line": {"color": palette.CONTEXT, "width": 1},
    "pattern": {"shape": ".", "fgcolor": palette.CONTEXT, "solidity": 0.3},
}
HATCHED = {
    "color": palette.GROUND,
    "line": {"color": palette.ACCENT, "width": 1},
    "pattern": {"shape": "/", "fgcolor": palette.ACCENT, "solidity": 0.4},
}
# Part of what is due: its sign in the legend, its colour there, and its bar.
MARKS = {
    "won": ("■", palette.ACCENT, {"color": palette.ACCENT}),
    "forecast": ("▨", palette.ACCENT, HATCHED),
    "not_reviewed": ("▧", palette.CONTEXT, DOTTED),
    "no_forecast": ("□", palette.CONTEXT, OUTLINED),
    "lost": ("■", palette.CONTEXT, {"color": palette.CONTEXT}),
}


def by_month(renewals: pl.DataFrame) -> pl.DataFrame:
    """Per month of renewal what is due, USD per year, in parts that sum to it.

    Takes the shape of `renewals`. Grain: month (its first day), in order, with the parts of
    `renewal_totals.PARTS`. `statistical_usd` and its ends are null where the amount of one
    contract of the month is unknown, and where all of them are decided.
    """
    is_decided = pl.col("state").is_in(["won", "lost"])
    whole = pl.col("statistical_usd").is_not_null().all() & ~is_decided.all()
    ends = ("statistical_usd", "statistical_low_usd", "statistical_high_usd")
    return (
        renewals.group_by(month=pl.col("renewal_date").dt.truncate("1mo"))
        .agg(
            contracts=pl.len(),
            due=pl.col("due_usd").sum(),
            **parts(),
            **{end: pl.when(whole).then(pl.col(end).sum()) for end in ends},
        )
        .sort("month")
    )


def due_by_month(renewals: pl.DataFrame) -> go.Figure:
    """What is due per month, split by what became of it, with the statistical amount where known.

    Takes the shape of `renewals`. The bars are stacked from zero to what is due.
    """
    if renewals.is_empty():
        return notice(NOTHING)
    months = by_month(renewals)
    present = [part for part in MARKS if months[part].sum()]
    tallest = float(months.select(pl.col("due").max()).item())
    names = [f"{month:%b %Y}" for month in months["month"]]
    return figure(
        *(_part(names, months, part) for part in present),
        go.Scatter(
            x=names,
            y=months["due"].to_numpy(),
            text=[words.money(usd) for usd in months["due"]],
            mode="text",
            textposition="top center",
            hoverinfo="skip",
            cliponaxis=False,
        ),
        *_statistical(names, months),
        title=undecided(renewals),
        legend=_legend(present, has_statistical=months["statistical_usd"].count() > 0),
        height=360,
        barmode="stack",
        bargap=0.3,
        margin={"t": 92},
        xaxis={"type": "category"},
        yaxis={"visible": False, "range": [0, 1.15 * tallest]},
    )


def due_by_month_words(renewals: pl.DataFrame) -> str:
    """The bars in one sentence: what is due in each month, and the parts of all of it."""
    if renewals.is_empty():
        return f"{NOTHING}."
    months = by_month(renewals)
    due = ", ".join(f"{row['month']:%b %Y} {words.money(row['due'])}" for row in months.to_dicts())
    amounts = renewal_totals.said({part: float(months[part].sum()) for part in PARTS})
    said = ", ".join(f"{amounts[part]} {name}" for part, name in PARTS.items())
    statistical = ", ".join(
        f"{row['month']:%b %Y} {words.money(row['statistical_usd'])}"
        for row in months.drop_nulls("statistical_usd").to_dicts()
    )
    return f"Due: {due}. Of it {said}." + (f" Statistical: {statistical}." if statistical else "")


def undecided(renewals: pl.DataFrame) -> str:
    """Which month holds most of what is neither won nor lost."""
    is_open = pl.sum_horizontal("forecast", "not_reviewed", "no_forecast")
    months = by_month(renewals).with_columns(open=is_open)
    top = months.sort("open", "month", descending=[True, False]).row(0, named=True)
    if top["open"] == 0:
        return "Everything due is decided"
    return f"{top['month']:%b %Y} leaves most open: {words.money(top['open'])}"


def _part(names: list[str], months: pl.DataFrame, part: str) -> go.Bar:
    name, (_, _, marker) = PARTS[part], MARKS[part]
    said = [words.money(usd) for usd in months[part]]
    return go.Bar(
        name=name,
        x=names,
        y=months[part].to_numpy(),
        marker=marker,
        customdata=said,
        hovertemplate=f"%{{x}}: %{{customdata}} {name}<extra></extra>",
    )


def _statistical(names: list[str], months: pl.DataFrame) -> list[go.Scatter]:
    known = months.with_columns(name=pl.Series(names)).drop_nulls("statistical_usd")
    if known.is_empty():
        return []
    usd = known["statistical_usd"]
    return [
        go.Scatter(
            name="statistical",
            x=known["name"].to_list(),
            y=usd.to_numpy(),
            error_y={
                "type": "data",
                "symmetric": False,
                "array": (known["statistical_high_usd"] - usd).to_numpy(),
                "arrayminus": (usd - known["statistical_low_usd"]).to_numpy(),
            },
            mode="markers",
            marker={"symbol": "diamond", "size": 9, "color": palette.UNKNOWN},
            customdata=[words.money(one) for one in usd],
            hovertemplate="%{x}: %{customdata} statistical<extra></extra>",
        )
    ]


def _legend(present: list[str], *, has_statistical: bool) -> str:
    shown = [(PARTS[part], *MARKS[part][:2]) for part in present]
    if has_statistical:
        shown.append(("statistical", "◆", palette.UNKNOWN))
    said = [
        f'<span style="color:{colour};font-size:12px">{sign} {name}</span>'
        for name, sign, colour in shown
    ]
    # A phone has room for three side by side.
    return "<br>".join("   ".join(said[at : at + 3]) for at in range(0, len(said), 3))
