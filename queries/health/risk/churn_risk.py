"""Churn risk: the probability that an account leaves, as far as the evidence allows one."""

import datetime as dt

import dataframely as dy
import polars as pl

from ledger import LedgerQuery
from queries.core.columns import count_metric, metric
from queries.core.question import Dependency, Question
from queries.health.evidence.panel import (
    HORIZON_DAYS,
    TAKEN,
    Panel,
    is_first_year,
    is_renewing,
    panel,
)
from queries.health.evidence.tiers import EVENTS_FOR_PROBABILITY
from queries.health.proof.outcomes import QUESTIONS as OUTCOMES
from queries.health.scorecard.account_health import QUESTIONS as HEALTH
from queries.health.scorecard.account_health import scorecard_version
from queries.health.scorecard.definition import ScorecardVersion
from queries.health.scorecard.score import covered_score
from queries.shared import words
from warehouse.context import Context
from warehouse.contract.columns import identifier, text

PROBABILITIES = ("churn_probability", "churn_probability_low", "churn_probability_high")


class ChurnRisk(dy.Schema):
    """One row per account of `account_health`."""

    account_id = identifier("Account", key=True)
    churn_probability = metric("churn_probability", nullable=True)
    churn_probability_low = metric("churn_probability", nullable=True)
    churn_probability_high = metric("churn_probability", nullable=True)
    tier = count_metric("evidence_tier")
    model = text("Model in force: score, ridge or boosting; _arr: learns from ARR; null in tier 0")
    events = count_metric("churn_events")
    base_rate_share = metric("base_rate_share", nullable=True)
    card_version = text("Version of the scorecard it is fitted to; null without a history")

    @dy.rule()
    def a_probability_lies_in_its_interval(cls) -> pl.Expr:
        low, high = cls.churn_probability_low.col, cls.churn_probability_high.col
        return cls.churn_probability.col.is_between(low, high) & (high <= 1)


def depends_on() -> dict[str, Dependency]:
    """The health of the accounts now, and what became of all there were, whatever is filtered."""
    return {"health": Dependency(HEALTH[0]), "outcomes": Dependency(OUTCOMES[0], whole_book=True)}


def entries(context: Context) -> dict[str, LedgerQuery]:
    """Every score that was written for a data date up to this one."""
    taken = LedgerQuery("score_history", last=context.as_of, columns=TAKEN, whole_book=True)
    return {"history": taken}


def churn_risk(
    health: pl.LazyFrame, outcomes: pl.LazyFrame, history: pl.LazyFrame, *, context: Context
) -> pl.DataFrame:
    """The probability that each account churns within 90 days of the data date.

    Grain: account_id, the accounts and the order of `account_health`. Tier, model, events and
    base rate are the same in every row. Probabilities are null in tier 0, and so is the base rate;
    a probability also for an account of which too little is known for a band. They are fitted to
    scores of the card in force on the data date and of no other; the whole book
    is learned from, so that no filter and no scope changes what is said of an account.
    """
    scorecards = scorecard_version(context)
    known = panel(history, outcomes, context.as_of, scorecards)
    accounts = health.collect()
    tier, model, chances = 0, None, _unknown(accounts)
    if known is not None:
        # Loaded only here: scikit-learn takes two seconds.
        from queries.health.evidence.risk import in_force  # noqa: PLC0415

        risk = in_force(known)
        tier, model = risk.tier.number, risk.model
        if model is not None:
            past = outcomes.collect()
            chances = _chances(accounts, past, known, scorecards, model=model, as_of=context.as_of)
    return (
        accounts.select("account_id")
        .join(chances, on="account_id", how="left", maintain_order="left")
        .with_columns(
            tier=pl.lit(tier, pl.Int64),
            model=pl.lit(model, pl.String),
            events=pl.lit(known.events if known else 0, pl.Int64),
            base_rate_share=pl.lit(known.base_rate if known and tier else None, pl.Float64),
            card_version=pl.lit(known.card_version if known else None, pl.String),
        )
        .select(ChurnRisk.column_names())
    )


def _unknown(accounts: pl.DataFrame) -> pl.DataFrame:
    return accounts.select(
        "account_id", *(pl.lit(None, pl.Float64).alias(name) for name in PROBABILITIES)
    )


def _chances(
    accounts: pl.DataFrame,
    outcomes: pl.DataFrame,
    known: Panel,
    scorecards: ScorecardVersion,
    *,
    model: str,
    as_of: dt.date,
) -> pl.DataFrame:
    """The probabilities of the accounts that the card in force gives a band."""
    from queries.health.evidence.risk import probabilities  # noqa: PLC0415

    scored = predictable(accounts, outcomes, scorecards, as_of)
    if scored.is_empty():
        return _unknown(accounts)
    chances = zip(PROBABILITIES, probabilities(known, model, scored), strict=True)
    return scored.select("account_id").with_columns(pl.Series(*one) for one in chances)


def predictable(
    accounts: pl.DataFrame,
    outcomes: pl.DataFrame,
    scorecards: ScorecardVersion,
    as_of: dt.date,
) -> pl.DataFrame:
    """Of `accounts`, rows of `account_health`, those that a model predicts, as it reads them.

    Grain: account_id, in their order. An account of which too little is known for a score by
    `scorecards` is left out.
    """
    since = outcomes.select("account_id", "customer_since_date")
    return (
        accounts.with_columns(score=covered_score(scorecards))
        .filter(pl.col("score").is_not_null())
        .join(since, on="account_id", how="left", maintain_order="left")
        .with_columns(is_renewing=is_renewing(), is_first_year=is_first_year(pl.lit(as_of)))
    )


def finding(frame: pl.DataFrame) -> str:
    """How many accounts are expected to churn, or how much evidence is missing."""
    if frame.is_empty():
        return "No account with a contract is known"
    tier, events = frame.row(0, named=True)["tier"], frame.row(0, named=True)["events"]
    churned = words.plural(events, "churned account")
    if tier == 0:
        return f"No probability yet: {churned}, {EVENTS_FOR_PROBABILITY} are needed"
    known = frame["churn_probability"].drop_nulls()
    if known.is_empty():
        return f"Churns expected in {HORIZON_DAYS} days are unknown: tier {tier}, {churned}"
    said = f"{words.number(float(known.sum()))} churns expected in {HORIZON_DAYS} days"
    left_out = frame.height - known.len()
    rest = f"; {words.plural(left_out, 'account')} without a probability" if left_out else ""
    return f"{said}: tier {tier}, {churned}{rest}"


QUESTIONS = (
    Question(
        name="churn_risk",
        asks="How likely is each account to churn within 90 days?",
        shape=ChurnRisk,
        depends_on=depends_on,
        entries=entries,
        answer=churn_risk,
        finding=finding,
        filters="accounts",
    ),
)
