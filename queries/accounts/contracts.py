"""What an account signed: every contract with the terms known on the data date."""

import dataframely as dy
import polars as pl

from queries.accounts.chosen import ACCOUNT, of
from queries.core.columns import metric
from queries.core.question import Question
from queries.shared import words
from queries.shared.contracts import CONTRACT_COLUMNS, terms_of
from warehouse.context import Context
from warehouse.contract.columns import day, identifier, word
from warehouse.contract.words import DEPLOYMENT_MODELS, HYPERSCALERS
from warehouse.read import Read

# In the order in which they are listed.
CONTRACT_STATUSES = ("in_force", "signed", "draft", "ended")


class AccountContracts(dy.Schema):
    """One row per contract of the account, drafts included."""

    contract_id = identifier("Contract", key=True)
    contract_status = word("In force, signed and not begun, draft, or ended", *CONTRACT_STATUSES)
    deployment_model = word("Where the product runs", *DEPLOYMENT_MODELS)
    hyperscaler = word("Hyperscaler; none for on-prem", *HYPERSCALERS)
    start_date = day("In force from this day")
    until_date = day("First day no longer in force; null: nobody wrote it down", nullable=True)
    notice_date = day("Last day by which to give notice", nullable=True)
    arr_usd = metric("arr_usd")
    committed_tib = metric("committed_tib", nullable=True)
    rate_usd_per_tib_month = metric("rate_usd_per_tib_month", nullable=True)
    overage_rate_usd_per_tib_month = metric("overage_rate_usd_per_tib_month", nullable=True)


def reads(account: str | None) -> dict[str, Read]:
    """The account's contracts, the newest terms of each."""
    columns = (*CONTRACT_COLUMNS, "notice_date", "overage_rate_usd_per_tib_month")
    return {"contracts": Read(table="contracts", columns=columns, equal=of(account))}


def account_contracts(contracts: pl.LazyFrame, *, context: Context) -> pl.DataFrame:
    """Every contract of the account and where it stands on the data date.

    Grain: contract; those in force first, then signed, draft and ended, each newest start first.
    """
    start, until = pl.col("start_date"), pl.col("until_date")
    drafts = contracts.filter(pl.col("status") == "draft").with_columns(until_date="end_date")
    contract_status = (
        pl.when(pl.col("status") == "draft")
        .then(pl.lit("draft"))
        .when(until <= context.as_of)
        .then(pl.lit("ended"))
        .when(start > context.as_of)
        .then(pl.lit("signed"))
        .otherwise(pl.lit("in_force"))
    )
    place = pl.col("contract_status").cast(pl.Enum(CONTRACT_STATUSES))
    return (
        pl.concat([terms_of(contracts), drafts])
        .with_columns(contract_status=contract_status)
        .sort(place, "start_date", "contract_id", descending=[False, True, False])
        .select(AccountContracts.column_names())
        .collect()
    )


def finding(frame: pl.DataFrame) -> str:
    """How many contracts are in force, and the ARR they carry."""
    if frame.is_empty():
        return "No contract is recorded"
    running = frame.filter(contract_status="in_force")
    if running.is_empty():
        return f"No contract is in force; {words.plural(frame.height, 'contract')} on record"
    arr = words.money(float(running["arr_usd"].sum()))
    return f"{words.plural(running.height, 'contract')} in force, {arr} ARR"


QUESTIONS = (
    Question(
        name="account_contracts",
        asks="What did this account sign, and on which terms?",
        shape=AccountContracts,
        reads=reads,
        answer=account_contracts,
        finding=finding,
        filters="accounts",
        parameters=(ACCOUNT,),
    ),
)
