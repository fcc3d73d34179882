"""Figures of the on-call load."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go
import polars as pl

from components.core import palette
from components.core.figures.base import figure, notice, plotted
from queries.shared import words

NOBODY = "Nobody was on call or interrupted in this window"
MOST_PEOPLE = 14
ROW_PX = 22
UNCOUNTED = "Interruptions are unknown: their feed does not reach this window, or is late"
VERDICTS = {
    "pass": "● pass",
    "fail": "▲ fail",
    "inconclusive": "◆ inconclusive",
    "unknown": "○ unknown",
}
# Light hours recede: a faint bar whose outline keeps the contrast.
BANDS: dict[str, tuple[str, dict[str, Any]]] = {
    "sleep_interruptions": ("sleep hours", {"color": palette.ACCENT}),
    "off_interruptions": ("off hours", {"color": palette.CONTEXT}),
    "business_interruptions": (
        "business hours",
        {"color": palette.FAINT, "line": {"color": palette.CONTEXT, "width": 1}},
    ),
    "unknown_band_interruptions": (
        "hour unknown",
        {
            "color": palette.GROUND,
            "line": {"color": palette.UNKNOWN, "width": 1},
            "pattern": {"shape": "/", "fgcolor": palette.UNKNOWN},
        },
    ),
}


def load_by_band(load: pl.DataFrame) -> go.Figure:
    """Interruptions per person in sleep, off and business hours, most sleep hours first.

    Takes the shape of `on_call_load`; the first 14 people, each bar with its total.
    """
    if is_unknown(load):
        return notice(NOBODY if load.is_empty() else UNCOUNTED)
    people = named(load.head(MOST_PEOPLE))
    totals = people["interruptions"]
    present = [band for band in BANDS if load[band].sum()]
    return figure(
        *(_band(people, band) for band in present),
        go.Scatter(
            x=totals.to_numpy(),
            y=people["label"].to_numpy(),
            text=(" " + totals.cast(pl.String)).to_numpy(),
            mode="text",
            textposition="middle right",
            hoverinfo="skip",
            cliponaxis=False,
        ),
        title=concentration(load),
        legend=_legend(present),
        height=96 + ROW_PX * people.height,
        barmode="stack",
        bargap=0.3,
        margin={"t": 64, "r": 32},
        yaxis={"autorange": "reversed", "ticksuffix": " ", "showgrid": False},
        xaxis={"rangemode": "tozero", "title": {"text": "Interruptions"}},
    )


def is_unknown(load: pl.DataFrame) -> bool:
    """Whether nothing is known of anybody's interruptions."""
    return load["interruptions"].null_count() == load.height


def load_words(load: pl.DataFrame) -> str:
    """The bars in one sentence: the total by band, and who comes first."""
    if is_unknown(load):
        return f"{NOBODY if load.is_empty() else UNCOUNTED}."
    counted = [
        f"{load[band].sum()} in {name}" for band, (name, _) in BANDS.items() if load[band].sum()
    ]
    total = words.plural(int(load["interruptions"].sum()), "interruption")
    parts = f": {', '.join(counted)}" if counted else ""
    rest = load.height - MOST_PEOPLE
    hidden = f" {words.plural(rest, 'person', 'people')} with fewer not drawn." if rest > 0 else ""
    top = load.row(0, named=True)
    first = top["person_name"] or top["person_id"]
    most = words.plural(top["interruptions"], "interruption")
    return (
        f"{total} of {words.plural(load.height, 'person', 'people')}{parts}. "
        f"First: {first}, {most}, {top['sleep_interruptions']} in sleep hours.{hidden}"
    )


def named(load: pl.DataFrame) -> pl.DataFrame:
    """`load` with `label`: the person's name as Plotly shows it, with the id where two share it."""
    shown = pl.coalesce("person_name", "person_id")
    told = pl.when(shown.is_duplicated()).then(shown + " (" + pl.col("person_id") + ")")
    return load.with_columns(
        label=told.otherwise(shown).map_elements(plotted, return_dtype=pl.String)
    )


def concentration(load: pl.DataFrame) -> str:
    """How much of the sleep hours falls on how few people."""
    asleep = load["sleep_interruptions"]
    total = int(asleep.sum())
    if not total:
        return "Nobody was interrupted in sleep hours"
    hit = int((asleep > 0).sum())
    people = words.plural(hit, "person", "people")
    return f"{people} of {load.height} took every one of {total} sleep interruptions"


def limit_words(limits: pl.DataFrame) -> str:
    """What the limit of shifts is, what was observed when, and what the verdict rests on."""
    if limits.is_empty():
        return ""
    row = limits.row(0, named=True)
    rule = (
        "At most 2 incidents in a 12-hour shift; 5 % of shifts may exceed that. The verdict looks "
        f"at 90 days, here {_window(row)}, whatever window is chosen above."
    )
    if row["reason"]:
        return (
            f"{rule} {words.LIMIT_UNKNOWN_BECAUSE[row['reason']].capitalize()}, so it is unknown."
        )
    low, high = (words.share(row[f"shifts_over_limit_share_{end}"]) for end in ("low", "high"))
    return (
        f"{rule} Of {words.plural(row['shifts'], 'shift')}, {row['shifts_over_limit']:,} exceed it "
        f"({words.share(row['shifts_over_limit_share'])}). One-sided 95 % bounds: above {low}, "
        f"below {high}; pass needs the upper one at 5 % or less, fail the lower one above it. "
        f"Mean: {mean(limits)}."
    )


def total(load: pl.DataFrame, column: str) -> str:
    """The sum over everybody of one of the load's counts; – where it is unknown."""
    return words.ABSENT if load[column].null_count() else f"{load[column].sum():,}"


def bound(limits: pl.DataFrame, ignored: Sequence[str] = ()) -> str:
    """The bound that the verdict rests on, how many days it looks at, and what it leaves aside.

    `ignored` are the filters that are set and do not apply.
    """
    if limits.is_empty():
        return words.ABSENT
    row = limits.row(0, named=True)
    low, high = (words.share(row[f"shifts_over_limit_share_{end}"]) for end in ("low", "high"))
    share = {
        "pass": f"at most {high}",
        "fail": f"at least {low}",
        "inconclusive": f"{low} to {high}",
    }.get(row["verdict"])
    said = f"{share}, 90 days" if share else "90 days"
    return f"{said}; not filtered by {', '.join(ignored)}" if ignored else said


def mean(limits: pl.DataFrame) -> str:
    """The mean of incidents per shift with its 95 % interval, and how far they cluster."""
    row = limits.row(0, named=True)
    ratio = row["incident_variance_ratio"]
    clustered = "" if ratio is None else f", variance {ratio:.1f} times the mean"
    return (
        f"{row['incidents']:,} incidents, {row['incidents_per_shift']:.2f} per shift, "
        f"95 % interval {interval(limits)}{clustered}"
    )


def interval(limits: pl.DataFrame) -> str:
    """The 95 % interval of the mean of incidents per shift; – where it is unknown."""
    if limits.is_empty() or limits["incidents_per_shift"].item() is None:
        return words.ABSENT
    row = limits.row(0, named=True)
    return f"{row['incidents_per_shift_low']:.2f} to {row['incidents_per_shift_high']:.2f}"


def answered(response: pl.DataFrame) -> tuple[str, str, str]:
    """Incidents, those acknowledged, and what is left of them: ended unanswered and open."""
    rows = response.filter(hyperscaler="all", measure="acknowledge").to_dicts()
    if not rows or rows[0]["incidents"] is None:
        return words.ABSENT, "", ""
    row = rows[0]
    return (
        f"{row['incidents']:,}",
        f"{row['completed']:,} acknowledged",
        f"{row['ended_unanswered']:,} ended unacknowledged, {row['open']:,} open",
    )


def window_words(frame: pl.DataFrame) -> str:
    """The window an answer looks at, as the days from and to, both inclusive."""
    return "" if frame.is_empty() else f"Window: {_window(frame.row(0, named=True))}."


def _window(row: dict[str, Any]) -> str:
    last = row["window_end_at"] - dt.timedelta(microseconds=1)
    return f"{words.day(row['window_first_at'])} to {words.day(last)}"


def _band(people: pl.DataFrame, band: str) -> go.Bar:
    name, marker = BANDS[band]
    return go.Bar(
        x=people[band].to_numpy(),
        y=people["label"].to_numpy(),
        name=name,
        orientation="h",
        marker=marker,
        hovertemplate=f"%{{y}}: %{{x}} in {name}<extra></extra>",
    )


def _legend(bands: list[str]) -> str:
    """The bands' names in their own colours, in the order of the bars."""
    colours = {
        "business_interruptions": palette.CONTEXT,
        "unknown_band_interruptions": palette.UNKNOWN,
    }
    signs = {"business_interruptions": "□", "unknown_band_interruptions": "▨"}
    return "   ".join(
        f'<span style="color:{colours.get(band, BANDS[band][1]["color"])};font-size:12px">'
        f"{signs.get(band, '■')} {BANDS[band][0]}</span>"
        for band in bands
    )
