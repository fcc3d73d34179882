"""Shifts in a window: hours on call, and incidents against the limit of two per twelve hours."""

import datetime as dt

import polars as pl
from scipy.special import gammaincinv

TWELVE_HOURS = dt.timedelta(hours=12)
MOST_INCIDENTS = 2
# The share of shifts that may exceed it: our tolerance, where the book sets the 2.
TOLERATED_SHARE = 0.05


def on_call_hours(
    shifts: pl.LazyFrame, levels: tuple[int, ...], first: dt.datetime, end: dt.datetime
) -> pl.LazyFrame:
    """Hours each person was on call at one of `levels` in [first, end), overlaps counted once.

    Grain: person_id; column hours. People without such an hour are absent.
    """
    covered_until = pl.col("end_at").cum_max().shift(1).over("person_id")
    uncovered = pl.col("end_at") - pl.max_horizontal("start_at", covered_until)
    return (
        shifts.filter(
            pl.col("level").is_in(levels), pl.col("start_at") < end, pl.col("end_at") > first
        )
        .with_columns(pl.col("start_at").clip(first, None), pl.col("end_at").clip(None, end))
        .sort("person_id", "start_at", "end_at")
        .with_columns(hours=uncovered.dt.total_seconds().clip(0) / 3600)
        .group_by("person_id")
        .agg(pl.col("hours").sum())
    )


def primary_shifts(shifts: pl.LazyFrame, first: dt.datetime, end: dt.datetime) -> pl.LazyFrame:
    """The level-1 shifts that end in (first, end], each of at most 12 hours.

    A longer shift is cut into stretches of 12 hours from its start, the last one shorter.

    Grain: person_id, start_at, end_at (one row per schedule).
    """
    length = (pl.col("end_at") - pl.col("start_at")).dt.total_seconds()
    stretches = (length / TWELVE_HOURS.total_seconds()).ceil().cast(pl.Int64)
    return (
        shifts.filter(pl.col("level") == 1)
        .with_columns(stretch=pl.int_ranges(0, stretches))
        .explode("stretch")
        .with_columns(start_at=pl.col("start_at") + pl.col("stretch") * TWELVE_HOURS)
        .with_columns(end_at=pl.min_horizontal("end_at", pl.col("start_at") + TWELVE_HOURS))
        .filter(pl.col("end_at") > first, pl.col("end_at") <= end)
        .select("person_id", "start_at", "end_at")
        .sort("start_at", "end_at", "person_id")
    )


def incidents_of(primary: pl.LazyFrame, sent: pl.LazyFrame) -> pl.LazyFrame:
    """The incidents whose first notification to the person fell in one of the `primary` shifts.

    Where a person is primary on two schedules at once, it belongs to the shift that began last.
    `sent` are notifications other than e-mail: person_id, incident_id, sent_at.

    Grain: shift (its place in `primary`), incident_id.
    """
    firsts = sent.group_by("person_id", "incident_id").agg(pl.col("sent_at").min())
    return (
        firsts.sort("sent_at")
        .join_asof(
            primary.with_row_index("shift"),
            left_on="sent_at",
            right_on="start_at",
            by="person_id",
            check_sortedness=False,  # both sides are sorted above; with `by` Polars cannot tell
        )
        .filter(pl.col("sent_at") < pl.col("end_at"))
        .select("shift", "incident_id")
    )


def with_incidents(primary: pl.LazyFrame, sent: pl.LazyFrame) -> pl.LazyFrame:
    """`primary` with `incidents`, how many of `incidents_of` each shift has; zero where none."""
    counts = incidents_of(primary, sent).group_by("shift").agg(incidents=pl.len().cast(pl.Int64))
    return (
        primary.with_row_index("shift")
        .join(counts, on="shift", how="left")
        .with_columns(pl.col("incidents").fill_null(0))
        .drop("shift")
    )


def poisson_interval(count: int, confidence: float = 0.95) -> tuple[float, float]:
    """The exact interval for the mean of a Poisson count (Garwood): chi-square quantiles halved.

    The lower end is 0 for a count of 0.
    """
    tail = (1 - confidence) / 2
    low = float(gammaincinv(count, tail)) if count else 0.0
    return low, float(gammaincinv(count + 1, 1 - tail))
