"""Scores frozen in the ledger: what is written, once, whole, and only while it is fresh."""

import datetime as dt
import json
import shutil

import polars as pl
import pytest

from ledger import Entries
from queries.__main__ import main
from queries.ask import ask, ledger
from queries.scoring import ScoringRefused, days_to_score, score
from tests.queries.troubled import COMPANY
from warehouse.errors import WarehouseMissing

DAY = dt.date(2026, 1, 31)
WRITTEN_AT = dt.datetime(2026, 2, 1, 9, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def now(monkeypatch):
    monkeypatch.setattr("warehouse.clock.now", lambda: WRITTEN_AT)


def stored():
    return ledger().read(Entries("score_history"))


def test_a_score_is_written_with_all_that_made_it(warehouse):
    warehouse(COMPANY)
    (done,) = score(ledger(), [DAY])
    assert (done.as_of, done.card_version, done.accounts) == (DAY, "2025-11", 6)
    assert (done.written.new, done.written.same, done.written.different) == (6, 0, 0)
    row = stored().row(by_predicate=pl.col("account_id") == "a1", named=True)
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
    row = stored().row(by_predicate=pl.col("account_id") == "a3", named=True)
    assert (row["band"], row["score"]) == ("unknown", 100.0)
    assert json.loads(row["inputs"])["usage_change_share"] is None
    assert json.loads(row["contributions"])["usage"] is None


def test_scoring_again_changes_nothing(warehouse):
    warehouse(COMPANY)
    days = days_to_score(DAY, 3)
    assert days == [dt.date(2026, 1, 17), dt.date(2026, 1, 24), DAY]
    assert [one.written.new for one in score(ledger(), days)] == [7, 6, 6]
    before = stored()
    again = [(one.written.new, one.written.same) for one in score(ledger(), days)]
    assert again == [(0, 7), (0, 6), (0, 6)]
    assert stored().equals(before)


def test_another_version_of_the_scorecard_is_written_beside_the_first(warehouse):
    warehouse(COMPANY)
    list(score(ledger(), [DAY]))
    list(score(ledger(), [DAY], card_version="2025-01"))
    versions = stored().group_by("card_version").len().sort("card_version")
    assert versions.rows() == [("2025-01", 6), ("2025-11", 6)]


def test_the_same_day_scored_otherwise_is_reported_and_not_stored(warehouse, capsys):
    path = warehouse(COMPANY)
    list(score(ledger(), [DAY]))
    before = stored()
    path.unlink()
    incidents = [row for row in COMPANY["incidents"] if row["incident_id"] != "i15"]
    warehouse({**COMPANY, "incidents": incidents})
    assert main(["score", "--as-of", "2026-01-31"]) == 1
    told = capsys.readouterr()
    assert told.err == "2026-01-31: 1 score otherwise now (a1); what was written stays.\n"
    assert told.out.endswith("0 scores written, 5 were there, 1 differ from what was there.\n")
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
        "2026-01-24  scorecard 2025-11  6 accounts, 6 new\n"
        "2026-01-31  scorecard 2025-11  6 accounts, 6 new\n"
        "2 days: 12 scores written, 0 were there, 0 differ from what was there.\n"
    )
    assert main(["score", "--as-of", "2026-01-31", "--weeks", "3", "--missing"]) == 0
    assert capsys.readouterr().out == (
        "2026-01-17  scorecard 2025-11  7 accounts, 7 new\n"
        "1 day: 7 scores written, 0 were there, 0 differ from what was there.\n"
    )
    assert main(["score", "--weeks", "0"]) == 2
    assert "'0' is not a whole number from 1 to 520" in capsys.readouterr().err


def test_a_ledger_that_cannot_be_opened_is_said_without_a_traceback(warehouse, monkeypatch, capsys):
    warehouse(COMPANY)
    monkeypatch.setenv("BELLWETHER_LEDGER", "sqlite:////dev/null/ledger.sqlite")
    assert main(["score"]) == 1
    told = capsys.readouterr().err
    assert "Traceback" not in told
    assert "/dev/null/ledger.sqlite" in told


def test_the_order_of_the_rows_changes_no_score(warehouse):
    path = warehouse(COMPANY)
    list(score(ledger(), [DAY]))
    path.unlink()
    warehouse({name: rows[::-1] for name, rows in COMPANY.items()})
    (again,) = score(ledger(), [DAY])
    assert (again.written.new, again.written.same, again.written.different) == (0, 6, 0)
