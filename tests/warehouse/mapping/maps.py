"""Maps written for a test, and a warehouse of foreign tables that is read through one."""

import datetime as dt

import duckdb

from tests.rows import build
from warehouse.context import EVERYTHING, Context
from warehouse.contract.tables import TABLES
from warehouse.engine.duckdb import DuckDBWarehouse
from warehouse.mapping.applied import MappedWarehouse
from warehouse.read import Read, select

# What `accounts` needs to be mapped at all.
ACCOUNTS = """
[accounts]
schema = "crm"
table = "account"
[accounts.columns]
account_id = "id"
name = "name"
is_target = { constant = false }
"""
PEOPLE = """
[people]
schema = "crm"
table = "staff"
[people.columns]
person_id = "id"
name = "name"
is_active = "active"
"""


def written(folder, text):
    path = folder / "warehouse.toml"
    path.write_text(text, encoding="utf-8")
    return path


def foreign(folder, *statements):
    """A warehouse file with the contract's tables, all empty, and what the statements create."""
    path = build(folder / "own.duckdb", {})
    with duckdb.connect(str(path)) as connection:
        for statement in statements:
            connection.execute(statement)
    return path


def plain(path, *, row_limit=10_000):
    return DuckDBWarehouse(path, row_limit=row_limit, timeout_seconds=10, memory_mib=512)


def door(path, map_path, *, row_limit=10_000):
    return MappedWarehouse(plain(path, row_limit=row_limit), map_path)


def everything(warehouse, table, *columns, as_of=dt.date(2026, 6, 30)):
    """Every row of a contract table as the warehouse reads it, in order of its key."""
    read = Read(table=table, columns=columns or tuple(TABLES[table].columns))
    frame = warehouse.read(select(read, Context(as_of, EVERYTHING))).frame
    return frame.sort(columns or TABLES[table].key).rows()
