"""What was measured of one system on one workload and metric: an arm of a comparison."""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from statistics import median
from typing import Any

import polars as pl

from queries.shared.statistics.bootstrap import Interval
from queries.shared.statistics.intervals import median_interval

SETTING = ("campaign", "workload", "metric")
ARM = (*SETTING, "system_id")
PAIR = (*ARM, "baseline_system_id")
IDS = PAIR[-2:]

Key = tuple[Any, ...]
Row = dict[str, Any]


class Verification(StrEnum):
    """Who checked a run, from the weakest to the strongest."""

    UNVERIFIED = "unverified"
    PEER_REVIEWED = "peer_reviewed"
    VERIFIED = "verified"


@dataclass(frozen=True)
class Arm:
    """One system on one workload and metric; a value per session, the median of its runs.

    Sessions stand in the order of their starts, or of their sequence where a start is unknown.
    `units`, `minimum` and `maximum` are those of the measured runs; `first_start` and
    `verification` are of every run, the weakest check counts.
    """

    values: tuple[float, ...] = ()
    session_ids: tuple[str, ...] = ()
    starts: tuple[dt.datetime | None, ...] = ()
    sequences: tuple[int, ...] = ()
    units: tuple[str, ...] = ()
    runs: int = 0
    warm_ups: int = 0
    minimum: float | None = None
    maximum: float | None = None
    first_start: dt.datetime | None = None
    is_every_start_known: bool = True
    verification: Verification | None = None

    @property
    def sessions(self) -> int:
        """How many sessions have a measured run: the n of every statistic."""
        return len(self.values)

    @property
    def unit(self) -> str | None:
        """The one unit of the measured runs; None where they differ, or there are none."""
        return self.units[0] if len(self.units) == 1 else None

    @cached_property
    def median(self) -> float | None:
        """The median of the sessions; None without one unit."""
        return median(self.values) if len(self.units) == 1 else None

    @cached_property
    def interval(self) -> Interval | None:
        """The 95 % interval of the median; None without one unit, or below 6 sessions."""
        return median_interval(self.values) if len(self.units) == 1 else None

    def columns(self, side: str = "") -> Row:
        """The columns of an answer that say what was measured, each after the prefix `side`."""
        low, high = self.interval or (None, None)
        found = {
            "unit": self.unit,
            "runs": self.runs,
            "sessions": self.sessions,
            "median": self.median,
            "median_low": low,
            "median_high": high,
        }
        return {f"{side}{name}": value for name, value in found.items()}


NO_ARM = Arm()


def arms(runs: pl.LazyFrame, by: tuple[str, ...] = ARM) -> dict[Key, Arm]:
    """Every arm of some runs under its values of `by`, sorted by them, nulls last."""
    measured = ~pl.col("is_warmup")
    value = pl.col("value").filter(measured)
    sessions = (
        runs.group_by(*by, "session_id")
        .agg(
            values=value.median(),
            starts=pl.col("started_at").min(),
            sequences=pl.col("sequence").min(),
            is_start_known=pl.col("started_at").is_not_null().all(),
        )
        .drop_nulls("values")
        .with_columns(starts=pl.when("is_start_known").then("starts"))
        .with_columns(place=pl.when(pl.col("is_start_known").all().over(by)).then("starts"))
        .sort("place", "sequences", "session_id", nulls_last=True)
        .group_by(by, maintain_order=True)
        .agg("values", "starts", "sequences", session_ids="session_id")
    )
    found = (
        runs.group_by(by)
        .agg(
            units=pl.col("unit").filter(measured).unique().sort(),
            runs=measured.sum(),
            warm_ups=pl.col("is_warmup").sum(),
            minimum=value.min(),
            maximum=value.max(),
            first_start=pl.col("started_at").min(),
            is_every_start_known=pl.col("started_at").is_not_null().all(),
            verification=pl.col("verification").unique(),
        )
        .join(sessions, on=by, how="left", nulls_equal=True)
        .sort(by, nulls_last=True)
        .collect()
    )
    return {tuple(row[name] for name in by): _arm(row, by) for row in found.iter_rows(named=True)}


def _arm(row: Row, by: tuple[str, ...]) -> Arm:
    facts = {name: value for name, value in row.items() if name not in by}
    for name in ("values", "session_ids", "starts", "sequences", "units"):
        facts[name] = tuple(facts[name] or ())
    return Arm(**{**facts, "verification": weakest_check(facts["verification"])})


def weakest_check(checks: Collection[str]) -> Verification | None:
    """The weakest of some checks; None of none."""
    return next((check for check in Verification if check in checks), None)


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


def by_setting(measured: Mapping[Key, Arm]) -> dict[Key, dict[str, Arm]]:
    """The arms of each campaign, workload and metric by their system."""
    found: dict[Key, dict[str, Arm]] = {}
    for (*setting, system_id), arm in measured.items():
        found.setdefault(tuple(setting), {})[system_id] = arm
    return found
