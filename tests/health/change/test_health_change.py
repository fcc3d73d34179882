"""Why scores changed: traced by hand, each date as it was known then, and built on two answers."""

import datetime as dt
import shutil

import pytest

from queries.core.ask import ask
from queries.core.memory import memory
from queries.core.question import Question
from queries.health.change import health_change
from queries.health.change.health_change import HealthChange
from queries.health.scorecard import account_health
from tests.health.troubled import COMPANY
from tests.shared.company import activity, incident, metered
from warehouse.context import ALL, Context, Scope


@pytest.fixture
def rows(warehouse, on):
    warehouse(COMPANY)
    answer = ask("health_change", on(2026, 1, 31), days=10)
    assert answer.problem is None
    return {row["account_id"]: row for row in answer.in_words().to_dicts()}


def test_a_fall_by_behaviour_is_traced_by_hand(rows):
    row = rows["a1"]
    # On 21 Jan: 10 days of 80 and 18 of 60 TiB against 80 before, and of 100 committed, both to
    # six decimals and twice; two of four features 70, one severe ticket 70, three incidents
    # 23.33, 24 days since contact 81.25.
    usage, commitment = 70 - 140 * 0.160714, 70 + 30 * (0.671429 - 0.6) / 0.25
    before = (2 * usage + 2 * commitment + 70 + 70 + 70 / 3 + 81.25) / 8
    assert row["score_before"] == pytest.approx(before, abs=1e-9)
    assert row["score_after"] == pytest.approx(44.625, abs=1e-9)
    assert row["behaviour"] == pytest.approx(44.625 - before, abs=1e-9)
    assert (row["configuration"], row["coverage"]) == (0.0, 0.0)
    assert (row["band_before"], row["band_after"]) == ("watch", "at_risk")
    assert row["explanation"] == (
        "The score fell from 62 to 45 in 10 days. "
        "Customer behaviour −17.5: severe tickets −5.8, features used −4.4."
    )


def test_an_input_that_came_is_data_coverage(rows):
    row = rows["a2"]
    # Contact is known on the 31st (100) and was not on the 21st: 726.67/8 after 626.67/7, as two
    # of three features, to six decimals, are 86.67.
    known = 540 + 70 + (0.666667 - 0.5) * 100
    assert row["coverage"] == pytest.approx((known + 100) / 8 - known / 7, abs=1e-9)
    assert (row["behaviour"], row["configuration"]) == (0.0, 0.0)
    assert row["explanation"] == ("The score rose from 90 to 91 in 10 days. Data coverage +1.3.")


def test_the_largest_fall_comes_first_and_the_finding_names_it(warehouse, on):
    warehouse(COMPANY)
    answer = ask("health_change", on(2026, 1, 31), days=10)
    assert answer.frame["account_id"].to_list() == ["a1", "a9", "a2", "a3", "a4", "a5"]
    assert answer.finding == "1 score fell; Account a1 most, by 17.5"
    assert health_change.QUESTIONS[0].finding(answer.frame.tail(5)) == "No score fell"


def test_another_scorecard_is_configuration_and_named(warehouse, on):
    warehouse(
        {
            **COMPANY,
            "metering_hourly": metered("k1", "2025-07-01", "2025-10-31", 80.0),
            "incidents": [incident("i0", "a1", "2025-10-28T10:00")],
            "activities": [*COMPANY["activities"], activity("v0", "a1", "2025-10-21T10:00")],
        },
        # Nobody says how complete a feed is, so that the newest row stands for it.
        watermark=None,
    )
    (row,) = ask("health_change", on(2025, 11, 1), days=1).in_words(account_id="a1").to_dicts()
    # Usage 70, commitment 94, incidents 70 and contact 100 count alike until 31 Oct, the first two
    # twice since; on 1 Nov the first ticket of anybody makes it known that a1 has none: 100.
    assert row["score_before"] == pytest.approx(334 / 4, abs=1e-9)
    assert row["score_after"] == pytest.approx(598 / 7, abs=1e-9)
    assert row["configuration"] == pytest.approx(498 / 6 - 334 / 4, abs=1e-9)
    assert row["coverage"] == pytest.approx(598 / 7 - 498 / 6, abs=1e-9)
    assert row["behaviour"] == 0.0
    assert row["explanation"] == (
        "The score rose from 84 to 85 in 1 day. "
        "Rule change −0.5 (scorecard 2025-01 to 2025-11). Data coverage +2.4."
    )


def test_an_unknown_score_has_no_change_and_no_parts(rows):
    row = rows["a3"]
    parts = ("score_before", "score_after", "change", "behaviour", "configuration", "coverage")
    assert [row[part] for part in parts] == [None] * 6
    assert (row["band_before"], row["band_after"]) == ("unknown", "unknown")
    assert row["explanation"] == "Too little was known to compare with 10 days before."


def test_who_was_no_customer_then_has_no_change(warehouse, on):
    later = {
        **COMPANY,
        "contracts": [
            contract | {"start_date": dt.date(2026, 1, 25)}
            if contract["contract_id"] == "c3"
            else contract
            for contract in COMPANY["contracts"]
        ],
    }
    warehouse(later)
    (row,) = ask("health_change", on(2026, 1, 31), days=10).in_words(account_id="a3").to_dicts()
    assert (row["change"], row["band_before"]) == (None, None)
    assert row["explanation"] == "Not a customer 10 days before."


def test_it_is_dated_by_the_data_date_and_not_by_the_earlier_one(warehouse, on):
    warehouse(COMPANY, simulated=True)
    change, health = (ask(name, on(2026, 1, 31)) for name in ("health_change", "account_health"))
    assert change.data_through == health.data_through
    assert change.complete_to == health.complete_to
    assert set(health.complete_to) == {
        *("account_usage_daily", "feature_usage_daily", "tickets", "incidents"),
    }
    assert (change.provenance, change.applicable_filters) == (
        "SIMULATED",
        health.applicable_filters,
    )
    assert change.question.tables(on(2026, 1, 31)) == health.question.tables(on(2026, 1, 31))


def test_it_is_built_once_for_the_answers_it_builds_on(warehouse, on):
    warehouse(COMPANY)
    first = ask("health_change", on(2026, 1, 31))
    assert ask("health_change", on(2026, 1, 31)) is first
    memory().clear()
    assert ask("health_change", on(2026, 1, 31)).frame.equals(first.frame)


def test_it_is_stale_where_one_of_its_answers_is(warehouse, on, later, tmp_path):
    path = warehouse(COMPANY)
    fresh = ask("health_change", on(2026, 1, 31))
    shutil.move(path, tmp_path / "gone")
    later(seconds=6)
    stale = ask("health_change", on(2026, 1, 31))
    assert (fresh.state, stale.state) == ("ok", "stale")
    assert stale.frame.equals(fresh.frame)
    assert stale.read_at == fresh.read_at
    assert stale.problem is not None
    assert stale.problem.reference


def test_without_the_warehouse_and_without_an_older_answer_the_error_is_its_own(
    warehouse, on, tmp_path
):
    path = warehouse(COMPANY)
    shutil.move(path, tmp_path / "gone")
    answer = ask("health_change", on(2026, 1, 31))
    assert (answer.state, answer.frame.height) == ("error", 0)
    assert answer.problem is not None
    assert answer.problem.reference
    assert answer.frame.schema == HealthChange.create_empty().schema


def test_who_may_not_ask_it_gets_nothing_and_who_may_sees_their_rows_only(warehouse):
    warehouse(COMPANY)
    day = dt.date(2026, 1, 31)
    assert (
        ask("health_change", Context(day, Scope(questions=(), owner_ids=ALL))).state == "forbidden"
    )
    owner = Scope(questions=("health_change",), owner_ids=("nobody",))
    assert ask("health_change", Context(day, owner)).state == "empty"
    mine = Scope(questions=("health_change",), owner_ids=("p1",))
    assert "a1" not in set(ask("health_change", Context(day, mine)).frame["account_id"])


def test_a_question_reads_the_warehouse_or_builds_on_answers():
    health = account_health.QUESTIONS[0]
    plain = {
        "name": "x",
        "asks": "?",
        "shape": HealthChange,
        "answer": len,
        "finding": str,
        "filters": "rows",
    }
    with pytest.raises(TypeError, match="x reads the warehouse or builds on answers, one of both"):
        Question(**plain)
    with pytest.raises(TypeError, match="one of both"):
        Question(**plain, reads=health.reads, depends_on=health_change.depends_on)
