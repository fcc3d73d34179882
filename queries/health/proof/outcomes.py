"""What became of each customer, as known on the data date: what every label is made of."""

import dataframely as dy
import polars as pl

from queries.core.columns import metric
from queries.core.question import Question
from queries.shared import words
from queries.shared.contracts import CONTRACT_COLUMNS, in_force, lapsed, terms_of
from warehouse.context import Context
from warehouse.contract.columns import day, identifier, text, word
from warehouse.read import Read

OUTCOMES = ("churned", "lapsed", "open")
_LINE = ("account_id", "deployment_model", "hyperscaler")


class AccountOutcomes(dy.Schema):
    """One row per account that ever had a signed contract."""

    account_id = identifier("Account", key=True)
    account_name = text("Account name; its id where it has none", nullable=False)
    customer_since_date = day("First day a contract was in force")
    outcome = word("Left; ended with nothing said; or still open", *OUTCOMES)
    churned_date = day("First day without a contract, once churn was recorded", nullable=True)
    churn_reason = text("Reason given at churn")
    lapsed_date = day("First day without a contract where no churn was recorded", nullable=True)
    last_renewal_date = day("Newest day on which a contract followed another", nullable=True)
    arr_usd = metric("arr_usd")
    arr_lost_usd = metric("arr_lost_usd", nullable=True)

    @dy.rule()
    def a_churned_account_says_when(cls) -> pl.Expr:
        return (cls.outcome.col == "churned") == cls.churned_date.col.is_not_null()


def reads() -> dict[str, Read]:
    """The contracts, and what was recorded of the accounts they belong to."""
    return {
        "contracts": Read(table="contracts", columns=CONTRACT_COLUMNS, every_version=True),
        "accounts": Read(
            table="accounts", columns=("account_id", "name", "churned_date", "churn_reason")
        ),
    }


def outcomes(contracts: pl.LazyFrame, accounts: pl.LazyFrame, *, context: Context) -> pl.DataFrame:
    """Since when each account is a customer, and whether and when it left.

    Grain: account_id; sorted. `open` is censored on the data date: not yet known, never retained.
    `lapsed` is a last contract that ended while nobody recorded a churn: neither. The ARR lost is
    that of the contracts that ran until the churn, by their last terms; null where none is known
    to have run until then. Acquisitions count as churn: the reason is free text.
    """
    as_of = context.as_of
    begun = terms_of(contracts).filter(pl.col("start_date") <= as_of)
    ended = lapsed(contracts, as_of).select("account_id", "lapsed_date")
    # Known on the data date, whatever the source says of days to come.
    left = pl.col("churned_date") <= as_of
    said = accounts.select(
        "account_id",
        pl.col("name").alias("account_name"),
        pl.when(left).then("churned_date").alias("churned_date"),
        pl.when(left).then("churn_reason").alias("churn_reason"),
    )
    return (
        begun.group_by("account_id")
        .agg(customer_since_date=pl.col("start_date").min())
        .join(said, on="account_id", how="left")
        .join(ended, on="account_id", how="left")
        .join(_last_renewals(begun), on="account_id", how="left")
        .join(_arr(in_force(contracts, as_of), "arr_usd"), on="account_id", how="left")
        .join(_lost(begun, said), on="account_id", how="left")
        .with_columns(
            account_name=pl.coalesce("account_name", "account_id"),
            lapsed_date=pl.when(pl.col("churned_date").is_null()).then("lapsed_date"),
            arr_usd=pl.col("arr_usd").fill_null(0.0),
        )
        .with_columns(
            outcome=pl.when(pl.col("churned_date").is_not_null())
            .then(pl.lit("churned"))
            .when(pl.col("lapsed_date").is_not_null())
            .then(pl.lit("lapsed"))
            .otherwise(pl.lit("open"))
        )
        .select(AccountOutcomes.column_names())
        .sort("account_id")
        .collect()
    )


def _last_renewals(begun: pl.LazyFrame) -> pl.LazyFrame:
    """The newest start of a contract that another of its line had made way for."""
    first_end = pl.col("until_date").min().over(_LINE)
    return (
        begun.filter(first_end <= pl.col("start_date"))
        .group_by("account_id")
        .agg(last_renewal_date=pl.col("start_date").max())
    )


def _lost(begun: pl.LazyFrame, said: pl.LazyFrame) -> pl.LazyFrame:
    """ARR on the eve of the churn."""
    until = pl.col("until_date")
    churned = pl.col("churned_date")
    eve = begun.join(said.drop_nulls("churned_date"), on="account_id").filter(
        pl.col("start_date") < churned, until.is_null() | (until >= churned)
    )
    return _arr(eve, "arr_lost_usd")


def _arr(contracts: pl.LazyFrame, name: str) -> pl.LazyFrame:
    return contracts.group_by("account_id").agg(pl.col("arr_usd").sum().alias(name))


def finding(frame: pl.DataFrame) -> str:
    """How many of all customers left, the ARR that went with them, and where it is unknown."""
    if frame.is_empty():
        return "No customer is known"
    churned = frame.filter(outcome="churned")
    unknown, customers = (
        churned["arr_lost_usd"].null_count(),
        words.plural(frame.height, "customer"),
    )
    said = f"{churned.height:,} of {customers} churned"
    if unknown and unknown == churned.height:
        return f"{said}, ARR lost unknown"
    lost = f"{said}, {words.money(float(churned['arr_lost_usd'].sum()))} ARR lost"
    return f"{lost}; unknown of {unknown:,} of them" if unknown else lost


QUESTIONS = (
    Question(
        name="outcomes",
        asks="Did each customer stay, lapse or churn?",
        shape=AccountOutcomes,
        reads=reads,
        answer=outcomes,
        finding=finding,
        filters="accounts",
    ),
)
