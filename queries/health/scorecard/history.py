"""The scores that were written for earlier days: pure functions of the ledger's score history."""

import datetime as dt

import polars as pl

from queries.health.scorecard.account_health import scorecard_versions
from queries.health.scorecard.score import UNKNOWN
from queries.shared import words

# What says how an account stood; the rest of a row is what its score was made of.
STOOD = ("account_id", "as_of", "card_version", "score", "band", "arr_usd")
# Scores are written every week or oftener, past ones the oldest first.
LONGEST_GAP = dt.timedelta(weeks=1)


def written_before(history: pl.LazyFrame, as_of: dt.date) -> pl.LazyFrame:
    """The scores of the days before `as_of`, each day by the scorecard in force on that day."""
    return as_shown(history).filter(pl.col("as_of") < as_of)


def as_shown(history: pl.LazyFrame) -> pl.LazyFrame:
    """The scores of each day by the scorecard that was in force on it.

    A day that only other scorecards scored has no row: what they say of it was never shown.
    """
    ordered = sorted(scorecard_versions(), key=lambda scorecards: scorecards.in_force_from)
    # Before the first one came into force it is the one that scores.
    begins = [dt.date.min, *(scorecards.in_force_from for scorecards in ordered[1:])]
    ends = [*begins[1:], dt.date.max]
    day = pl.col("as_of")
    return history.filter(
        pl.any_horizontal(
            (pl.col("card_version") == scorecards.version) & (day >= first) & (day < end)
            for scorecards, first, end in zip(ordered, begins, ends, strict=True)
        )
    )


def known_scores(history: pl.LazyFrame) -> pl.LazyFrame:
    """The scores as written, null where the band is unknown.

    Of such an account an earlier Bellwether wrote the score of the known part, which is no score.
    """
    return history.with_columns(score=pl.when(pl.col("band") != UNKNOWN).then("score"))


def written_through(history: pl.LazyFrame, card_version: str) -> dt.date | None:
    """The newest day that a version of the scorecard has scored; None: it has scored none."""
    days = history.filter(pl.col("card_version") == card_version).select(pl.col("as_of").max())
    scored_through: dt.date | None = days.collect().item()
    return scored_through


def is_behind(scored_through: dt.date | None, as_of: dt.date) -> bool:
    """Whether scores `scored_through` a day leave out more than a week before the data date."""
    return scored_through is None or as_of - scored_through > LONGEST_GAP


NO_SCORE = "no score is written yet"
SCORED_TO = "scores are written to {day} so far"


def written_so_far(scored_through: dt.date | None) -> str:
    """Up to which day scores are written, for a reader of what rests on them."""
    if scored_through is None:
        return NO_SCORE
    return SCORED_TO.format(day=words.day(scored_through))
