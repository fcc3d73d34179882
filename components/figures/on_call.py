"""Figures of the on-call load."""

from typing import Any

import plotly.graph_objects as go
import polars as pl

from components import palette
from components.figures.base import figure, notice, plotted
from queries import words

NOBODY = "Nobody was on call or interrupted in this window"
MOST_PEOPLE = 14
ROW_PX = 22
VERDICTS = {"pass": "● pass", "fail": "▲ fail", "not shown": "○ not shown"}
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
    if load.is_empty():
        return notice(NOBODY)
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


def load_words(load: pl.DataFrame) -> str:
    """The bars in one sentence: the total by band, and who comes first."""
    if load.is_empty():
        return f"{NOBODY}."
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
    """What the limit of shifts is, what was observed, and what the verdict rests on."""
    if limits.is_empty():
        return "No primary shift ended in this window."
    row = limits.row(0, named=True)
    ratio = row["incident_variance_ratio"]
    clustered = "" if ratio is None else f" (variance {ratio:.1f} times the mean)"
    return (
        f"At most 2 incidents in a 12-hour shift. With {row['incidents_per_shift_limit']:.3g} on "
        "average, 5 % of shifts would still exceed it: that mean is the limit. Observed: "
        f"{row['incidents']:,} incidents in {words.plural(row['shifts'], 'shift')}, "
        f"{row['incidents_per_shift']:.3g} a shift; 95 % interval {_interval(row, '')} if they "
        f"came independently, {_interval(row, 'clustered_')} as they cluster{clustered}. "
        "Pass or fail needs both on one side of the limit."
    )


def total(load: pl.DataFrame, column: str) -> str:
    """The sum over everybody of one of the load's counts."""
    return f"{load[column].sum():,}"


def limit_interval(limits: pl.DataFrame) -> str:
    """The mean per shift with the interval that the verdict rests on."""
    if limits.is_empty():
        return words.ABSENT
    row = limits.row(0, named=True)
    low = min(row["incidents_per_shift_low"], row["incidents_per_shift_clustered_low"])
    high = max(row["incidents_per_shift_high"], row["incidents_per_shift_clustered_high"])
    return f"{row['incidents_per_shift']:.2f} a shift [{low:.2f}, {high:.2f}]"


def _interval(row: dict[str, Any], kind: str) -> str:
    low, high = (row[f"incidents_per_shift_{kind}{end}"] for end in ("low", "high"))
    return f"[{low:.3g}, {high:.3g}]"


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
