"""The record of the expected loss: what was lost by hand SQL, what was expected by statsmodels."""

import datetime as dt

import duckdb
import numpy as np
import polars as pl
import pytest
import statsmodels.api as sm

from queries.health.evidence.panel import Panel
from queries.health.risk.expected_loss_record import (
    ExpectedLossRecord,
    expected_loss_record,
    finding,
    position,
)
from queries.health.risk.record import record
from tests.health.evidence.simulated import (
    IN_FORCE,
    SCORECARD,
    book,
    history_of,
    outcomes_of,
    panel,
)
from warehouse.context import EVERYTHING, Context

AS_OF = dt.date(2026, 4, 30)
CONTEXT = Context(AS_OF, EVERYTHING)
BY_HAND = """
WITH monthly AS (
    SELECT as_of, account_id, history.arr_usd, score,
           coalesce(churned_date <= as_of + 90, false) AS churned
    FROM history JOIN outcomes USING (account_id)
    WHERE band <> 'unknown' AND (churned_date IS NULL OR churned_date > as_of)
    QUALIFY as_of = max(as_of) OVER (PARTITION BY date_trunc('month', as_of))
)
"""


@pytest.fixture(scope="module")
def kept():
    """A book of which fifty churn, and its record."""
    history, outcomes = book(churners=50, months=16, seed=3)
    history = history.with_columns(card_version=pl.lit(IN_FORCE))
    return history, outcomes, recorded(outcomes, history)


def recorded(outcomes, history, shown=None):
    shown = outcomes if shown is None else shown
    return expected_loss_record(outcomes, shown, history, context=CONTEXT)


def by_hand(kept, query, **values):
    history, outcomes, _ = kept
    with duckdb.connect() as connection:
        connection.register("history", history.collect().to_arrow())
        connection.register("outcomes", outcomes.collect().to_arrow())
        return connection.execute(f"{BY_HAND} {query}", values).fetchall()


def test_what_was_lost_is_that_of_hand_sql_at_every_month_end_that_had_evidence(kept):
    frame = ExpectedLossRecord.validate(kept[2])
    found = frame.select("month_end_date", "accounts", "arr_lost_usd").rows()
    assert found == by_hand(
        kept,
        """
        SELECT as_of, count(*), coalesce(sum(arr_usd) FILTER (churned), 0) FROM monthly now
        WHERE as_of + 90 <= $day AND 20 <= (
            SELECT count(DISTINCT account_id) FROM monthly past
            WHERE churned AND past.as_of + 90 <= now.as_of
        )
        GROUP BY as_of ORDER BY as_of
        """,
        day=AS_OF,
    )
    assert len(found) >= 6


def test_what_was_expected_is_learned_from_outcomes_known_then(kept):
    rows = [row for row in kept[2].to_dicts() if row["model"] == "score"]
    assert len(rows) >= 3
    for row in rows:
        day = row["month_end_date"]
        past = by_hand(kept, "SELECT score, churned FROM monthly WHERE as_of + 90 <= $day", day=day)
        score, churned = np.array([(one, bool(left)) for one, left in past], dtype=float).T

        def standard(one, score=score):
            # Beyond three standard deviations a score counts no further.
            return sm.add_constant(np.clip((one - score.mean()) / score.std(), -3, 3))

        fit = sm.Logit(churned, standard(score)).fit(disp=0)
        now = by_hand(kept, "SELECT score, arr_usd FROM monthly WHERE as_of = $day", day=day)
        then, arr = np.array(now).T
        expected = fit.predict(standard(then)) @ arr
        assert row["arr_expected_loss_usd"] == pytest.approx(expected, rel=1e-6)
        assert row["arr_expected_loss_low_usd"] < expected < row["arr_expected_loss_high_usd"]


def test_no_later_outcome_changes_what_was_expected(kept):
    history, outcomes, frame = kept
    day = frame["month_end_date"][2]
    kept_on = pl.when(pl.col("churned_date") <= day + dt.timedelta(days=1)).then("churned_date")
    other = recorded(outcomes.with_columns(churned_date=kept_on), history)
    columns = ("month_end_date", "arr_expected_loss_usd", "arr_expected_loss_high_usd", "model")
    until = pl.col("month_end_date") <= day
    assert other.filter(until).select(columns).equals(frame.filter(until).select(columns))
    assert other.filter(month_end_date=day)["arr_lost_usd"].item() == 0.0


def test_it_learns_from_the_whole_book_and_adds_up_what_is_shown(kept):
    history, outcomes, whole = kept
    is_mine = pl.col("account_id").str.ends_with("7")
    mine, others = (
        recorded(outcomes, history, outcomes.filter(part)) for part in (is_mine, ~is_mine)
    )
    assert mine["month_end_date"].equals(whole["month_end_date"])
    assert 0 < mine["accounts"].sum() < whole["accounts"].sum()
    for name in ("accounts", "arr_expected_loss_usd", "arr_lost_usd"):
        assert (mine[name] + others[name]).to_list() == pytest.approx(whole[name].to_list())
    for name in ("model", "tier"):
        assert mine[name].equals(whole[name])


def test_months_that_set_the_bands_prove_nothing_and_twelve_are_enough():
    history, outcomes = book(churners=50, months=16, seed=3)
    known = panel(history, outcomes, AS_OF)
    everybody = known.rows["account_id"]
    days = [month.day for month in record(known, everybody)]
    later = Panel(SCORECARD.version, known.newest, known.rows, days[2])
    assert [month.day for month in record(later, everybody)] == days[3:]
    assert len(days) <= 12


@pytest.mark.parametrize(
    ("lost", "place"), [(9.0, "below"), (10.0, "inside"), (20.0, "inside"), (21.0, "above")]
)
def test_the_ends_of_the_interval_are_inside(lost, place):
    assert position(lost, 10.0, 20.0) == place


def rows(*losses):
    return pl.DataFrame(
        [
            {
                "month_end_date": dt.date(2025, month, 28),
                "arr_expected_loss_usd": 15.0,
                "arr_expected_loss_low_usd": 10.0,
                "arr_expected_loss_high_usd": 20.0,
                "arr_lost_usd": lost,
                "position": position(lost, 10.0, 20.0),
                "accounts": 3,
                "tier": 1,
                "model": "score",
                "card_version": "v1",
            }
            for month, lost in enumerate(losses, 1)
        ],
        schema=ExpectedLossRecord.create_empty().schema,
    )


@pytest.mark.parametrize(
    ("losses", "said"),
    [
        (
            (5.0, 9.0, 12.0, 16.0),
            "Lost less than expected at 3 of 4 past month-ends, below the interval at 2",
        ),
        (
            (25.0, 5.0, 16.0),
            (
                "Lost more than expected at 2 of 3 past month-ends, below the interval at 1 and "
                "above the interval at 1"
            ),
        ),
        ((12.0,), "Lost less than expected at 1 of 1 past month-end, always inside the interval"),
        ((), "No month-end with a probability is 90 days past yet"),
    ],
)
def test_the_record_is_said_in_a_sentence(losses, said):
    assert finding(rows(*losses)) == said


def test_without_a_history_there_is_no_record():
    frame = recorded(outcomes_of(), history_of())
    assert ExpectedLossRecord.validate(frame).is_empty()
