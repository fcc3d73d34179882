"""Where each account stands by its scores of the last year: at risk or not, since when, and how."""

import datetime as dt
from collections.abc import Mapping

import dataframely as dy
import polars as pl

from ledger import LedgerQuery
from queries.core.columns import metric, of_band
from queries.core.question import Dependency, Question
from queries.health.scorecard import account_health
from queries.health.scorecard.definition import ScorecardVersion, in_force
from queries.health.scorecard.history import STOOD, known_scores
from queries.health.scorecard.score import UNKNOWN
from queries.shared import words
from warehouse.context import Context
from warehouse.contract.columns import day, flag, identifier

KEY = "account_id"
WEEKS = 8
WEEK_DAYS = 7
_YEAR_DAYS = 364


def scores_by_week() -> dy.List:
    """The newest score of each of the last eight weeks, oldest first; null is unknown."""
    score = metric("health_score", nullable=True)
    return dy.List(
        score,
        min_length=WEEKS,
        max_length=WEEKS,
        description="Scores of the last eight weeks, oldest first",
        metadata=score.metadata,
    )


class RiskState(dy.Schema):
    """One row per account of `account_health`."""

    account_id = identifier("Account", key=True)
    is_flagged = of_band(flag("Whether it is in the state of being at risk"))
    entered_date = day("Data date it came to be at risk; null: it is not", nullable=True)
    left_date = day("Data date it was at risk no longer; null: it is, or never was", nullable=True)
    weekly_scores = scores_by_week()


def depends_on() -> Mapping[str, Dependency]:
    """The health of every account."""
    return {"health": Dependency(account_health.QUESTIONS[0])}


def entries(context: Context) -> Mapping[str, LedgerQuery]:
    """The scores that were written for the last year."""
    first = context.as_of - dt.timedelta(days=_YEAR_DAYS)
    return {"history": LedgerQuery("score_history", first, context.as_of, columns=STOOD)}


def risk_state(*, health: pl.LazyFrame, history: pl.LazyFrame, context: Context) -> pl.DataFrame:
    """Whether each account is in the state of being at risk, since when, and its latest scores.

    Grain: account_id. Scores of the card in force alone: what another said is not compared. A
    question of its own, so that a click on the queue reads no score again.
    """
    scorecards = in_force(account_health.scorecard_versions(), context.as_of)
    return (
        flagged(history, health, scorecards, context.as_of)
        .join(by_week(history, health, scorecards, context.as_of), on=KEY)
        .sort(KEY)
        .select(RiskState.column_names())
        .collect(engine="in-memory")
    )


def finding(frame: pl.DataFrame) -> str:
    """How many accounts are in the state of being at risk."""
    count = int(frame["is_flagged"].sum())
    return f"{words.plural(count, 'account')} in the state of being at risk"


def flagged(
    history: pl.LazyFrame, health: pl.LazyFrame, scorecards: ScorecardVersion, as_of: dt.date
) -> pl.LazyFrame:
    """Whether each account is in the state of being at risk, since when, and when it left it.

    Grain: account_id, with is_flagged, entered_date, left_date. The state is entered by a score
    in the band at risk and left by one that reaches `clears_at`, so that a score at the edge
    moves nobody in and out; a score of which too little is known changes nothing. Dates are those
    of the scores written, and the data date for today's. Only scores of `scorecards` count: what
    another version said is not compared.
    """
    at_risk_below = scorecards.bands[1].at_least
    score = pl.col("score")
    today = health.select(KEY, "score", "band", as_of=pl.lit(as_of))
    state = (
        pl.when(pl.col("band") == UNKNOWN)
        .then(None)
        .when(score < at_risk_below)
        .then(pl.lit(value=True))
        .when(score >= scorecards.clears_at)
        .then(pl.lit(value=False))
    )
    was = pl.col("is_flagged").shift(1).over(KEY, order_by="as_of").fill_null(value=False)
    changed = pl.col("as_of").filter(pl.col("is_flagged") != pl.col("was")).last()
    last = pl.col("is_flagged").last()
    return (
        pl.concat(
            [
                _before(history, scorecards, as_of).select(KEY, "score", "band", "as_of"),
                today,
            ]
        )
        .sort(KEY, "as_of")
        .with_columns(is_flagged=state.forward_fill().over(KEY, order_by="as_of"))
        .with_columns(pl.col("is_flagged").fill_null(value=False))
        .with_columns(was=was)
        .group_by(KEY, maintain_order=True)
        .agg(is_flagged=last, changed=changed)
        .select(
            KEY,
            "is_flagged",
            entered_date=pl.when("is_flagged").then("changed"),
            left_date=pl.when(~pl.col("is_flagged")).then("changed"),
        )
    )


def by_week(
    history: pl.LazyFrame, health: pl.LazyFrame, scorecards: ScorecardVersion, as_of: dt.date
) -> pl.LazyFrame:
    """The newest score of each of the last eight weeks, oldest first; null is unknown.

    Grain: account_id, with weekly_scores. The last is the score of the data date; only scores of
    `scorecards` are shown.
    """
    week = (pl.lit(as_of) - pl.col("as_of")).dt.total_days() // WEEK_DAYS
    weeks = pl.LazyFrame({"week": list(range(WEEKS))}, schema={"week": pl.Int64})
    today = health.select(KEY, "score", as_of=pl.lit(as_of))
    newest = (
        pl.concat([_before(history, scorecards, as_of).select(KEY, "score", "as_of"), today])
        .with_columns(week=week)
        .sort("as_of")
        .group_by(KEY, "week")
        .agg(pl.col("score").last())
    )
    return (
        health.select(KEY)
        .join(weeks, how="cross")
        .join(newest, on=[KEY, "week"], how="left")
        .sort(KEY, "week", descending=[False, True])
        .group_by(KEY, maintain_order=True)
        .agg(weekly_scores=pl.col("score"))
    )


def _before(history: pl.LazyFrame, scorecards: ScorecardVersion, as_of: dt.date) -> pl.LazyFrame:
    return known_scores(
        history.filter(pl.col("as_of") < as_of, pl.col("card_version") == scorecards.version)
    )


QUESTIONS = (
    Question(
        name="risk_state",
        asks="Which accounts came to be at risk, since when, and how did their scores go?",
        shape=RiskState,
        depends_on=depends_on,
        entries=entries,
        answer=risk_state,
        finding=finding,
        filters="accounts",
    ),
)
