"""`check` through a map: what is missing, of the wrong type or not convertible, and the nearest."""

import json

import duckdb
import pytest

from tests.warehouse.mapping.maps import ACCOUNTS, PEOPLE, foreign, plain, written
from warehouse.__main__ import main
from warehouse.check import check
from warehouse.contract.tables import TABLES

CRM = (
    "CREATE SCHEMA crm",
    "CREATE TABLE crm.account (id TEXT, name TEXT, made TEXT, region TEXT, signed TIMESTAMP)",
    "INSERT INTO crm.account VALUES ('a', 'Amber', '2026-02-30', 'emea', '2026-01-05 10:00:00')",
    "CREATE VIEW crm.staff AS SELECT 'p' AS id, 'Pia' AS name, true AS active",
)


@pytest.fixture
def asked(tmp_path, monkeypatch):
    """A function that makes a warehouse and its map the ones that are asked."""

    def make(text, *statements):
        path = foreign(tmp_path, *CRM, *statements)
        map_path = written(tmp_path, text)
        monkeypatch.setenv("BELLWETHER_WAREHOUSE", f"duckdb:///{path}")
        monkeypatch.setenv("BELLWETHER_MAP", str(map_path))
        return path, map_path

    return make


def checked(path, map_path):
    return check(plain(path), map_path)


def of(report, table):
    return next(found for found in report.tables if found.name == table)


def errors(report, table):
    return {column.name: column.errors for column in of(report, table).columns if column.errors}


def test_a_mapped_warehouse_that_fits_meets_the_contract(asked, capsys):
    path, _ = asked(ACCOUNTS + PEOPLE)
    assert main(["check"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0] == f"{path} through warehouse.toml; data date unknown (no facts)"
    assert said[1:3] == [
        "ok   accounts: 1 rows from crm.account",
        "ok   people: 1 rows from crm.staff",
    ]
    assert said[-1] == (
        f"2 of {len(TABLES)} tables meet the contract; {len(TABLES) - 2} hold nothing and are "
        "unknown."
    )


def test_a_missing_column_is_named_with_the_nearest_there_is(asked):
    report = checked(*asked(ACCOUNTS.replace('"name"', '"nmae"')))
    assert errors(report, "accounts") == {
        "name": ("reads nmae of crm.account, which is missing (did you mean name?)",)
    }
    assert of(report, "accounts").rows == 1
    assert not report.met


def test_a_missing_table_is_named_with_the_nearest_there_is(asked, capsys):
    asked(ACCOUNTS.replace('"account"', '"acount"'))
    assert main(["check"]) == 1
    said = capsys.readouterr().out.splitlines()
    assert said[1:3] == [
        "FAIL accounts: rows unknown from crm.acount",
        "       reads the table crm.acount, which is missing (did you mean crm.account?)",
    ]


def test_a_missing_schema_is_named_with_the_nearest_there_is(asked):
    report = checked(*asked(ACCOUNTS.replace('"crm"', '"crn"')))
    assert of(report, "accounts").errors == (
        "reads the table crn.account, which is missing (did you mean crm.account?)",
    )


def test_a_column_of_the_wrong_type_is_named_with_what_to_add(asked, capsys):
    asked(f'{ACCOUNTS}created_date = "signed"\n')
    assert main(["check", "--json"]) == 1
    said = json.loads(capsys.readouterr().out)
    assert said["map"] == "warehouse.toml"
    accounts = next(table for table in said["tables"] if table["table"] == "accounts")
    assert accounts["source"] == "crm.account"
    assert [column for column in accounts["columns"] if not column["met"]] == [
        {
            "column": "created_date",
            "met": False,
            "expected_type": "DATE",
            "found_type": "TIMESTAMP",
            "faults": ['has type TIMESTAMP, not day; add as = "day"'],
        }
    ]


def test_a_cell_that_cannot_be_converted_is_said_beside_its_column(asked):
    text = f'{ACCOUNTS}created_date = {{ column = "made", as = "day" }}\n'
    found = errors(checked(*asked(text)), "accounts")
    assert found.keys() == {"created_date"}
    assert found["created_date"][0].startswith("cannot be converted: Conversion Error: ")
    assert '"2026-02-30"' in found["created_date"][0]


def test_rows_are_judged_by_what_the_map_makes_of_them(asked):
    text = f'{ACCOUNTS}region = "region"\ncreated_date = {{ column = "signed", as = "day" }}\n'
    changes = (
        "INSERT INTO crm.account VALUES ('a', NULL, NULL, 'EMEA', '1999-12-31')",
        "INSERT INTO crm.account VALUES ('b', 'B', NULL, NULL, NULL)",
    )
    report = checked(*asked(text, *changes))
    assert of(report, "accounts").errors == ("keys (account_id) that occur more than once: 1",)
    assert errors(report, "accounts") == {
        "name": ("1 row empty",),
        "region": ("1 row outside amer, emea, apac",),
        "created_date": ("1 row outside 2000-01-01 to 2100-01-01",),
    }


def test_a_table_of_which_no_column_fits_is_counted_and_every_column_named(asked):
    columns = "\n".join(f'{name} = "none"' for name in ("person_id", "start_at", "end_at"))
    text = f'[time_off]\nschema = "crm"\ntable = "staff"\n[time_off.columns]\n{columns}\n'
    report = checked(*asked(text))
    assert of(report, "time_off").rows == 1
    assert list(errors(report, "time_off")) == ["person_id", "start_at", "end_at"]


def test_a_table_said_to_be_empty_needs_no_table(asked):
    path, map_path = asked('empty = ["offers"]', "DROP TABLE offers")
    offers = of(checked(path, map_path), "offers")
    assert (offers.met, offers.rows, offers.source) == (True, 0, "no table")


def test_a_map_that_cannot_be_used_refuses_the_check(asked, capsys):
    asked("[acounts]")
    assert main(["check", "--json"]) == 1
    said = json.loads(capsys.readouterr().out)
    assert said["error"] == (
        "warehouse.toml, line 1, acounts says 'acounts', which is no table of the contract "
        "(did you mean accounts?)."
    )
    assert said["remedy"].startswith("Correct the map as docs/mapping.md shows")


def test_the_check_changes_nothing(asked):
    path, map_path = asked(ACCOUNTS)
    before = path.read_bytes()
    checked(path, map_path)
    assert path.read_bytes() == before
    with duckdb.connect(str(path), read_only=True) as connection:
        assert connection.execute("SELECT count(*) FROM accounts").fetchone() == (0,)
