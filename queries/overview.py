"""Are our accounts healthy, and is it getting better? The leadership's numbers, one per row."""

import datetime as dt
from typing import Any

import dataframely as dy
import polars as pl

from queries import inputs, words
from queries.accounts import Retention, cohort, in_force, months_before
from queries.churn import churn_indicators
from queries.definitions import METRICS
from queries.definitions.thresholds import THRESHOLDS
from queries.question import Question
from queries.windows import MONTH_DAYS, first_day, last_complete_day
from warehouse.context import Context
from warehouse.contract.columns import amount, count, text, word
from warehouse.read import Read

YEAR = 12
SHOWN = (
    "arr_usd",
    "nrr_share",
    "grr_share",
    "logo_churn_share",
    "arr_flagged_usd",
    "arr_exposed_usd",
    "arr_expected_loss_usd",
    "consumption_growth_share",
    "accounts_at_risk",
    "accounts_watch",
    "accounts_healthy",
    "accounts_unknown",
)
UNCALIBRATED = "unknown: needs a calibrated score (not before 20 churn events are scored)"
THEN = "earlier: the same 28 days before, by the contract terms known on the data date"
UNJUDGED = "unknown: too little is known of every account to judge one"
NOT_KEPT = "earlier: unknown, what was known of health then is not read"
ONE_CHANGE = "earlier: unknown, the value is a comparison itself"

Row = dict[str, Any]


class Overview(dy.Schema):
    """One row per metric, in the order of the page."""

    metric = word("Metric", *SHOWN, key=True)
    name = text("Name", nullable=False)
    value = amount("Value; null: unknown", "unit column", nullable=True, signed=True)
    unit = text("Unit of value, earlier_value and change", nullable=False)
    earlier_value = amount("28 days earlier; null: unknown", "unit column", nullable=True)
    change = amount("value - earlier_value", "unit column", nullable=True, signed=True)
    numerator = amount("What is divided, for a share", "USD, accounts or TiB-Hours", nullable=True)
    denominator = amount("What it is divided by", "USD, accounts or TiB-Hours", nullable=True)
    accounts = count("Accounts the value is about", nullable=True, unit="accounts")
    note = text("What the comparison leaves out", nullable=False)


def reads(context: Context) -> dict[str, Read]:
    """What the churn indicators read, and the capacity metered in each of the last two months."""
    month = first_day(context.as_of, MONTH_DAYS)
    before = first_day(context.as_of, MONTH_DAYS, before=MONTH_DAYS)
    return inputs.reads(context) | {
        "metered": inputs.capacity(month, last_complete_day(context.as_of), by="dimension"),
        "metered_before": inputs.capacity(before, month - dt.timedelta(days=1), by="dimension"),
    }


def overview(
    *,
    metered: pl.LazyFrame,
    metered_before: pl.LazyFrame,
    context: Context,
    **frames: pl.LazyFrame,
) -> pl.DataFrame:
    """ARR, what is kept of it, what of it is at risk, consumption growth and the health mix.

    Grain: metric, in the order of `SHOWN`; no rows where no contract is known at all. `accounts`
    says how many accounts a value is about: those with ARR a year ago for the retentions, those
    at risk for the money at risk. Of an earlier date only what contracts tell is computed.
    """
    contracts = frames["contracts"].collect().lazy()
    if contracts.limit(1).collect().is_empty():
        return Overview.create_empty()
    health = churn_indicators(**frames, context=context)
    rows = [
        *_contracted(contracts, context.as_of),
        *_at_risk(health),
        _consumption(metered.collect(), metered_before.collect()),
        *_health_mix(health),
    ]
    return pl.DataFrame(rows, schema=Overview.create_empty().schema)


def _row(metric: str, value: float | None, *, note: str, **facts: float | None) -> Row:
    earlier = facts.get("earlier_value")
    return dict.fromkeys(Overview.column_names()) | {
        "metric": metric,
        "name": METRICS[metric].name,
        "unit": METRICS[metric].unit,
        "value": value,
        "change": None if value is None or earlier is None else value - earlier,
        "note": note,
        **facts,
    }


def _contracted(contracts: pl.LazyFrame, as_of: dt.date) -> list[Row]:
    then = as_of - dt.timedelta(days=MONTH_DAYS)
    now, earlier = (
        Retention.of(cohort(contracts, months_before(day, YEAR), day)) for day in (as_of, then)
    )
    arr, accounts = _arr(contracts, as_of)
    return [
        _row("arr_usd", arr, earlier_value=_arr(contracts, then)[0], accounts=accounts, note=THEN),
        *(
            _row(
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


def _at_risk(health: pl.DataFrame) -> list[Row]:
    flagged = health.filter(pl.col("status") == "at_risk")
    exposed = flagged.filter(pl.col("days_to_renewal") <= THRESHOLDS.exposed_days)
    known = pl.col("inputs_known") / pl.col("inputs_total")
    is_judged = (pl.col("status") == "at_risk") | (known >= THRESHOLDS.coverage_share)
    # Nobody is flagged because nothing is known: that is no zero.
    is_unknown = health.height > 0 and health.filter(is_judged).is_empty()
    return [
        *(
            _row(
                metric,
                None if is_unknown else float(frame["arr_usd"].sum()),
                accounts=None if is_unknown else frame.height,
                note=UNJUDGED if is_unknown else NOT_KEPT,
            )
            for metric, frame in (("arr_flagged_usd", flagged), ("arr_exposed_usd", exposed))
        ),
        _row("arr_expected_loss_usd", None, note=UNCALIBRATED),
    ]


def _consumption(metered: pl.DataFrame, before: pl.DataFrame) -> Row:
    now, then = (
        float(frame["quantity"].sum()) if frame.height else None for frame in (metered, before)
    )
    return _row(
        "consumption_growth_share",
        now / then - 1 if now is not None and then else None,
        numerator=now,
        denominator=then,
        note=ONE_CHANGE,
    )


def _health_mix(health: pl.DataFrame) -> list[Row]:
    return [
        _row(
            f"accounts_{status}",
            float(found),
            denominator=float(health.height),
            accounts=found,
            note=NOT_KEPT,
        )
        for status in ("at_risk", "watch", "healthy", "unknown")
        for found in (health.filter(pl.col("status") == status).height,)
    ]


def finding(frame: pl.DataFrame) -> str:
    """ARR, how much of last year's was kept or grown, and how much is at risk."""
    values = dict(frame.select("metric", "value").iter_rows())
    if not values:
        return "No contract is known"
    nrr = values["nrr_share"]
    kept = words.ABSENT if nrr is None else f"{nrr:.0%}".replace("%", " %")
    flagged = values["arr_flagged_usd"]
    risk = "at risk unknown" if flagged is None else f"{words.money(flagged)} of it at risk"
    return f"{words.money(values['arr_usd'])} ARR, NRR {kept}, {risk}"


QUESTIONS = (
    Question(
        name="overview",
        asks="Are our accounts healthy, and is it getting better?",
        shape=Overview,
        reads=reads,
        answer=overview,
        finding=finding,
        # The headline numbers fail early rather than hold up the page.
        timeout_seconds=5,
    ),
)
