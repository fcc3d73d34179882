"""Expected loss: the ARR that is likely to leave, once the evidence allows a probability."""

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import dataframely as dy
import polars as pl

from queries.core.columns import coded, count_metric, in_words, metric
from queries.core.question import Dependency, Question
from queries.health.evidence.panel import panel
from queries.health.evidence.tiers import EVENTS_FOR_PROBABILITY
from queries.health.proof.outcomes import QUESTIONS as OUTCOMES
from queries.health.risk import churn_risk
from queries.health.scorecard import account_health
from queries.health.scorecard.history import NO_SCORE, SCORED_TO, is_behind, written_through
from queries.shared import words
from warehouse.context import Context

if TYPE_CHECKING:
    from queries.health.risk.loss import Loss


REMARKS = {
    "too_few_events": "unknown: {events} so far, {needed} are needed",
    "unjudged": "unknown: too little is known of every account to judge one",
    "left_out": "{arr} ARR of unknown health is left out",
    "no_score": NO_SCORE,
    "scored_to": SCORED_TO,
}


def sentence(remark: Mapping[str, Any]) -> str:
    """One remark as a reader sees it."""
    return REMARKS[remark["code"]].format(
        events=words.plural(remark["events"] or 0, "churned account"),
        needed=EVENTS_FOR_PROBABILITY,
        arr=words.money(remark["arr_usd"]),
        day=words.day(remark["scored_through"]),
    )


class ExpectedLoss(dy.Schema):
    """One row: all accounts in the filters."""

    arr_expected_loss_usd = metric("arr_expected_loss_usd", nullable=True)
    arr_expected_loss_low_usd = metric("arr_expected_loss_usd", nullable=True)
    arr_expected_loss_high_usd = metric("arr_expected_loss_usd", nullable=True)
    arr_without_probability_usd = metric("arr_without_probability_usd")
    tier = count_metric("evidence_tier")
    events = count_metric("churn_events")
    note = coded(
        "What it leaves out, or why it is unknown",
        REMARKS,
        sentence=sentence,
        joined="; ",
        events=dy.Int64(nullable=True),
        arr_usd=dy.Float64(nullable=True),
        scored_through=dy.Date(nullable=True),
    )

    @dy.rule()
    def the_loss_lies_in_its_interval(cls) -> pl.Expr:
        low, high = cls.arr_expected_loss_low_usd.col, cls.arr_expected_loss_high_usd.col
        return cls.arr_expected_loss_usd.col.is_between(low, high)


def depends_on() -> Mapping[str, Dependency]:
    """The ARR of every account, how likely it is to leave, and what became of all there were."""
    return {
        "health": Dependency(account_health.QUESTIONS[0]),
        "risk": Dependency(churn_risk.QUESTIONS[0]),
        "outcomes": Dependency(OUTCOMES[0], whole_book=True),
    }


def expected_loss(
    *,
    health: pl.LazyFrame,
    risk: pl.LazyFrame,
    outcomes: pl.LazyFrame,
    history: pl.LazyFrame,
    context: Context,
) -> pl.DataFrame:
    """The sum of ARR x probability of a churn within 90 days, with the loss's interval; USD a year.

    One row; none where no account with a contract is known. All of the ARR counts as lost at a
    churn; of an account on several hyperscalers a filter counts the part on those selected.
    Accounts without a probability are left out and their ARR is said; where none has one the loss
    is unknown, never zero. While past scores are still being written the note says how far they
    reach. The interval is of the loss itself: other accounts are drawn to learn
    the model from, and under each draw accounts churn or stay.
    """
    accounts = health.collect()
    if accounts.is_empty():
        return ExpectedLoss.create_empty()
    judged = accounts.select("account_id", "arr_selected_usd").join(
        risk.collect(), on="account_id", how="left"
    )
    known = judged.drop_nulls("churn_probability")
    unjudged = judged.filter(pl.col("churn_probability").is_null())
    left_out = float(unjudged["arr_selected_usd"].sum())
    tier, model, events = judged.select("tier", "model", "events").row(0)
    loss = None
    if tier == 0:
        remarks = [_remark("too_few_events", events=events)]
    elif known.is_empty():
        remarks = [_remark("unjudged")]
    else:
        remarks = [_remark("left_out", arr_usd=left_out)] if left_out else []
        loss = _loss(accounts, outcomes, history, model=model, context=context)
    scored_through = written_through(history, account_health.scorecard_version(context).version)
    if is_behind(scored_through, context.as_of):
        behind = "scored_to" if scored_through else "no_score"
        remarks.append(_remark(behind, scored_through=scored_through))
    row = {
        "arr_expected_loss_usd": loss and loss.expected_usd,
        "arr_expected_loss_low_usd": loss and loss.low_usd,
        "arr_expected_loss_high_usd": loss and loss.high_usd,
        "arr_without_probability_usd": left_out,
        "tier": tier,
        "events": events,
        "note": remarks,
    }
    return pl.DataFrame([row], schema=ExpectedLoss.create_empty().schema)


def _remark(code: str, **facts: float | dt.date | None) -> dict[str, Any]:
    return dict.fromkeys(("events", "arr_usd", "scored_through")) | {"code": code, **facts}


def _loss(
    accounts: pl.DataFrame,
    outcomes: pl.LazyFrame,
    history: pl.LazyFrame,
    *,
    model: str,
    context: Context,
) -> "Loss | None":
    """The loss of the accounts that the model in force predicts."""
    # Loaded only here: scikit-learn takes two seconds.
    from queries.health.evidence.risk import drawn_probabilities  # noqa: PLC0415
    from queries.health.risk.loss import expected_loss as loss_of  # noqa: PLC0415

    scorecards = account_health.scorecard_version(context)
    known = panel(history, outcomes, context.as_of, scorecards)
    if known is None:
        return None
    scored = churn_risk.predictable(accounts, outcomes.collect(), scorecards, context.as_of)
    arr = scored["arr_selected_usd"].to_numpy()
    return loss_of(*drawn_probabilities(known, model, scored), arr)


def finding(frame: pl.DataFrame) -> str:
    """The expected loss with its interval, or why there is none."""
    if frame.is_empty():
        return "No account with a contract is known"
    (row,) = in_words(frame, ExpectedLoss).to_dicts()
    if row["arr_expected_loss_usd"] is None:
        return f"Expected loss, 90 days, {row['note']}"
    loss, low, high = (
        words.money(row[f"arr_expected_loss{end}_usd"]) for end in ("", "_low", "_high")
    )
    left_out = f"; {row['note']}" if row["note"] else ""
    return f"Expected loss, 90 days: {loss} ({low} to {high}), tier {row['tier']}{left_out}"


QUESTIONS = (
    Question(
        name="expected_loss",
        asks="How much ARR is likely to leave within 90 days?",
        shape=ExpectedLoss,
        depends_on=depends_on,
        entries=churn_risk.entries,
        answer=expected_loss,
        finding=finding,
        filters="accounts",
    ),
)
