"""The sessions of each measured system, in the order in which they ran."""

import datetime as dt
from dataclasses import dataclass
from statistics import median
from typing import Any

import polars as pl

from queries.benchmarks.pairs import ARM

Key = tuple[str, str, str, str]
Row = dict[str, Any]
CHECKED = ("unverified", "peer_reviewed", "verified")


@dataclass(frozen=True)
class Arm:
    """One system on one workload and metric; a value per session, the median of its runs.

    Sessions stand in the order of their starts, or of their sequence where a start is unknown.
    `units` are those of the measured runs; `first_start` and `verification` are of every run, the
    weakest check counts.
    """

    values: tuple[float, ...] = ()
    starts: tuple[dt.datetime | None, ...] = ()
    sequences: tuple[int, ...] = ()
    units: tuple[str, ...] = ()
    runs: int = 0
    warm_ups: int = 0
    first_start: dt.datetime | None = None
    is_every_start_known: bool = True
    verification: str | None = None

    @property
    def median(self) -> float | None:
        """The median of the sessions; None where runs differ in unit, or there are none."""
        return median(self.values) if len(self.units) == 1 else None


NO_ARM = Arm()


def arms_of(runs: pl.DataFrame) -> dict[Key, Arm]:
    """Every arm measured, by campaign, workload, metric and system_id."""
    measured = ~pl.col("is_warmup")
    sessions = (
        runs.group_by(*ARM, "session_id")
        .agg(
            value=pl.col("value").filter(measured).median(),
            units=pl.col("unit").filter(measured).unique(),
            runs=measured.sum(),
            warm_ups=pl.col("is_warmup").sum(),
            start=pl.col("started_at").min(),
            is_start_known=pl.col("started_at").is_not_null().all(),
            sequence=pl.col("sequence").min(),
            checks=pl.col("verification").unique(),
        )
        .with_columns(start=pl.when("is_start_known").then("start"))
        .sort(*ARM, "start", "sequence", "session_id", nulls_last=True)
    )
    arms = sessions.group_by(ARM, maintain_order=True).agg(pl.all())
    return {_key(row): _arm(row) for row in arms.iter_rows(named=True)}


def turns(system: Arm, baseline: Arm) -> str | None:
    """Whose session came when, as ABBA; None where no order of both is known.

    By their starts, or by their sequence where that numbers the sessions of both in one row.
    """
    for ours, theirs in (
        (system.starts, baseline.starts),
        (system.sequences, baseline.sequences),
    ):
        placed = [(place, "A") for place in ours] + [(place, "B") for place in theirs]
        places = [place for place, _ in placed]
        if placed and None not in places and len(set(places)) == len(places):
            return "".join(letter for _, letter in sorted(placed))
    return None


def weakest_check(checks: set[str]) -> str | None:
    """The weakest of some checks; None of none."""
    return next((check for check in CHECKED if check in checks), None)


def _key(row: Row) -> Key:
    return row["campaign"], row["workload"], row["metric"], row["system_id"]


def _arm(row: Row) -> Arm:
    """The arm of one row, whose columns are lists with a place per session, in order of start."""
    places = [place for place, runs in enumerate(row["runs"]) if runs]
    if not all(row["is_start_known"][place] for place in places):
        places.sort(key=lambda place: (row["sequence"][place], row["session_id"][place]))

    def measured(column: str) -> tuple[Any, ...]:
        return tuple(row[column][place] for place in places)

    return Arm(
        values=measured("value"),
        starts=measured("start"),
        sequences=measured("sequence"),
        units=tuple(sorted({unit for units in row["units"] for unit in units})),
        runs=sum(row["runs"]),
        warm_ups=sum(row["warm_ups"]),
        first_start=min((start for start in row["start"] if start is not None), default=None),
        is_every_start_known=all(row["is_start_known"]),
        verification=weakest_check({check for checks in row["checks"] for check in checks}),
    )
