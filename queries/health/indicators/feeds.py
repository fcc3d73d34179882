"""Whether a source held for the whole fleet, so that a missing feed is no fall of an account.

Pure functions of what a source holds of every account, whatever is filtered.
"""

import datetime as dt
from dataclasses import replace

import polars as pl

from queries.health.indicators.account_facts import BASELINE_DAYS
from queries.shared.expected_hours import metered
from queries.shared.periods import MONTH_DAYS, first_day, last_complete_day
from queries.shared.thresholds import THRESHOLDS
from warehouse.contract.columns import FIRST_DAY
from warehouse.read import Read

METERED = "account_usage_daily"
# What metering says of an account in the 28 days; unknown where it does not reach them or is late.
OF_USAGE = ("usage_28d_tib_hours", "mean_tib", "usage_change_share")
# Days without a row of anybody are bridged by as many older ones, for a week; then it is unknown.
BRIDGED_DAYS = 7
# A day with less than a tenth of the usual use is no weekend: the feed was missing.
MISSING_BELOW_SHARE = 0.1
# Half of fewer accounts than these may fall by chance: they are no fleet.
LEAST_FLEET = 10
# A book that is spoken to once a day for four weeks, and then by nobody for a week, was not silent.
SILENT_DAYS = 7
LEAST_CONTACTS = MONTH_DAYS


def reads(as_of: dt.date) -> dict[str, Read]:
    """What tells how each source held."""
    last = last_complete_day(as_of)
    features = Read(table="feature_usage_daily", columns=(), period="usage_date", whole_book=True)
    return usage_reads(as_of) | {
        "feature_days": replace(
            features,
            columns=("usage_date",),
            count="feed_rows",
            above_zero=("operations",),
            first=first_day(as_of, MONTH_DAYS + BRIDGED_DAYS),
            last=last,
        ),
        "features_began": replace(
            features, earliest=("usage_date",), last=first_day(as_of, MONTH_DAYS)
        ),
        "contacts_before_silence": Read(
            table="activities",
            columns=(),
            count="feed_rows",
            equal={"direction": ("two_way",)},
            period="occurred_at",
            first=first_day(as_of, MONTH_DAYS, before=SILENT_DAYS),
            last=first_day(as_of, SILENT_DAYS + 1),
            whole_book=True,
        ),
    }


def usage_reads(as_of: dt.date) -> dict[str, Read]:
    """What tells how the metering held."""
    month = first_day(as_of, MONTH_DAYS)
    before = first_day(as_of, BASELINE_DAYS, before=MONTH_DAYS)
    last = last_complete_day(as_of)
    capacity = ("capacity",)
    fleet = metered("account_id", first=before, last=last, since=month, dimensions=capacity)
    days = metered("usage_date", first=month, last=last, dimensions=capacity)
    began = metered(first=FIRST_DAY, last=month, dimensions=capacity)
    return {
        "usage_of_fleet": replace(fleet, whole_book=True),
        "usage_days": replace(days, sums=("hours_present",), whole_book=True),
        "usage_began": replace(began, sums=(), earliest=("usage_date",), whole_book=True),
    }


def began(earliest: pl.LazyFrame, name: str) -> pl.LazyFrame:
    """One row, `name`: the first day that was recorded of anybody; null: none by the window.

    An input whose window begins before that day is unknown.
    """
    return earliest.select(pl.col("earliest_usage_date").min().alias(name))


def missing_days(
    usage_days: pl.LazyFrame, usage_of_fleet: pl.LazyFrame, as_of: dt.date
) -> pl.LazyFrame:
    """usage_date: the days of the last 28 complete ones on which nobody's metering arrived.

    A day with less than a tenth of the hours of a usual day, those of the 84 days before. Fewer
    than ten accounts are no fleet, and no day of theirs is missing.
    """
    first = first_day(as_of, MONTH_DAYS)
    days = pl.LazyFrame({"usage_date": pl.date_range(first, last_complete_day(as_of), eager=True)})
    hours = pl.col("previous_hours_present").filter(pl.col("account_id").is_not_null())
    usual = usage_of_fleet.select(
        usual=hours.sum() / BASELINE_DAYS, accounts=(hours > 0).sum().cast(pl.Int64)
    )
    return (
        days.join(usage_days, on="usage_date", how="left")
        .join(usual, how="cross")
        .filter(
            pl.col("accounts") >= LEAST_FLEET,
            pl.col("hours_present").fill_null(0) < pl.col("usual") * MISSING_BELOW_SHARE,
        )
        .select("usage_date")
    )


def fleet_fell(usage_of_fleet: pl.LazyFrame) -> pl.LazyFrame:
    """One row, `has_fallen`: whether half of all accounts fell as an account does that signals.

    Compared is what each account used per hour with a record, in the last 28 complete days and in
    the 84 days before them. Fewer than ten accounts with a record in both are no fleet.
    """
    now = pl.col("quantity") / pl.col("hours_present")
    before = pl.col("previous_quantity") / pl.col("previous_hours_present")
    change = (now / before - 1).filter(before > 0, now.is_not_null())
    fell = (change.len() >= LEAST_FLEET) & (change.median() <= -THRESHOLDS.usage_fall_share)
    return usage_of_fleet.drop_nulls("account_id").select(has_fallen=fell.fill_null(value=False))


def known_usage(
    accounts: pl.LazyFrame,
    missing: pl.LazyFrame,
    usage_of_fleet: pl.LazyFrame,
    usage_began: pl.LazyFrame,
    as_of: dt.date,
) -> pl.LazyFrame:
    """`accounts` with is_usage_stale, and what is not known of their usage made null.

    The change and the mean of usage are unknown where metering began after the first day of their
    window, and for everybody while the whole fleet fell. Stale is a metering that fell, or of which
    the last complete day is missing.
    """
    month = first_day(as_of, MONTH_DAYS)
    before = first_day(as_of, BASELINE_DAYS, before=MONTH_DAYS)
    began_date = pl.col("usage_began_date")
    is_late = missing.select(is_late=(pl.col("usage_date") == last_complete_day(as_of)).any())
    held = ~pl.col("has_fallen")
    return (
        accounts.join(fleet_fell(usage_of_fleet), how="cross")
        .join(is_late, how="cross")
        .join(began(usage_began, "usage_began_date"), how="cross")
        .with_columns(
            usage_change_share=pl.when(held & (began_date <= before)).then("usage_change_share"),
            mean_tib=pl.when(held & (began_date <= month)).then("mean_tib"),
            is_usage_stale=pl.col("has_fallen") | pl.col("is_late"),
        )
        .drop("has_fallen", "is_late", "usage_began_date")
    )


def feature_window(feature_days: pl.LazyFrame, as_of: dt.date) -> pl.LazyFrame:
    """One row: `first_date` of the window of features, and `is_breadth_stale`.

    The window is the newest 28 days on which anybody used anything, so that a day the feed missed
    takes nothing from anybody; null where a week of older days does not make up for those missing.
    A feed that reports on fewer than half of the days is not daily: no day of it is missing.
    Stale is a feed of which the last complete day is missing.
    """
    first = first_day(as_of, MONTH_DAYS + BRIDGED_DAYS)
    days = pl.LazyFrame({"usage_date": pl.date_range(first, last_complete_day(as_of), eager=True)})
    rows = pl.col("feed_rows").fill_null(0)
    usual = rows.median()
    reported = pl.col("usage_date").filter((rows >= usual * MISSING_BELOW_SHARE) & (rows > 0))
    newest = reported.sort(descending=True)
    is_daily = usual > 0
    return days.join(feature_days, on="usage_date", how="left").select(
        first_date=pl.when(is_daily)
        .then(newest.get(MONTH_DAYS - 1, null_on_oob=True))
        .otherwise(pl.lit(first_day(as_of, MONTH_DAYS))),
        is_breadth_stale=(is_daily & (newest.first() < last_complete_day(as_of))).fill_null(
            value=False
        ),
    )


def features_in(entitled: pl.LazyFrame, active: pl.LazyFrame, window: pl.LazyFrame) -> pl.LazyFrame:
    """The rows of the window, with `operations` 1 where the feature was used in it and else 0.

    `entitled` and `active` hold the latest day of a row, and of a row with an operation, per
    account, feature and is_entitled; `window` is a `feature_window`.
    """
    key = ("account_id", "feature", "is_entitled")
    used = active.select(*key, used_date="latest_usage_date")
    is_used = pl.col("used_date") >= pl.col("first_date")
    return (
        entitled.join(used, on=key, how="left")
        .join(window, how="cross")
        .filter(pl.col("latest_usage_date") >= pl.col("first_date"))
        .with_columns(operations=is_used.fill_null(value=False).cast(pl.Int64))
        .drop("used_date", "first_date", "is_breadth_stale")
    )


def contacts_until(
    contacts_newest: pl.LazyFrame,
    activities_newest: pl.LazyFrame,
    contacts_before_silence: pl.LazyFrame,
    as_of: dt.date,
) -> pl.LazyFrame:
    """One row: `contacts_until_date`, the day that silence is counted to, and `is_contact_stale`.

    The data date; where a book that was spoken to every day is so no more for a week, the newest
    day on which anybody was.
    """
    newest = pl.max_horizontal(
        pl.col("latest_last_contact_at").max(), pl.col("latest_occurred_at").max()
    ).cast(pl.Date)
    is_stale = (pl.col("contacts_before").max() >= LEAST_CONTACTS) & (
        newest < first_day(as_of, SILENT_DAYS)
    )
    rows = pl.concat(
        [
            contacts_newest,
            activities_newest,
            contacts_before_silence.rename({"feed_rows": "contacts_before"}),
        ],
        how="horizontal",
    )
    return rows.select(is_contact_stale=is_stale.fill_null(value=False), newest=newest).select(
        "is_contact_stale",
        contacts_until_date=pl.when("is_contact_stale").then("newest").otherwise(pl.lit(as_of)),
    )
