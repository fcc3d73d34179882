"""Where each account stands by its scores of the last year: at risk or not, since when, and how."""

import datetime as dt
from collections.abc import Mapping

import dataframely as dy
import polars as pl

from ledger import LedgerQuery
from queries.core.columns import of_band
from queries.core.question import Dependency, Question
from queries.health import account_health
from queries.health.card import in_force
from queries.health.history import STOOD
from queries.shared import words
from queries.triage.risk_state import KEY, flagged, sparks
from warehouse.context import Context
from warehouse.contract.columns import day, flag, identifier, text

_YEAR_DAYS = 364


class Standing(dy.Schema):
    """One row per account of `account_health`."""

    account_id = identifier("Account", key=True)
    is_flagged = of_band(flag("Whether it is in the state of being at risk"))
    entered_date = day("Data date it came to be at risk; null: it is not", nullable=True)
    left_date = day("Data date it was at risk no longer; null: it is, or never was", nullable=True)
    spark = text("Scores of the last eight weeks as bars, oldest first", nullable=False)


def depends_on() -> Mapping[str, Dependency]:
    """The health of every account."""
    return {"health": Dependency(account_health.QUESTIONS[0])}


def entries(context: Context) -> Mapping[str, LedgerQuery]:
    """The scores that were written for the last year."""
    first = context.as_of - dt.timedelta(days=_YEAR_DAYS)
    return {"history": LedgerQuery("score_history", first, context.as_of, columns=STOOD)}


def standing(*, health: pl.LazyFrame, history: pl.LazyFrame, context: Context) -> pl.DataFrame:
    """Whether each account is in the state of being at risk, since when, and its latest scores.

    Grain: account_id. Scores of the card in force alone: what another said is not compared. A
    question of its own, so that a click on the queue reads no score again.
    """
    scorecards = in_force(account_health.scorecard_versions(), context.as_of)
    return (
        flagged(history, health, scorecards, context.as_of)
        .join(sparks(history, health, scorecards, context.as_of), on=KEY)
        .sort(KEY)
        .select(Standing.column_names())
        .collect(engine="in-memory")
    )


def finding(frame: pl.DataFrame) -> str:
    """How many accounts are in the state of being at risk."""
    count = int(frame["is_flagged"].sum())
    return f"{words.plural(count, 'account')} in the state of being at risk"


QUESTIONS = (
    Question(
        name="standing",
        asks="Which accounts came to be at risk, since when, and how did their scores go?",
        shape=Standing,
        depends_on=depends_on,
        entries=entries,
        answer=standing,
        finding=finding,
        filters="accounts",
    ),
)
