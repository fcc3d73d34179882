"""A rollup of mapped tables that the map leaves out is made of them when it is read."""

import datetime as dt

import pytest

from tests.rows import build
from tests.warehouse.mapping.maps import door, everything, foreign, plain, written
from warehouse.check import check
from warehouse.contract.tables import TABLES

UTC = dt.UTC
ROWS = {
    "tickets": [
        {"ticket_id": ticket, "account_id": account, "severity": "2", "category": "access",
         "created_at": dt.datetime(2026, 3, 1, 5, tzinfo=UTC), "solved_at": solved}
        for ticket, account, solved in [
            ("t1", "A", None),
            ("t2", "A", dt.datetime(2026, 3, 1, 8, tzinfo=UTC)),
            ("t3", None, dt.datetime(2026, 3, 4, 8, tzinfo=UTC)),
        ]
    ],
    "incidents": [
        {"incident_id": "i1", "account_id": "A", "hyperscaler": "aws", "urgency": "high",
         "created_at": dt.datetime(2026, 3, 1, 5, tzinfo=UTC)},
    ],
    "notifications": [
        {"notification_id": f"n{second}", "incident_id": "i1", "person_id": "p1",
         "channel": "phone", "sent_at": dt.datetime(2026, 3, 1, 5, 0, second, tzinfo=UTC)}
        for second in (1, 30)
    ] + [
        {"notification_id": "n3", "incident_id": "gone", "person_id": "p1",
         "channel": "push", "sent_at": dt.datetime(2026, 3, 1, 5, 1, 2, tzinfo=UTC)},
    ],
}  # fmt: skip
MAP = "\n".join(
    f'[{table}]\nschema = "ops"\ntable = "{table}"\n[{table}.columns]\n'
    + "\n".join(f'{column} = "{column}"' for column in TABLES[table].columns)
    for table in ROWS
)
MADE = ("ticket_daily", "interruption_daily")


@pytest.fixture(scope="module")
def warehouses(tmp_path_factory):
    """The rows loaded, and the same rows in tables of the company's own."""
    loaded = build(tmp_path_factory.mktemp("loaded") / "loaded.duckdb", ROWS)
    folder = tmp_path_factory.mktemp("own")
    copies = [f"CREATE TABLE ops.{table} AS FROM loaded.{table}" for table in ROWS]
    attach = f"ATTACH '{loaded}' AS loaded (READ_ONLY)"
    own = foreign(folder, attach, "CREATE SCHEMA ops", *copies)
    return plain(loaded), own, written(folder, MAP)


@pytest.mark.parametrize("name", MADE)
def test_it_holds_what_it_would_hold_of_the_same_rows_loaded(warehouses, name):
    loaded, own, map_path = warehouses
    found = everything(door(own, map_path), name)
    assert found == everything(loaded, name)
    assert len(found) == {"ticket_daily": 3, "interruption_daily": 2}[name]


def test_check_counts_its_rows_and_says_what_it_is_made_of(warehouses):
    _, own, map_path = warehouses
    found = {table.name: (table.rows, table.source, table.errors)
             for table in check(plain(own), map_path).tables if table.name in MADE}  # fmt: skip
    assert found == {
        "ticket_daily": (3, "tickets", ()),
        "interruption_daily": (2, "notifications, incidents", ()),
    }
