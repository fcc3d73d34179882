"""What is known of each account in the days before the data date: pure functions, one per source.

Grain of every result: account_id. An account without a row is one nothing is known of.
"""

import datetime as dt

import polars as pl

from queries.shared.expected_hours import hours_between
from queries.shared.null_safe import ratio
from queries.shared.periods import MONTH_DAYS, first_day, last_complete_day, midnight
from queries.shared.thresholds import THRESHOLDS
from warehouse.normalise import INSTANT

BASELINE_DAYS = 84
QUARTER_DAYS = 90
_HOURS_28D = MONTH_DAYS * 24


def profiles(accounts: pl.LazyFrame, people: pl.LazyFrame) -> pl.LazyFrame:
    """Name, segment, region and owner of every account."""
    owners = people.select(owner_id="person_id", owner_name="name")
    names = ("account_id", "segment", "region", "owner_id")
    return accounts.select(*names, account_name="name").join(owners, on="owner_id", how="left")


def usage_trend(
    usage: pl.LazyFrame,
    usage_before: pl.LazyFrame,
    clusters: pl.LazyFrame,
    as_of: dt.date,
    missing: pl.LazyFrame,
) -> pl.LazyFrame:
    """Capacity metered in the last 28 complete days against the 84 days before them.

    Columns: usage_28d_tib_hours, mean_tib (of the 28 days), usage_previous_84d_tib_hours_per_28d,
    usage_change_share. A customer that was metered before and whose clusters are all retired uses
    nothing, and that is known: 0. Who has a cluster and no record is unknown. On the days `missing`
    (usage_date) the metering of the whole fleet is: no record is expected of anybody.
    """
    last = last_complete_day(as_of)
    month = first_day(as_of, MONTH_DAYS)
    now = mean_tib(usage, clusters, month, last, missing)
    before = mean_tib(
        usage_before,
        clusters,
        first_day(as_of, BASELINE_DAYS, before=MONTH_DAYS),
        month - dt.timedelta(days=1),
    ).select(
        "account_id",
        mean_before_tib=pl.when(pl.col("hours_in_service") >= _HOURS_28D).then("mean_tib"),
    )
    left = pl.col("quantity").is_null() & (pl.col("hours_expected") == 0)
    has_left = left & pl.col("mean_before_tib").is_not_null()
    return (
        now.join(before, on="account_id", how="full", coalesce=True)
        .with_columns(
            pl.when(has_left).then(0.0).otherwise(pl.col("quantity")).alias("usage_28d_tib_hours"),
            pl.when(has_left).then(0.0).otherwise(pl.col("mean_tib")).alias("mean_tib"),
        )
        .select(
            "account_id",
            "usage_28d_tib_hours",
            "mean_tib",
            usage_previous_84d_tib_hours_per_28d=pl.col("mean_before_tib") * _HOURS_28D,
            usage_change_share=ratio("mean_tib", "mean_before_tib") - 1,
        )
    )


def mean_tib(
    usage: pl.LazyFrame,
    clusters: pl.LazyFrame,
    first: dt.date,
    last: dt.date,
    missing: pl.LazyFrame | None = None,
) -> pl.LazyFrame:
    """Mean TiB in use from `first` to `last`, inclusive, over hours with a record.

    Metered TiB-hours are scaled from the hours recorded to the hours expected of the account's
    clusters, and divided by the hours since its first cluster was deployed, so that neither lost
    metering nor a move between clusters looks like a change, and a retired cluster does. Null
    where less than 80 % of the expected hours are recorded, those of the days `missing` left out.
    """
    end = pl.lit(midnight(last + dt.timedelta(days=1)))
    deployed = pl.max_horizontal(pl.lit(midnight(first)), "deployed_at")
    retired = pl.min_horizontal(end, "retired_at")
    expected = clusters.group_by("account_id").agg(
        hours_expected=hours_between(deployed, retired).sum(),
        hours_in_service=hours_between(deployed.min(), end),
    )
    present = pl.col("hours_present") / pl.col("hours_expected")
    due = pl.col("hours_expected") - pl.col("hours_missing").fill_null(0)
    is_complete = (due > 0) & (pl.col("hours_present") >= THRESHOLDS.complete_share * due)
    return (
        expected.join(_hours_missing(clusters, missing), on="account_id", how="left")
        .join(usage.drop_nulls("account_id"), on="account_id", how="left")
        .with_columns(
            mean_tib=pl.when(is_complete).then(
                pl.col("quantity") / present / pl.col("hours_in_service")
            )
        )
        .drop("hours_present", "hours_missing")
    )


def _hours_missing(clusters: pl.LazyFrame, missing: pl.LazyFrame | None) -> pl.LazyFrame:
    """hours_missing per account_id: hours in service on the days `missing`."""
    if missing is None:
        return clusters.select("account_id").unique().with_columns(hours_missing=pl.lit(0))
    starts = pl.col("usage_date").cast(INSTANT)
    ends = starts + dt.timedelta(days=1)
    served = hours_between(
        pl.max_horizontal(starts, "deployed_at"), pl.min_horizontal(ends, "retired_at")
    )
    return (
        clusters.join(missing, how="cross").group_by("account_id").agg(hours_missing=served.sum())
    )


def breadth(features: pl.LazyFrame) -> pl.LazyFrame:
    """features_used, features_entitled and feature_breadth_share from operations per feature."""
    feature = pl.col("feature")
    return (
        features.filter("is_entitled")
        .group_by("account_id")
        .agg(
            features_used=feature.filter(pl.col("operations") > 0).n_unique().cast(pl.Int64),
            features_entitled=feature.n_unique().cast(pl.Int64),
        )
        .with_columns(feature_breadth_share=pl.col("features_used") / pl.col("features_entitled"))
    )


def severe_tickets(tickets: pl.LazyFrame, as_of: dt.date) -> pl.LazyFrame:
    """What tickets of severity 1 and 2 say: those open, and those of the last 90 days.

    Columns: open_severe_tickets, the age of the oldest of them, and severe_tickets_90d, opened in
    the last 90 days or still open. Without a ticket the counts are zero, and the age is unknown.
    """
    opened = pl.col("created_at").dt.date()
    age = (pl.lit(as_of) - opened).dt.total_days()
    is_open = pl.col("solved_at").is_null()
    is_recent = opened > as_of - dt.timedelta(days=QUARTER_DAYS)
    return tickets.group_by("account_id").agg(
        open_severe_tickets=is_open.sum().cast(pl.Int64),
        oldest_severe_ticket_days=age.filter(is_open).max(),
        severe_tickets_90d=(is_open | is_recent).sum().cast(pl.Int64),
    )


def spoken(contacts: pl.LazyFrame, activities: pl.LazyFrame) -> pl.LazyFrame:
    """spoke_at of an account_id, several rows each: when somebody there was spoken to.

    Contacts keep their last one only, so that of an earlier day they know nobody who was spoken to
    since; `activities` (account_id, latest_occurred_at) keep every one.
    """
    return pl.concat(
        [
            contacts.select("account_id", spoke_at="last_contact_at"),
            activities.select("account_id", spoke_at="latest_occurred_at"),
        ]
    )


def last_contact(contacts: pl.LazyFrame, activities: pl.LazyFrame) -> pl.LazyFrame:
    """spoke_date, the day of the newest two-way contact with anyone at the account."""
    return (
        spoken(contacts, activities)
        .group_by("account_id")
        .agg(spoke_date=pl.col("spoke_at").max().dt.date())
    )
