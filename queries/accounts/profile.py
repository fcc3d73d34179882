"""Who an account is and where it stands: its contracts, its renewal, and which way its use goes."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace

import dataframely as dy
import polars as pl

from queries.accounts.chosen import ACCOUNT, of
from queries.core.columns import codes, count_metric, metric
from queries.core.question import Question
from queries.health.indicators import feeds
from queries.health.indicators.account_facts import BASELINE_DAYS, profiles, usage_trend
from queries.health.indicators.health_inputs import capacity
from queries.shared import words
from queries.shared.contracts import CONTRACT_COLUMNS, lapsed, under_contract
from queries.shared.null_safe import ratio
from queries.shared.periods import MONTH_DAYS, first_day, last_complete_day, window
from warehouse.context import UNKNOWN, Context
from warehouse.contract.columns import day, identifier, text, word
from warehouse.contract.words import HYPERSCALERS, REGIONS, SEGMENTS
from warehouse.provenance import Watermark
from warehouse.read import Read


class AccountProfile(dy.Schema):
    """One row: the account."""

    account_id = identifier("Account", key=True)
    account_name = text("Account name; its id where it has none", nullable=False)
    segment = word("Market segment", *SEGMENTS, UNKNOWN)
    region = word("Sales region", *REGIONS, UNKNOWN)
    industry = text("Industry as Salesforce writes it")
    billing_country = text("ISO 3166 alpha-2 code of the billing country")
    website = text("Web site")
    owner_id = identifier("Customer-success owner", nullable=True)
    owner_name = text("Name of the owner; null: nobody known")
    churned_date = day("First day without a contract in force", nullable=True)
    churn_reason = text("Reason given at churn")
    hyperscalers = codes("Hyperscalers of its contracts in force, sorted", *HYPERSCALERS)
    arr_usd = metric("arr_usd")
    lapsed_date = day("Day its last contract ended; null while one is in force", nullable=True)
    renewal_date = day("First day nothing is signed for; null: unknown or lapsed", nullable=True)
    days_to_renewal = count_metric("days_to_renewal", nullable=True)
    usage_28d_tib_hours = metric("usage_28d_tib_hours", nullable=True)
    usage_change_share = metric("usage_change_share", nullable=True, signed=True)
    committed_tib = metric("committed_tib", nullable=True)
    commitment_pace = metric("commitment_pace", nullable=True)


def reads(context: Context, account: str | None) -> dict[str, Read]:
    """The account's own row, its contracts, and its metering as the churn indicators read it."""
    mine = of(account)
    month = first_day(context.as_of, MONTH_DAYS)
    before = first_day(context.as_of, BASELINE_DAYS, before=MONTH_DAYS)

    def used(first: dt.date, last: dt.date) -> Read:
        read = capacity(first, last)
        return replace(read, equal={**read.equal, **mine})

    return {
        "accounts": Read(
            table="accounts",
            columns=(
                *("account_id", "name", "segment", "region", "owner_id", "churned_date"),
                *("churn_reason", "industry", "billing_country", "website"),
            ),
            equal=mine,
        ),
        "people": Read(table="people", columns=("person_id", "name")),
        "contracts": Read(
            table="contracts", columns=CONTRACT_COLUMNS, equal=mine, every_version=True
        ),
        "clusters": Read(
            table="clusters", columns=("account_id", "deployed_at", "retired_at"), equal=mine
        ),
        "usage": used(month, last_complete_day(context.as_of)),
        "usage_before": used(before, month - dt.timedelta(days=1)),
        **feeds.usage_reads(context.as_of),
    }


def account_profile(
    *,
    accounts: pl.LazyFrame,
    people: pl.LazyFrame,
    contracts: pl.LazyFrame,
    clusters: pl.LazyFrame,
    usage: pl.LazyFrame,
    usage_before: pl.LazyFrame,
    usage_of_fleet: pl.LazyFrame,
    usage_days: pl.LazyFrame,
    usage_began: pl.LazyFrame,
    context: Context,
    watermarks: Mapping[str, Watermark],
) -> pl.DataFrame:
    """The account with its contracts in force, its renewal and its usage, as the queue judges it.

    One row for any account that is declared or has a contract: a customer, a former one or a
    target; none for an account outside the scope or the filters. ARR is 0 where no contract is in
    force; every other number is null where it is unknown, and what metering says also where it
    does not reach the 28 days or is later than promised.
    """
    as_of = context.as_of
    known = pl.concat([accounts.select("account_id"), contracts.select("account_id")]).unique()
    days = (pl.col("renewal_date") - pl.lit(as_of)).dt.total_days()
    missing = feeds.missing_days(usage_days, usage_of_fleet, as_of)
    is_metered = window(as_of, MONTH_DAYS, [watermarks[feeds.METERED]]).gap is None
    trend = feeds.known_usage(
        usage_trend(usage, usage_before, clusters, as_of, missing).with_columns(
            pl.when(pl.lit(is_metered)).then(pl.col(feeds.OF_USAGE)).name.keep()
        ),
        *(missing, usage_of_fleet, usage_began),
        as_of,
    )
    return (
        known.join(profiles(accounts, people), on="account_id", how="left")
        .join(accounts.drop("name", "segment", "region", "owner_id"), on="account_id", how="left")
        .join(under_contract(contracts, as_of), on="account_id", how="left")
        .join(lapsed(contracts, as_of), on="account_id", how="left")
        .join(trend, on="account_id", how="left")
        .with_columns(
            pl.col("segment", "region").fill_null(UNKNOWN),
            pl.col("hyperscalers").fill_null([]),
            pl.col("arr_usd").fill_null(0.0),
            account_name=pl.coalesce("account_name", "account_id"),
            days_to_renewal=days,
            commitment_pace=ratio("mean_tib", "committed_tib"),
        )
        .select(AccountProfile.column_names())
        .collect(engine="in-memory")
    )


def finding(frame: pl.DataFrame) -> str:
    """Where usage goes and when the account renews, or that it is no customer any more."""
    if frame.is_empty():
        return "This account is not known in these filters"
    row = frame.row(0, named=True)
    if row["churned_date"] is not None:
        reason = row["churn_reason"] or "no reason recorded"
        said = f"churned on {words.day(row['churned_date'])}, {reason}"
    elif row["lapsed_date"] is not None:
        said = f"contract ended on {words.day(row['lapsed_date'])}"
    elif not row["hyperscalers"]:
        said = "no contract is in force"
    else:
        said = f"{_use(row['usage_change_share'])}; {_renewal(row['days_to_renewal'])}"
    return f"{row['account_name']}: {said}"


def _use(change: float | None) -> str:
    if change is None:
        return "usage trend unknown"
    percent = round(100 * change)
    sign = words.MINUS if percent < 0 else "+"
    return f"usage {sign}{abs(percent)} % in 28 d" if percent else "usage unchanged in 28 d"


def _renewal(days: int | None) -> str:
    return "renewal date unknown" if days is None else f"renews in {days} d"


QUESTIONS = (
    Question(
        name="account_profile",
        asks="What is the state of this account?",
        shape=AccountProfile,
        reads=reads,
        answer=account_profile,
        finding=finding,
        filters="accounts",
        watermarks=(feeds.METERED,),
        parameters=(ACCOUNT,),
    ),
)
