"""Which account a reader means, by parts of its name or id."""

import dataframely as dy
import polars as pl

from queries.core.columns import among_selected, metric
from queries.core.question import Parameter, Question
from queries.health.indicators.account_facts import profiles
from queries.shared import words
from queries.shared.contracts import CONTRACT_COLUMNS, in_force
from warehouse.context import UNKNOWN, Context
from warehouse.contract.columns import count, identifier, text, word
from warehouse.contract.words import REGIONS, SEGMENTS
from warehouse.read import Read

MOST_FOUND = 20


class AccountSearch(dy.Schema):
    """One row per account that matches."""

    account_id = identifier("Account", key=True)
    account_name = text("Account name; its id where it has none", nullable=False)
    segment = word("Market segment", *SEGMENTS, UNKNOWN)
    region = word("Sales region", *REGIONS, UNKNOWN)
    owner_name = text("Name of the owner; null: nobody known")
    arr_usd = metric("arr_usd")
    matching = among_selected(count("How many accounts match, beyond the first 20 too"))


def reads() -> dict[str, Read]:
    """Accounts, owners and contracts."""
    return {
        "accounts": Read(
            table="accounts", columns=("account_id", "name", "segment", "region", "owner_id")
        ),
        "people": Read(table="people", columns=("person_id", "name")),
        "contracts": Read(table="contracts", columns=CONTRACT_COLUMNS),
    }


def account_search(
    accounts: pl.LazyFrame,
    people: pl.LazyFrame,
    contracts: pl.LazyFrame,
    *,
    context: Context,
    find: str | None,
) -> pl.DataFrame:
    """The accounts whose name or id holds every word of `find`, in any order and case.

    All of them where nothing is asked.

    Grain: account_id; the 20 with the largest ARR, then by name. ARR is 0 without a contract in
    force.
    """
    arr = in_force(contracts, context.as_of).group_by("account_id").agg(pl.col("arr_usd").sum())
    named = pl.concat_str("account_name", "account_id", separator=" ").str.to_lowercase()
    holds_all = [named.str.contains(word, literal=True) for word in (find or "").lower().split()]
    return (
        profiles(accounts, people)
        .with_columns(
            pl.col("segment", "region").fill_null(UNKNOWN),
            account_name=pl.coalesce("account_name", "account_id"),
        )
        .filter(*holds_all)
        .join(arr, on="account_id", how="left")
        .with_columns(pl.col("arr_usd").fill_null(0.0), matching=pl.len().cast(pl.Int64))
        .sort("arr_usd", "account_name", "account_id", descending=[True, False, False])
        .head(MOST_FOUND)
        .select(AccountSearch.column_names())
        .collect()
    )


def finding(frame: pl.DataFrame) -> str:
    """How many accounts match, and how many of them are not shown."""
    if frame.is_empty():
        return "No account matches this name in these filters"
    found = int(frame["matching"][0])
    hidden = found - frame.height
    rest = f", {hidden:,} with less ARR not shown" if hidden else ""
    return f"{words.plural(found, 'account')} found{rest}"


QUESTIONS = (
    Question(
        name="account_search",
        asks="Which accounts match this name or id?",
        shape=AccountSearch,
        reads=reads,
        answer=account_search,
        finding=finding,
        filters="accounts",
        parameters=(
            Parameter(name="find", description="Parts of the account's name or id, in any order"),
        ),
    ),
)
