"""Metered usage per account against what it committed to; an account without rows stays listed."""

import dataframely as dy
import polars as pl

from queries.core.columns import count_metric, metric
from queries.core.question import Question
from queries.shared import expected_hours, words
from queries.shared.contracts import CONTRACT_COLUMNS, in_force
from queries.shared.expected_hours import (
    ENGINE,
    hours_expected,
    in_service,
    metered,
    with_dimensions,
)
from queries.shared.null_safe import ratio, whole_sum
from queries.shared.periods import MONTH_DAYS, days_parameter, first_day, last_complete_day
from warehouse.context import Context
from warehouse.contract.columns import flag, identifier, text, word
from warehouse.contract.words import DIMENSIONS, HYPERSCALERS
from warehouse.read import Read

PLACE = ("account_id", "hyperscaler")
KEY = (*PLACE, "dimension")


class UsageByAccount(dy.Schema):
    """One row per account, hyperscaler and metered dimension."""

    account_id = identifier("Account; unknown: cluster not declared", key=True)
    name = text("Account name; its id where Salesforce has none", nullable=False)
    hyperscaler = word("unknown: cluster not declared", *HYPERSCALERS, "unknown", key=True)
    dimension = word("Metered dimension", *DIMENSIONS, key=True)
    is_unmetered = flag("No hour was recorded in the window")
    quantity = metric("usage_in_window", nullable=True)
    unit = text("Unit of quantity; null where nothing was recorded")
    mean_tib = metric("mean_tib", nullable=True)
    committed_tib = metric("committed_tib", nullable=True)
    usage_growth_share = metric("window_growth_share", nullable=True, signed=True)
    hours_present = count_metric("hours_present")
    hours_expected = count_metric("hours_expected", nullable=True)
    completeness_share = metric("completeness_share", nullable=True)
    completeness_previous_share = metric("completeness_previous_share", nullable=True)


def reads(context: Context, days: int) -> dict[str, Read]:
    """Both windows summed per account, and who should be in them."""
    return {
        "usage": metered(
            *KEY,
            "unit",
            first=first_day(context.as_of, days, before=days),
            last=last_complete_day(context.as_of),
            since=first_day(context.as_of, days),
        ),
        "clusters": expected_hours.clusters(),
        "dimensions": expected_hours.reported(
            first_day(context.as_of, days), last_complete_day(context.as_of)
        ),
        "contracts": Read(table="contracts", columns=CONTRACT_COLUMNS),
        # A name does not depend on where an account has its contracts.
        "accounts": Read(table="accounts", columns=("account_id", "name"), ignores_filters=True),
    }


def usage_by_account(
    usage: pl.LazyFrame,
    clusters: pl.LazyFrame,
    dimensions: pl.LazyFrame,
    contracts: pl.LazyFrame,
    accounts: pl.LazyFrame,
    *,
    context: Context,
    days: int,
) -> pl.DataFrame:
    """Metered usage of the window per account, its growth, and the capacity committed.

    Grain: account, hyperscaler, dimension. Everybody with a contract in force on the data date or
    a cluster in service in the window is listed, with an unknown quantity where no hour was
    recorded; usage of undeclared clusters stands under the account `unknown`. Unmetered rows come
    first, so that an unknown is not lost below the small; then by dimension, largest usage first,
    then by key. `committed_tib` stands beside capacity only, and is unknown where a contract in
    force leaves it open.
    """
    first, last = first_day(context.as_of, days), last_complete_day(context.as_of)
    windows = usage.with_columns(pl.col(PLACE).fill_null("unknown"))
    recorded = windows.filter(pl.col("hours_present").is_not_null()).select(
        *KEY, "unit", "quantity", "hours_present"
    )
    before = windows.filter(pl.col("previous_hours_present").is_not_null()).select(
        *KEY, "previous_quantity", "previous_hours_present"
    )
    committed = _committed(contracts, context)
    listed = pl.concat(
        [
            committed.select(PLACE),
            in_service(clusters, first, last).select(PLACE),
            recorded.select(PLACE),
        ]
    ).unique()
    earlier = first_day(context.as_of, days, before=days), first_day(context.as_of, 1, before=days)
    expected_before = hours_expected(clusters, *earlier, by=PLACE).rename(
        {"hours_expected": "previous_hours_expected"}
    )
    rows = (
        with_dimensions(listed, dimensions)
        .join(recorded, on=KEY, how="left")
        .join(before, on=KEY, how="left")
        .join(hours_expected(clusters, first, last, by=PLACE), on=PLACE, how="left")
        .join(expected_before, on=PLACE, how="left")
        .join(committed.with_columns(dimension=pl.lit("capacity")), on=KEY, how="left")
        .join(accounts, on="account_id", how="left")
    )
    return (
        _measured(rows, days)
        .sort(
            "is_unmetered",
            "dimension",
            "quantity",
            *PLACE,
            descending=[True, False, True, *[False] * 2],
        )
        .select(UsageByAccount.column_names())
        .collect(engine=ENGINE)
    )


def _committed(contracts: pl.LazyFrame, context: Context) -> pl.LazyFrame:
    """Capacity of the contracts in force on the data date; key: account, hyperscaler."""
    running = in_force(contracts, context.as_of)
    return running.group_by(PLACE).agg(committed_tib=whole_sum("committed_tib"))


def _measured(rows: pl.LazyFrame, days: int) -> pl.LazyFrame:
    """`rows` with their name, growth, completeness and mean; no hour present is 0, not null."""
    return rows.with_columns(
        pl.col("name").fill_null(pl.col("account_id")),
        pl.col("hours_present", "previous_hours_present").fill_null(0).cast(pl.Int64),
        is_unmetered=pl.col("quantity").is_null(),
        usage_growth_share=ratio("quantity", "previous_quantity") - 1,
    ).with_columns(
        completeness_share=ratio("hours_present", "hours_expected"),
        completeness_previous_share=ratio("previous_hours_present", "previous_hours_expected"),
        mean_tib=_mean_tib(days),
    )


def _mean_tib(days: int) -> pl.Expr:
    per_cluster_hour = ratio("quantity", "hours_present")
    scaled = per_cluster_hour * pl.col("hours_expected") / (24 * days)
    return pl.when(pl.col("dimension") == "capacity").then(scaled)


def finding(frame: pl.DataFrame) -> str:
    """How many accounts have no metered capacity, else who uses most."""
    capacity = frame.filter(pl.col("dimension") == "capacity")
    accounts = capacity["account_id"].n_unique()
    if accounts == 0:
        return "No account has a contract or cluster in these filters"
    unmetered = capacity.filter("is_unmetered")["account_id"].n_unique()
    if unmetered:
        return f"{unmetered:,} of {words.plural(accounts, 'account')} recorded no capacity usage"
    total = capacity["quantity"].sum()
    top = capacity.row(0, named=True)
    if not total:
        return f"{words.plural(accounts, 'account')} recorded zero capacity usage"
    return f"{top['name']} uses {words.share(top['quantity'] / total)} of metered capacity"


DAYS = days_parameter(default=MONTH_DAYS, least=7, most=275)
QUESTIONS = (
    Question(
        name="usage_by_account",
        asks="How much of its commitment does each account use, and which are not metered?",
        shape=UsageByAccount,
        reads=reads,
        answer=usage_by_account,
        finding=finding,
        filters="rows",
        parameters=(DAYS,),
    ),
)
