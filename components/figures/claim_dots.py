"""Every run of a claim's two systems as dots from zero, before anything is drawn."""

from dataclasses import dataclass

import polars as pl

from components.claim_card import ClaimCard, clean
from components.core.figures.base import jittered
from queries.benchmarks.metric_facts import metric_in
from queries.shared import words

# The light theme's accent and unknown.
SYSTEM, BASELINE = "#1F4E79", "#5F6673"
NOTHING = "No run of these systems is recorded."


@dataclass(frozen=True, kw_only=True)
class Lane:
    """The runs of one system: measured and warm-up as (value, height), and its median."""

    name: str
    colour: str
    height: float
    measured: tuple[tuple[float, float], ...]
    warm_up: tuple[tuple[float, float], ...]
    median: float | None

    def said(self, unit: str) -> str:
        """The median with its unit, and how many runs; warm-ups apart."""
        runs = words.plural(len(self.measured), "run")
        warm_up = words.plural(len(self.warm_up), "warm-up")
        uncounted = f", {warm_up} not counted" if self.warm_up else ""
        return f"median {words.number(self.median)} {unit}, {runs}{uncounted}"


@dataclass(frozen=True, kw_only=True)
class Dots:
    """Both lanes in one unit; `axis` names what is measured; `notice` says why there are none."""

    unit: str
    axis: str
    lanes: tuple[Lane, ...]
    notice: str | None = None

    @property
    def greatest(self) -> float:
        """The greatest value of any run, at least 0."""
        values = [value for lane in self.lanes for value, _ in (*lane.measured, *lane.warm_up)]
        return max([0.0, *values])


def dots(card: ClaimCard) -> Dots:
    """The runs of both systems, every one; runs in several units share no axis."""
    row = card.row
    setting = {name: row[name] for name in ("campaign", "workload", "metric")}
    systems = (row["system_id"], row["baseline_system_id"])
    runs = card.runs.frame.filter(pl.col("system_id").is_in(systems), **setting)
    units = runs["unit"].unique().sort().to_list()
    if len(units) != 1:
        notice = f"{clean(' and '.join(units))} share no axis." if units else NOTHING
        return Dots(unit="", axis="", lanes=(), notice=notice)
    names = (row["system_name"], row["baseline_name"])
    medians = (row["median"], row["baseline_median"])
    lanes = tuple(
        Lane(
            name=clean(words.system(system_id, name)),
            colour=colour,
            height=height,
            measured=_points(runs.filter(system_id=system_id, is_warmup=False), height),
            warm_up=_points(runs.filter(system_id=system_id, is_warmup=True), height),
            median=median,
        )
        for system_id, name, median, colour, height in zip(
            systems, names, medians, (SYSTEM, BASELINE), (1.0, 0.0), strict=True
        )
    )
    axis = clean(metric_in(row["metric"], units[0]), 60)
    return Dots(unit=clean(units[0], 40), axis=axis, lanes=lanes)


def _points(runs: pl.DataFrame, height: float) -> tuple[tuple[float, float], ...]:
    placed = runs.sort("sequence", "run_id").select("value", jittered(height))
    return tuple(placed.iter_rows())
