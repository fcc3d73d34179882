"""On-call load against a roster traced by hand and against hand SQL."""

import datetime as dt
import random

import duckdb
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from queries.core.ask import ask
from tests.rows import ALIVE, hand_sql
from warehouse.context import ALL, Scope


def at(text):
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


def shift(person, start, end, level=1, schedule="sre"):
    return {
        "schedule_id": schedule,
        "level": level,
        "start_at": at(start),
        "end_at": at(end),
        "person_id": person,
    }


def page(person, incident, sent, channel="push"):
    return {
        "notification_id": f"{incident}-{person}-{sent}-{channel}",
        "incident_id": incident,
        "person_id": person,
        "channel": channel,
        "sent_at": at(sent),
    }


def incident(incident_id, hyperscaler="aws", account=None):
    return {
        "incident_id": incident_id,
        "hyperscaler": hyperscaler,
        "account_id": account,
        "created_at": at("2026-01-26 23:00"),
    }


# As of 3 February over 7 days the window is [27 January, 3 February), Tuesday to Monday.
COMPANY = {
    "accounts": [{"account_id": "acme", "region": "emea"}],
    "people": [
        {"person_id": "ana", "name": "Ana", "site": "Berlin", "time_zone": "Europe/Berlin"},
        {"person_id": "ben", "name": "Ben", "site": "Pune", "time_zone": "Asia/Kolkata"},
        {"person_id": "cem", "name": "Cem", "time_zone": None},
        {"person_id": "dot", "name": "Dot", "time_zone": "UTC"},
        {"person_id": "eve", "name": "Eve", "time_zone": "UTC"},
    ],
    "shifts": [
        shift("ana", "2026-02-02 08:00", "2026-02-02 20:00"),
        # Half before the window: 8 of its 12 hours count.
        shift("ana", "2026-01-26 20:00", "2026-01-27 08:00", level=2),
        # Overlaps the shift above from 06:00: 4 more hours.
        shift("ana", "2026-01-27 06:00", "2026-01-27 12:00", level=2, schedule="other"),
        # Ends in the window, so it is one of its shifts.
        shift("eve", "2026-01-26 20:00", "2026-01-27 08:00"),
        # Still running when the window ends: 4 hours, no shift.
        shift("eve", "2026-02-02 20:00", "2026-02-03 08:00"),
        shift("eve", "2026-02-02 08:00", "2026-02-02 20:00", level=2),
        # Thirty hours are three stretches of at most twelve.
        shift("ben", "2026-01-30 00:00", "2026-01-31 06:00"),
        shift("cem", "2026-01-30 00:00", "2026-01-30 12:00", level=3),
        # Over before the window, and planned after it.
        shift("dot", "2026-01-26 12:00", "2026-01-27 00:00"),
        shift("dot", "2026-02-03 08:00", "2026-02-03 20:00"),
    ],
    "incidents": [
        incident("i1", account="acme"),
        incident("i2", "azure"),
        incident("i3", "azure", account="acme"),
        *(incident(f"i{number}") for number in range(4, 9)),
    ],
    "notifications": [
        # Monday 10:00 in Berlin: three pages and two incidents, one business interruption.
        page("ana", "i1", "2026-02-02 09:00:00"),
        page("ana", "i1", "2026-02-02 09:00:30", "sms"),
        page("ana", "i2", "2026-02-02 09:00:50"),
        page("ana", "i3", "2026-02-02 12:00:00", "phone"),
        page("ana", "i4", "2026-02-02 13:00:00", "email"),
        # 20:30 in Berlin: off; the shift's fourth incident.
        page("ana", "i5", "2026-02-02 19:30:00"),
        # Midnight in Berlin, off shift: sleep.
        page("ana", "i6", "2026-01-28 23:00:00"),
        # Opened before the window, so its second page opens nothing in it.
        page("ana", "i7", "2026-01-26 23:59:30"),
        page("ana", "i7", "2026-01-27 00:00:20"),
        # Friday 05:30 in Pune: sleep; 08:00 on Saturday: off.
        page("ben", "i8", "2026-01-30 00:00:00"),
        page("ben", "i8", "2026-01-31 02:30:00"),
        page("cem", "i6", "2026-01-30 03:00:00"),
        page("stranger", "unrecorded", "2026-01-30 03:00:00"),
        # On the data date itself: not a complete day.
        page("ben", "i8", "2026-02-03 01:00:00"),
    ],
}
COUNTS = (
    "interruptions",
    "business_interruptions",
    "off_interruptions",
    "sleep_interruptions",
    "unknown_band_interruptions",
)


def load(on, **filters):
    return ask("on_call_load", on(2026, 2, 3, **filters), days=7)


def test_interruptions_are_counted_by_band_and_the_busiest_night_comes_first(warehouse, on):
    warehouse(COMPANY)
    frame = load(on).frame
    assert frame.select("person_id", *COUNTS).rows() == [
        ("ana", 4, 2, 1, 1, 0),
        ("ben", 2, 0, 1, 1, 0),
        ("cem", 1, 0, 0, 0, 1),
        ("stranger", 1, 0, 0, 0, 1),
        ("eve", 0, 0, 0, 0, 0),
    ]
    assert frame["person_name"].to_list() == ["Ana", "Ben", "Cem", None, "Eve"]


def test_hours_shifts_and_incidents_of_each_person(warehouse, on):
    warehouse(COMPANY)
    frame = load(on).frame
    columns = ("incidents", "on_call_hours", "primary_hours", "shifts", "shifts_over_limit")
    assert {row["person_id"]: tuple(row[name] for name in columns) for row in frame.to_dicts()} == {
        # i1, i2, i3, i5 in the shift; i6 and i7 outside it.
        "ana": (6, 24.0, 12.0, 1, 1),
        "ben": (1, 30.0, 30.0, 3, 0),
        "cem": (1, 0.0, 0.0, 0, 0),
        "stranger": (1, 0.0, 0.0, 0, 0),
        "eve": (0, 24.0, 12.0, 1, 0),
    }


def test_the_rate_is_unknown_without_on_call_hours_and_zero_without_interruptions(warehouse, on):
    warehouse(COMPANY)
    rates = dict(load(on).frame.select("person_id", "interruptions_per_12_hours").rows())
    assert rates == {"ana": 2.0, "ben": 0.8, "cem": None, "stranger": None, "eve": 0.0}


def test_a_filter_applies_to_the_incident_that_opened_the_interruption(warehouse, on):
    warehouse(COMPANY)
    azure = load(on, hyperscaler=("azure",)).frame
    # i2 joined an interruption that i1 opened; its page still counts as an incident.
    rows = {row["person_id"]: row for row in azure.to_dicts()}
    assert (rows["ana"]["interruptions"], rows["ana"]["incidents"]) == (1, 2)
    assert set(rows) == {"ana", "ben", "eve"}
    assert rows["ben"]["interruptions"] == 0
    aws = load(on, hyperscaler=("aws",)).frame
    assert azure["interruptions"].sum() + aws["interruptions"].sum() == 7
    emea = load(on, region=("emea",)).frame
    assert emea.filter(person_id="ana")["interruptions"].to_list() == [2]


@pytest.mark.parametrize("filters", [{"hyperscaler": ("gcp",)}, {"region": ("amer",)}])
def test_a_filter_takes_no_incident_from_the_limit_of_a_shift(warehouse, on, filters):
    warehouse(COMPANY)
    shifts = ("person_id", "shifts", "shifts_over_limit", "on_call_hours")
    whole = load(on).frame.filter(shifts_over_limit=1)
    cut = load(on, **filters).frame
    assert cut["interruptions"].sum() == 0
    assert cut.filter(shifts_over_limit=1).select(shifts).rows() == whole.select(shifts).rows()


def test_the_window_ends_where_the_feed_of_notifications_does(warehouse, on):
    path = warehouse(COMPANY, watermark=at("2026-02-02 10:00"))
    frame = load(on).frame
    assert set(frame["window_end_at"]) == {at("2026-02-02 10:00")}
    ana = frame.row(by_predicate=pl.col("person_id") == "ana", named=True)
    # i1 and i2 at 09:00 are in; i3 at noon and the end of the shift are not: 2 + 12 hours.
    assert (ana["interruptions"], ana["shifts"], ana["on_call_hours"]) == (2, 0, 14.0)
    second = hand_sql(
        path,
        "on_call_load",
        as_of=dt.date(2026, 2, 3),
        days=7,
        hyperscaler=None,
        until=at("2026-02-02 10:00"),
    )
    assert_frame_equal(frame.select(second.columns), second)


@pytest.mark.parametrize("watermark", ["2026-01-27 00:00", "2026-01-20 00:00", None])
def test_a_dead_feed_is_unknown_and_never_zero(warehouse, on, watermark):
    rows = COMPANY if watermark else COMPANY | {"notifications": []}
    warehouse(rows, watermark=watermark and at(watermark))
    answer = load(on)
    assert answer.frame.height > 0
    unknown = (*COUNTS, "incidents", "shifts_over_limit", "interruptions_per_12_hours")
    assert all(answer.frame[name].null_count() == answer.frame.height for name in unknown)
    # The roster is another feed: who was on call is still known.
    assert answer.frame.filter(person_id="ana")["on_call_hours"].to_list() == [24.0]
    assert answer.finding.startswith("Interruptions unknown")


def test_a_limited_scope_sees_only_the_interruptions_of_its_accounts(warehouse, on):
    owned = {"account_id": "acme", "region": "emea", "owner_id": "me"}
    warehouse({**COMPANY, "accounts": [owned]})
    everybody = {row["person_id"]: row for row in load(on).frame.to_dicts()}
    frame = load(on, scope=Scope(questions=ALL, owner_ids=("me",))).frame
    assert frame["interruptions"].sum() == 2
    # A part of a shift's incidents says nothing of its limit: whole shifts are counted.
    for row in frame.to_dicts():
        for name in ("shifts", "shifts_over_limit", "on_call_hours"):
            assert row[name] == everybody[row["person_id"]][name]
    assert frame["shifts_over_limit"].sum() > 0


def test_an_earlier_data_date_moves_the_window(warehouse, on):
    warehouse(COMPANY)
    frame = ask("on_call_load", on(2026, 2, 1), days=7).frame
    rows = {row["person_id"]: row for row in frame.to_dicts()}
    # Without 2 February, and with 25 and 26 January: i7 now opens in the window.
    assert (rows["ana"]["interruptions"], rows["ana"]["shifts"]) == (2, 0)
    assert rows["dot"]["on_call_hours"] == 12.0


def test_the_finding_counts_interruptions_and_names_who_took_most_at_night(warehouse, on):
    warehouse(COMPANY)
    assert load(on).finding == "8 interruptions of 5 people; Ana took 1 of 2 in sleep hours"


def test_it_is_empty_where_nobody_was_on_call(warehouse, on):
    warehouse(COMPANY)
    answer = ask("on_call_load", on(2025, 6, 1), days=7)
    assert (answer.state, answer.frame.height) == ("empty", 0)


@pytest.mark.parametrize("hyperscaler", [None, "aws", "azure"])
def test_it_equals_hand_sql(warehouse, on, hyperscaler):
    path = warehouse(COMPANY)
    filters = {"hyperscaler": (hyperscaler,)} if hyperscaler else {}
    second = hand_sql(
        path,
        "on_call_load",
        as_of=dt.date(2026, 2, 3),
        days=7,
        hyperscaler=hyperscaler,
        until=ALIVE,
    )
    assert_frame_equal(load(on, **filters).frame.select(second.columns), second)


def test_the_order_of_the_rows_changes_nothing(warehouse, on):
    warehouse(COMPANY)
    expected = load(on).frame
    draws = random.Random(3)  # noqa: S311 (a fixed seed, not a secret)
    shuffled = {table: draws.sample(rows, len(rows)) for table, rows in COMPANY.items()}
    warehouse(shuffled)
    assert_frame_equal(load(on).frame, expected)


@pytest.mark.slow
def test_the_planted_overload_is_found_and_nothing_else(demo, on):
    with duckdb.connect(str(demo), read_only=True) as connection:
        planted = connection.sql("""
            SELECT person_id, count(*) FROM demo_truth.overloaded_shifts
            WHERE start_at + INTERVAL 12 HOUR <= DATE '2026-01-31' GROUP BY person_id
        """).fetchall()
    load = ask("on_call_load", on(2026, 1, 31), days=240).frame
    found = load.filter(load["shifts_over_limit"] > 0)
    assert sorted(found.select("person_id", "shifts_over_limit").rows()) == sorted(planted)
    second = hand_sql(
        demo, "on_call_load", as_of=dt.date(2026, 1, 31), days=240, hyperscaler=None, until=ALIVE
    )
    assert_frame_equal(load.select(second.columns), second)
