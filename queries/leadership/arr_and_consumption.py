"""What contracts and metering tell of the whole book: ARR, what is kept of it, consumption."""

import datetime as dt
from collections.abc import Mapping

import polars as pl

from queries.core.question import Question
from queries.health.indicators import health_inputs
from queries.leadership.compared import Compared, Row, compared, remark
from queries.shared import words
from queries.shared.contracts import CONTRACT_COLUMNS, Retention, cohort, in_force, months_before
from queries.shared.null_safe import known_sum
from queries.shared.periods import MONTH_DAYS, Window, first_day, last_complete_day, window
from warehouse.context import Context
from warehouse.contract.columns import word
from warehouse.provenance import Watermark
from warehouse.read import Read

YEAR = 12
METERED = "account_usage_daily"
SHOWN = ("arr_usd", "nrr_share", "grr_share", "logo_churn_share", "consumption_growth_share")
THEN = remark("terms_then")


class ArrAndConsumption(Compared):
    """One row per metric, in the order of `SHOWN`."""

    metric = word("Metric", *SHOWN, key=True)


def reads(context: Context) -> dict[str, Read]:
    """The contracts, and the capacity metered on each day of the last two months."""
    first = first_day(context.as_of, MONTH_DAYS, before=MONTH_DAYS)
    return {
        "contracts": Read(table="contracts", columns=CONTRACT_COLUMNS, every_version=True),
        "metered": health_inputs.capacity(first, last_complete_day(context.as_of), by="usage_date"),
    }


def arr_and_consumption(
    *,
    contracts: pl.LazyFrame,
    metered: pl.LazyFrame,
    context: Context,
    watermarks: Mapping[str, Watermark],
) -> pl.DataFrame:
    """ARR, the retentions over 12 months and consumption growth.

    Grain: metric, in the order of `SHOWN`; no rows where no contract is known at all. `accounts`
    says how many accounts a value is about: those with ARR, and for the retentions those with ARR
    a year ago. Of an earlier date only what contracts tell is computed. Consumption is compared
    over as many whole days as metering reaches of the last 28, and before them; where it does not
    reach them or is later than promised, its growth is unknown.
    """
    known = contracts.collect()
    if known.is_empty():
        return ArrAndConsumption.create_empty()
    rows = [
        *_contracted(known.lazy(), context.as_of),
        _consumption(metered, window(context.as_of, MONTH_DAYS, [watermarks[METERED]])),
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
        compared("arr_usd", arr, THEN, earlier_value=earlier_arr, accounts=accounts),
        *(
            compared(
                metric,
                getattr(now, metric),
                THEN,
                earlier_value=getattr(earlier, metric),
                numerator=part,
                denominator=whole,
                accounts=now.accounts,
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


def _consumption(metered: pl.LazyFrame, looked: Window) -> Row:
    if looked.gap:
        return compared("consumption_growth_share", None, remark("unmetered"))
    first, days = looked.first.date(), looked.days
    length = dt.timedelta(days=days)

    def since(day: dt.date) -> pl.Expr:
        return known_sum("quantity", pl.col("usage_date").is_between(day, day + length, "left"))

    sums = metered.select(now=since(first), then=since(first - length)).collect()
    now, then = sums.row(0)
    cut = [remark("cut_short", days)] if days < MONTH_DAYS else []
    return compared(
        "consumption_growth_share",
        now / then - 1 if now is not None and then else None,
        remark("growth"),
        *cut,
        numerator=now,
        denominator=then,
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
        watermarks=(METERED,),
        # The headline numbers fail early rather than hold up the page.
        timeout_seconds=5,
    ),
)
