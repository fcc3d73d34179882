"""What will we keep? Due, won, forecast and statistical side by side, and where they disagree."""

from collections.abc import Mapping

import polars as pl

from queries.core.columns import metric
from queries.core.question import Dependency, Question
from queries.health.evidence.panel import HORIZON_DAYS
from queries.health.indicators.reasons import reason_list
from queries.health.risk import churn_risk
from queries.health.risk.churn_risk import PROBABILITIES
from queries.health.scorecard import account_health
from queries.health.scorecard.definition import BANDS
from queries.health.scorecard.score import UNKNOWN
from queries.renewals import renewals_due
from queries.renewals.renewal_totals import PARTS, Totals, in_parts
from queries.renewals.renewals_due import RenewalsDue
from queries.shared import words
from queries.shared.thresholds import THRESHOLDS
from warehouse.contract.columns import word

DISAGREEMENTS = (
    "forecast_at_risk",
    "given_up_healthy",
    "no_forecast_in_time",
    "not_reviewed_in_time",
)
# A forecast of less than half of what is due says that most of it will go.
RENEWS_SHARE = 0.5


class Renewals(RenewalsDue):
    """One row per contract that ends in the period; who left stays, with nothing won."""

    committed_usd = metric("renewal_committed_usd")
    statistical_usd = metric("renewal_statistical_usd", nullable=True)
    statistical_low_usd = metric("renewal_statistical_usd", nullable=True)
    statistical_high_usd = metric("renewal_statistical_usd", nullable=True)
    band = word("At risk, watch, healthy; unknown: too little of it is known", *BANDS, UNKNOWN)
    reasons = reason_list("Why the signal says so, at most three")
    disagreement = word(
        "Forecast against signal, or a forecast that is missing; null: none",
        *DISAGREEMENTS,
        nullable=True,
    )


def depends_on(**period: int) -> Mapping[str, Dependency]:
    """What is due in the period, and the health and the churn risk of its accounts."""
    return {
        "due": Dependency(renewals_due.QUESTIONS[0], parameters=period),
        # A contract on a hyperscaler may be of an account that has moved to another.
        "health": Dependency(account_health.QUESTIONS[0], ignores_filters=True),
        "risk": Dependency(churn_risk.QUESTIONS[0], ignores_filters=True),
    }


def renewals(*, due: pl.LazyFrame, health: pl.LazyFrame, risk: pl.LazyFrame) -> pl.DataFrame:
    """Every contract that ends in the period with its forecast, signal and whether they agree.

    Grain: contract_id; sorted as `renewals_due`. The statistical amount is known where the
    probability speaks of the date, within 90 days, and where it is decided. A forecast that
    nobody reviewed commits nothing.
    """
    rows = due.join(
        health.select("account_id", "band", "reasons"), on="account_id", how="left"
    ).join(risk.select("account_id", *PROBABILITIES), on="account_id", how="left")
    reviewed = pl.when("is_reviewed").then("forecast_usd").otherwise(0.0)
    return (
        rows.with_columns(
            pl.col("band").fill_null(UNKNOWN),
            pl.col("reasons").fill_null([]),
            committed_usd=pl.min_horizontal(pl.col("won_usd") + reviewed, "due_usd"),
            statistical_usd=_statistical("churn_probability"),
            statistical_low_usd=_statistical("churn_probability_high"),
            statistical_high_usd=_statistical("churn_probability_low"),
        )
        .with_columns(disagreement=_disagreement())
        .sort("renewal_date", "due_usd", "contract_id", descending=[False, True, False])
        .select(Renewals.column_names())
        .collect(engine="in-memory")
    )


def _statistical(probability: str) -> pl.Expr:
    """Due x (1 - p), or what is won where that is decided."""
    expected = pl.col("due_usd") * (1 - pl.col(probability))
    is_known = expected.is_not_null() & (pl.col("days_to_renewal") <= HORIZON_DAYS)
    return (
        pl.when(pl.col("state").is_in(["won", "lost"]))
        .then("won_usd")
        .when(is_known)
        .then(pl.max_horizontal(expected, "won_usd"))
    )


def _disagreement() -> pl.Expr:
    state, band, due = pl.col("state"), pl.col("band"), pl.col("due_usd")
    is_near = pl.col("days_to_renewal") <= THRESHOLDS.exposed_days
    renews = pl.col("won_usd") + pl.col("forecast_usd") >= RENEWS_SHARE * due
    is_open = state == "open"
    return (
        pl.when(is_open & renews & (band == "at_risk"))
        .then(pl.lit("forecast_at_risk"))
        .when(is_open & ~renews & (band == "healthy"))
        .then(pl.lit("given_up_healthy"))
        .when(is_near & (state == "no_forecast"))
        .then(pl.lit("no_forecast_in_time"))
        .when(is_near & is_open & ~pl.col("is_reviewed"))
        .then(pl.lit("not_reviewed_in_time"))
    )


def finding(frame: pl.DataFrame) -> str:
    """How much is due, in parts that sum to it as they are shown."""
    if frame.is_empty():
        return "Nothing is due for renewal in this period"
    amounts = in_parts(Totals.of(frame).amounts)
    said = [f"{words.money(usd)} {PARTS[part]}" for part, usd in amounts.items() if usd]
    return f"{words.money(sum(amounts.values()))} due in {frame['period'][0]}: {', '.join(said)}"


QUESTIONS = (
    Question(
        name="renewals",
        asks="What will we keep, and where do forecast and signal disagree?",
        shape=Renewals,
        depends_on=depends_on,
        answer=renewals,
        finding=finding,
        filters="rows",
        parameters=renewals_due.QUESTIONS[0].parameters,
    ),
)
