"""What contracts and metering tell of the whole book: ARR, what is kept of it, consumption."""

import datetime as dt

import polars as pl

from queries import inputs, words
from queries.accounts import CONTRACT_COLUMNS, Retention, cohort, in_force, months_before
from queries.compared import Compared, Row, compared
from queries.question import Question
from queries.windows import MONTH_DAYS, first_day, last_complete_day
from warehouse.context import Context
from warehouse.contract.columns import word
from warehouse.read import Read

YEAR = 12
SHOWN = ("arr_usd", "nrr_share", "grr_share", "logo_churn_share", "consumption_growth_share")
THEN = "earlier: the same 28 days before, by the contract terms known on the data date"
ONE_CHANGE = "earlier: unknown, the value is a comparison itself"


class ArrAndConsumption(Compared):
    """One row per metric, in the order of `SHOWN`."""

    metric = word("Metric", *SHOWN, key=True)


def reads(context: Context) -> dict[str, Read]:
    """The contracts, and the capacity metered in each of the last two months."""
    month = first_day(context.as_of, MONTH_DAYS)
    before = first_day(context.as_of, MONTH_DAYS, before=MONTH_DAYS)
    return {
        "contracts": Read(table="contracts", columns=CONTRACT_COLUMNS, every_version=True),
        "metered": inputs.capacity(month, last_complete_day(context.as_of), by="dimension"),
        "metered_before": inputs.capacity(before, month - dt.timedelta(days=1), by="dimension"),
    }


def arr_and_consumption(
    *,
    contracts: pl.LazyFrame,
    metered: pl.LazyFrame,
    metered_before: pl.LazyFrame,
    context: Context,
) -> pl.DataFrame:
    """ARR, the retentions over 12 months and consumption growth.

    Grain: metric, in the order of `SHOWN`; no rows where no contract is known at all. `accounts`
    says how many accounts a value is about: those with ARR, and for the retentions those with ARR
    a year ago. Of an earlier date only what contracts tell is computed.
    """
    known = contracts.collect()
    if known.is_empty():
        return ArrAndConsumption.create_empty()
    rows = [
        *_contracted(known.lazy(), context.as_of),
        _consumption(metered.collect(), metered_before.collect()),
    ]
    return pl.DataFrame(rows, schema=ArrAndConsumption.create_empty().schema)


def _contracted(contracts: pl.LazyFrame, as_of: dt.date) -> list[Row]:
    then = as_of - dt.timedelta(days=MONTH_DAYS)
    now, earlier = (
        Retention.of(cohort(contracts, months_before(day, YEAR), day)) for day in (as_of, then)
    )
    arr, accounts = _arr(contracts, as_of)
    earlier_arr, _ = _arr(contracts, then)
    return [
        compared("arr_usd", arr, earlier_value=earlier_arr, accounts=accounts, note=THEN),
        *(
            compared(
                metric,
                getattr(now, metric),
                earlier_value=getattr(earlier, metric),
                numerator=part,
                denominator=whole,
                accounts=now.accounts,
                note=THEN,
            )
            for metric, part, whole in (
                ("nrr_share", now.end_usd, now.start_usd),
                ("grr_share", now.kept_usd, now.start_usd),
                ("logo_churn_share", now.lost_accounts, now.accounts),
            )
        ),
    ]


def _arr(contracts: pl.LazyFrame, day: dt.date) -> tuple[float, int]:
    totals = in_force(contracts, day).select(
        pl.col("arr_usd").sum(), pl.col("account_id").n_unique()
    )
    arr, accounts = totals.collect().row(0)
    return arr, accounts


def _consumption(metered: pl.DataFrame, before: pl.DataFrame) -> Row:
    now, then = (
        float(frame["quantity"].sum()) if frame.height else None for frame in (metered, before)
    )
    return compared(
        "consumption_growth_share",
        now / then - 1 if now is not None and then else None,
        numerator=now,
        denominator=then,
        note=ONE_CHANGE,
    )


def finding(frame: pl.DataFrame) -> str:
    """ARR, and how much of last year's was kept or grown."""
    values = dict(frame.select("metric", "value").iter_rows())
    if not values:
        return "No contract is known"
    return f"{words.money(values['arr_usd'])} ARR, NRR {words.share(values['nrr_share'])}"


QUESTIONS = (
    Question(
        name="arr_and_consumption",
        asks="How much ARR is there, how much of it was kept, and does consumption grow?",
        shape=ArrAndConsumption,
        reads=reads,
        answer=arr_and_consumption,
        finding=finding,
        filters="rows",
        # The headline numbers fail early rather than hold up the page.
        timeout_seconds=5,
    ),
)
