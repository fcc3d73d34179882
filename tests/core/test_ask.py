"""The cached door: the states of an answer, what is remembered, and for whom."""

import datetime as dt
import logging
import random
from collections import Counter

import polars as pl
import pytest

from queries.core import ask as door
from queries.core import choices
from queries.core.ask import ask, latest_data_date
from queries.core.catalog import QUESTIONS
from queries.core.memory import memory
from tests.rows import build
from tests.usage.fleet import FLEET
from tests.usage.test_charges import BILLS
from warehouse.context import ALL, EVERYTHING, Context, Scope
from warehouse.engine.duckdb import DuckDBWarehouse
from warehouse.publish import next_version

UTC = dt.UTC
DAY = (2026, 3, 31)


@pytest.fixture
def fleet(warehouse):
    return warehouse(FLEET | BILLS)


@pytest.fixture
def reads(monkeypatch):
    """The selects that reached the engine, in order."""
    seen = []
    original = DuckDBWarehouse.read

    def read(self, statement, *read_request):
        seen.append(str(statement))
        return original(self, statement, *read_request)

    monkeypatch.setattr(DuckDBWarehouse, "read", read)
    return seen


@pytest.mark.usefixtures("fleet")
def test_a_good_answer_says_how_new_its_tables_are(on):
    answer = ask("usage_growth", on(*DAY))
    assert (answer.state, answer.usable, answer.problem) == ("ok", True, None)
    assert answer.data_through == {
        "clusters": dt.datetime(2026, 3, 17, 12, 30, tzinfo=UTC),
        "account_usage_daily": dt.datetime(2026, 3, 30, tzinfo=UTC),
    }
    # A day beyond its newest hour, which the source says it is complete to, in any filter.
    assert answer.complete_to == {"account_usage_daily": dt.datetime(2026, 4, 1, tzinfo=UTC)}
    none = ask("usage_growth", on(*DAY, owner=("nobody",)))
    assert (none.data_through["account_usage_daily"], none.complete_to) == (
        None,
        answer.complete_to,
    )
    assert answer.frame.columns == answer.question.shape.column_names()
    assert (answer.truncated, answer.simulated) == (False, False)


def test_made_up_rows_mark_the_answer(warehouse, on):
    path = warehouse(FLEET, simulated=True)
    assert ask("usage_growth", on(*DAY)).provenance == "SIMULATED"
    with next_version(path) as connection:
        connection.execute(
            "INSERT INTO loads SELECT * REPLACE (false AS is_simulated) FROM loads "
            "WHERE table_name = 'metering_hourly'"
        )
    assert ask("usage_growth", on(*DAY)).provenance == "partly SIMULATED"


@pytest.mark.usefixtures("fleet")
def test_the_newest_data_date_is_the_newest_day_anything_was_learned():
    assert latest_data_date() == dt.date(2026, 3, 31)


def test_an_empty_warehouse_has_no_data_date(warehouse):
    warehouse({})
    assert latest_data_date() is None


@pytest.mark.usefixtures("fleet")
def test_an_empty_answer_names_the_filter_to_clear(on):
    answer = ask("charges_by_provider", on(*DAY, hyperscaler=("gcp",), region=("emea",)))
    assert (answer.state, answer.usable, answer.frame.height) == ("empty", False, 0)
    assert (
        answer.problem.sentence == "No rows in these filters: hyperscaler = Google Cloud hides 4."
    )
    assert answer.problem.clear == ("hyperscaler",)
    assert answer.problem.reference == ""


def test_filters_that_only_together_empty_an_answer_are_named_together(warehouse, on):
    owned = [{"account_id": "A", "name": "Amber", "region": "emea", "owner_id": "p1"}]
    warehouse({**FLEET, "accounts": owned})
    answer = ask("usage_growth", on(*DAY, region=("apac",), owner=("p2",)))
    assert answer.state == "empty"
    assert answer.problem.sentence == "No rows in these filters: region, owner together hide 6."
    assert answer.problem.clear == ("region", "owner")


def test_an_answer_that_is_empty_without_filters_names_its_tables(warehouse, on):
    warehouse({})
    answer = ask("charges_by_provider", on(*DAY))
    assert answer.state == "empty"
    assert answer.problem.clear == ()
    assert "nothing is recorded" in answer.problem.sentence
    assert answer.problem.command.startswith("It reads usage_charges;")
    assert "python -m" not in answer.problem.remedy


@pytest.mark.usefixtures("fleet")
def test_the_same_question_is_read_once(on, reads):
    first = ask("usage_growth", on(*DAY))
    count = len(reads)
    assert count >= 2
    again = ask("usage_growth", on(*DAY))
    assert len(reads) == count
    assert again.frame is first.frame


@pytest.mark.usefixtures("fleet")
def test_another_context_or_parameter_is_another_answer(on, reads):
    ask("usage_by_account", on(*DAY), days=28)
    count = len(reads)
    ask("usage_by_account", on(*DAY), days="28")
    assert len(reads) == count
    for context, days in (
        (on(*DAY), 7),
        (on(2026, 3, 30), 28),
        (on(*DAY, hyperscaler=("aws",)), 28),
    ):
        before = len(reads)
        ask("usage_by_account", context, days=days)
        assert len(reads) > before


def test_a_published_change_is_answered_anew(fleet, on):
    assert "gcp" in ask("usage_growth", on(*DAY)).frame["hyperscaler"].to_list()
    before = ask("charges_by_provider", on(*DAY)).frame["charges"].sum()
    build(fleet, {"usage_charges": [{**BILLS["usage_charges"][0], "charge_id": "new"}]})
    assert ask("charges_by_provider", on(*DAY)).frame["charges"].sum() == before + 1


def test_two_scopes_never_share_an_answer(warehouse):
    accounts = [
        {"account_id": "A", "name": "Amber", "owner_id": "p1"},
        {"account_id": "B", "name": "Birch", "owner_id": "p2"},
    ]
    warehouse({**FLEET, "accounts": accounts})

    def seen_by(scope):
        frame = ask("usage_by_account", Context(dt.date(*DAY), scope)).frame
        return set(frame["account_id"])

    assert seen_by(EVERYTHING) == {"A", "B", "C", "D", "N", "unknown"}
    assert seen_by(Scope(questions=ALL, owner_ids=("p1",))) == {"A"}
    assert seen_by(Scope(questions=ALL, owner_ids=("p2",))) == {"B"}
    assert seen_by(Scope(questions=ALL, owner_ids=())) == set()
    assert seen_by(Scope()) == set()


@pytest.mark.usefixtures("fleet")
def test_equal_rights_share_an_answer_in_whatever_order_they_were_given(on, reads):
    first = ask("usage_by_account", on(*DAY, scope=Scope(ALL, ("p1", "p2"))))
    count = len(reads)
    again = ask("usage_by_account", on(*DAY, scope=Scope(ALL, ("p2", "p1", "p2"))))
    assert (len(reads), again.frame is first.frame) == (count, True)


def scopes(seed):
    """Scopes without end, of few rights in any order, some of which look like others."""
    drawn = random.Random(seed)  # noqa: S311 (drawn for a test)
    names = ("p1", "p2", "p1,p2", "everything", "", "('p1',)")

    def right():
        if drawn.random() < 0.2:
            return ALL
        return tuple(drawn.choices(names, k=drawn.randrange(4)))

    while True:
        yield Scope(questions=right(), owner_ids=right())


@pytest.mark.usefixtures("fleet")
def test_equal_rights_share_an_entry_and_different_rights_never_do():
    question = QUESTIONS["usage_growth"]
    asked, held = door.source(), memory()
    made, written = Counter(), {}
    for number, scope in zip(range(10_000), scopes(seed=13), strict=False):
        rights = tuple(
            right if right == ALL else frozenset(right)
            for right in (scope.questions, scope.owner_ids)
        )
        if number % 2:
            place = door.place_of(question, Context(dt.date(*DAY), scope), {}, asked)
        else:
            place = choices.place_of(scope)
        mine = (number % 2, rights)

        def make(mine=mine):
            made[mine] += 1
            return mine

        assert held.remember((*place, "1"), make, lambda _: 1) == mine
        # A last good file is named after what is written here.
        assert written.setdefault(repr(place), mine) == mine
    assert set(made.values()) == {1}
    assert len(written) == len(made) > 500


@pytest.mark.usefixtures("fleet")
def test_a_question_outside_the_scope_is_forbidden_and_reads_nothing(on, reads):
    ask("usage_growth", on(*DAY))
    reads.clear()
    answer = ask("usage_growth", on(*DAY, scope=Scope(questions=("overview",), owner_ids=ALL)))
    assert (answer.state, answer.usable, answer.frame.height) == ("forbidden", False, 0)
    assert answer.problem.sentence == "Your role does not include usage_growth."
    assert reads == []


def test_the_last_good_answer_is_shown_stale_when_the_warehouse_vanishes(fleet, on):
    good = ask("usage_growth", on(*DAY))
    fleet.unlink()
    stale = ask("usage_growth", on(*DAY))
    assert (stale.state, stale.usable) == ("stale", True)
    assert stale.frame is good.frame
    assert stale.read_at == good.read_at
    assert stale.problem.sentence.startswith("There is no warehouse at ")
    # Nobody asked this before, so there is nothing to show.
    assert ask("usage_by_region", on(*DAY)).state == "error"


def test_a_failure_is_forgotten_once_the_warehouse_is_back(fleet, on):
    content = fleet.read_bytes()
    fleet.unlink()
    assert ask("usage_growth", on(*DAY)).state == "error"
    fleet.write_bytes(content)
    assert ask("usage_growth", on(*DAY)).state == "ok"


def test_an_error_has_a_reference_that_finds_its_log_line(fleet, on, caplog):
    fleet.write_bytes(b"no database" * 1000)
    with caplog.at_level(logging.ERROR, "bellwether.queries"):
        answer = ask("usage_growth", on(*DAY))
    assert (answer.state, answer.frame.height) == ("error", 0)
    lines = [record for record in caplog.records if answer.problem.reference in record.getMessage()]
    assert [line.getMessage() for line in lines] == [
        f"{answer.problem.reference} usage_growth failed"
    ]
    assert lines[0].exc_info is not None


@pytest.mark.usefixtures("fleet")
def test_an_error_in_a_question_is_one_sentence_without_its_details(on, monkeypatch):
    def fail(*_arguments, **_named):
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr(door.provenance, "dated_through", fail)
    answer = ask("usage_growth", on(*DAY))
    assert answer.state == "error"
    assert answer.problem.sentence == "usage_growth could not be computed."


@pytest.mark.usefixtures("fleet")
def test_a_parameter_out_of_bounds_is_an_error_that_says_the_bounds(on):
    answer = ask("usage_by_account", on(*DAY), days=3)
    assert answer.state == "error"
    assert answer.problem.sentence == "days is '3'; it takes a whole number from 7 to 275."
    assert ask("usage_by_account", on(*DAY), weeks=3).problem.sentence == (
        "usage_by_account has no parameter 'weeks'."
    )


def test_a_question_nobody_declared_is_a_programming_error(on):
    with pytest.raises(KeyError):
        ask("weather", on(*DAY))


def test_a_read_over_the_limit_makes_a_truncated_answer(warehouse, on, monkeypatch):
    monkeypatch.setenv("BELLWETHER_ROW_LIMIT", "2")
    warehouse(FLEET)
    assert ask("usage_growth", on(*DAY)).truncated


def test_an_answer_never_mixes_two_versions_of_the_warehouse(fleet, on, monkeypatch):
    original = DuckDBWarehouse.read
    published = []

    def read(self, statement, *read_request):
        rows = original(self, statement, *read_request)
        if not published:
            published.append(True)
            late = [{**row, "cluster_id": "late"} for row in FLEET["clusters"][:1]]
            hours = [
                {**row, "cluster_id": "late", "record_id": f"late-{row['record_id']}"}
                for row in FLEET["metering_hourly"]
                if row["cluster_id"] == "a1"
            ]
            build(fleet, {"clusters": late, "metering_hourly": hours})
        return rows

    monkeypatch.setattr(DuckDBWarehouse, "read", read)
    aws = ask("usage_growth", on(*DAY)).frame.row(
        by_predicate=(pl.col("hyperscaler") == "aws") & (pl.col("dimension") == "capacity"),
        named=True,
    )
    # Both clusters and both clusters' usage, not two clusters and one's usage.
    assert (aws["clusters"], aws["usage_28d"], aws["completeness_share"]) == (2, 2816.0, 1.0)
