"""How an account's score went over 26 weeks, as it was frozen on each data date."""

import datetime as dt
from collections.abc import Mapping

import dataframely as dy
import polars as pl

from ledger import LedgerQuery
from queries.accounts import profile
from queries.accounts.chosen import ACCOUNT
from queries.core.columns import metric
from queries.core.question import Dependency, Question
from queries.health.scorecard.definition import BANDS
from queries.health.scorecard.history import as_shown, known_scores
from queries.health.scorecard.same_card import same_card
from queries.health.scorecard.score import UNKNOWN
from queries.shared import words
from warehouse.context import Context
from warehouse.contract.columns import day, identifier, word

WEEKS = 26


class AccountScoreHistory(dy.Schema):
    """One row per data date on which the account was scored by the scorecard then in force."""

    as_of = day("Data date of the score", key=True)
    card_version = identifier("Version of the scorecard in force on that date")
    score = metric("health_score", nullable=True)
    band = word("At risk, watch, healthy; unknown: too little was known", *BANDS, UNKNOWN)
    coverage_share = metric("health_coverage_share")


def depends_on(account: str | None) -> Mapping[str, Dependency]:
    """The account itself, which says whether it may be seen."""
    return {"profile": Dependency(profile.QUESTIONS[0], parameters={"account": account})}


def entries(context: Context, account: str | None) -> Mapping[str, LedgerQuery]:
    """The account's scores of the last 26 weeks."""
    first = context.as_of - dt.timedelta(weeks=WEEKS)
    rows = LedgerQuery("score_history", first=first, last=context.as_of, account_id=account or "")
    return {"scores": rows}


def account_score_history(profile: pl.LazyFrame, scores: pl.LazyFrame) -> pl.DataFrame:
    """The scores written of the account in the 26 weeks up to the data date, oldest first.

    Grain: data date, each by the scorecard in force on it, as it was shown then. A score is null
    where too little was known for a band. Empty where nothing was written, and for an account
    outside the scope or the filters.
    """
    return (
        known_scores(as_shown(scores))
        .join(profile, on="account_id", how="semi")
        .sort("as_of")
        .select(AccountScoreHistory.column_names())
        .collect()
    )


def finding(frame: pl.DataFrame) -> str:
    """From which score to which it went, both by the scorecard of the newest one."""
    known = same_card(frame.drop_nulls("score"), date="as_of")
    if known.is_empty():
        return "No score was written in these 26 weeks"
    first, last = known.row(0, named=True), known.row(-1, named=True)
    return f"Score {last['score']:.0f}; {first['score']:.0f} on {words.day(first['as_of'])}"


QUESTIONS = (
    Question(
        name="account_score_history",
        asks="How did this account's score develop?",
        shape=AccountScoreHistory,
        depends_on=depends_on,
        entries=entries,
        answer=account_score_history,
        finding=finding,
        filters="accounts",
        parameters=(ACCOUNT,),
    ),
)
