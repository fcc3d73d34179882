"""Churn indicators: which account to call first, about what, and what nobody knows of it."""

import datetime as dt

import dataframely as dy
import polars as pl

from queries import words
from queries.account_facts import (
    BASELINE_DAYS,
    breadth,
    is_recorded,
    last_contact,
    profiles,
    severe_tickets,
    usage_trend,
)
from queries.accounts import CONTRACT_COLUMNS, lapsed, renewals, terms_of
from queries.columns import measure, tally
from queries.expectation import metered
from queries.indicators import judged
from queries.question import Question
from queries.unknowns import ratio, whole_sum
from queries.windows import MONTH_DAYS, first_day, last_complete_day
from warehouse.context import UNKNOWN, Context
from warehouse.contract.columns import day, identifier, text, word
from warehouse.contract.words import REGIONS, SEGMENTS
from warehouse.read import Read

SEVERE = ("1", "2")


class ChurnIndicators(dy.Schema):
    """One row per account with a contract in force, or one that lapsed and may be renewed."""

    account_id = identifier("Account", key=True)
    account_name = text("Account name; its id where it has none", nullable=False)
    segment = word("Market segment", *SEGMENTS, UNKNOWN)
    region = word("Sales region", *REGIONS, UNKNOWN)
    owner_id = identifier("Customer-success owner", nullable=True)
    owner_name = text("Name of the owner; null: nobody known")
    hyperscalers = text("Hyperscalers of its contracts in force, sorted", nullable=False)
    arr_usd = measure("arr_usd")
    arr_touched_usd = measure("arr_touched_usd")
    renewal_date = day("First day nothing is signed for; null: unknown or lapsed", nullable=True)
    days_to_renewal = tally("days_to_renewal", nullable=True)
    usage_28d_tib_hours = measure("usage_28d_tib_hours", nullable=True)
    usage_previous_84d_tib_hours_per_28d = measure("usage_previous_84d", nullable=True)
    usage_change_share = measure("usage_change_share", nullable=True, signed=True)
    commitment_pace = measure("commitment_pace", nullable=True)
    features_used = tally("features_used", nullable=True)
    features_entitled = tally("features_entitled", nullable=True)
    feature_breadth_share = measure("feature_breadth_share", nullable=True)
    open_severe_tickets = tally("open_severe_tickets", nullable=True)
    oldest_severe_ticket_days = tally("oldest_severe_ticket_days", nullable=True)
    incidents_28d = tally("incidents_28d", nullable=True)
    days_since_contact = tally("days_since_contact", nullable=True)
    signals = tally("signals")
    signalling = text("Indicators that signal, strongest first", nullable=False)
    inputs_known = tally("inputs_known")
    inputs_total = tally("inputs_known")
    status = word("Two signals, one, none, or unknown", "at_risk", "watch", "healthy", "unknown")
    reasons = text("At most three reasons, strongest first", nullable=False)

    @dy.rule()
    def an_account_without_usage_is_not_healthy(cls) -> pl.Expr:
        return cls.usage_28d_tib_hours.col.is_not_null() | (cls.status.col != "healthy")


def reads(context: Context) -> dict[str, Read]:
    """Contracts and who they belong to, and per account what each indicator needs."""
    last = last_complete_day(context.as_of)
    month = first_day(context.as_of, MONTH_DAYS)
    return {
        "contracts": Read(table="contracts", columns=CONTRACT_COLUMNS, every_version=True),
        "accounts": Read(
            table="accounts",
            columns=("account_id", "name", "segment", "region", "owner_id", "churned_date"),
        ),
        "people": Read(table="people", columns=("person_id", "name")),
        "clusters": Read(table="clusters", columns=("account_id", "deployed_at", "retired_at")),
        "usage": capacity(month, last),
        "usage_before": capacity(
            first_day(context.as_of, BASELINE_DAYS, before=MONTH_DAYS), month - dt.timedelta(days=1)
        ),
        "features": Read(
            table="feature_usage_daily",
            columns=("account_id", "feature", "is_entitled"),
            sums=("operations",),
            period="usage_date",
            first=month,
            last=last,
        ),
        "tickets": Read(
            table="tickets",
            columns=("account_id", "created_at", "solved_at"),
            equal={"severity": SEVERE},
        ),
        "tickets_by_severity": Read(
            table="tickets", columns=("severity",), count="tickets", everywhere=True
        ),
        "incidents": Read(
            table="incidents",
            columns=("account_id",),
            count="incidents_28d",
            period="created_at",
            first=month,
            last=last,
        ),
        "incidents_by_urgency": Read(
            table="incidents", columns=("urgency",), count="incidents", everywhere=True
        ),
        "contacts": Read(table="contacts", columns=("account_id", "last_contact_at")),
    }


def capacity(first: dt.date, last: dt.date, *, by: str = "account_id") -> Read:
    """Metered capacity and hours with a record from `first` to `last`, both inclusive, per `by`."""
    return metered(by, first=first, last=last, dimensions=("capacity",))


def churn_indicators(
    *,
    contracts: pl.LazyFrame,
    accounts: pl.LazyFrame,
    people: pl.LazyFrame,
    clusters: pl.LazyFrame,
    usage: pl.LazyFrame,
    usage_before: pl.LazyFrame,
    context: Context,
    **others: pl.LazyFrame,
) -> pl.DataFrame:
    """The churn indicators of every account that is ours to lose on the data date.

    Grain: account_id; sorted by ARR touched, then ARR, both descending, then account_id. An
    account is in while a contract is in force, whether or not anything was ever metered. When the
    last contract has lapsed it stays, with no ARR and the lapse as a signal, as long as nobody
    recorded that it churned and either the lapse or some metered capacity lies in the last 28
    days. Null is unknown in every column.
    """
    as_of = context.as_of
    rows = (
        _ours(contracts, accounts, usage, as_of)
        .join(profiles(accounts, people), on="account_id", how="left")
        .join(usage_trend(usage, usage_before, clusters, as_of), on="account_id", how="left")
        .join(breadth(others["features"]), on="account_id", how="left")
        .join(severe_tickets(others["tickets"], as_of), on="account_id", how="left")
        .join(others["incidents"], on="account_id", how="left")
        .join(last_contact(others["contacts"], as_of), on="account_id", how="left")
        .join(is_recorded(others["tickets_by_severity"], "knows_tickets"), how="cross")
        .join(is_recorded(others["incidents_by_urgency"], "knows_incidents"), how="cross")
        .with_columns(
            account_name=pl.coalesce("account_name", "account_id"),
            segment=pl.col("segment").fill_null(UNKNOWN),
            region=pl.col("region").fill_null(UNKNOWN),
            commitment_pace=ratio("mean_tib", "committed_tib"),
            open_severe_tickets=pl.when("knows_tickets").then(
                pl.col("open_severe_tickets").fill_null(0)
            ),
            incidents_28d=pl.when("knows_incidents").then(pl.col("incidents_28d").fill_null(0)),
        )
    )
    touched = pl.when(pl.col("signals") > 0).then(pl.max_horizontal("arr_usd", "arr_lapsed_usd"))
    order = ["arr_touched_usd", "arr_usd", "account_id"]
    return (
        judged(rows)
        .with_columns(arr_touched_usd=touched.otherwise(0.0))
        .sort(order, descending=[True, True, False])
        .select(ChurnIndicators.column_names())
        .collect()
    )


def _ours(
    contracts: pl.LazyFrame, accounts: pl.LazyFrame, usage: pl.LazyFrame, as_of: dt.date
) -> pl.LazyFrame:
    running = (
        renewals(contracts, as_of)
        .group_by("account_id")
        .agg(
            hyperscalers=pl.col("hyperscaler").unique().sort().str.join(", "),
            arr_usd=pl.col("arr_usd").sum(),
            committed_tib=whole_sum("committed_tib"),
            renewal_date=pl.col("renewal_date").min(),
        )
    )
    churned = accounts.filter(pl.col("churned_date").is_not_null()).select("account_id")
    metered = usage.filter(pl.col("quantity") > 0).select("account_id", is_metered=pl.lit(1))
    limbo = (
        lapsed(contracts, as_of)
        .join(churned, on="account_id", how="anti")
        .join(metered, on="account_id", how="left")
        .filter(
            (pl.col("lapsed_date") >= first_day(as_of, MONTH_DAYS))
            | pl.col("is_metered").is_not_null()
        )
        .select(
            "account_id",
            "arr_lapsed_usd",
            hyperscalers=pl.lit(""),
            arr_usd=pl.lit(0.0),
            days_lapsed=(pl.lit(as_of) - pl.col("lapsed_date")).dt.total_days(),
        )
    )
    since = terms_of(contracts).group_by("account_id").agg(pl.col("start_date").min())
    days = (pl.col("renewal_date") - pl.lit(as_of)).dt.total_days()
    return (
        pl.concat([running, limbo], how="diagonal")
        .join(since, on="account_id", how="left")
        .with_columns(
            days_to_renewal=days,
            customer_days=(pl.lit(as_of) - pl.col("start_date")).dt.total_days(),
        )
        .drop("start_date")
    )


def finding(frame: pl.DataFrame) -> str:
    """How many accounts are at risk and the ARR they touch."""
    if frame.is_empty():
        return "No account with a contract is known"
    at_risk = frame.filter(pl.col("status") == "at_risk")
    if at_risk.height:
        count = words.plural(at_risk.height, "account")
        money = words.money(float(at_risk["arr_touched_usd"].sum()))
        return f"{count}, {money} ARR, {'need' if at_risk.height > 1 else 'needs'} a call first"
    counts = {status: frame.filter(status=status).height for status in ("watch", "unknown")}
    return f"No account at risk; {counts['watch']} to watch, {counts['unknown']} unknown"


QUESTIONS = (
    Question(
        name="churn_indicators",
        asks="Whom do I call first, and about what?",
        shape=ChurnIndicators,
        reads=reads,
        answer=churn_indicators,
        finding=finding,
    ),
)
