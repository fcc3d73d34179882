"""Where ARR is, and how it came about: by hyperscaler, and as movements that sum exactly."""

import dataframely as dy
import polars as pl

from queries.core.columns import count_metric, metric
from queries.core.question import Parameter, Question
from queries.shared import words
from queries.shared.contracts import CONTRACT_COLUMNS, cohort, in_force, months_before
from queries.shared.null_safe import ratio
from warehouse.context import Context
from warehouse.contract.columns import word
from warehouse.contract.words import HYPERSCALERS
from warehouse.read import Read

MOVEMENTS = ("start", "correction", "new", "expansion", "contraction", "churn", "end")


class ArrByHyperscaler(dy.Schema):
    """One row per hyperscaler with a contract in force."""

    hyperscaler = word("Hyperscaler; none for on-prem", *HYPERSCALERS, key=True)
    arr_usd = metric("arr_usd")
    arr_share = metric("arr_share", nullable=True)
    accounts = count_metric("contract_accounts")


class ArrMovements(dy.Schema):
    """One row per kind of movement, in the order of the bridge from the start to the end."""

    movement = word("Start, what changed, end", *MOVEMENTS, key=True)
    arr_usd = metric("arr_movement_usd", signed=True)
    accounts = count_metric("contract_accounts")


def reads() -> dict[str, Read]:
    """The contracts."""
    return {"contracts": Read(table="contracts", columns=CONTRACT_COLUMNS, every_version=True)}


def arr_by_hyperscaler(contracts: pl.LazyFrame, *, context: Context) -> pl.DataFrame:
    """ARR and accounts in force per hyperscaler, largest first.

    An account on two hyperscalers counts once on each, so accounts do not add up to the whole.
    """
    arr = pl.col("arr_usd")
    return (
        in_force(contracts, context.as_of)
        .group_by("hyperscaler")
        .agg(arr.sum(), accounts=pl.col("account_id").n_unique().cast(pl.Int64))
        .with_columns(arr_share=ratio(arr, arr.sum()))
        .select(ArrByHyperscaler.column_names())
        .sort("arr_usd", "hyperscaler", descending=[True, False])
        .collect()
    )


def arr_movements(contracts: pl.LazyFrame, *, context: Context, months: int) -> pl.DataFrame:
    """How ARR went from `months` ago to the data date: start + movements = end.

    The start is what was stated on that day; what was recorded since to correct it is a movement of
    its own, and every other movement is by corrected amounts. Each account moves once besides, by
    the difference of its two totals; `accounts` counts those that moved, and at start and end those
    with ARR. Empty where no contract is known at all.
    """
    start, end = pl.col("arr_start_usd"), pl.col("arr_end_usd")
    stated = pl.col("arr_start_stated_usd")
    both = cohort(contracts, months_before(context.as_of, months), context.as_of)
    moved = both.with_columns(
        movement=pl.when(start == 0)
        .then(pl.lit("new"))
        .when(end == 0)
        .then(pl.lit("churn"))
        .when(end > start)
        .then(pl.lit("expansion"))
        .otherwise(pl.lit("contraction")),
        arr_usd=end - start,
    ).filter(pl.col("arr_usd") != 0)
    rows = pl.concat(
        [
            both.filter(stated > 0).select("account_id", movement=pl.lit("start"), arr_usd=stated),
            both.filter(start != stated).select(
                "account_id", movement=pl.lit("correction"), arr_usd=start - stated
            ),
            moved.select("account_id", "movement", "arr_usd"),
            both.filter(end > 0).select("account_id", movement=pl.lit("end"), arr_usd=end),
        ]
    )
    totals = rows.group_by("movement").agg(
        pl.col("arr_usd").sum(), accounts=pl.len().cast(pl.Int64)
    )
    known = contracts.select(is_known=pl.len() > 0)
    order = pl.LazyFrame({"movement": MOVEMENTS}).with_row_index("place")
    return (
        order.join(totals, on="movement", how="left")
        .join(known, how="cross")
        .filter("is_known")
        .sort("place")
        .select("movement", pl.col("arr_usd", "accounts").fill_null(0))
        .collect()
    )


def hyperscaler_finding(frame: pl.DataFrame) -> str:
    """Which hyperscaler carries most ARR."""
    if frame.is_empty() or frame["arr_share"][0] is None:
        return "No ARR in these filters"
    top = frame.row(0, named=True)
    return f"{words.name(top['hyperscaler'])} carries {words.share(top['arr_share'])} of ARR"


def movement_finding(frame: pl.DataFrame) -> str:
    """What moved ARR most."""
    moves = frame.filter(~pl.col("movement").is_in(["start", "end"]), pl.col("arr_usd") != 0)
    if moves.is_empty():
        return "ARR did not change"
    top = moves.sort(pl.col("arr_usd").abs(), "movement", descending=[True, False])
    movement, arr, accounts = top.row(0)
    count = words.plural(accounts, "account")
    return f"{words.name(movement).capitalize()} changed ARR most: {words.money(arr)}, {count}"


MONTHS = Parameter(
    name="months",
    description="Months before the data date to start from",
    default=12,
    least=1,
    most=24,
)
QUESTIONS = (
    Question(
        name="arr_by_hyperscaler",
        asks="How much ARR is on each hyperscaler?",
        shape=ArrByHyperscaler,
        reads=reads,
        answer=arr_by_hyperscaler,
        finding=hyperscaler_finding,
        filters="rows",
    ),
    Question(
        name="arr_movements",
        asks="Which movements changed ARR?",
        shape=ArrMovements,
        reads=reads,
        answer=arr_movements,
        finding=movement_finding,
        filters="rows",
        parameters=(MONTHS,),
    ),
)
