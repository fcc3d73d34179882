"""The seven churn indicators: when each signals, how far beyond its threshold, and why.

An indicator signals or it does not; signals are counted, never weighted. How many times a value is
over its threshold only orders the reasons a reader sees.
"""

from dataclasses import dataclass

import polars as pl

from queries.health.indicators.reasons import reason
from queries.shared.thresholds import THRESHOLDS, Thresholds


@dataclass(frozen=True)
class Indicator:
    """One indicator over the columns of an account: `signals` is null or false where unknown."""

    id: str
    known: pl.Expr
    signals: pl.Expr
    times_over: pl.Expr
    reason: pl.Expr


def _usage(limits: Thresholds) -> Indicator:
    fall = -pl.col("usage_change_share")
    return Indicator(
        "usage",
        known=fall.is_not_null(),
        signals=fall >= limits.usage_fall_share,
        times_over=fall / limits.usage_fall_share,
        reason=reason("usage", share=pl.col("usage_change_share")),
    )


def _commitment(limits: Thresholds) -> Indicator:
    pace = pl.col("commitment_pace")
    settled = pl.col("customer_days") >= limits.moving_in_days
    under = (pace < limits.under_use_share) & settled
    return Indicator(
        "commitment",
        known=pace.is_not_null(),
        signals=under | (pace > limits.over_use_share),
        times_over=pl.when(under)
        .then(limits.under_use_share / pace)
        .otherwise(pace / limits.over_use_share),
        reason=reason("commitment", share=pace),
    )


def _breadth(limits: Thresholds) -> Indicator:
    breadth = pl.col("feature_breadth_share")
    return Indicator(
        "breadth",
        known=breadth.is_not_null(),
        signals=breadth < limits.breadth_share,
        times_over=limits.breadth_share / breadth,
        reason=reason("breadth", count=pl.col("features_used"), total=pl.col("features_entitled")),
    )


def _tickets(limits: Thresholds) -> Indicator:
    count, age = pl.col("open_severe_tickets"), pl.col("oldest_severe_ticket_days")
    return Indicator(
        "tickets",
        known=count.is_not_null(),
        signals=(count >= limits.severe_tickets) | (age >= limits.severe_ticket_days),
        times_over=pl.max_horizontal(
            count / limits.severe_tickets, age / limits.severe_ticket_days
        ),
        reason=reason("open_tickets", count=count, days=age),
    )


def _incidents(limits: Thresholds) -> Indicator:
    count = pl.col("incidents_28d")
    return Indicator(
        "incidents",
        known=count.is_not_null(),
        signals=count >= limits.incidents,
        times_over=count / limits.incidents,
        reason=reason("incidents", count=count),
    )


def _contact(limits: Thresholds) -> Indicator:
    days = pl.col("days_since_contact")
    return Indicator(
        "contact",
        known=days.is_not_null(),
        signals=days >= limits.contact_days,
        times_over=days / limits.contact_days,
        reason=reason("contact", days=days),
    )


def _renewal(limits: Thresholds, others: tuple[Indicator, ...]) -> Indicator:
    """A renewal that is near is no sign of leaving by itself: it adds to a doubt, or to silence."""
    days, lapsed = pl.col("days_to_renewal"), pl.col("days_lapsed")
    # Where nobody's metering arrives, silence says nothing of the customer.
    is_silent = pl.col("usage_28d_tib_hours").is_null() & ~pl.col("stale").list.contains("usage")
    doubt = pl.any_horizontal(
        is_silent,
        *(one.signals.fill_null(value=False) for one in others),
    )
    return Indicator(
        "renewal",
        known=days.is_not_null() | lapsed.is_not_null(),
        signals=lapsed.is_not_null() | ((days <= limits.renewal_days) & doubt),
        # A contract that ended is past every threshold.
        times_over=pl.when(lapsed.is_not_null())
        .then(pl.lit(float("inf")))
        .otherwise(limits.renewal_days / days),
        reason=pl.when(lapsed.is_not_null())
        .then(reason("lapsed", days=lapsed))
        .otherwise(reason("renewal", days=days)),
    )


_BEHAVIOUR = tuple(
    made(THRESHOLDS) for made in (_usage, _commitment, _breadth, _tickets, _incidents, _contact)
)
INDICATORS = (*_BEHAVIOUR, _renewal(THRESHOLDS, _BEHAVIOUR))


def judged(accounts: pl.LazyFrame) -> pl.LazyFrame:
    """`accounts` with signals, signalling, reasons, inputs_known and inputs_total.

    `signalling` lists the ids of the indicators that signal, farthest beyond their threshold
    first, and `reasons` says of each, in the same order, why. An indicator whose value is unknown
    never signals. None of them is a verdict: what an account is called is the band of its score.
    """
    return accounts.join(_reasons(accounts), on="account_id", how="left").with_columns(
        signals=pl.col("signals").fill_null(0),
        signalling=pl.col("signalling").fill_null([]),
        reasons=pl.col("reasons").fill_null([]),
        inputs_known=pl.sum_horizontal(one.known.cast(pl.Int64) for one in INDICATORS),
        inputs_total=pl.lit(len(INDICATORS), dtype=pl.Int64),
    )


def _reasons(accounts: pl.LazyFrame) -> pl.LazyFrame:
    found = pl.concat(
        accounts.filter(one.signals).select(
            "account_id",
            place=pl.lit(place),
            indicator=pl.lit(one.id),
            times_over=one.times_over.cast(pl.Float64),
            reason=one.reason,
        )
        for place, one in enumerate(INDICATORS)
    )
    return (
        found.sort("account_id", "times_over", "place", descending=[False, True, False])
        .group_by("account_id", maintain_order=True)
        .agg(
            signals=pl.len().cast(pl.Int64),
            signalling=pl.col("indicator"),
            reasons=pl.col("reason"),
        )
    )
