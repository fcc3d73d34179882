"""The record of the expected loss: what was expected at past month-ends, and what was lost."""

from typing import Any

import dataframely as dy
import polars as pl

from ledger import LedgerQuery
from queries.core.columns import count_metric, metric
from queries.core.question import Dependency, Question
from queries.health.evidence.panel import HORIZON_DAYS, TAKEN, panel
from queries.health.proof.outcomes import QUESTIONS as OUTCOMES
from queries.health.scorecard.account_health import scorecard_version
from queries.shared import words
from warehouse.context import Context
from warehouse.contract.columns import day, text, word

POSITIONS = ("below", "inside", "above")


class ExpectedLossRecord(dy.Schema):
    """One row per past month-end whose 90 days are over, oldest first."""

    month_end_date = day("Month-end", key=True)
    arr_expected_loss_usd = metric("arr_expected_then_usd")
    arr_expected_loss_low_usd = metric("arr_expected_then_usd")
    arr_expected_loss_high_usd = metric("arr_expected_then_usd")
    arr_lost_usd = metric("arr_lost_after_usd")
    position = word("Where the loss lies: below, inside or above the interval", *POSITIONS)
    accounts = count_metric("scored_accounts")
    tier = count_metric("evidence_tier")
    model = text("Model then in force", nullable=False)
    card_version = text("Version of the scorecard", nullable=False)


def depends_on() -> dict[str, Dependency]:
    """What became of all there were, to learn from, and of those whose loss is shown."""
    return {
        "outcomes": Dependency(OUTCOMES[0], whole_book=True),
        "shown": Dependency(OUTCOMES[0]),
    }


def entries(context: Context) -> dict[str, LedgerQuery]:
    """Every score that was written for a data date up to this one."""
    taken = LedgerQuery("score_history", last=context.as_of, columns=TAKEN, whole_book=True)
    return {"history": taken}


def expected_loss_record(
    outcomes: pl.LazyFrame, shown: pl.LazyFrame, history: pl.LazyFrame, *, context: Context
) -> pl.DataFrame:
    """What was expected to be lost within 90 days of past month-ends, and what was; USD per year.

    Grain: month_end_date, at most the newest twelve; none where no month-end had a probability.
    Each is predicted as it would have been then by the scorecard that is in force now: by the model
    that the evidence allowed, from outcomes known by then. Month-ends whose outcomes the bands of
    the card were set on prove nothing and are left out. The model learns from the whole book; the
    amounts are of all accounts that the viewer may see.
    """
    scorecards = scorecard_version(context)
    known = panel(history, outcomes, context.as_of, scorecards)
    if known is None:
        return ExpectedLossRecord.create_empty()
    # Loaded only here: scikit-learn takes two seconds.
    from queries.health.risk.record import record  # noqa: PLC0415

    rows = [
        {
            "month_end_date": month.day,
            "arr_expected_loss_usd": month.loss.expected_usd,
            "arr_expected_loss_low_usd": month.loss.low_usd,
            "arr_expected_loss_high_usd": month.loss.high_usd,
            "arr_lost_usd": month.lost_usd,
            "position": position(month.lost_usd, month.loss.low_usd, month.loss.high_usd),
            "accounts": month.accounts,
            "tier": month.tier,
            "model": month.model,
            "card_version": scorecards.version,
        }
        for month in record(known, shown.select("account_id").collect()["account_id"])
    ]
    return pl.DataFrame(rows, schema=ExpectedLossRecord.create_empty().schema)


def position(lost: float, low: float, high: float) -> str:
    """Where a loss lies: below, inside or above an interval; its ends are inside."""
    return "below" if lost < low else "above" if lost > high else "inside"


def finding(frame: pl.DataFrame) -> str:
    """At how many month-ends less, or more, was lost than expected, and how often outside."""
    if frame.is_empty():
        return f"No month-end with a probability is {HORIZON_DAYS} days past yet"
    expected, lost = pl.col("arr_expected_loss_usd"), pl.col("arr_lost_usd")
    less, more = (frame.filter(one).height for one in (lost < expected, lost > expected))
    word, times = ("less", less) if less >= more else ("more", more)
    months = words.plural(frame.height, "past month-end")
    return f"Lost {word} than expected at {times} of {months}, {outside(frame)}"


def outside(frame: pl.DataFrame) -> str:
    """How often the loss lay outside the interval, on which side."""
    missed: dict[str, Any] = {
        place: frame.filter(position=place).height for place in ("below", "above")
    }
    said = [f"{place} the interval at {times}" for place, times in missed.items() if times]
    return " and ".join(said) or "always inside the interval"


QUESTIONS = (
    Question(
        name="expected_loss_record",
        asks="Was as much lost as was expected?",
        shape=ExpectedLossRecord,
        depends_on=depends_on,
        entries=entries,
        answer=expected_loss_record,
        finding=finding,
        filters="none",
    ),
)
