"""What churn indicators and health scores are made from: per account, as known on the data date."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace

import polars as pl

from queries.health.indicators import feeds
from queries.health.indicators.account_facts import (
    BASELINE_DAYS,
    QUARTER_DAYS,
    breadth,
    last_contact,
    profiles,
    severe_tickets,
    usage_trend,
)
from queries.shared.contracts import CONTRACT_COLUMNS, lapsed, terms_of, under_contract
from queries.shared.expected_hours import metered
from queries.shared.null_safe import ratio
from queries.shared.periods import MONTH_DAYS, first_day, last_complete_day, window
from warehouse.context import UNKNOWN, Context
from warehouse.provenance import Watermark
from warehouse.read import Read

SEVERE = ("1", "2")
# The feeds whose events are counted, with the days that the count looks back.
FEEDS = {
    "tickets": QUARTER_DAYS,
    "incidents": MONTH_DAYS,
    "feature_usage_daily": MONTH_DAYS,
    feeds.METERED: MONTH_DAYS,
}
# What a factor may read, by the factor's name.
INPUTS: Mapping[str, str] = {
    "usage": "usage_change_share",
    "commitment": "commitment_pace",
    "breadth": "feature_breadth_share",
    "tickets": "severe_tickets_90d",
    "incidents": "incidents_28d",
    "contact": "days_since_contact",
}

# The source that has to hold for the whole fleet, by the indicator it feeds.
STALE: Mapping[str, str] = {
    "usage": "usage",
    "commitment": "usage",
    "breadth": "breadth",
    "contact": "contact",
}


def reads(context: Context) -> dict[str, Read]:
    """Contracts and who they belong to, and per account what each input needs."""
    last = last_complete_day(context.as_of)
    month = first_day(context.as_of, MONTH_DAYS)
    before = first_day(context.as_of, BASELINE_DAYS, before=MONTH_DAYS)
    held = feeds.reads(context.as_of)
    return _signed() | _used(before, month, last) | _troubled(month, last) | _spoken() | held


def _signed() -> dict[str, Read]:
    return {
        "contracts": Read(table="contracts", columns=CONTRACT_COLUMNS, every_version=True),
        "accounts": Read(
            table="accounts",
            columns=(
                "account_id",
                "parent_account_id",
                "name",
                "segment",
                "region",
                "owner_id",
                "churned_date",
            ),
        ),
        "people": Read(table="people", columns=("person_id", "name")),
    }


def _used(before: dt.date, month: dt.date, last: dt.date) -> dict[str, Read]:
    features = Read(
        table="feature_usage_daily",
        columns=("account_id", "feature", "is_entitled"),
        latest=("usage_date",),
        period="usage_date",
        first=month - dt.timedelta(days=feeds.BRIDGED_DAYS),
        last=last,
    )
    return {
        "clusters": Read(table="clusters", columns=("account_id", "deployed_at", "retired_at")),
        "usage": replace(capacity(month, last), latest=("usage_date",)),
        "usage_before": capacity(before, month - dt.timedelta(days=1)),
        "features": features,
        "features_active": replace(features, above_zero=("operations",)),
    }


def _troubled(month: dt.date, last: dt.date) -> dict[str, Read]:
    return {
        "tickets": Read(
            table="tickets",
            columns=("account_id", "created_at", "solved_at"),
            equal={"severity": SEVERE},
        ),
        "incidents": Read(
            table="incidents",
            columns=("account_id",),
            count="incidents_28d",
            period="created_at",
            first=month,
            last=last,
        ),
    }


def _spoken() -> dict[str, Read]:
    """Who was spoken to, and how new each of the two sources is, whatever is filtered."""
    contacts = Read(table="contacts", columns=("account_id", "last_contact_at"))
    activities = Read(
        table="activities",
        columns=("account_id",),
        latest=("occurred_at",),
        equal={"direction": ("two_way",)},
    )
    return {
        "contacts": contacts,
        "activities": activities,
        "contacts_newest": replace(
            contacts, columns=(), latest=("last_contact_at",), whole_book=True
        ),
        "activities_newest": replace(activities, columns=(), whole_book=True),
    }


def capacity(first: dt.date, last: dt.date, *, by: str = "account_id") -> Read:
    """Metered capacity and hours with a record from `first` to `last`, both inclusive, per `by`."""
    return metered(by, first=first, last=last, dimensions=("capacity",))


def inputs(
    *,
    contracts: pl.LazyFrame,
    accounts: pl.LazyFrame,
    people: pl.LazyFrame,
    clusters: pl.LazyFrame,
    usage: pl.LazyFrame,
    usage_before: pl.LazyFrame,
    context: Context,
    watermarks: Mapping[str, Watermark],
    **others: pl.LazyFrame,
) -> pl.LazyFrame:
    """Every input of every account that is ours to lose on the data date; null is unknown.

    Grain: account_id. An account is in while a contract is in force, whether or not anything was
    ever metered. When the last contract has lapsed it stays, with no ARR and the lapse known, as
    long as nobody recorded that it churned and either the lapse or some metered capacity lies in
    the last 28 days. What tickets, incidents, telemetry and metering say of anybody is unknown
    where their feed does not reach the window of the input, or is later than promised; where it
    does, an account without a ticket or an incident has none. What metering and telemetry say is
    unknown where the source began after the first day of the window. `stale` lists the indicators
    whose source did not hold for the whole fleet (see `queries.health.indicators.feeds`): what they
    say is then unknown, or as the source last had it.
    """
    as_of = context.as_of
    tickets, incidents, telemetry, metering = (
        pl.lit(window(as_of, days, [watermarks[table]]).gap is None)
        for table, days in FEEDS.items()
    )
    looked_at = feeds.feature_window(others["feature_days"], as_of)
    features = feeds.features_in(others["features"], others["features_active"], looked_at)
    until = feeds.contacts_until(
        others["contacts_newest"],
        others["activities_newest"],
        others["contacts_before_silence"],
        as_of,
    )
    fleet = others["usage_of_fleet"]
    missing = feeds.missing_days(others["usage_days"], fleet, as_of)
    trend = usage_trend(usage, usage_before, clusters, as_of, missing).with_columns(
        pl.when(metering).then(pl.col(feeds.OF_USAGE)).name.keep()
    )
    rows = (
        _ours(contracts, accounts, usage, context)
        .join(profiles(accounts, people), on="account_id", how="left")
        .join(accounts.select("account_id", "parent_account_id"), on="account_id", how="left")
        .join(trend, on="account_id", how="left")
        .join(breadth(features), on="account_id", how="left")
        .join(severe_tickets(others["tickets"], as_of), on="account_id", how="left")
        .join(others["incidents"], on="account_id", how="left")
        .join(last_contact(others["contacts"], others["activities"]), on="account_id", how="left")
        .join(until, how="cross")
        .join(looked_at, how="cross")
        .join(feeds.began(others["features_began"], "features_began_date"), how="cross")
    )
    rows = feeds.known_usage(rows, missing, fleet, others["usage_began"], as_of)
    return _as_known(rows, tickets=tickets, incidents=incidents, telemetry=telemetry)


def _as_known(
    rows: pl.LazyFrame, *, tickets: pl.Expr, incidents: pl.Expr, telemetry: pl.Expr
) -> pl.LazyFrame:
    """`rows` with null where nothing is known, and 0 where a feed that reaches has no row.

    `tickets`, `incidents` and `telemetry` say whether their feed reaches its window in time.
    """
    is_told = telemetry & (pl.col("features_began_date") <= pl.col("first_date"))
    ticket_counts = pl.col("open_severe_tickets", "severe_tickets_90d").fill_null(0)
    return rows.with_columns(
        pl.when(tickets).then(ticket_counts),
        pl.when(is_told).then(
            pl.col("features_used", "features_entitled", "feature_breadth_share")
        ),
        account_name=pl.coalesce("account_name", "account_id"),
        segment=pl.col("segment").fill_null(UNKNOWN),
        region=pl.col("region").fill_null(UNKNOWN),
        commitment_pace=ratio("mean_tib", "committed_tib"),
        incidents_28d=pl.when(incidents).then(pl.col("incidents_28d").fill_null(0)),
        oldest_severe_ticket_days=pl.when(tickets).then("oldest_severe_ticket_days"),
        days_since_contact=(pl.col("contacts_until_date") - pl.col("spoke_date")).dt.total_days(),
        stale=pl.concat_list(
            pl.when(f"is_{name}_stale").then(pl.lit(indicator)) for indicator, name in STALE.items()
        ).list.drop_nulls(),
    )


def _ours(
    contracts: pl.LazyFrame, accounts: pl.LazyFrame, usage: pl.LazyFrame, context: Context
) -> pl.LazyFrame:
    as_of, hyperscalers = context.as_of, context.hyperscaler
    churned = accounts.filter(pl.col("churned_date").is_not_null()).select("account_id")
    metered = usage.filter(pl.col("quantity") > 0).select("account_id", is_metered=pl.lit(1))
    limbo = (
        lapsed(contracts, as_of, hyperscalers)
        .join(churned, on="account_id", how="anti")
        .join(metered, on="account_id", how="left")
        .filter(
            (pl.col("lapsed_date") >= first_day(as_of, MONTH_DAYS))
            | pl.col("is_metered").is_not_null()
        )
        .select(
            "account_id",
            "arr_lapsed_usd",
            "arr_lapsed_selected_usd",
            hyperscalers=pl.lit([], dtype=pl.List(pl.String)),
            arr_usd=pl.lit(0.0),
            arr_selected_usd=pl.lit(0.0),
            days_lapsed=(pl.lit(as_of) - pl.col("lapsed_date")).dt.total_days(),
        )
    )
    since = terms_of(contracts).group_by("account_id").agg(pl.col("start_date").min())
    days = (pl.col("renewal_date") - pl.lit(as_of)).dt.total_days()
    return (
        pl.concat([under_contract(contracts, as_of, hyperscalers), limbo], how="diagonal")
        .join(since, on="account_id", how="left")
        .with_columns(
            days_to_renewal=days,
            customer_days=(pl.lit(as_of) - pl.col("start_date")).dt.total_days(),
        )
        .drop("start_date")
    )
