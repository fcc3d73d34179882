"""What will we keep? Due, won, called and statistical side by side, and where they disagree."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from queries import account_health, churn_risk, renewals_due, words
from queries.churn_risk import PROBABILITIES
from queries.columns import measure
from queries.definitions.thresholds import THRESHOLDS
from queries.evidence.panel import HORIZON_DAYS
from queries.health.card import BANDS
from queries.health.score import UNKNOWN
from queries.question import Asked, Question
from queries.renewals_due import RenewalsDue
from warehouse.context import Context
from warehouse.contract.columns import text, word

DISAGREEMENTS = ("called_at_risk", "given_up_healthy", "no_call_in_time", "not_reviewed_in_time")
# A call of less than half of what is due says that most of it will go.
RENEWS_SHARE = 0.5


class Renewals(RenewalsDue):
    """One row per contract that ends in the period; who left stays, with nothing won."""

    committed_usd = measure("renewal_committed_usd")
    statistical_usd = measure("renewal_statistical_usd", nullable=True)
    statistical_low_usd = measure("renewal_statistical_usd", nullable=True)
    statistical_high_usd = measure("renewal_statistical_usd", nullable=True)
    band = word("At risk, watch, healthy; unknown: too little of it is known", *BANDS, UNKNOWN)
    reasons = text("Why the signal says so, at most three", nullable=False)
    disagreement = word(
        "Call against signal, or a call that is missing; null: none", *DISAGREEMENTS, nullable=True
    )


@dataclass(frozen=True, kw_only=True)
class Totals:
    """The renewals of a period added up, USD per year.

    due = won + called + not_reviewed + no_call + lost + contraction, the last being what the
    contracts won and called fall short of what is due. `committed` = won + called. The statistical
    amounts are those of the contracts of which one is known, whose due is `foreseen`; None where
    some are undecided and none of these has one.
    """

    due: float
    won: float
    called: float
    not_reviewed: float
    no_call: float
    lost: float
    contraction: float
    committed: float
    foreseen: float
    statistical: float | None
    statistical_low: float | None
    statistical_high: float | None

    @classmethod
    def of(cls, renewals: pl.DataFrame) -> "Totals":
        """The totals of rows of `renewals`, capped per contract; zero over none."""
        due, won, call = (pl.col(f"{name}_usd") for name in ("due", "won", "call"))
        state, is_reviewed = pl.col("state"), pl.col("is_reviewed")
        known, is_decided = pl.col("statistical_usd").is_not_null(), state.is_in(["won", "lost"])
        is_told = (known & ~is_decided).any() | (is_decided.all() & (pl.len() > 0))
        called = call.filter(is_reviewed).sum()
        not_reviewed = call.filter(~is_reviewed).sum()
        silent, lost = (due.filter(state == one).sum() for one in ("no_call", "lost"))

        def foreseen(column: str) -> pl.Expr:
            return pl.when(is_told).then(pl.col(column).filter(known).sum())

        row = renewals.select(
            due=due.sum(),
            won=won.sum(),
            called=called,
            not_reviewed=not_reviewed,
            no_call=silent,
            lost=lost,
            contraction=due.sum() - won.sum() - call.sum() - silent - lost,
            committed=pl.col("committed_usd").sum(),
            foreseen=due.filter(known).sum(),
            statistical=foreseen("statistical_usd"),
            statistical_low=foreseen("statistical_low_usd"),
            statistical_high=foreseen("statistical_high_usd"),
        ).row(0, named=True)
        return cls(**row)


def builds_on(context: Context, months: int) -> Mapping[str, Asked]:  # noqa: ARG001
    """What is due in the period, and the health and the churn risk of its accounts."""
    return {
        "due": Asked(renewals_due.QUESTIONS[0], parameters={"months": months}),
        # A contract on a hyperscaler may be of an account that has moved to another.
        "health": Asked(account_health.QUESTIONS[0], everywhere=True),
        "risk": Asked(churn_risk.QUESTIONS[0], everywhere=True),
    }


def renewals(
    *,
    due: pl.LazyFrame,
    health: pl.LazyFrame,
    risk: pl.LazyFrame,
    context: Context,  # noqa: ARG001 (what it builds on is asked in it)
    months: int,  # noqa: ARG001 (likewise)
) -> pl.DataFrame:
    """Every contract that ends in the period with its call, its signal and whether they agree.

    Grain: contract_id; sorted as `renewals_due`. The statistical amount is known where the
    probability speaks of the date, within 90 days, and where it is decided. A call that nobody
    reviewed commits nothing.
    """
    rows = due.join(
        health.select("account_id", "band", "reasons"), on="account_id", how="left"
    ).join(risk.select("account_id", *PROBABILITIES), on="account_id", how="left")
    reviewed_call = pl.when("is_reviewed").then("call_usd").otherwise(0.0)
    return (
        rows.with_columns(
            pl.col("band").fill_null(UNKNOWN),
            pl.col("reasons").fill_null(""),
            committed_usd=pl.min_horizontal(pl.col("won_usd") + reviewed_call, "due_usd"),
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
    renews = pl.col("won_usd") + pl.col("call_usd") >= RENEWS_SHARE * due
    is_open = state == "open"
    return (
        pl.when(is_open & renews & (band == "at_risk"))
        .then(pl.lit("called_at_risk"))
        .when(is_open & ~renews & (band == "healthy"))
        .then(pl.lit("given_up_healthy"))
        .when(is_near & (state == "no_call"))
        .then(pl.lit("no_call_in_time"))
        .when(is_near & is_open & ~pl.col("is_reviewed"))
        .then(pl.lit("not_reviewed_in_time"))
    )


def finding(frame: pl.DataFrame) -> str:
    """How much is due, and how much of it is won, called and without a call anybody made."""
    if frame.is_empty():
        return "Nothing is due for renewal in this period"
    totals = Totals.of(frame)
    due, won, called = map(words.money, (totals.due, totals.won, totals.called))
    silent = words.money(totals.no_call + totals.not_reviewed)
    period = frame["period"][0]
    return f"Of {due} due in {period}, {won} is won, {called} called, {silent} has no call"


QUESTIONS = (
    Question(
        name="renewals",
        asks="What will we keep, and where do call and signal disagree?",
        shape=Renewals,
        builds_on=builds_on,
        answer=renewals,
        finding=finding,
        filters="rows",
        parameters=(renewals_due.MONTHS,),
    ),
)
