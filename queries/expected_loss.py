"""Expected loss: the ARR that is likely to leave, once the evidence allows a probability."""

from collections.abc import Mapping

import dataframely as dy
import polars as pl

from queries import account_health, churn_risk, words
from queries.columns import measure, tally
from queries.evidence.tiers import EVENTS_FOR_PROBABILITY
from queries.question import Asked, Question
from warehouse.context import Context
from warehouse.contract.columns import text


class ExpectedLoss(dy.Schema):
    """One row: all accounts in the filters."""

    arr_expected_loss_usd = measure("arr_expected_loss_usd", nullable=True)
    arr_expected_loss_low_usd = measure("arr_expected_loss_usd", nullable=True)
    arr_expected_loss_high_usd = measure("arr_expected_loss_usd", nullable=True)
    arr_without_probability_usd = measure("arr_without_probability_usd")
    tier = tally("evidence_tier")
    events = tally("churn_events")
    note = text("What it leaves out, or why it is unknown", nullable=False)

    @dy.rule()
    def the_loss_lies_in_its_interval(cls) -> pl.Expr:
        low, high = cls.arr_expected_loss_low_usd.col, cls.arr_expected_loss_high_usd.col
        return cls.arr_expected_loss_usd.col.is_between(low, high)


def builds_on(context: Context) -> Mapping[str, Asked]:  # noqa: ARG001 (every builds_on takes it)
    """The ARR of every account, and how likely it is to leave."""
    return {
        "health": Asked(account_health.QUESTIONS[0]),
        "risk": Asked(churn_risk.QUESTIONS[0]),
    }


def expected_loss(
    *,
    health: pl.LazyFrame,
    risk: pl.LazyFrame,
    context: Context,  # noqa: ARG001 (every answer takes it)
) -> pl.DataFrame:
    """The sum of ARR x probability of a churn within 90 days, with its interval; USD per year.

    One row; none where no account with a contract is known. All of the ARR counts as lost at a
    churn; of an account on several hyperscalers a filter counts the part on those selected.
    Accounts without a probability are left out and their ARR is said; where none has one the loss
    is unknown, never zero. The interval adds up those of the accounts: what is uncertain is the
    model, which errs on all of them alike.
    """
    accounts = health.select("account_id", "arr_selected_usd").join(risk, on="account_id").collect()
    if accounts.is_empty():
        return ExpectedLoss.create_empty()
    known = accounts.drop_nulls("churn_probability")
    unjudged = accounts.filter(pl.col("churn_probability").is_null())
    left_out = float(unjudged["arr_selected_usd"].sum())
    tier, events = accounts.select("tier", "events").row(0)
    if tier == 0:
        churned = words.plural(events, "churned account")
        note = f"unknown: {churned} so far, {EVENTS_FOR_PROBABILITY} are needed"
    elif known.is_empty():
        note = "unknown: too little is known of every account to judge one"
    else:
        note = f"{words.money(left_out)} ARR of unknown health is left out" if left_out else ""
    row = {
        "arr_expected_loss_usd": _loss(known, "churn_probability"),
        "arr_expected_loss_low_usd": _loss(known, "churn_probability_low"),
        "arr_expected_loss_high_usd": _loss(known, "churn_probability_high"),
        "arr_without_probability_usd": left_out,
        "tier": tier,
        "events": events,
        "note": note,
    }
    return pl.DataFrame([row], schema=ExpectedLoss.create_empty().schema)


def _loss(known: pl.DataFrame, probability: str) -> float | None:
    lost = known["arr_selected_usd"] * known[probability]
    return None if known.is_empty() else float(lost.sum())


def finding(frame: pl.DataFrame) -> str:
    """The expected loss with its interval, or why there is none."""
    if frame.is_empty():
        return "No account with a contract is known"
    (row,) = frame.to_dicts()
    if row["arr_expected_loss_usd"] is None:
        return f"ARR expected to be lost {row['note']}"
    loss, low, high = (
        words.money(row[f"arr_expected_loss{end}_usd"]) for end in ("", "_low", "_high")
    )
    left_out = f"; {row['note']}" if row["note"] else ""
    return (
        f"ARR expected to be lost in 90 days {loss} ({low} to {high}), tier {row['tier']}{left_out}"
    )


QUESTIONS = (
    Question(
        name="expected_loss",
        asks="How much ARR is likely to leave within 90 days?",
        shape=ExpectedLoss,
        builds_on=builds_on,
        answer=expected_loss,
        finding=finding,
        filters="accounts",
    ),
)
