"""How far each feed was complete, as known on a data date, traced by hand."""

import contextlib
import datetime as dt

import duckdb
import pytest

from tests.rows import book, build
from tests.warehouse.mapping.maps import door, foreign, plain, written
from warehouse import publish
from warehouse.errors import ContractBroken, MapInvalid
from warehouse.provenance import Watermark, stated_watermarks, watermarks


def at(text):
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


def ticket(created):
    return {"ticket_id": created, "created_at": at(created)}


def hour(hour_start, recorded):
    return {
        "cluster_id": "c",
        "hour_start": at(hour_start),
        "recorded_at": at(recorded),
        "quantity": 1.0,
    }


def known(warehouse, as_of, *tables):
    with contextlib.closing(warehouse):
        found = watermarks(
            warehouse, stated_watermarks(warehouse), tables, dt.date.fromisoformat(as_of)
        )
    return {table: mark.at for table, mark in found.items()}


def stated(path):
    with contextlib.closing(plain(path)) as warehouse:
        return {table: said.at for table, said in stated_watermarks(warehouse).items()}


def test_a_stated_watermark_is_cut_at_the_end_of_the_data_date(tmp_path):
    rows = {"tickets": [ticket("2026-01-02")], "shifts": []}
    path = build(tmp_path / "w.duckdb", rows, watermark=at("2026-01-31 06:00"))
    warehouse = plain(path)
    # Also of a table that has no instant of its own, and of one without a row.
    assert known(warehouse, "2026-01-31", "tickets", "shifts") == {
        "tickets": at("2026-01-31 06:00"),
        "shifts": at("2026-01-31 06:00"),
    }
    assert known(warehouse, "2026-01-10", "tickets") == {"tickets": at("2026-01-11")}


def test_where_nobody_states_one_the_newest_row_known_stands_for_it(tmp_path):
    rows = {
        "tickets": [ticket("2026-01-02 10:00"), ticket("2026-01-20 10:00")],
        "feature_usage_daily": [{"feature": "f", "usage_date": dt.date(2026, 1, 20)}],
        "metering_hourly": [hour("2026-01-20 05:00", "2026-01-21 02:10")],
        "incidents": [],
        "shifts": [{"start_at": at("2026-01-01"), "end_at": at("2026-01-02")}],
    }
    warehouse = plain(build(tmp_path / "w.duckdb", rows, watermark=None))
    # The row itself is inside: to the end of its day or hour, or just after its instant.
    assert known(warehouse, "2026-01-31", *rows) == {
        "tickets": at("2026-01-20 10:00:00.000001"),
        "feature_usage_daily": at("2026-01-21"),
        "metering_hourly": at("2026-01-20 06:00"),
        "incidents": None,
        "shifts": None,
    }
    assert known(warehouse, "2026-01-10", "tickets") == {
        "tickets": at("2026-01-02 10:00:00.000001")
    }
    # Not yet recorded on that day.
    assert known(warehouse, "2026-01-20", "metering_hourly") == {"metering_hourly": None}


def test_no_filter_and_no_scope_makes_a_feed_look_older(tmp_path):
    rows = {"incidents": [{"hyperscaler": "aws", "created_at": at("2026-01-20")}]}
    warehouse = plain(build(tmp_path / "w.duckdb", rows, watermark=None))
    assert known(warehouse, "2026-01-31", "incidents")["incidents"] == at(
        "2026-01-20 00:00:00.000001"
    )


def test_hours_that_land_the_next_morning_were_not_known_the_day_before(tmp_path):
    hours = [
        hour("2026-01-09 23:00", "2026-01-10 02:10"),
        hour("2026-01-10 23:00", "2026-01-11 02"),
    ]
    path = build(
        tmp_path / "w.duckdb",
        {"metering_hourly": hours, "clusters": [{"cluster_id": "c", "account_id": "a"}]},
        watermark=at("2026-01-11"),
    )
    with duckdb.connect(str(path)) as connection:
        connection.execute("UPDATE loads SET loaded_at = '2026-01-11 06:00'")
    warehouse = plain(path)
    assert known(warehouse, "2026-01-11", "metering_hourly", "account_usage_daily") == {
        "metering_hourly": at("2026-01-11"),
        "account_usage_daily": at("2026-01-11"),
    }
    assert known(warehouse, "2026-01-10", "metering_hourly", "account_usage_daily") == {
        "metering_hourly": at("2026-01-10"),
        "account_usage_daily": at("2026-01-10"),
    }


def test_the_latest_statement_stands_until_a_load_states_none(tmp_path):
    path = build(tmp_path / "w.duckdb", {"tickets": [ticket("2026-01-20")]}, watermark=None)
    with duckdb.connect(str(path)) as connection:
        book(connection, "tickets", watermark=at("2026-01-25"))
        # A backfill of the same day states less, and takes nothing back.
        book(connection, "tickets", watermark=at("2026-01-05"))
    assert known(plain(path), "2026-01-31", "tickets") == {"tickets": at("2026-01-25")}
    with duckdb.connect(str(path)) as connection:
        connection.execute("UPDATE loads SET loaded_at = '2026-01-26' WHERE watermark_at IS NULL")
    assert known(plain(path), "2026-01-31", "tickets") == {
        "tickets": at("2026-01-20 00:00:00.000001")
    }


@pytest.mark.parametrize(
    ("reached", "promised", "is_late"),
    [("2026-01-24", 168, False), ("2026-01-23 23:59", 168, True), ("2020-01-01", None, False)],
)
def test_late_is_further_behind_than_promised(reached, promised, is_late):
    assert Watermark(at(reached), promised).is_late(at("2026-01-31")) is is_late
    assert not Watermark(None, promised).is_late(at("2026-01-31"))


def test_a_warehouse_of_an_earlier_version_states_nothing_until_it_is_refreshed(tmp_path):
    path = build(tmp_path / "w.duckdb", {"tickets": [ticket("2026-01-20")]})
    with duckdb.connect(str(path)) as connection:
        connection.execute("ALTER TABLE loads DROP COLUMN watermark_at")
    assert stated(path) == {}
    publish.refresh(path)
    assert stated(path) == {}
    with duckdb.connect(str(path)) as connection:
        connection.execute("UPDATE loads SET watermark_at = '2026-01-25'")
    assert stated(path) == {"tickets": at("2026-01-25")}


MAPPED = """
[tickets]
schema = "zendesk"
table = "ticket"
{}
[tickets.columns]
ticket_id = "id"
category = {{ constant = "software" }}
severity = {{ constant = "1" }}
created_at = "created"
status = {{ constant = "open" }}
"""
OF_TICKETS = '{ column = "what", values = { ticket = true }, otherwise = false }'
ZENDESK = (
    "CREATE SCHEMA zendesk",
    "CREATE TABLE zendesk.ticket (id TEXT, created TIMESTAMP, brought TIMESTAMPTZ, n INT)",
    "INSERT INTO zendesk.ticket VALUES ('t', '2026-01-20', '2026-01-21 02:00:00+02', 1)",
    "CREATE TABLE zendesk.audit (what TEXT, done TIMESTAMP)",
    "INSERT INTO zendesk.audit VALUES ('ticket', '2026-01-30'), ('user', '2026-01-31')",
)


@pytest.mark.parametrize(
    ("declared", "reached"),
    [
        ("", "2026-01-20 00:00:00.000001"),
        ('synced = "brought"', "2026-01-21 00:00"),
        ('synced = { table = "audit", latest = "done" }', "2026-01-31"),
        (
            'synced = { table = "audit", latest = "done", keep = [OF_TICKETS] }',
            "2026-01-30",
        ),
    ],
)
def test_a_mapped_table_reaches_its_declared_sync_or_its_newest_row(tmp_path, declared, reached):
    path = foreign(tmp_path, *ZENDESK)
    with duckdb.connect(str(path)) as connection:
        # What a load of the contract's own table states says nothing of the mapped one.
        book(connection, "tickets", watermark=at("2026-01-31"))
    text = MAPPED.format(declared).replace("OF_TICKETS", OF_TICKETS)
    warehouse = door(path, written(tmp_path, text))
    assert known(warehouse, "2026-01-31", "tickets") == {"tickets": at(reached)}


@pytest.mark.parametrize(
    ("declared", "expected"),
    [
        ('synced = "brougt"', "which is missing (did you mean brought?)"),
        ('synced = "n"', "has type INTEGER, not instant"),
        ('synced = { table = "audt", latest = "done" }', "which is missing"),
    ],
)
def test_a_sync_that_is_not_there_is_named(tmp_path, declared, expected):
    warehouse = door(foreign(tmp_path, *ZENDESK), written(tmp_path, MAPPED.format(declared)))
    with pytest.raises(ContractBroken, match="synced of tickets") as broken:
        stated_watermarks(warehouse)
    assert expected in broken.value.sentence


@pytest.mark.parametrize("declared", ["synced = 3", 'synced = { table = "audit" }', "synced = []"])
def test_a_sync_that_says_nothing_is_refused(tmp_path, declared):
    warehouse = door(foreign(tmp_path, *ZENDESK), written(tmp_path, MAPPED.format(declared)))
    with pytest.raises(MapInvalid):
        stated_watermarks(warehouse)
