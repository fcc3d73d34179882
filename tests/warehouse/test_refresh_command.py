"""`python -m warehouse refresh` and `ddl`: what they print, and that what they print is true."""

import datetime as dt
import json
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from tests.rows import build
from warehouse.__main__ import main
from warehouse.ddl import METADATA
from warehouse.publish import next_version

ROOT = Path(__file__).resolve().parents[2]
UTC = dt.UTC
FIRST = dt.datetime(2026, 1, 1, 3, tzinfo=UTC)
COMPANY = {
    "clusters": [
        {"cluster_id": "c1", "account_id": "A", "hyperscaler": "aws", "region": None,
         "deployed_at": dt.datetime(2026, 1, 1, 1, 30, tzinfo=UTC),
         "retired_at": dt.datetime(2026, 1, 2, 20, 15, tzinfo=UTC)},
    ],
    "metering_hourly": [
        {"cluster_id": cluster, "hour_start": FIRST + dt.timedelta(hours=hour), "unit": "TiB-Hours",
         "recorded_at": FIRST + dt.timedelta(hours=recorded), "quantity": quantity}
        for cluster, hour, recorded, quantity in
        [("c1", 0, 30, 1.0), ("c1", 1, 30, 2.0), ("c1", 0, 90, 4.0), ("c1", 25, 60, 8.0),
         ("ghost", 0, 30, 16.0)]
    ],
}  # fmt: skip


@pytest.fixture
def path(tmp_path, monkeypatch):
    monkeypatch.setenv("BELLWETHER_WAREHOUSE", f"duckdb:///{tmp_path / 'w.duckdb'}")
    return tmp_path / "w.duckdb"


def test_nothing_to_refresh_is_said(path, capsys):
    build(path, COMPANY)
    assert main(["refresh"]) == 0
    said = f"The rollups of {path} are up to date; nothing changed.\n"
    assert capsys.readouterr().out == said
    assert main(["refresh", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"changed": False}


def test_what_was_refreshed_is_said(path, capsys):
    build(path, COMPANY)
    with duckdb.connect(str(path)) as connection:
        connection.execute("DELETE FROM metering_hourly WHERE hour_start > DATE '2026-01-02'")
    assert main(["refresh"]) == 0
    assert capsys.readouterr().out == "Refreshed 1 day where something changed; version 2.\n"
    assert main(["refresh", "--full", "--json"]) == 0
    said = {"changed": True, "version": 3, "days": 1, "is_full": True}
    assert json.loads(capsys.readouterr().out) == said


def test_a_refresh_while_another_writes_is_refused(path, capsys):
    build(path, COMPANY)
    with next_version(path):
        assert main(["refresh", "--full"]) == 1
    assert capsys.readouterr().err == (
        "Another process is writing to the warehouse. Wait until it has finished, then retry.\n"
    )


@pytest.mark.usefixtures("path")
def test_without_a_warehouse_there_is_nothing_to_refresh(capsys):
    assert main(["refresh", "--json"]) == 1
    assert "There is no warehouse at" in json.loads(capsys.readouterr().out)["error"]


@pytest.mark.usefixtures("path")
def test_the_ddl_for_duckdb_makes_every_table(capsys):
    assert main(["ddl"]) == 0
    with duckdb.connect() as connection:
        connection.execute(capsys.readouterr().out)
        made = connection.sql("SELECT table_name FROM information_schema.tables").fetchall()
    assert {name for (name,) in made} == {table.name for table in METADATA.sorted_tables}


def test_the_dynamic_tables_for_snowflake_select_what_the_rollups_hold(path, capsys):
    build(path, COMPANY)
    assert main(["ddl", "--dialect", "snowflake", "--snowflake-warehouse", "refresh_wh"]) == 0
    head, *dynamic = capsys.readouterr().out.split("CREATE OR REPLACE DYNAMIC TABLE ")
    assert "CREATE TABLE IF NOT EXISTS metering_hourly" in head
    compared = 0
    with duckdb.connect(str(path), read_only=True) as connection:
        for statement in dynamic:
            declared, _, query = statement.partition("\nAS\n")
            name, *settings = [line.strip() for line in declared.splitlines()]
            assert settings == [
                "TARGET_LAG = '1 hour'", "WAREHOUSE = refresh_wh", "REFRESH_MODE = AUTO",
            ]  # fmt: skip
            made = connection.sql(query.rstrip().rstrip(";"))
            columns = ", ".join(made.columns)
            held = connection.sql(f"SELECT {columns} FROM {name}").fetchall()
            assert sorted(made.fetchall(), key=str) == sorted(held, key=str)
            compared += len(held)
    assert compared == 8


def test_the_other_commands_do_not_import_snowflake():
    code = "import sys, warehouse.__main__; print('snowflake' in sys.modules)"
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert ran.stdout == "False\n"
