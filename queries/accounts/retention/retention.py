"""How much do we keep? What became of a closed cohort's money and use, and how all adopt us."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

import dataframely as dy
import polars as pl

from queries.accounts.arr import MONTHS
from queries.accounts.retention import adoption
from queries.accounts.retention.adoption import Measured
from queries.core.columns import coded
from queries.core.metrics import METRICS
from queries.core.question import Question
from queries.health.indicators.health_inputs import capacity
from queries.shared import words
from queries.shared.contracts import CONTRACT_COLUMNS, Retention, cohort, months_before, terms_of
from queries.shared.expected_hours import metered
from queries.shared.periods import MONTH_DAYS, Window, first_day, last_complete_day, window
from warehouse.context import Context
from warehouse.contract.columns import amount, count, text, word
from warehouse.contract.tables import TABLES
from warehouse.provenance import Watermark
from warehouse.read import Read

Remark = dict[str, Any]
YEAR = 12
METERED = "account_usage_daily"
TELEMETRY = "feature_usage_daily"
# The feeds that each number looks at over a window; the others are of contracts.
LOOKS_AT = {
    "consumption_nrr_share": (METERED,),
    "adoption_breadth_share": (TELEMETRY,),
    "adoption_depth_share": (METERED,),
    "active_days_share": (TELEMETRY, METERED),
    "time_to_value_days": (TELEMETRY, METERED),
}
# Metering that ends before these days is later than promised, and what it says is unknown.
NEWEST_DAYS = -(-(TABLES["metering_hourly"].fresh_within_hours or 0) // 24)
SHOWN = (
    "nrr_share",
    "grr_share",
    "logo_churn_share",
    "logo_churn_annual_share",
    "gross_revenue_churn_share",
    "net_revenue_churn_share",
    "consumption_nrr_share",
    "adoption_breadth_share",
    "adoption_depth_share",
    "active_days_share",
    "time_to_value_days",
)


PERIOD = "{first} to {last}"
REMARKS = {
    "period": PERIOD,
    "against": "from {first} against from {earlier}",
    "cut_short": "from {first} to {last} against from {earlier}",
    "no_arr": "unknown: no ARR on {first}",
    "not_metered": "unknown: nothing was metered in the 28 days from {earlier}",
    "no_telemetry": f"unknown: no telemetry, {PERIOD}",
    "no_depth": f"unknown: use or commitment of every account, {PERIOD}",
    "not_half": f"unknown: half of those who started have not got there, {PERIOD}",
    **{gap: f"unknown: {said.format('{feed}')}" for gap, said in words.UNREACHED.items()},
}


def sentence(remark: Mapping[str, Any]) -> str:
    """One remark as a reader sees it."""
    return REMARKS[remark["code"]].format(
        **{name: words.day(remark[name]) for name in ("first", "last", "earlier")},
        feed=words.FEEDS.get(remark["feed"], ""),
    )


class RetentionNumbers(dy.Schema):
    """One row per metric: contracted, then consumed, then adoption."""

    metric = word("Metric", *SHOWN, key=True)
    name = text("Name", nullable=False)
    value = amount("Value; null: unknown", "unit column", nullable=True, signed=True)
    unit = text("Unit of value and its interval", nullable=False)
    low = amount("Lower end of the 95 % interval; null: none", "unit column", nullable=True)
    high = amount("Upper end; null: none, or not reached", "unit column", nullable=True)
    numerator = amount(
        "What is divided", "USD, accounts, days, TiB-Hours per day …", nullable=True, signed=True
    )
    denominator = amount("What it is divided by", "USD, accounts, days …", nullable=True)
    accounts = count("Accounts the value is about", unit="accounts")
    note = coded(
        "Period or remark: why the value is unknown",
        REMARKS,
        sentence=sentence,
        joined="; ",
        first=dy.Date(nullable=True),
        last=dy.Date(nullable=True),
        earlier=dy.Date(nullable=True),
        feed=dy.String(nullable=True),
    )


def reads(context: Context, months: int) -> dict[str, Read]:
    """Contracts, what adoption needs, and the capacity metered in both periods, per account.

    The newest days stand apart, by day: metering may not have reached them.
    """
    turn = months_before(context.as_of, months)
    start = months_before(context.as_of, 2 * months)
    newest = first_day(context.as_of, NEWEST_DAYS)
    last = last_complete_day(context.as_of)
    by_day = ("account_id", "usage_date")
    return {
        "contracts": Read(table="contracts", columns=CONTRACT_COLUMNS, every_version=True),
        "consumed_first_month": capacity(start, start + dt.timedelta(days=MONTH_DAYS - 1)),
        "consumed_before": capacity(start, turn - dt.timedelta(days=1)),
        "consumed": capacity(turn, newest - dt.timedelta(days=1)),
        "consumed_newest": metered(*by_day, first=newest, last=last, dimensions=("capacity",)),
        **adoption.reads(context),
    }


def retention(
    *,
    context: Context,
    months: int,
    watermarks: Mapping[str, Watermark],
    **frames: pl.LazyFrame,
) -> pl.DataFrame:
    """What is kept of contracts and consumption over `months`, and adoption over 28 days.

    Grain: metric, in the order of `SHOWN`; no rows where no contract is known at all. Money is
    summed first and divided then; a share over nothing is null. What is consumed is compared per
    day, because the two periods have as many months and not as many days. What looks at metering
    or telemetry ends where they do, and its note says so; where they do not reach the window or
    are later than promised, it is unknown. `accounts` says how many accounts a value is about.
    """
    as_of, start = context.as_of, months_before(context.as_of, months)
    contracts = frames.pop("contracts").collect().lazy()
    if contracts.limit(1).collect().is_empty():
        return RetentionNumbers.create_empty()
    looked = _looked(as_of, months, watermarks)
    found = {
        **_contracted(contracts, start, as_of, months),
        "consumption_nrr_share": _consumed(frames, as_of, months, looked["consumption_nrr_share"]),
        **_adopted(contracts, frames, as_of, start, looked),
    }
    periods, unknown = _remarks(as_of, months, looked)
    unreached = {}
    for metric, one in looked.items():
        if one.gap:
            found[metric] = Measured()
            unreached[metric] = _unreached(metric, as_of, one, watermarks)
    rows = []
    for metric, measured in found.items():
        said = unknown if measured.value is None else periods
        remarks = unreached.get(metric, [said.get(metric, said["all"])])
        rows.append(_row(metric, measured, remarks))
    return pl.DataFrame(rows, schema=RetentionNumbers.create_empty().schema)


def _looked(as_of: dt.date, months: int, watermarks: Mapping[str, Watermark]) -> dict[str, Window]:
    """Metric to the window over the feeds it looks at."""
    period = (as_of - months_before(as_of, months)).days
    days = {"consumption_nrr_share": period, "time_to_value_days": period}
    return {
        metric: window(as_of, days.get(metric, MONTH_DAYS), [watermarks[feed] for feed in feeds])
        for metric, feeds in LOOKS_AT.items()
    }


def _remark(code: str, **facts: dt.date | str) -> Remark:
    return dict.fromkeys(("first", "last", "earlier", "feed")) | {"code": code, **facts}


def _remarks(
    as_of: dt.date, months: int, looked: Mapping[str, Window]
) -> tuple[dict[str, Remark], dict[str, Remark]]:
    """Metric to its period, and to why it is unknown; `all` for those that are not named."""
    start, earlier = (months_before(as_of, count) for count in (months, 2 * months))
    consumed = looked["consumption_nrr_share"]
    compared = _remark("against", first=start, earlier=earlier)
    if consumed.last < last_complete_day(as_of):
        compared |= {"code": "cut_short", "last": consumed.last}
    adopted = {
        metric: {"first": looked[metric].first.date(), "last": looked[metric].last}
        for metric in ("adoption_breadth_share", "adoption_depth_share", "active_days_share")
    }
    valued = {"first": start, "last": looked["time_to_value_days"].end.date()}
    periods = {
        "all": _remark("period", first=start, last=as_of),
        "time_to_value_days": _remark("period", **valued),
        "consumption_nrr_share": compared,
        **{metric: _remark("period", **period) for metric, period in adopted.items()},
    }
    because = {
        "all": _remark("no_arr", first=start),
        "consumption_nrr_share": _remark("not_metered", earlier=earlier),
        "adoption_breadth_share": _remark("no_telemetry", **adopted["adoption_breadth_share"]),
        "adoption_depth_share": _remark("no_depth", **adopted["adoption_depth_share"]),
        "active_days_share": _remark("no_telemetry", **adopted["active_days_share"]),
        "time_to_value_days": _remark("not_half", **valued),
    }
    return periods, because


def _unreached(
    metric: str, as_of: dt.date, looked: Window, watermarks: Mapping[str, Watermark]
) -> list[Remark]:
    """Which feed leaves `metric` unknown, and why."""
    gaps = {feed: window(as_of, looked.days, [watermarks[feed]]).gap for feed in LOOKS_AT[metric]}
    return [_remark(gap, feed=feed) for feed, gap in gaps.items() if gap]


def annualised(churn_share: float | None, months: int) -> float | None:
    """The churn of twelve months that goes on as it did over `months`."""
    return None if churn_share is None else 1 - (1 - churn_share) ** (YEAR / months)


def _contracted(
    contracts: pl.LazyFrame, start: dt.date, as_of: dt.date, months: int
) -> dict[str, Measured]:
    both = cohort(contracts, start, as_of).collect().lazy()
    kept = Retention.of(both)
    reactivated = _reactivated(contracts, both, start)
    lost = kept.start_usd - kept.end_usd - reactivated

    def over(part: float, whole: float) -> Measured:
        return Measured.quotient(part, whole, kept.accounts)

    logos = over(kept.lost_accounts, kept.accounts)
    return {
        "nrr_share": over(kept.end_usd, kept.start_usd),
        "grr_share": over(kept.kept_usd, kept.start_usd),
        "logo_churn_share": logos,
        "logo_churn_annual_share": Measured(
            value=annualised(logos.value, months),
            numerator=logos.numerator,
            denominator=logos.denominator,
            accounts=logos.accounts,
        ),
        "gross_revenue_churn_share": over(kept.start_usd - kept.kept_usd, kept.start_usd),
        "net_revenue_churn_share": over(lost, kept.start_usd),
    }


def _reactivated(contracts: pl.LazyFrame, both: pl.LazyFrame, start: dt.date) -> float:
    """ARR now of accounts that had none at the start, and a contract before it."""
    earlier = terms_of(contracts).filter(pl.col("start_date") <= start).select("account_id")
    back = both.filter(pl.col("arr_start_usd") == 0).join(earlier, on="account_id", how="semi")
    return float(back.select(pl.col("arr_end_usd").sum()).collect().item())


def _consumed(
    frames: Mapping[str, pl.LazyFrame], as_of: dt.date, months: int, looked: Window
) -> Measured:
    """Per day, since as many months are not as many days: January has 31, February 28."""
    first_month = frames["consumed_first_month"]
    members = first_month.filter(pl.col("quantity") > 0).select("account_id").collect()
    start, turn = months_before(as_of, 2 * months), months_before(as_of, months)
    newest = frames["consumed_newest"].filter(pl.col("usage_date") <= looked.last)

    def per_day(days: int, *parts: pl.LazyFrame) -> float:
        period = pl.concat([part.select("account_id", "quantity") for part in parts])
        inside = period.join(members.lazy(), on="account_id", how="semi")
        return float(inside.select(pl.col("quantity").sum()).collect().item()) / days

    return Measured.quotient(
        per_day(looked.days, frames["consumed"], newest),
        per_day((turn - start).days, frames["consumed_before"]),
        members.height,
    )


def _adopted(
    contracts: pl.LazyFrame,
    frames: Mapping[str, pl.LazyFrame],
    as_of: dt.date,
    start: dt.date,
    looked: Mapping[str, Window],
) -> dict[str, Measured]:
    running = adoption.customers(contracts, as_of)
    features = frames["features"]
    return {
        "adoption_breadth_share": adoption.adoption_breadth(running, features),
        "adoption_depth_share": adoption.adoption_depth(
            running, frames["usage"], frames["clusters"], as_of
        ),
        "active_days_share": adoption.active_days(
            running,
            features,
            (frames["operation_days"], frames["egress_days"]),
            looked["active_days_share"],
        ),
        "time_to_value_days": adoption.time_to_value(
            contracts,
            (frames["first_operation"], frames["first_egress"]),
            frames["telemetry"],
            since=start,
            until=looked["time_to_value_days"].end.date(),
        ),
    }


def _row(metric: str, found: Measured, remarks: list[Remark]) -> dict[str, Any]:
    return {
        "metric": metric,
        "name": METRICS[metric].name,
        "value": found.value,
        "unit": METRICS[metric].unit,
        "low": found.low,
        "high": found.high,
        "numerator": found.numerator,
        "denominator": found.denominator,
        "accounts": found.accounts,
        "note": remarks,
    }


def finding(frame: pl.DataFrame) -> str:
    """NRR and GRR, and the money behind them."""
    if frame.is_empty():
        return "No contract is known"
    nrr, grr = frame.row(0, named=True), frame.row(1, named=True)
    if nrr["value"] is None:
        return "NRR and GRR are unknown: no ARR at the start"
    kept = f"{words.money(grr['numerator'])} of {words.money(grr['denominator'])} kept"
    return f"NRR {words.share(nrr['value'])}, GRR {words.share(grr['value'])}: {kept}"


QUESTIONS = (
    Question(
        name="retention",
        asks="How much of contracts and consumption do we keep, and how is the product adopted?",
        shape=RetentionNumbers,
        reads=reads,
        answer=retention,
        finding=finding,
        filters="rows",
        watermarks=(METERED, TELEMETRY),
        parameters=(MONTHS,),
    ),
)
