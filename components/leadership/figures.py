"""Figures of the overview: what changed ARR, and where it is."""

import plotly.graph_objects as go
import polars as pl

from components.core import palette
from components.core.figures.base import figure, notice
from queries.shared import words

NO_ARR = "No ARR is known in these filters"
LOSSES = ("churn", "contraction")
GAINS = ("expansion", "new")
SHOWN_AS_ALL_SHARE = 0.9995  # rounds to 100.0 %


def arr_bridge(movements: pl.DataFrame) -> go.Figure:
    """From ARR at the start through what was lost and grown to what is kept, then new, then now.

    Takes the shape of `arr_movements`. Kept / the corrected start is net revenue retention; the
    bars sum exactly. Corrections have a bar of their own where there are any.
    """
    arr = _arr(movements)
    if not any(arr.values()):
        return notice(NO_ARR)
    steps = {
        "Start": arr["start"],
        **({"Correction": arr["correction"]} if arr["correction"] else {}),
        "Churn": arr["churn"],
        "Contraction": arr["contraction"],
        "Expansion": arr["expansion"],
        "Kept": _kept(arr),
        "New": arr["new"],
        "Now": arr["end"],
    }
    totals = {"Start": "absolute", "Kept": "total", "Now": "total"}
    return figure(
        go.Waterfall(
            x=list(steps),
            y=pl.Series(steps.values(), dtype=pl.Float64).to_numpy(),
            measure=[totals.get(step, "relative") for step in steps],
            text=[words.money(usd, signed=step not in totals) for step, usd in steps.items()],
            textposition="outside",
            cliponaxis=False,
            increasing={"marker": {"color": palette.HEALTHY}},
            decreasing={"marker": {"color": palette.AT_RISK}},
            totals={"marker": {"color": palette.CONTEXT}},
            connector={"line": {"color": palette.CONTEXT, "width": 1}},
            hovertemplate="%{x}: %{text}<extra></extra>",
        ),
        title=_bridge_title(arr),
        height=340,
        yaxis={"visible": False, "rangemode": "tozero"},
    )


def arr_bridge_words(movements: pl.DataFrame) -> str:
    """The bridge in one sentence that sums."""
    arr = _arr(movements)
    if not any(arr.values()):
        return f"{NO_ARR}."
    corrections = ("correction",) if arr["correction"] else ()
    moved = ", ".join(
        f"{movement} {words.money(arr[movement], signed=True)}"
        for movement in (*corrections, *LOSSES, *GAINS)
    )
    return f"ARR went from {words.money(arr['start'])} to {words.money(arr['end'])}: {moved}."


def arr_by_hyperscaler(split: pl.DataFrame) -> go.Figure:
    """ARR per hyperscaler, largest on top; takes the shape of `arr_by_hyperscaler`."""
    if split.is_empty():
        return notice(NO_ARR)
    bars = split.reverse().to_dicts()
    return figure(
        go.Bar(
            x=split.reverse()["arr_usd"].to_numpy(),
            y=[words.name(row["hyperscaler"]) for row in bars],
            orientation="h",
            text=[
                f"{words.money(row['arr_usd'])}, {words.share(row['arr_share'])}" for row in bars
            ],
            textposition="outside",
            cliponaxis=False,
            marker={"color": [palette.HYPERSCALER[row["hyperscaler"]] for row in bars]},
            hovertemplate="%{y}: %{text}<extra></extra>",
        ),
        title=_split_title(split),
        height=80 + 36 * len(bars),
        margin={"l": 80},
        xaxis={"visible": False, "range": [0, 1.6 * split.row(0, named=True)["arr_usd"]]},
        bargap=0.35,
    )


def arr_by_hyperscaler_words(split: pl.DataFrame) -> str:
    """ARR per hyperscaler in one sentence, with the accounts on each."""
    if split.is_empty():
        return f"{NO_ARR}."
    said = [
        f"{words.name(row['hyperscaler'])} {words.money(row['arr_usd'])} "
        f"({words.plural(row['accounts'], 'account')})"
        for row in split.to_dicts()
    ]
    return f"ARR in force: {', '.join(said)}. An account on two hyperscalers counts on each."


def metering_words(growth: pl.DataFrame) -> str:
    """How complete metering is, by its least complete feed; takes the shape of `usage_growth`."""
    known = growth.drop_nulls("completeness_share").sort(
        "completeness_share", "hyperscaler", "dimension"
    )
    if known.is_empty():
        return "metering completeness is unknown: no hour is expected or recorded"
    least = known.row(0, named=True)
    unknown = growth.height - known.height
    rest = f"; {words.plural(unknown, 'feed')} unknown" if unknown else ""
    if least["completeness_share"] >= SHOWN_AS_ALL_SHARE:
        return f"every hour expected in 28 days is recorded{rest}"
    feed = f"{words.name(least['hyperscaler'])} {least['dimension']}"
    complete = words.share(least["completeness_share"])
    return f"{feed} is least complete: {complete} of hours in 28 d{rest}"


def _arr(movements: pl.DataFrame) -> dict[str, float]:
    return dict(movements.select("movement", "arr_usd").iter_rows())


def _kept(arr: dict[str, float]) -> float:
    return _start(arr) + arr["churn"] + arr["contraction"] + arr["expansion"]


def _start(arr: dict[str, float]) -> float:
    return arr["start"] + arr["correction"]


def _bridge_title(arr: dict[str, float]) -> str:
    if _start(arr) == 0:
        return f"All ARR is new: {words.money(arr['new'])}"
    kept = f"{words.money(_kept(arr))} of {words.money(_start(arr))} kept or grown"
    return f"NRR {words.share(_kept(arr) / _start(arr))}: {kept}"


def _split_title(split: pl.DataFrame) -> str:
    top = split.row(0, named=True)
    if top["arr_share"] is None:
        return NO_ARR
    return f"{words.name(top['hyperscaler'])} carries {words.share(top['arr_share'])} of ARR"
