import datetime as dt
import hashlib
import json

import duckdb
import pytest

from tests.warehouse.mapping.maps import plain
from warehouse import clock, publish
from warehouse.__main__ import main
from warehouse.check import check
from warehouse.contract.tables import TABLES

NOW = dt.datetime(2026, 11, 1, 12, 0, tzinfo=dt.UTC)


@pytest.fixture
def path(tmp_path, monkeypatch):
    warehouse = tmp_path / "own.duckdb"
    monkeypatch.setenv("BELLWETHER_WAREHOUSE", f"duckdb:///{warehouse}")
    monkeypatch.setattr(clock, "now", lambda: NOW)
    return warehouse


def built(path, *statements):
    with publish.next_version(path) as connection:
        for statement in statements:
            connection.execute(statement)
    return path


def changed(path, *statements):
    with duckdb.connect(str(path)) as connection:
        for statement in statements:
            connection.execute(statement)
    return path


def of(report, table, column=None):
    found = next(t for t in report.tables if t.name == table)
    return found if column is None else next(c for c in found.columns if c.name == column)


def hour(recorded_at, *, record="r", hour_start="2026-10-01 00:00:00", unit="TiB", quantity="1"):
    return (
        "INSERT INTO metering_hourly VALUES "
        f"('c', 'capacity', '{hour_start}', '{recorded_at}', '{record}', {quantity}, '{unit}', "
        "NULL, NULL)"
    )


def ticket(created_at, *, ticket_id="t"):
    return (
        "INSERT INTO tickets (ticket_id, category, severity, created_at, status) "
        f"VALUES ('{ticket_id}', 'software', '1', '{created_at}', 'open')"
    )


def test_an_empty_warehouse_is_unknown_and_does_not_meet_the_contract(path):
    report = check(plain(built(path)))
    assert not report.met
    assert {table.status for table in report.tables} == {"unknown"}
    assert [table.name for table in report.tables] == list(TABLES)
    assert report.data_date is None
    assert {table.rows for table in report.tables} == {0}


def test_rows_and_newest_instant_are_said(path):
    report = check(plain(built(path, hour("2026-10-01 01:00:00"), hour("2026-10-02 05:00:00"))))
    table = of(report, "metering_hourly")
    assert (table.rows, table.newest) == (2, dt.datetime(2026, 10, 2, 5, tzinfo=dt.UTC))
    assert report.data_date == table.newest


def test_a_table_is_late_when_it_lies_too_far_behind_the_data_date(path):
    report = check(plain(built(path, hour("2026-10-01 01:00:00"), ticket("2026-10-03 02:00:00"))))
    table = of(report, "metering_hourly")
    assert (table.age_hours, table.fresh_within_hours, table.is_late) == (49.0, 48, True)
    assert of(report, "tickets").is_late is False
    assert not report.met


def test_a_table_within_its_promise_is_fresh(path):
    report = check(plain(built(path, hour("2026-10-01 01:00:00"), ticket("2026-10-03 01:00:00"))))
    assert of(report, "metering_hourly").is_late is False
    assert report.met


def loaded(table, watermark):
    return (
        "INSERT INTO loads VALUES ('l', 'tables', 'f', 's', "
        f"'{table}', 0, 0, 0, false, '2026-10-20 00:00:00', '{watermark}')"
    )


def test_a_quiet_feed_is_fresh_by_its_watermark_and_a_dead_one_late(path):
    rows = hour("2026-10-20 01:00:00"), ticket("2026-10-01 01:00:00")
    quiet = check(plain(built(path, *rows, loaded("tickets", "2026-10-19 01:00:00"))))
    table = of(quiet, "tickets")
    assert (table.age_hours, table.is_late, table.status) == (24.0, False, "pass")
    assert "complete to 2026-10-19 01:00 UTC, fresh: 24 h behind" in "\n".join(quiet.lines())
    path.unlink()
    # The newest row alone: 19 days, 168 h allowed.
    dead = of(check(plain(built(path, *rows))), "tickets")
    assert (dead.watermark, dead.is_late, dead.status) == (None, True, "fail")


def test_an_empty_table_passes_only_where_its_source_says_it_was_complete(path):
    rows = hour("2026-10-20 01:00:00"), loaded("tickets", "2026-10-19 01:00:00")
    report = check(plain(built(path, *rows)))
    assert (of(report, "tickets").rows, of(report, "tickets").status) == (0, "pass")
    assert (of(report, "incidents").rows, of(report, "incidents").status) == (0, "unknown")


@pytest.mark.parametrize(
    ("row", "column", "error"),
    [
        (hour("2026-11-01 13:00:00"), "recorded_at", "1 row in the future"),
        (hour("2026-10-01 01:00:00", quantity="-1"), "quantity", "1 row outside 0.0 to"),
        (hour("2026-10-01 01:00:00", quantity="'nan'"), "quantity", "1 row outside 0.0 to"),
        (hour("2026-10-01 01:00:00", unit="TB"), "unit", "1 row outside TiB-Hours, TiB"),
        (
            hour("2026-10-01 02:00:00", hour_start="2026-10-01 00:30:00"),
            "hour_start",
            "1 row not on the hour",
        ),
    ],
)
def test_rows_that_break_a_rule_are_counted_by_column(path, row, column, error):
    report = check(plain(built(path, row)))
    assert of(report, "metering_hourly", column).errors[0].startswith(error)
    assert not report.met


def test_repeated_keys_are_counted(path):
    report = check(plain(built(path, *[hour("2026-10-01 01:00:00", record=r) for r in "ab"])))
    assert of(report, "metering_hourly").errors == (
        "keys (cluster_id, dimension, hour_start, recorded_at) that occur more than once: 1",
    )


def test_a_foreign_database_is_told_what_differs(path):
    changed(
        path,
        "CREATE TABLE acounts (account_id VARCHAR)",
        "CREATE TABLE people (person_id INTEGER, nam VARCHAR, is_active BOOLEAN)",
        "INSERT INTO people VALUES (1, NULL, NULL)",
    )
    report = check(plain(path))
    assert not report.met
    assert of(report, "accounts").errors == ("the table is missing (did you mean acounts?)",)
    assert of(report, "accounts").rows is None
    assert of(report, "people").rows == 1
    assert of(report, "people", "person_id").errors == ("has type INTEGER, not VARCHAR",)
    assert of(report, "people", "name").errors == ("is missing (did you mean nam?)",)
    assert of(report, "people", "is_active").errors == ("1 row empty",)


def test_the_command_exits_by_the_verdict_and_touches_nothing(path, capsys):
    built(path)
    assert main(["check"]) == 1
    said = capsys.readouterr().out.splitlines()
    assert said[1] == "?    accounts: 0 rows"
    assert said[-1] == f"Unknown: none of {len(TABLES)} tables holds anything."
    changed(path, ticket("2026-10-03 01:00:00"))
    before = hashlib.sha256(path.read_bytes()).hexdigest()
    assert main(["check"]) == 0
    others = len(TABLES) - 1
    assert capsys.readouterr().out.splitlines()[-1] == (
        f"1 of {len(TABLES)} tables meet the contract; {others} hold nothing and are unknown."
    )
    assert hashlib.sha256(path.read_bytes()).hexdigest() == before
    changed(path, "DROP TABLE people")
    assert main(["check"]) == 1
    said = capsys.readouterr().out.splitlines()
    assert "FAIL people: rows unknown" in said
    assert said[-1] == f"1 of {len(TABLES)} tables do not meet the contract."


def test_json_carries_every_column(path, capsys):
    built(path, hour("2026-10-01 01:00:00", unit="TB"))
    assert main(["check", "--json"]) == 1
    said = json.loads(capsys.readouterr().out)
    assert (said["met"], said["data_date"]) == (False, "2026-10-01T01:00:00+00:00")
    table = next(t for t in said["tables"] if t["table"] == "metering_hourly")
    assert table["columns"][6] == {
        "column": "unit",
        "met": False,
        "expected_type": "VARCHAR",
        "found_type": "VARCHAR",
        "faults": ["1 row outside TiB-Hours, TiB"],
    }


def test_a_missing_warehouse_is_a_sentence(path, capsys):
    assert main(["check"]) == 1
    assert "There is no warehouse at its address." in capsys.readouterr().err
    assert not path.exists()


def test_a_corrupt_warehouse_is_a_sentence(path, capsys):
    path.write_bytes(b"not a database" * 1000)
    assert main(["check", "--json"]) == 1
    said = capsys.readouterr()
    assert "The warehouse's file could not be opened: IO Error: " in json.loads(said.out)["error"]
    assert "Traceback" not in said.err
