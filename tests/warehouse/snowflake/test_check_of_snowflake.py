"""`check` of a Snowflake warehouse: the same verdict as of a DuckDB file, through a map too."""

import datetime as dt
import json

import pytest

from tests.warehouse.mapping.maps import ACCOUNTS, PEOPLE, written
from tests.warehouse.snowflake.companies import DATABASE, run_as_loader
from tests.warehouse.snowflake.conftest import write_login
from warehouse import clock
from warehouse.__main__ import main
from warehouse.contract.tables import TABLES
from warehouse.engine.snowflake.dynamic_tables import statements

NOW = dt.datetime(2026, 11, 1, 12, 0, tzinfo=dt.UTC)
URL = f"snowflake://stand-in/{DATABASE}/CHECKED?warehouse=BI&role=READER"
CRM = (
    "CREATE OR REPLACE TABLE crm_account (id TEXT, name TEXT, made TEXT, signed TIMESTAMP_NTZ)",
    "INSERT INTO crm_account VALUES ('a', 'Amber', '2026-02-30', '2026-01-05 10:00:00')",
    "CREATE OR REPLACE TABLE crm_staff AS SELECT 'p' AS id, 'Pia' AS name, true AS active",
)
OWN = (ACCOUNTS + PEOPLE).replace('schema = "crm"\n', "")
OWN = OWN.replace('"account"', '"crm_account"').replace('"staff"', '"crm_staff"')


@pytest.fixture
def load(stand_in, tmp_path, monkeypatch):
    """A function that runs statements where the tables of our own DDL, all empty, are asked."""
    monkeypatch.setenv("BELLWETHER_WAREHOUSE", URL)
    monkeypatch.setenv("BELLWETHER_SECRETS", str(write_login(tmp_path, stand_in)))
    monkeypatch.setattr(clock, "now", lambda: NOW)

    def run(*changes):
        run_as_loader(stand_in, "CHECKED", *changes)

    run(*(f"DROP TABLE IF EXISTS {name}" for name in TABLES), *statements("BI"))
    return run


@pytest.fixture
def checked(capsys):
    """A function that runs the command: its exit code and what it says of each table."""

    def run():
        code = main(["check", "--json"])
        said = json.loads(capsys.readouterr().out)
        return code, said, {table["table"]: table for table in said["tables"]}

    return run


def column_errors(table):
    return {column["column"]: column["faults"] for column in table["columns"] if column["faults"]}


def hour(recorded_at, *, quantity="1", unit="TiB"):
    return (
        "INSERT INTO metering_hourly VALUES ('c', 'capacity', '2026-10-01 00:00:00', "
        f"'{recorded_at}', 'r', {quantity}, '{unit}', NULL, NULL)"
    )


def ticket(created_at):
    return (
        "INSERT INTO tickets (ticket_id, category, severity, created_at, status) "
        f"VALUES ('t', 'software', '1', '{created_at}', 'open')"
    )


def test_the_tables_of_our_own_ddl_meet_the_contract(load, capsys):
    load(hour("2026-10-01 01:00:00"), ticket("2026-10-03 01:00:00"))
    assert main(["check"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0] == f"{URL}; data date 2026-10-03 01:00 UTC"
    assert (
        "ok   metering_hourly: 1 rows, newest 2026-10-01 01:00 UTC, "
        "fresh: 48 h behind the data date, 48 h allowed"
    ) in said
    assert said[-1] == (
        f"2 of {len(TABLES)} tables meet the contract; {len(TABLES) - 2} hold nothing and are "
        "unknown."
    )


def test_everything_that_differs_is_named(load, checked):
    load(
        "DROP TABLE accounts",
        "CREATE OR REPLACE TABLE acounts (account_id TEXT)",
        'CREATE OR REPLACE TABLE people (person_id NUMBER(38,0), nam TEXT, "role" TEXT, '
        "is_active BOOLEAN)",
        "INSERT INTO people VALUES (1, 'Pia', 'CSM', NULL)",
        hour("2026-10-01 01:00:00", unit="TB", quantity="-1"),
        hour("2026-10-01 01:00:00"),
        ticket("2026-10-03 02:00:00"),
    )
    code, said, tables = checked()
    assert (code, said["met"], said["warehouse"]) == (1, False, URL)
    assert tables["accounts"]["faults"] == ["the table is missing (did you mean acounts?)"]
    assert tables["people"]["rows"] == 1
    people = column_errors(tables["people"])
    assert people["person_id"] == ["has type NUMBER(38,0), not VARCHAR"]
    assert people["name"] == ["is missing (did you mean nam?)"]
    assert people["role"] == ['is missing (did you mean "role"?)']
    assert people["is_active"] == ["1 row empty"]
    metering = tables["metering_hourly"]
    assert metering["faults"] == [
        "keys (cluster_id, dimension, hour_start, recorded_at) that occur more than once: 1"
    ]
    errors = column_errors(metering)
    assert errors["unit"] == ["1 row outside TiB-Hours, TiB"]
    assert errors["quantity"][0].startswith("1 row outside 0.0 to ")
    assert (metering["age_hours"], metering["is_late"]) == (49.0, True)
    assert [name for name, table in tables.items() if table["verdict"] == "fail"] == [
        "accounts",
        "people",
        "metering_hourly",
    ]


@pytest.mark.parametrize(
    ("column", "kind", "errors"),
    [
        ("quantity", "NUMBER(38,2)", []),
        ("quantity", "NUMBER(38,0)", []),
        ("quantity", "TEXT", ["has type TEXT, not DOUBLE"]),
        ("recorded_at", "TIMESTAMP_TZ", []),
        ("recorded_at", "DATE", ["has type DATE, not TIMESTAMP"]),
    ],
)
def test_a_type_fits_by_what_it_means(load, checked, column, kind, errors):
    load(f"ALTER TABLE metering_hourly ALTER {column} TYPE {kind}")
    _, _, tables = checked()
    assert column_errors(tables["metering_hourly"]).get(column, []) == errors
    assert tables["metering_hourly"]["verdict"] == ("fail" if errors else "unknown")


def test_a_number_with_decimals_is_no_whole_number(load, checked):
    load("ALTER TABLE tickets ALTER reopens TYPE NUMBER(10,2)")
    code, _, tables = checked()
    assert code == 1
    assert column_errors(tables["tickets"]) == {"reopens": ["has type NUMBER(10,2), not BIGINT"]}


def test_a_mapped_warehouse_that_fits_meets_the_contract(load, monkeypatch, tmp_path, capsys):
    load(*CRM)
    monkeypatch.setenv("BELLWETHER_MAP", str(written(tmp_path, OWN)))
    assert main(["check"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[:3] == [
        f"{URL} through warehouse.toml; data date unknown (no facts)",
        "ok   accounts: 1 rows from crm_account",
        "ok   people: 1 rows from crm_staff",
    ]


def test_what_does_not_fit_through_a_map_is_named(load, monkeypatch, tmp_path, checked):
    load(*CRM, "INSERT INTO crm_account VALUES ('a', NULL, NULL, NULL)")
    text = OWN.replace('"crm_staff"', '"crm_stuff"').replace(
        "[people]",
        'created_date = "signed"\nregion = "regoin"\n'
        'churned_date = { column = "made", as = "day" }\n[people]',
    )
    monkeypatch.setenv("BELLWETHER_MAP", str(written(tmp_path, text)))
    code, said, tables = checked()
    assert (code, said["map"]) == (1, "warehouse.toml")
    accounts = tables["accounts"]
    assert (accounts["source"], accounts["rows"]) == ("crm_account", 2)
    assert accounts["faults"] == ["keys (account_id) that occur more than once: 1"]
    errors = column_errors(accounts)
    assert errors.keys() == {"name", "region", "created_date", "churned_date"}
    assert errors["name"] == ["1 row empty"]
    assert errors["region"] == ["reads regoin of CHECKED.CRM_ACCOUNT, which is missing"]
    assert errors["created_date"] == ['has type TIMESTAMP_NTZ, not day; add as = "day"']
    assert errors["churned_date"][0].startswith("cannot be converted: ")
    assert tables["people"]["faults"][0].startswith("reads the table crm_stuff, which is missing")
