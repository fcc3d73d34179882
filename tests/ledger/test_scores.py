"""Score history: written once, the same for ever, and a difference is said and not stored."""

import datetime as dt

import polars as pl
import pytest

from ledger import LedgerQuery
from ledger.errors import ScoresInvalid
from ledger.rows import append_frame
from ledger.scores import SCHEMA, write
from ledger.tables import SCORE_HISTORY
from tests.ledger.making import DAY, NOON, scores

HISTORY = LedgerQuery("score_history")
WEEK = dt.timedelta(days=7)


def counts(written):
    return written.new, written.same, written.different


def test_writing_the_same_again_changes_nothing(ledger):
    week = scores({"account_id": "A"}, {"account_id": "B", "score": None, "band": "unknown"})
    assert counts(write(ledger, week)) == (2, 0, 0)
    before, version = ledger.read(HISTORY), ledger.version("score_history")
    later = week.with_columns(written_at=pl.lit(NOON + WEEK))
    assert counts(write(ledger, later)) == (0, 2, 0)
    assert ledger.read(HISTORY).equals(before)
    assert ledger.version("score_history") == version


@pytest.mark.parametrize(
    "other",
    [
        {"score": 62.50000001},
        {"score": None, "band": "unknown"},
        {"band": "healthy"},
        {"coverage_share": 0.76},
        {"contributions": "{}"},
        {"inputs": "{}"},
        {"arr_usd": 120_001.0},
        {"oldest_input_date": None},
        {"days_to_renewal": 40},
    ],
)
def test_a_different_value_is_reported_and_not_stored(ledger, other):
    write(ledger, scores())
    before = ledger.read(HISTORY)
    written = write(ledger, scores(other, {"account_id": "B"}))
    assert counts(written) == (1, 0, 1)
    assert written.differing.rows() == [("A", DAY, "2026-01")]
    assert ledger.read(LedgerQuery("score_history", account_id="A")).equals(before)


def test_the_score_that_an_earlier_version_wrote_of_the_known_part_is_no_difference(ledger):
    unknown = scores({"account_id": "A", "score": None, "band": "unknown", "coverage_share": 0.4})
    with ledger.writing(SCORE_HISTORY.name) as connection:
        append_frame(connection, SCORE_HISTORY, unknown.with_columns(score=100.0))
    assert counts(write(ledger, unknown)) == (0, 1, 0)
    known = unknown.with_columns(score=70.0, band=pl.lit("watch"))
    assert counts(write(ledger, known)) == (0, 0, 1)


def test_another_card_or_day_is_another_score(ledger):
    write(ledger, scores())
    others = scores({"card_version": "2026-02"}, {"as_of": DAY + WEEK}, {})
    assert counts(write(ledger, others)) == (2, 1, 0)
    assert ledger.read(HISTORY).select("as_of", "card_version").rows() == [
        (DAY, "2026-01"),
        (DAY, "2026-02"),
        (DAY + WEEK, "2026-01"),
    ]


def test_no_scores_are_no_rows(ledger):
    written = write(ledger, scores().clear())
    assert counts(written) == (0, 0, 0)
    assert written.differing.columns == ["account_id", "as_of", "card_version"]


def test_numbers_come_back_to_the_last_bit(ledger):
    week = scores(
        {
            "score": 0.1 + 0.2,
            "coverage_share": 1 / 3,
            "arr_usd": 1e12 + 0.1,
            "written_at": NOON.replace(microsecond=123456),
        }
    )
    write(ledger, week)
    assert ledger.read(HISTORY).equals(week)


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        ({"score": 100.1}, "A on 2026-03-01: score is from 0 to 100, or unknown"),
        ({"score": float("nan")}, "A on 2026-03-01: score is from 0 to 100, or unknown"),
        ({"score": None}, "A on 2026-03-01: an unknown score has no band"),
        ({"band": "unknown"}, "A on 2026-03-01: an unknown band has no score"),
        ({"band": "red"}, "A on 2026-03-01: band is one of at_risk, watch, healthy, unknown"),
        ({"coverage_share": 1.1}, "A on 2026-03-01: coverage_share is from 0 to 1"),
        ({"coverage_share": None}, "A on 2026-03-01: coverage_share is there"),
        ({"arr_usd": float("inf")}, "A on 2026-03-01: arr_usd is a number"),
        ({"account_id": None}, "None on 2026-03-01: account_id is there"),
        ({"as_of": None}, "A on None: as_of is there"),
    ],
)
def test_a_row_that_breaks_a_rule_stops_all_of_them(ledger, row, rule):
    with pytest.raises(ScoresInvalid) as refused:
        write(ledger, scores({"account_id": "B"}, row))
    assert refused.value.sentence == f"The scores break a rule of the score history: {rule}."
    assert ledger.read(HISTORY).height == 0


def test_a_key_that_stands_there_twice_is_refused(ledger):
    with pytest.raises(ScoresInvalid, match="A on 2026-03-01: the key stands there once"):
        write(ledger, scores({}, {"score": 1.0}))


def test_columns_that_are_not_those_of_the_history_are_refused(ledger):
    with pytest.raises(ScoresInvalid, match="its columns are account_id"):
        write(ledger, scores().drop("inputs"))
    with pytest.raises(ScoresInvalid, match="conversion from `str` to `f64` failed"):
        write(ledger, scores().with_columns(score=pl.lit("many")))


def test_columns_may_come_in_any_order_and_as_whole_numbers(ledger):
    shuffled = scores().select(reversed(list(SCHEMA))).with_columns(pl.col("arr_usd").cast(int))
    assert counts(write(ledger, shuffled)) == (1, 0, 0)
    assert ledger.read(HISTORY).equals(scores())


def test_many_accounts_over_many_weeks_are_written_and_found_the_same(ledger):
    accounts = pl.DataFrame({"account_id": [f"account-{number:05}" for number in range(2_000)]})
    weeks = pl.DataFrame({"as_of": [DAY + number * WEEK for number in range(6)]})
    every = accounts.join(weeks, how="cross")
    many = every.join(scores().drop("account_id", "as_of"), how="cross").select(*SCHEMA)
    assert counts(write(ledger, many)) == (12_000, 0, 0)
    assert counts(write(ledger, many)) == (0, 12_000, 0)
    assert ledger.read(HISTORY).equals(many)
