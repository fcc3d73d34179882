"""How the product is adopted, per account and over all of them: pure functions.

Active is a day with an operation or with metered egress: capacity at rest is no use of value. Of
days that telemetry or metering has not reached, nobody knows whether they were.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

import polars as pl

from queries.health.indicators.account_facts import breadth, mean_tib
from queries.health.indicators.health_inputs import capacity
from queries.shared.contracts import in_force, terms_of
from queries.shared.null_safe import whole_sum
from queries.shared.periods import MONTH_DAYS, Window, first_day, last_complete_day
from queries.shared.statistics.survival import median_interval, reached_by, survival_curve
from warehouse.context import Context
from warehouse.read import Read


@dataclass(frozen=True, kw_only=True)
class Measured:
    """A number over `accounts`: `numerator` / `denominator`, or a median with its interval.

    `value` is None where it is unknown, `low` and `high` where there is no interval or no end.
    """

    value: float | None = None
    numerator: float | None = None
    denominator: float | None = None
    accounts: int = 0
    low: float | None = None
    high: float | None = None

    @classmethod
    def quotient(cls, numerator: float, denominator: float, accounts: int) -> "Measured":
        """Sums divided once; None over nothing."""
        value = numerator / denominator if denominator > 0 else None
        return cls(value=value, numerator=numerator, denominator=denominator, accounts=accounts)


def reads(context: Context) -> dict[str, Read]:
    """Features, capacity and active days of the last 28 days, and each account's first value."""
    first, last = first_day(context.as_of, MONTH_DAYS), last_complete_day(context.as_of)
    operation = Read(
        table="feature_usage_daily",
        columns=("account_id",),
        earliest=("usage_date",),
        above_zero=("operations",),
    )
    egress = replace(
        operation,
        table="account_usage_daily",
        equal={"dimension": ("egress",)},
        above_zero=("quantity",),
    )
    days = {
        f"{name}_days": replace(
            read,
            columns=("account_id", "usage_date"),
            earliest=(),
            count="records",
            period="usage_date",
            first=first,
            last=last,
        )
        for name, read in (("operation", operation), ("egress", egress))
    }
    return {
        "features": Read(
            table="feature_usage_daily",
            columns=("account_id", "feature", "is_entitled"),
            sums=("operations",),
            period="usage_date",
            first=first,
            last=last,
        ),
        "usage": capacity(first, last),
        "clusters": Read(table="clusters", columns=("account_id", "deployed_at", "retired_at")),
        **days,
        "first_operation": operation,
        "first_egress": egress,
        "telemetry": Read(
            table="feature_usage_daily",
            columns=("is_entitled",),
            earliest=("usage_date",),
            whole_book=True,
        ),
    }


def adoption_breadth(running: pl.LazyFrame, features: pl.LazyFrame) -> Measured:
    """Features used / entitled of the accounts in force, summed; unknown ones stay out."""
    totals = running.join(breadth(features), on="account_id").select(
        pl.col("features_used").sum(), pl.col("features_entitled").sum(), accounts=pl.len()
    )
    return Measured.quotient(*totals.collect().row(0))


def adoption_depth(
    running: pl.LazyFrame, usage: pl.LazyFrame, clusters: pl.LazyFrame, as_of: dt.date
) -> Measured:
    """Mean TiB in use / committed TiB of the accounts in force, summed where both are known."""
    used = mean_tib(usage, clusters, first_day(as_of, MONTH_DAYS), last_complete_day(as_of))
    totals = (
        running.join(used, on="account_id")
        .drop_nulls(["mean_tib", "committed_tib"])
        .filter(pl.col("committed_tib") > 0)
        .select(pl.col("mean_tib").sum(), pl.col("committed_tib").sum(), accounts=pl.len())
    )
    return Measured.quotient(*totals.collect().row(0))


def active_days(
    running: pl.LazyFrame, features: pl.LazyFrame, days: Sequence[pl.LazyFrame], looked: Window
) -> Measured:
    """Active days / whole days of the window, mean over the accounts in force for all of it.

    Only accounts that telemetry knows are in. `days` are frames of account_id and usage_date, one
    row per active day of its kind; a day that the window does not hold whole is left out.
    """
    first, end = looked.first.date(), looked.end.date()
    every = pl.concat([one.select("account_id", "usage_date") for one in days]).unique()
    active = every.filter(pl.col("usage_date") < end)
    known = pl.concat([features.select("account_id"), active.select("account_id")]).unique()
    totals = (
        running.filter(pl.col("start_date") <= first)
        .join(known, on="account_id", how="semi")
        .join(active.group_by("account_id").agg(days=pl.len()), on="account_id", how="left")
        .select(pl.col("days").sum(), accounts=pl.len())
    )
    days_active, accounts = totals.collect().row(0)
    return Measured.quotient(days_active, accounts * looked.days, accounts)


def time_to_value(
    contracts: pl.LazyFrame,
    firsts: Sequence[pl.LazyFrame],
    telemetry: pl.LazyFrame,
    *,
    since: dt.date,
    until: dt.date,
) -> Measured:
    """Days from the first contract to the first value, of accounts that started after `since`.

    `until` is the last day that both sources of value have reached: nothing later is looked at.
    `firsts` are frames of account_id and earliest_usage_date. An account that started before
    telemetry begins is left out: its first value was not seen. One without value yet is censored
    on `until`, or on the day its last contract ended; value before the start counts as day 0.
    Numerator: accounts that got there.
    """
    begun = terms_of(contracts).filter(pl.col("start_date") <= until)
    # An open end runs on; the least of it and `until` is `until`.
    left = pl.col("until_date").fill_null(until).max()
    recorded = telemetry.select(recorded_date=pl.col("earliest_usage_date").min())
    seen = pl.concat([one.select("account_id", "earliest_usage_date") for one in firsts])
    value = seen.filter(pl.col("earliest_usage_date") <= until)
    reached = pl.col("value_date").is_not_null()
    end = pl.coalesce("value_date", pl.min_horizontal("left_date", pl.lit(until)))
    durations = (
        begun.group_by("account_id")
        .agg(pl.col("start_date").min(), left_date=left)
        .join(recorded, how="cross")
        .filter(pl.col("start_date") > since, pl.col("start_date") >= pl.col("recorded_date"))
        .join(
            value.group_by("account_id").agg(value_date=pl.col("earliest_usage_date").min()),
            on="account_id",
            how="left",
        )
        .select(
            group=pl.lit("all"),
            duration=(end - pl.col("start_date")).dt.total_days().clip(0),
            is_completed=reached,
        )
        .collect()
    )
    median = survival_curve(durations, "group").select(reached_by(0.5)).item()
    low, high = median_interval(durations)
    return Measured(
        value=None if median is None else float(median),
        numerator=int(durations["is_completed"].sum()),
        denominator=durations.height,
        accounts=durations.height,
        low=low,
        high=high,
    )


def customers(contracts: pl.LazyFrame, as_of: dt.date) -> pl.LazyFrame:
    """The accounts with a contract in force: committed_tib, and start_date of the first ever.

    Grain: account_id. A commitment that one of the contracts leaves open is unknown.
    """
    since = terms_of(contracts).group_by("account_id").agg(pl.col("start_date").min())
    committed = in_force(contracts, as_of).group_by("account_id").agg(whole_sum("committed_tib"))
    return committed.join(since, on="account_id")
