"""Time to acknowledge and resolve, on incidents traced by hand and against hand SQL."""

import datetime as dt

import duckdb
import pytest
from polars.testing import assert_frame_equal

from queries.core.ask import ask
from tests.rows import ALIVE, hand_sql
from warehouse.demo.period import LOADED_AT

DAY = dt.datetime(2026, 1, 31, tzinfo=dt.UTC)


def minutes(count):
    return None if count is None else dt.timedelta(minutes=count)


def incident(number, acknowledged, resolved, *, open_for=None, hyperscaler="aws", auto=False):
    """Created on the 31st, or `open_for` minutes before the data date, 1 February, ends."""
    created = DAY if open_for is None else DAY + dt.timedelta(days=2) - minutes(open_for)
    return {
        "incident_id": f"i{number}",
        "hyperscaler": hyperscaler,
        "created_at": created,
        "acknowledged_at": acknowledged and created + minutes(acknowledged),
        "resolved_at": resolved and created + minutes(resolved),
        "is_auto_resolved": auto if resolved else None,
    }


INCIDENTS = [
    incident(1, 5, 60),
    incident(2, 10, 120),
    # Ended by itself after 15 minutes and was never acknowledged.
    incident(3, None, 15, auto=True),
    incident(4, 20, None),
    # Nobody has touched it for 1,450 minutes.
    incident(5, None, None, open_for=1450, hyperscaler="gcp"),
    # Acknowledged before it was triggered, by a clock that runs behind.
    incident(6, -1, 40, hyperscaler="gcp"),
    # Acknowledged and resolved on 2 February, after the data date.
    incident(7, 2900, 2950),
]
COMPANY = {"incidents": INCIDENTS}


def rows(on, **filters):
    answer = ask("incident_response", on(2026, 2, 1, **filters), days=7)
    return {(row["hyperscaler"], row["measure"]): row for row in answer.frame.to_dicts()}


def test_open_incidents_are_censored_and_not_dropped(warehouse, on):
    warehouse(COMPANY)
    row = rows(on)["aws", "acknowledge"]
    assert (row["incidents"], row["completed"], row["open"], row["auto_resolved"]) == (5, 3, 1, 1)
    # At risk 5 at 5 min, 4 at 10, 2 at 20: 0.8, 0.6, 0.3. Of those answered the mean is 35/3.
    assert row["mean_seconds"] == 700.0
    assert (row["median_seconds"], row["p90_seconds"]) == (1200.0, None)


def test_resolving_counts_the_auto_resolved_and_those_still_open(warehouse, on):
    warehouse(COMPANY)
    row = rows(on)["aws", "resolve"]
    assert (row["completed"], row["open"]) == (3, 2)
    assert row["mean_seconds"] == (15 + 60 + 120) * 60 / 3
    # 0.8 at 15, 0.6 at 60, 0.4 at 120 minutes; then nothing more is resolved.
    assert (row["median_seconds"], row["p90_seconds"]) == (7200.0, None)


def test_an_answer_before_the_trigger_counts_as_no_time(warehouse, on):
    warehouse(COMPANY)
    row = rows(on)["gcp", "acknowledge"]
    assert (row["mean_seconds"], row["median_seconds"], row["open"]) == (0.0, 0.0, 1)


def test_the_published_vector_with_two_still_open(warehouse, on):
    acked = [incident(n, after, 600) for n, after in enumerate((5, 10, 20, 40))]
    # Ended unacknowledged after 15 and 30 minutes, which censors them there.
    ended = [incident(8, None, 15, auto=True), incident(9, None, 30, auto=True)]
    warehouse({"incidents": acked + ended})
    row = rows(on)["all", "acknowledge"]
    assert (row["mean_seconds"], row["median_seconds"]) == (18.75 * 60, 20 * 60)


def test_a_later_data_date_knows_the_late_answer(warehouse, on):
    warehouse(COMPANY)
    frame = ask("incident_response", on(2026, 2, 2), days=7).frame
    assert frame.filter(hyperscaler="aws", measure="acknowledge")["completed"].to_list() == [4]


def test_all_comes_first_and_a_filter_narrows_it(warehouse, on):
    warehouse(COMPANY)
    assert list(rows(on)) == [
        (name, measure) for name in ("all", "gcp", "aws") for measure in ("acknowledge", "resolve")
    ]
    assert rows(on, hyperscaler=("gcp",))["all", "resolve"]["incidents"] == 2


def test_the_finding_names_both_medians(warehouse, on):
    warehouse(COMPANY)
    answer = ask("incident_response", on(2026, 2, 1), days=7)
    assert answer.finding == "Median 20 min to acknowledge, 2 h 0 min to resolve"
    gone = ask("incident_response", on(2025, 2, 1), days=7)
    assert gone.finding == "No incidents in this window and these filters"
    # A live feed without an incident: none, and that is known.
    assert gone.frame["incidents"].to_list() == [0, 0]
    assert gone.frame["median_seconds"].to_list() == [None, None]


def test_answered_ended_and_open_add_up_to_the_incidents(warehouse, on):
    warehouse(COMPANY)
    parts = ("incidents", "completed", "ended_unanswered", "open")
    counted = {key: tuple(row[part] for part in parts) for key, row in rows(on).items()}
    # Of seven, four are acknowledged by the data date, the third ended by itself, two wait.
    assert counted["all", "acknowledge"] == (7, 4, 1, 2)
    assert counted["all", "resolve"] == (7, 4, 0, 3)
    assert all(whole == sum(rest) for whole, *rest in counted.values())


def test_the_window_and_the_open_end_where_the_feed_does(warehouse, on):
    end = dt.datetime(2026, 1, 31, 0, 30, tzinfo=dt.UTC)
    path = warehouse(COMPANY, watermark=end)
    frame = ask("incident_response", on(2026, 2, 1), days=7).frame
    assert set(frame["window_end_at"]) == {end}
    second = hand_sql(path, "incident_response", as_of=dt.date(2026, 2, 1), days=7, until=end)
    assert_frame_equal(frame.select(second.columns), second, check_row_order=False)


@pytest.mark.parametrize("watermark", [dt.datetime(2026, 1, 20, tzinfo=dt.UTC), None])
def test_a_dead_feed_is_unknown_and_never_zero(warehouse, on, watermark):
    incidents = INCIDENTS if watermark else []
    warehouse({"incidents": incidents}, watermark=watermark)
    answer = ask("incident_response", on(2026, 2, 1), days=7)
    assert answer.frame["hyperscaler"].to_list() == ["all", "all"]
    counts = ("incidents", "completed", "ended_unanswered", "open", "auto_resolved")
    assert {answer.frame[name].null_count() for name in counts} == {2}
    assert answer.finding.startswith("Unknown")


def test_it_equals_hand_sql(warehouse, on):
    path = warehouse(COMPANY)
    answer = ask("incident_response", on(2026, 2, 1), days=7).frame
    second = hand_sql(path, "incident_response", as_of=dt.date(2026, 2, 1), days=7, until=ALIVE)
    assert_frame_equal(answer.select(second.columns), second, check_row_order=False)


@pytest.mark.slow
def test_the_planted_open_incidents_are_the_open_ones(demo, on):
    with duckdb.connect(str(demo), read_only=True) as connection:
        ((planted,),) = connection.sql("""
            SELECT count(*) FROM demo_truth.incidents_open JOIN incidents USING (incident_id)
            WHERE created_at < DATE '2026-01-31'
        """).fetchall()
    frame = ask("incident_response", on(2026, 1, 31), days=28).frame
    assert planted > 0
    assert frame.filter(hyperscaler="all", measure="resolve")["open"].to_list() == [planted]
    second = hand_sql(
        demo, "incident_response", as_of=dt.date(2026, 1, 31), days=28, until=LOADED_AT
    )
    assert_frame_equal(frame.select(second.columns), second, check_row_order=False)
