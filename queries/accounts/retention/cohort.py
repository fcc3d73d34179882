"""The accounts behind NRR and GRR: what each of the closed cohort had at the start and has now."""

import dataframely as dy
import polars as pl

from queries.accounts.arr import MONTHS
from queries.core.columns import metric, with_words
from queries.core.question import Question
from queries.health.indicators.account_facts import profiles
from queries.shared import words
from queries.shared.contracts import CONTRACT_COLUMNS, Retention, cohort, lapsed, months_before
from warehouse.context import UNKNOWN, Context
from warehouse.contract.columns import day, identifier, text, word
from warehouse.contract.words import REGIONS, SEGMENTS
from warehouse.read import Read

FATES = {"churn": "Left", "contraction": "Reduced", "unchanged": "Unchanged", "expansion": "Grown"}


class RetentionCohort(dy.Schema):
    """One row per account with ARR at the start of the period; who left stays, with 0."""

    account_id = identifier("Account", key=True)
    account_name = text("Account name; its id where it has none", nullable=False)
    segment = word("Market segment", *SEGMENTS, UNKNOWN)
    region = word("Sales region", *REGIONS, UNKNOWN)
    owner_name = text("Name of the owner; null: nobody known")
    fate = with_words(word("Outcome: what became of its ARR", *FATES), FATES)
    arr_start_usd = metric("arr_start_usd")
    arr_end_usd = metric("arr_end_usd")
    arr_kept_usd = metric("arr_kept_usd")
    arr_change_usd = metric("arr_change_usd", signed=True)
    arr_correction_usd = metric("arr_correction_usd", signed=True)
    lost_date = day("First day without a contract; null: still here", nullable=True)
    churn_reason = text("Reason given at churn; null: still here, or nobody wrote it down")


def reads() -> dict[str, Read]:
    """The contracts, and who the accounts are."""
    return {
        "contracts": Read(table="contracts", columns=CONTRACT_COLUMNS, every_version=True),
        "accounts": Read(
            table="accounts",
            columns=("account_id", "name", "segment", "region", "owner_id", "churn_reason"),
            ignores_filters=True,
        ),
        "people": Read(table="people", columns=("person_id", "name")),
    }


def retention_cohort(
    contracts: pl.LazyFrame,
    accounts: pl.LazyFrame,
    people: pl.LazyFrame,
    *,
    context: Context,
    months: int,
) -> pl.DataFrame:
    """ARR at the start and now of every account that had any at the start.

    Grain: account_id; sorted by the change, largest loss first, then ARR at the start, then
    account_id. The sums over all rows are those of NRR and GRR. ARR at the start is as corrected
    since, so that a correction is no contraction. An account that has no contract
    now keeps its row with 0, the day it was lost and the reason where one was given.
    """
    start, end = pl.col("arr_start_usd"), pl.col("arr_end_usd")
    both = cohort(contracts, months_before(context.as_of, months), context.as_of)
    return (
        both.filter(start > 0)
        .join(lapsed(contracts, context.as_of), on="account_id", how="left")
        .join(profiles(accounts, people), on="account_id", how="left")
        .join(accounts.select("account_id", "churn_reason"), on="account_id", how="left")
        .with_columns(
            account_name=pl.coalesce("account_name", "account_id"),
            segment=pl.col("segment").fill_null(UNKNOWN),
            region=pl.col("region").fill_null(UNKNOWN),
            fate=pl.when(end == 0)
            .then(pl.lit("churn"))
            .when(end < start)
            .then(pl.lit("contraction"))
            .when(end > start)
            .then(pl.lit("expansion"))
            .otherwise(pl.lit("unchanged")),
            arr_kept_usd=pl.min_horizontal(start, end),
            arr_change_usd=end - start,
            arr_correction_usd=start - pl.col("arr_start_stated_usd"),
            lost_date=pl.col("lapsed_date"),
        )
        .sort("arr_change_usd", "arr_start_usd", "account_id", descending=[False, True, False])
        .select(RetentionCohort.column_names())
        .collect()
    )


def finding(frame: pl.DataFrame) -> str:
    """How many of the accounts left, and the money of those that left or shrank."""
    if frame.is_empty():
        return "No account had ARR at the start"
    kept = Retention.of(frame.lazy())
    left = f"{kept.lost_accounts:,} of {words.plural(kept.accounts, 'account')} left"
    lost = words.money(kept.start_usd - kept.kept_usd)
    return f"{left}; {lost} of {words.money(kept.start_usd)} lost"


QUESTIONS = (
    Question(
        name="retention_cohort",
        asks="Which accounts are behind NRR and GRR, and how did the ARR of each change?",
        shape=RetentionCohort,
        reads=reads,
        answer=retention_cohort,
        finding=finding,
        filters="rows",
        parameters=(MONTHS,),
    ),
)
