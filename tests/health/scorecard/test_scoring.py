"""Scores frozen in the ledger: what is written, once, whole, and only while it is fresh."""

import datetime as dt
import json
import shutil

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from ledger import LedgerQuery
from queries.__main__ import main
from queries.core.ask import ask, ledger
from queries.core.question import ParameterInvalid
from queries.health.scorecard import scoring
from queries.health.scorecard.scoring import ScoringRefused, days_to_score, not_scored, score
from tests.health.troubled import COMPANY
from warehouse.errors import WarehouseMissing

DAY = dt.date(2026, 1, 31)
BOTH = ("2025-01", "2025-11")
WRITTEN_AT = dt.datetime(2026, 2, 1, 9, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def now(monkeypatch):
    monkeypatch.setattr("warehouse.clock.now", lambda: WRITTEN_AT)


def stored(version=None):
    rows = ledger().read(LedgerQuery("score_history"))
    return rows if version is None else rows.filter(card_version=version)


def test_a_score_is_written_with_all_that_made_it(warehouse):
    warehouse(COMPANY)
    (done,) = score(ledger(), [DAY])
    assert (done.as_of, done.card_versions, done.accounts) == (DAY, BOTH, 6)
    assert (done.written.new, done.written.same, done.written.different) == (12, 0, 0)
    row = stored("2025-11").row(by_predicate=pl.col("account_id") == "a1", named=True)
    assert json.loads(row.pop("contributions")) == pytest.approx(
        {
            "usage": -8.75,
            "commitment": 0.0,
            "breadth": -4.375,
            "tickets": -35 / 6,
            "incidents": -35 / 6,
            "contact": -7 / 12,
        }
    )
    assert json.loads(row.pop("inputs")) == {
        "usage_change_share": -0.25,
        "commitment_pace": 0.6,
        "feature_breadth_share": 0.25,
        "severe_tickets_90d": 3,
        "incidents_28d": 3,
        "days_since_contact": 34,
    }
    assert row == {
        "account_id": "a1",
        "as_of": DAY,
        "card_version": "2025-11",
        "score": pytest.approx(44.625),
        "band": "at_risk",
        "coverage_share": 1.0,
        "arr_usd": 300.0,
        "oldest_input_date": dt.date(2026, 1, 12),
        "days_to_renewal": 29,
        "written_at": WRITTEN_AT,
    }


def test_an_unknown_input_is_written_as_unknown(warehouse):
    warehouse(COMPANY)
    list(score(ledger(), [DAY]))
    row = stored("2025-11").row(by_predicate=pl.col("account_id") == "a3", named=True)
    assert (row["band"], row["score"]) == ("unknown", None)
    assert json.loads(row["inputs"])["usage_change_share"] is None
    assert json.loads(row["contributions"])["usage"] is None


def test_scoring_again_changes_nothing(warehouse):
    warehouse(COMPANY)
    days = days_to_score(DAY, 3)
    assert days == [dt.date(2026, 1, 17), dt.date(2026, 1, 24), DAY]
    assert [one.written.new for one in score(ledger(), days)] == [14, 12, 12]
    before = stored()
    again = [(one.written.new, one.written.same) for one in score(ledger(), days)]
    assert again == [(0, 14), (0, 12), (0, 12)]
    assert stored().equals(before)


@pytest.mark.parametrize("version", BOTH)
def test_every_scorecard_writes_what_its_own_answer_says_whether_in_force_or_not(
    warehouse, on, version
):
    warehouse(COMPANY)
    list(score(ledger(), [DAY]))
    kept = ("account_id", "score", "band", "coverage_share", "arr_usd")
    answer = ask("account_health", on(2026, 1, 31), card_version=version).frame
    assert_frame_equal(stored(version).select(kept), answer.select(kept), check_row_order=False)


def test_the_days_of_all_scorecards_are_read_once(warehouse, monkeypatch):
    warehouse(COMPANY)
    asked = []
    once = scoring.execute
    monkeypatch.setattr(
        scoring,
        "execute",
        lambda *given, **named: asked.append(given[2].as_of) or once(*given, **named),
    )
    days = days_to_score(DAY, 2)
    list(score(ledger(), days))
    assert asked == days


def test_a_scorecard_that_is_named_is_written_alone_and_the_others_are_missing(warehouse):
    warehouse(COMPANY)
    days = days_to_score(DAY, 2)
    (done,) = score(ledger(), [DAY], card_version="2025-01")
    assert (done.card_versions, done.accounts, done.written.new) == (("2025-01",), 6, 6)
    assert stored()["card_version"].unique().to_list() == ["2025-01"]
    assert not_scored(ledger(), days) == days
    assert not_scored(ledger(), days, card_version="2025-01") == days[:1]
    list(score(ledger(), [DAY]))
    assert not_scored(ledger(), days) == days[:1]
    with pytest.raises(ParameterInvalid, match="There is no scorecard '9'"):
        not_scored(ledger(), days, card_version="9")


def test_the_same_day_scored_otherwise_is_reported_and_not_stored(warehouse, capsys):
    path = warehouse(COMPANY)
    list(score(ledger(), [DAY]))
    before = stored()
    path.unlink()
    incidents = [row for row in COMPANY["incidents"] if row["incident_id"] != "i15"]
    warehouse({**COMPANY, "incidents": incidents})
    assert main(["score", "--as-of", "2026-01-31"]) == 1
    told = capsys.readouterr()
    named = "a1 by 2025-01, a1 by 2025-11"
    assert told.err == f"2026-01-31: 2 score otherwise now ({named}); what was written stays.\n"
    assert told.out.endswith("0 scores written, 10 were there, 2 differ from what was there.\n")
    assert stored().equals(before)


def test_a_day_without_an_account_is_passed_over(warehouse):
    warehouse(COMPANY)
    assert list(score(ledger(), [dt.date(2020, 1, 1)])) == []
    assert stored().is_empty()


def test_what_is_stale_is_never_frozen(warehouse, on, tmp_path):
    path = warehouse(COMPANY)
    ask("account_health", on(2026, 1, 31))
    shutil.move(path, tmp_path / "gone")
    with pytest.raises(WarehouseMissing):
        list(score(ledger(), [DAY]))
    assert stored().is_empty()


def test_what_is_truncated_is_never_frozen(warehouse, monkeypatch):
    warehouse(COMPANY)
    monkeypatch.setenv("BELLWETHER_ROW_LIMIT", "5")
    with pytest.raises(ScoringRefused, match="a read reached its row limit"):
        list(score(ledger(), [DAY]))
    assert stored().is_empty()


def test_the_terminal_scores_weeks_with_progress(warehouse, capsys):
    warehouse(COMPANY)
    assert main(["score", "--as-of", "2026-01-31", "--weeks", "2"]) == 0
    assert capsys.readouterr().out == (
        "2026-01-24  6 accounts by scorecard 2025-01, 2025-11: 12 new\n"
        "2026-01-31  6 accounts by scorecard 2025-01, 2025-11: 12 new\n"
        "2 days: 24 scores written, 0 were there, 0 differ from what was there.\n"
    )
    assert main(["score", "--as-of", "2026-01-31", "--weeks", "3", "--missing"]) == 0
    assert capsys.readouterr().out == (
        "2026-01-17  7 accounts by scorecard 2025-01, 2025-11: 14 new\n"
        "1 day: 14 scores written, 0 were there, 0 differ from what was there.\n"
    )
    assert main(["score", "--weeks", "0"]) == 2
    assert "'0' is not a whole number from 1 to 520" in capsys.readouterr().err


def test_a_ledger_that_cannot_be_opened_is_said_without_a_traceback(warehouse, monkeypatch, capsys):
    warehouse(COMPANY)
    monkeypatch.setenv("BELLWETHER_LEDGER", "sqlite:////dev/null/ledger.sqlite")
    assert main(["score"]) == 1
    told = capsys.readouterr().err
    assert "Traceback" not in told
    assert "/dev/null" not in told
    assert "name another in BELLWETHER_LEDGER" in told


def test_the_order_of_the_rows_changes_no_score(warehouse):
    path = warehouse(COMPANY)
    list(score(ledger(), [DAY]))
    path.unlink()
    warehouse({name: rows[::-1] for name, rows in COMPANY.items()})
    (again,) = score(ledger(), [DAY])
    assert (again.written.new, again.written.same, again.written.different) == (0, 12, 0)
