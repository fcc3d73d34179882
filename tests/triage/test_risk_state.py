"""The state of being at risk and the last scores, traced by hand."""

import datetime as dt

import polars as pl
import pytest

from queries.health.scorecard.account_health import scorecard_versions
from queries.triage.risk_state import by_week, flagged

AS_OF = dt.date(2026, 1, 31)
SCORECARD = scorecard_versions()[-1]
KNOWN = {"account_id": pl.String, "score": pl.Float64, "band": pl.String}
WRITTEN = KNOWN | {"as_of": pl.Date, "card_version": pl.String}


def banded(score):
    return "unknown" if score is None else "at_risk" if score < 60 else "watch"


def written(scores):
    """Rows of score history: account to score per day of January, None for an unknown one."""
    rows = [
        {
            "account_id": account,
            "as_of": dt.date(2026, 1, day),
            "score": score,
            "band": banded(score),
            "card_version": SCORECARD.version,
        }
        for account, days in scores.items()
        for day, score in days.items()
    ]
    return pl.LazyFrame(rows, schema=WRITTEN)


def today(**scores):
    rows = [(account, score, banded(score)) for account, score in scores.items()]
    return pl.LazyFrame(rows, schema=KNOWN, orient="row")


def state(history, health):
    found = flagged(history, health, SCORECARD, AS_OF).collect()
    return {account: tuple(rest) for account, *rest in found.iter_rows()}


def test_being_at_risk_is_entered_below_sixty_and_left_at_sixty_five():
    history = written(
        {
            "edge": {10: 59.9, 17: 62.0, 24: 64.9},
            "left": {10: 55.0, 17: 65.0},
            "again": {3: 50.0, 10: 70.0, 17: 59.0},
            "silent": {10: 55.0, 17: None},
        }
    )
    health = today(edge=63.0, left=62.0, again=64.0, silent=None, new=40.0, fine=60.0, nobody=None)
    assert state(history, health) == {
        "edge": (True, dt.date(2026, 1, 10), None),
        "left": (False, None, dt.date(2026, 1, 17)),
        "again": (True, dt.date(2026, 1, 17), None),
        "silent": (True, dt.date(2026, 1, 10), None),
        "new": (True, AS_OF, None),
        "fine": (False, None, None),
        "nobody": (False, None, None),
    }


def test_scores_written_of_the_data_date_or_later_do_not_speak_for_today():
    history = written({"a": {31: 20.0}})
    assert state(history, today(a=80.0)) == {"a": (False, None, None)}


@pytest.mark.parametrize("version", ["2025-01", "9"])
def test_of_a_day_only_the_scorecard_in_force_counts(version):
    history = written({"a": {10: 50.0}})
    other = history.with_columns(
        score=pl.lit(70.0), band=pl.lit("watch"), card_version=pl.lit(version)
    )
    entered = {"a": (True, dt.date(2026, 1, 10), None)}
    assert state(pl.concat([other, history]), today(a=61.0)) == entered
    assert state(other, today(a=61.0)) == {"a": (False, None, None)}
    shown = by_week(pl.concat([other, history]), today(a=61.0), SCORECARD, AS_OF).collect()
    assert dict(shown.iter_rows()) == {"a": [*[None] * 4, 50.0, None, None, 61.0]}


def test_the_newest_score_of_a_week_stands_for_it_and_a_gap_is_unknown():
    history = written({"a": {3: 0.0, 9: 0.0, 10: 100.0, 24: 50.0}})
    found = by_week(history, today(a=10.0, b=None), SCORECARD, AS_OF).collect()
    # Weeks end on the data date and its weekdays before: the 9th and 10th are of one week.
    assert dict(found.iter_rows()) == {
        "a": [None, None, None, 0.0, 100.0, None, 50.0, 10.0],
        "b": [None] * 8,
    }
