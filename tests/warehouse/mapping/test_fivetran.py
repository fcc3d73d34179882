"""Salesforce and Zendesk as Fivetran lands them, from Fivetran's own published rows.

The rows are those of dbt_salesforce and dbt_zendesk, Fivetran Inc., Apache-2.0; see ORIGIN.md
beside them. The second road is SQL over the CSV files themselves.
"""

import functools
import os
import shutil
from pathlib import Path

import duckdb
import pytest

from tests.rows import build
from tests.warehouse.mapping.maps import door, everything, plain, written
from warehouse.check import check

SHARED = Path(__file__).resolve().parents[4] / "shared" / "data"
SALESFORCE = ("account", "contact", "opportunity", "opportunity_history", "task", "user")
EXAMPLE = Path(__file__).resolve().parents[3] / "warehouse.toml.example"
ZENDESK = ("organization", "ticket", "ticket_comment", "ticket_field_history", "user")
# What Fivetran's tables do not say, so that this company says it.
OWN = """
[[use]]
map = "salesforce_fivetran"

[[use]]
map = "zendesk_fivetran"

[accounts.columns]
is_target = { constant = false }

[contacts.columns]
is_champion = { constant = true }

[tickets.columns]
category = { column = "type", values = { "question" = "question" }, otherwise = "software" }
"""
# The published words of a deal's type are scrambled; these are three of them.
TYPES = """
[opportunities.columns.type]
column = ["type", "Type"]
values = { "+Gkf6SQ2fhAONAiFelNKVw==" = "new", "dSJC2EuRkC62f+UuBPQeVg==" = "renewal" }
otherwise = "expansion"
"""
HISTORY = """
[opportunities]
table = "opportunity_history"
keep = []

[opportunities.columns]
recorded_at = "_fivetran_start"
"""


def camel(name):
    """Salesforce's own spelling of a column, which older connectors keep: OwnerId."""
    words = name.split("_")
    return name if "fivetran" in name else "".join(word.capitalize() for word in words)


SPELLINGS = {"snake": str, "camel": camel, "capitals": str.upper}
every_spelling = pytest.mark.parametrize("spelling", SPELLINGS)


def seed(system, table):
    prefix = "sf_" if system == "salesforce" else ""
    return SHARED / f"fivetran_{system}_seeds" / f"{prefix}{table}_data.csv"


@pytest.fixture(scope="module")
def templates(tmp_path_factory):
    """A file of landed rows per spelling of Salesforce's columns, made when it is first wanted."""
    if not SHARED.is_dir():
        reason = f"{SHARED} is not on this machine"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    folder = tmp_path_factory.mktemp("landed")

    @functools.cache
    def of(spelling):
        path = build(folder / f"{spelling}.duckdb", {})
        with duckdb.connect(str(path)) as connection:
            for system, tables in (("salesforce", SALESFORCE), ("zendesk", ZENDESK)):
                connection.execute(f"CREATE SCHEMA {system}")
                spell = SPELLINGS[spelling] if system == "salesforce" else str
                for table in tables:
                    land(connection, f'{system}."{table}"', seed(system, table), spell)
        return path

    return of


def land(connection, table, file, spell):
    """The rows of a CSV file as a table whose columns are spelled as `spell` spells the file's."""
    names = connection.sql(f"FROM read_csv('{file}')").columns
    spelled = ", ".join(f'"{spell(name)}"' for name in names)
    connection.execute(
        f"CREATE OR REPLACE TABLE {table} AS SELECT * FROM read_csv('{file}') AS t({spelled})"
    )


@pytest.fixture
def landed(templates, tmp_path):
    """A warehouse in which Fivetran landed its published rows, and `changes` were made to them."""

    def copied(spelling="snake", *changes):
        path = Path(shutil.copyfile(templates(spelling), tmp_path / "landed.duckdb"))
        with duckdb.connect(str(path)) as connection:
            for change in changes:
                connection.execute(change)
        return path

    return copied


def by_hand(system, table, sql):
    """Rows of SQL over the published CSV file, which it calls `csv`."""
    with duckdb.connect() as connection:
        rows = f"WITH csv AS (FROM read_csv('{seed(system, table)}')) {sql}"
        found = connection.execute(rows).fetchall()
    assert found
    return found


@every_spelling
def test_accounts_are_those_that_are_not_deleted(landed, tmp_path, spelling):
    warehouse = door(landed(spelling), written(tmp_path, OWN))
    columns = ("account_id", "name", "parent_account_id", "industry", "billing_country")
    columns += ("owner_id", "is_target", "website")
    assert everything(warehouse, "accounts", *columns) == by_hand(
        "salesforce",
        "account",
        "SELECT id, name, parent_id, industry, billing_country_code, owner_id, false, website "
        "FROM csv WHERE NOT is_deleted AND _fivetran_active",
    )


@every_spelling
def test_every_account_is_read_once_none_is_deleted(landed, tmp_path, spelling):
    deleted, active = SPELLINGS[spelling]("is_deleted"), SPELLINGS[spelling]("_fivetran_active")
    path = landed(spelling, f"UPDATE salesforce.account SET {deleted} = false, {active} = NULL")
    columns = ("account_id", "name", "billing_country", "owner_id", "website")
    found = everything(door(path, written(tmp_path, OWN)), "accounts", *columns)
    assert found == by_hand(
        "salesforce",
        "account",
        "SELECT id, name, billing_country_code, owner_id, website FROM csv ORDER BY id",
    )
    assert len(found) == 10


@every_spelling
def test_people_are_the_users_that_are_there(landed, tmp_path, spelling):
    warehouse = door(landed(spelling), written(tmp_path, OWN))
    assert everything(warehouse, "people") == by_hand(
        "salesforce",
        "user",
        "SELECT id, name, email, title, department, city, time_zone_sid_key, is_active FROM csv "
        "WHERE NOT _fivetran_deleted AND _fivetran_active ORDER BY id",
    )


@every_spelling
def test_contacts_keep_their_account_and_no_contact_is_made_up(landed, tmp_path, spelling):
    warehouse = door(landed(spelling), written(tmp_path, OWN))
    assert everything(warehouse, "contacts") == by_hand(
        "salesforce",
        "contact",
        "SELECT id, account_id, email, title, true, NULL FROM csv "
        "WHERE is_deleted IS NOT TRUE ORDER BY id",
    )


def test_the_example_reads_completed_tasks_and_who_was_reached(landed):
    path = landed(
        "snake",
        "UPDATE salesforce.task SET call_disposition = 'Connected', task_subtype = 'Call' "
        "WHERE id = '00T1G00003Ufap9UAB'",
        "UPDATE salesforce.task SET is_deleted = true WHERE id = '00T1G00003UfepsUAB'",
        "UPDATE salesforce.task SET status = 'Not Started' WHERE id = '00T1G00003UfRU9UAN'",
    )
    assert everything(door(path, EXAMPLE), "activities") == by_hand(
        "salesforce",
        "task",
        "SELECT id, account_id, NULL, timezone('UTC', completed_date_time), "
        "if(id = '00T1G00003Ufap9UAB', 'call', 'meeting'), "
        "if(id = '00T1G00003Ufap9UAB', 'two_way', 'outbound') FROM csv "
        "WHERE id NOT IN ('00T1G00003UfepsUAB', '00T1G00003UfRU9UAN') ORDER BY id",
    )


@every_spelling
def test_opportunities_are_known_since_they_were_synced(landed, tmp_path, spelling):
    deleted = SPELLINGS[spelling]("is_deleted")
    path = landed(spelling, f"UPDATE salesforce.opportunity SET {deleted} = false")
    columns = ("opportunity_id", "recorded_at", "account_id", "type", "stage", "amount_usd")
    columns += ("close_date", "owner_id", "next_step", "last_activity_at")
    found = everything(door(path, written(tmp_path, OWN + TYPES)), "opportunities", *columns)
    assert found == by_hand(
        "salesforce",
        "opportunity",
        "SELECT id, timezone('UTC', _fivetran_synced), account_id, CASE type "
        "WHEN '+Gkf6SQ2fhAONAiFelNKVw==' THEN 'new' WHEN 'dSJC2EuRkC62f+UuBPQeVg==' THEN 'renewal' "
        "ELSE 'expansion' END, stage_name, amount::DOUBLE, close_date::DATE, owner_id, next_step, "
        "last_activity_date::TIMESTAMP FROM csv WHERE _fivetran_active ORDER BY id",
    )
    assert [row[3] for row in found].count("new") == 6
    assert max(row[5] for row in found if row[5]) == 24_120_000.0


def test_history_is_read_version_by_version_where_it_is_synced(landed, tmp_path):
    path = landed("snake", "UPDATE salesforce.opportunity_history SET is_deleted = false")
    warehouse = door(path, written(tmp_path, OWN + HISTORY))
    columns = ("opportunity_id", "recorded_at", "stage")
    assert everything(warehouse, "opportunities", *columns) == by_hand(
        "salesforce",
        "opportunity_history",
        "SELECT id, timezone('UTC', max(_fivetran_start)), max_by(stage_name, _fivetran_start) "
        "FROM csv GROUP BY id ORDER BY id",
    )


def test_tickets_are_solved_when_their_history_says_so(landed, tmp_path):
    warehouse = door(landed(), written(tmp_path, OWN))
    columns = ("ticket_id", "severity", "category", "created_at", "status", "solved_at")
    solved = by_hand(
        "zendesk",
        "ticket_field_history",
        "SELECT timezone('UTC', max(updated)) FROM csv "
        "WHERE ticket_id = 11071 AND field_name = 'status' AND value = 'solved'",
    )[0][0]
    found = everything(warehouse, "tickets", *columns)
    assert found == [
        (*row[:5], solved if row[0] == "11071" else row[5])
        for row in by_hand(
            "zendesk",
            "ticket",
            "SELECT id::VARCHAR, CASE priority WHEN 'urgent' THEN '1' WHEN 'high' THEN '2' "
            "WHEN 'low' THEN '4' ELSE '3' END, 'software', timezone('UTC', created_at), status, "
            "timezone('UTC', updated_at) FROM csv WHERE status <> 'deleted' ORDER BY id::VARCHAR",
        )
    ]
    assert [row[1] for row in found if row[0] == "11071"] == ["1"]


def test_a_reopened_ticket_is_not_solved(landed, tmp_path):
    path = landed("snake", "UPDATE zendesk.ticket SET status = 'open' WHERE id = 11071")
    warehouse = door(path, written(tmp_path, OWN))
    found = dict(everything(warehouse, "tickets", "ticket_id", "solved_at"))
    assert found["11071"] is None
    assert found["1404"] is not None


def test_the_first_reply_is_an_agents_first_public_comment(landed, tmp_path):
    comments = (
        "(1, '2020-08-29 01:00:00', true, 11071, 2222), "  # the requester
        "(2, '2020-08-29 02:00:00', false, 11071, 1111), "  # the agent, in private
        "(3, '2020-08-29 03:00:00', true, 11071, 99), "  # somebody unknown
        "(4, '2020-08-29 05:00:00', true, 11071, 1111), "  # the agent again
        "(5, '2020-08-29 04:00:00', true, 11071, 1111)"  # the agent
    )
    path = landed(
        "snake",
        "INSERT INTO zendesk.ticket_comment (id, created, public, ticket_id, user_id) "
        f"VALUES {comments}",
    )
    found = everything(door(path, written(tmp_path, OWN)), "tickets", "ticket_id", "first_reply_at")
    replied = {ticket: at and f"{at:%Y-%m-%d %H:%M}" for ticket, at in found}
    assert replied.pop("11071") == "2020-08-29 04:00"
    assert set(replied.values()) == {None}


def test_a_ticket_belongs_to_the_account_its_organization_names(landed, tmp_path):
    path = landed(
        "snake",
        "INSERT INTO zendesk.organization (id, external_id) "
        "VALUES (370469077513, '0015500000Xyy06AAB')",
    )
    found = dict(
        everything(door(path, written(tmp_path, OWN)), "tickets", "ticket_id", "account_id")
    )
    assert found.pop("16988") == "0015500000Xyy06AAB"
    assert set(found.values()) == {None}


@pytest.mark.parametrize("variant", ["user_data.csv", "user_data_snowflake.csv"])
def test_a_reserved_word_is_found_as_each_engine_spells_it(landed, tmp_path, variant):
    file = seed("zendesk", "user").with_name(variant)
    path = landed()
    with duckdb.connect(str(path)) as connection:
        land(connection, 'zendesk."user"', file, lambda name: name.strip('"'))
    text = '[people]\nschema = "zendesk"\ntable = "user"\n[people.columns]\n'
    text += 'person_id = { column = "id", as = "text" }\nname = "name"\nis_active = "active"\n'
    found = everything(door(path, written(tmp_path, text)), "people", "person_id", "is_active")
    with duckdb.connect() as connection:
        ids = connection.execute(
            f"SELECT id::VARCHAR FROM read_csv('{file}') ORDER BY 1"
        ).fetchall()
    assert found == [(person, True) for (person,) in ids]
    assert len(found) == 10


@every_spelling
def test_the_landed_warehouse_meets_the_contract(landed, tmp_path, spelling):
    report = check(plain(landed(spelling)), written(tmp_path, OWN + TYPES))
    assert report.met
    rows = {table.name: (table.rows, table.source) for table in report.tables if table.source}
    assert rows == {
        "accounts": (1, "salesforce.account"),
        "people": (4, "salesforce.user"),
        "contacts": (4, "salesforce.contact"),
        "opportunities": (0, "salesforce.opportunity"),
        "tickets": (8, "zendesk.ticket"),
        # Each was opened on one day and solved on another.
        "ticket_daily": (16, "tickets"),
    }


def test_words_that_the_shipped_map_does_not_know_are_counted(landed, tmp_path):
    path = landed("snake", "UPDATE salesforce.opportunity SET is_deleted = false")
    report = check(plain(path), written(tmp_path, OWN))
    opportunities = next(table for table in report.tables if table.name == "opportunities")
    errors = {column.name: column.errors for column in opportunities.columns if column.errors}
    assert errors == {"type": ("8 rows empty",)}
    assert not report.met
