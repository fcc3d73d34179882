"""Every run of two benchmarked systems, from zero, with medians and intervals."""

import re
from typing import Any

import plotly.graph_objects as go
import polars as pl

from components.core import palette
from components.core.figures.base import JITTER, figure, jittered, notice, plotted
from queries.benchmarks.arms import NO_ARM, arms
from queries.benchmarks.metric_facts import metric_in
from queries.shared import words
from queries.shared.statistics.checks import outliers

NOTHING = "No run of these systems is recorded"
LABEL_CHARACTERS = 46

Row = dict[str, Any]


def runs_on_one_axis(runs: pl.DataFrame, *, pair: Row, medians: list[Row]) -> go.Figure:
    """Every run of two systems as a dot from zero, with the medians and their intervals.

    `runs` has the shape of `benchmark_runs`; `pair` names system_id and baseline_system_id;
    `medians` are the arms of the same workload and metric. Warm-ups are open dots, the runs of
    outlying sessions are ringed; neither is dropped. Runs in several units share no axis and are
    not drawn.
    """
    if runs.is_empty():
        return notice(f"{NOTHING}.")
    units = runs["unit"].unique().sort().to_list()
    if len(units) > 1:
        return notice(_no_axis(units))
    heights = {pair["system_id"]: 1.0, pair["baseline_system_id"]: 0.0}
    arms = [arm for arm in medians if arm["system_id"] in heights]
    traces, labels = [], []
    for arm in arms:
        height = heights[arm["system_id"]]
        colour = palette.ACCENT if height else palette.UNKNOWN
        rows = runs.filter(system_id=arm["system_id"])
        traces += [
            *_dots(rows, height, colour, units[0]),
            *_rings(rows, height),
            _median(arm, height, colour),
        ]
        labels.append(_label(arm, height, colour))
    return figure(
        *traces,
        title=separation(runs),
        height=390,
        annotations=labels,
        xaxis={
            "rangemode": "tozero",
            "title": {"text": plotted(metric_in(runs["metric"][0], units[0]))},
        },
        yaxis={"visible": False, "range": [-0.3, 1.75]},
        margin={"l": 12},
    )


def runs_words(runs: pl.DataFrame, *, medians: list[Row]) -> str:
    """The dots in one sentence: per system its median, interval and n, and the warm-ups."""
    if runs.is_empty():
        return f"{NOTHING}."
    units = runs["unit"].unique().sort().to_list()
    if len(units) > 1:
        return _no_axis(units)
    shown = set(runs["system_id"])
    said = [
        f"{words.system(arm['system_id'], arm['system_name'])}: {median_words(arm)}"
        for arm in sorted(medians, key=lambda arm: -(arm["median"] or 0.0))
        if arm["system_id"] in shown
    ]
    warm = runs.filter("is_warmup").height
    open_dots = f" {words.plural(warm, 'warm-up run')} drawn open, in no statistic." if warm else ""
    ringed = sum(_outlying(rows).height for _, rows in runs.group_by("system_id"))
    rings = f" {words.plural(ringed, 'outlying run')} ringed, in every statistic." if ringed else ""
    return f"{'; '.join(said)}.{open_dots}{rings}"


def median_words(arm: Row) -> str:
    """The median of a system's sessions with its interval, unit and n."""
    n = f"n = {arm['sessions']}"
    if arm["median"] is None:
        return f"median unknown, {n}"
    interval = ""
    if arm["median_low"] is not None:
        low, high = words.number(arm["median_low"]), words.number(arm["median_high"])
        interval = f" [{low}, {high}]"
    return f"median {words.number(arm['median'])} {arm['unit']}{interval}, {n}"


def separation(runs: pl.DataFrame) -> str:
    """Whether the measured runs of the two systems overlap."""
    ranges = (
        runs.filter(~pl.col("is_warmup"))
        .group_by("system_id")
        .agg(low=pl.col("value").min(), high=pl.col("value").max())
    )
    if ranges.height != 2:  # noqa: PLR2004 (a pair)
        return "Every run"
    begin, end = ranges["low"].max(), ranges["high"].min()
    if begin > end:  # type: ignore[operator]  # numbers: the columns are floats
        return "Every run of one lies above every run of the other"
    span = [words.number(value) for value in (begin, end)]  # type: ignore[arg-type]
    return f"The runs of both overlap at {' to '.join(dict.fromkeys(span))}"


def ranked(medians: pl.DataFrame) -> pl.DataFrame:
    """The systems by their median, highest first, the unknown last."""
    return medians.sort(
        "median", "system_id", descending=[True, False], nulls_last=True, maintain_order=True
    )


def _no_axis(units: list[str]) -> str:
    return f"{' and '.join(units)} share no axis: nothing is drawn."


def _outlying(rows: pl.DataFrame) -> pl.DataFrame:
    """The measured runs of one system whose session lies far from its other sessions."""
    (arm,) = arms(rows.lazy(), ("system_id",)).values() or [NO_ARM]
    found = zip(arm.session_ids, outliers(arm.values), strict=True)
    far = [session_id for session_id, is_far in found if is_far]
    return rows.filter(~pl.col("is_warmup"), pl.col("session_id").is_in(far))


def _placed(rows: pl.DataFrame, height: float) -> pl.DataFrame:
    """The runs with the height of their dots, spread by their place in the order of runs."""
    return rows.with_columns(height=jittered(height))


def _rings(rows: pl.DataFrame, height: float) -> list[go.Scatter]:
    far = _placed(_outlying(rows), height)
    if far.is_empty():
        return []
    return [
        go.Scatter(
            x=far["value"].to_numpy(),
            y=far["height"].to_numpy(),
            name="outlier",
            mode="markers",
            marker={
                "symbol": "circle-open",
                "size": 14,
                "color": palette.WATCH,
                "line": {"width": 2},
            },
            hoverinfo="skip",
        )
    ]


def _dots(rows: pl.DataFrame, height: float, colour: str, unit: str) -> list[go.Scatter]:
    placed = _placed(rows, height)
    return [
        go.Scatter(
            x=group["value"].to_numpy(),
            y=group["height"].to_numpy(),
            name="warm-up" if warm else "run",
            mode="markers",
            marker={
                "color": colour,
                "size": 6,
                "opacity": 0.7,
                "symbol": "circle-open" if warm else "circle",
            },
            customdata=group["session_id"].map_elements(plotted, return_dtype=pl.String).to_numpy(),
            hovertemplate=f"%{{x:,.4g}} {plotted(unit)}<br>session %{{customdata}}"
            f"{', warm-up' if warm else ''}<extra></extra>",
        )
        for warm, group in ((warm, placed.filter(is_warmup=warm)) for warm in (False, True))
        if not group.is_empty()
    ]


def _median(arm: Row, height: float, colour: str) -> go.Scatter:
    """The median as an upright line, its interval across it where there is one."""
    median, low, high = arm["median"], arm["median_low"], arm["median_high"]
    known = low is not None
    return go.Scatter(
        x=[median],
        y=[height],
        name="median",
        mode="markers",
        marker={
            "symbol": "line-ns-open",
            "size": 56,
            "color": colour,
            "line": {"width": 3, "color": colour},
        },
        error_x={
            "visible": known,
            "symmetric": False,
            "array": [high - median if known else 0],
            "arrayminus": [median - low if known else 0],
            "color": colour,
            "thickness": 3,
            "width": 8,
        },
        hovertemplate=f"{plotted(median_words(arm))}<extra></extra>",
    )


def _label(arm: Row, height: float, colour: str) -> dict[str, Any]:
    name = _folded(words.system(arm["system_id"], arm["system_name"]))
    lines = [f"<b>{plotted(line)}</b>" for line in name] + [plotted(median_words(arm))]
    return {
        "x": 0,
        "y": height + JITTER / 2 + 0.06,
        "xanchor": "left",
        "yanchor": "bottom",
        "align": "left",
        "showarrow": False,
        "text": "<br>".join(lines),
        "font": {"color": colour},
    }


def _folded(name: str) -> list[str]:
    """A long name on several lines, broken where its parts end."""
    lines = [""]
    for part in re.split(r"(?<=[ _/-])", name):
        if lines[-1] and len(lines[-1] + part) > LABEL_CHARACTERS:
            lines.append("")
        lines[-1] += part
    return lines
