"""Churn indicators: of each account the values, their baselines, and which signal, and why."""

from collections.abc import Mapping

import dataframely as dy
import polars as pl

from queries.core.columns import codes, count_metric, metric
from queries.core.question import Question
from queries.health.indicators.health_inputs import FEEDS, inputs, reads
from queries.health.indicators.reasons import reason_list
from queries.health.indicators.signals import INDICATORS, judged
from queries.shared import words
from warehouse.context import UNKNOWN, Context
from warehouse.contract.columns import day, identifier, text, word
from warehouse.contract.words import HYPERSCALERS, REGIONS, SEGMENTS
from warehouse.provenance import Watermark

NAMES = tuple(one.id for one in INDICATORS)


class ChurnIndicators(dy.Schema):
    """One row per account with a contract in force, or one that lapsed and may be renewed."""

    account_id = identifier("Account", key=True)
    account_name = text("Account name; its id where it has none", nullable=False)
    segment = word("Market segment", *SEGMENTS, UNKNOWN)
    region = word("Sales region", *REGIONS, UNKNOWN)
    owner_id = identifier("Customer-success owner", nullable=True)
    owner_name = text("Name of the owner; null: nobody known")
    hyperscalers = codes("Hyperscalers of its contracts in force, sorted", *HYPERSCALERS)
    arr_usd = metric("arr_usd")
    arr_touched_usd = metric("arr_touched_usd")
    arr_touched_selected_usd = metric("arr_touched_selected_usd")
    renewal_date = day("First day nothing is signed for; null: unknown or lapsed", nullable=True)
    days_to_renewal = count_metric("days_to_renewal", nullable=True)
    usage_28d_tib_hours = metric("usage_28d_tib_hours", nullable=True)
    usage_previous_84d_tib_hours_per_28d = metric("usage_previous_84d", nullable=True)
    usage_change_share = metric("usage_change_share", nullable=True, signed=True)
    commitment_pace = metric("commitment_pace", nullable=True)
    features_used = count_metric("features_used", nullable=True)
    features_entitled = count_metric("features_entitled", nullable=True)
    feature_breadth_share = metric("feature_breadth_share", nullable=True)
    open_severe_tickets = count_metric("open_severe_tickets", nullable=True)
    oldest_severe_ticket_days = count_metric("oldest_severe_ticket_days", nullable=True)
    incidents_28d = count_metric("incidents_28d", nullable=True)
    days_since_contact = count_metric("days_since_contact", nullable=True)
    signals = count_metric("signals")
    signalling = codes("Indicators that signal, strongest first", *NAMES)
    reasons = reason_list("Why each of them signals, in the same order")
    stale = codes("Indicators whose source did not hold for the whole fleet", *NAMES)
    inputs_known = count_metric("inputs_known")
    inputs_total = count_metric("inputs_known")


def churn_indicators(
    *, context: Context, watermarks: Mapping[str, Watermark], **frames: pl.LazyFrame
) -> pl.DataFrame:
    """The churn indicators of every account that is ours to lose on the data date.

    Grain: account_id, the accounts of `health_inputs`; sorted by ARR touched, then ARR, both
    descending, then account_id. A lapsed account has no ARR and its lapse signals. Null is unknown
    in every column; an indicator that is stale is unknown or as its source last had it, so that a
    missing feed makes nobody signal. None of this is a verdict: that is the band of the score.
    """
    order = ["arr_touched_usd", "arr_usd", "account_id"]
    return (
        judged(inputs(context=context, watermarks=watermarks, **frames))
        .with_columns(
            arr_touched_usd=_touched("arr_usd", "arr_lapsed_usd"),
            arr_touched_selected_usd=_touched("arr_selected_usd", "arr_lapsed_selected_usd"),
        )
        .sort(order, descending=[True, True, False])
        .select(ChurnIndicators.column_names())
        .collect(engine="in-memory")
    )


def _touched(in_force: str, lapsed: str) -> pl.Expr:
    """The ARR in force, or that of a lapsed account, where an indicator signals; 0 elsewhere."""
    return pl.when(pl.col("signals") > 0).then(pl.max_horizontal(in_force, lapsed)).otherwise(0.0)


def finding(frame: pl.DataFrame) -> str:
    """How many accounts show a signal, the ARR they touch, and which indicators are stale.

    Of an account on several hyperscalers a filter counts the ARR on those selected.
    """
    if frame.is_empty():
        return "No account with a contract is known"
    signalling = frame.filter(pl.col("signals") > 0)
    accounts = words.plural(frame.height, "account")
    stale = ", ".join(name for name in NAMES if frame["stale"].list.contains(name).any())
    rest = f"; stale for all: {stale}" if stale else ""
    if signalling.is_empty():
        return f"None of {accounts} shows a signal{rest}"
    money = words.money(float(signalling["arr_touched_selected_usd"].sum()))
    show = "shows" if signalling.height == 1 else "show"
    return f"{signalling.height} of {accounts} {show} a signal, {money} ARR{rest}"


QUESTIONS = (
    Question(
        name="churn_indicators",
        asks="Which indicators of churn does each account show, and why?",
        shape=ChurnIndicators,
        reads=reads,
        answer=churn_indicators,
        finding=finding,
        filters="accounts",
        watermarks=tuple(FEEDS),
    ),
)
