"""Does the score predict anything? Each gate with its interval, its target and its verdict."""

from typing import Any

import dataframely as dy
import polars as pl

from ledger import LedgerQuery
from queries.core.columns import with_words
from queries.core.metrics import METRICS
from queries.core.question import Dependency, Parameter, Question
from queries.health.evidence.gates.gate import GATES, Measured
from queries.health.evidence.panel import panel
from queries.health.evidence.tiers import EVENTS_FOR_PROBABILITY
from queries.health.proof.outcomes import QUESTIONS as OUTCOMES
from queries.health.scorecard.account_health import scorecard_version
from queries.shared import words
from warehouse.context import Context
from warehouse.contract.columns import amount, count, text, word

VERDICTS = {"pass": "● Pass", "fail": "▲ Fail", "unknown": "○ Not enough evidence"}


class ScoreGates(dy.Schema):
    """One row per measure of a gate, in the order of the gates."""

    gate = text("Gate", nullable=False)
    metric = word("What is measured", *GATES, key=True)
    name = text("Name of what is measured", nullable=False)
    value = amount("Value; null: nothing to measure", "unit column", nullable=True, signed=True)
    low = amount("Low end of the 95 % interval", "unit column", nullable=True, signed=True)
    high = amount("High end of the 95 % interval", "unit column", nullable=True, signed=True)
    unit = text("Unit of value, low and high", nullable=False)
    target = text("What is wanted to pass", nullable=False)
    verdict = with_words(word("Pass, fail, or not enough evidence", *VERDICTS), VERDICTS)
    n = count(
        "Churned accounts it rests on; for one of the newest snapshot, accounts", unit="accounts"
    )
    card_version = text("Version of the scorecard", nullable=False)


def depends_on() -> dict[str, Dependency]:
    """What became of all there were, whoever asks."""
    return {"outcomes": Dependency(OUTCOMES[0], whole_book=True)}


def entries(context: Context) -> dict[str, LedgerQuery]:
    """Every score that was written for a data date up to this one."""
    return {"history": LedgerQuery("score_history", last=context.as_of, whole_book=True)}


def score_gates(
    outcomes: pl.LazyFrame,
    history: pl.LazyFrame,
    *,
    context: Context,
    capacity: int,
    card_version: str | None,
) -> pl.DataFrame:
    """The gates of the field guide, out of time only, as of the data date.

    Grain: metric, in the order of `GATES`; no rows where no score is written. Below 20 churned
    accounts the verdict is that the evidence is not enough, whatever the value looks like. The
    card in force on the data date is held to them unless another is named; of the snapshots that
    its bands were set on none counts. A gate is of the whole book, whoever asks and whatever is
    filtered: it says whether the score may be relied on, which a part of the book cannot. Draws
    and dealt outcomes have a fixed seed: the same snapshots give the same gates.
    """
    scorecards = scorecard_version(context, card_version)
    known = panel(history, outcomes, context.as_of, scorecards)
    if known is None:
        return ScoreGates.create_empty()
    # Loaded only here: scikit-learn takes two seconds.
    from queries.health.evidence.gates.every import gates  # noqa: PLC0415

    measured = gates(known, outcomes.collect(), scorecards, capacity)
    rows = [_row(one, known.card_version) for one in measured]
    return pl.DataFrame(rows, schema=ScoreGates.create_empty().schema)


def _row(measured: Measured, card_version: str) -> dict[str, Any]:
    gate, target = GATES[measured.metric]
    metric = METRICS[measured.metric]
    return {
        "gate": gate,
        "metric": measured.metric,
        "name": metric.name,
        "value": measured.value,
        "low": measured.low,
        "high": measured.high,
        "unit": metric.unit,
        "target": target,
        "verdict": measured.verdict,
        "n": measured.n,
        "card_version": card_version,
    }


def finding(frame: pl.DataFrame) -> str:
    """How well the score ranks, with its interval and on how many, or how much is missing."""
    if frame.is_empty():
        return "No score has been written yet"
    ranked = frame.filter(metric="gate_auc").row(0, named=True)
    churned = words.plural(ranked["n"], "churned account")
    if ranked["n"] < EVENTS_FOR_PROBABILITY:
        return f"Not enough evidence yet: {churned}, {EVENTS_FOR_PROBABILITY} are needed"
    if ranked["value"] is None:
        return f"Nothing to rank: a churn followed every snapshot of {churned}"
    interval = f"{ranked['low']:.2f}–{ranked['high']:.2f}"
    return f"AUC {ranked['value']:.2f} ({interval}) out of time on {churned}"


CAPACITY = Parameter(
    name="capacity",
    description="Accounts the team can call at a time",
    default=12,
    least=1,
    most=1000,
)
CARD_VERSION = Parameter(
    name="card_version",
    description="Version of the scorecard; where none is named, the one in force on the data date",
)
QUESTIONS = (
    Question(
        name="score_gates",
        asks="Does the score predict anything?",
        shape=ScoreGates,
        depends_on=depends_on,
        entries=entries,
        answer=score_gates,
        finding=finding,
        filters="none",
        parameters=(CAPACITY, CARD_VERSION),
    ),
)
