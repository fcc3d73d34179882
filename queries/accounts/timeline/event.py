"""One event of an account's past, and how a row of a table becomes one."""

import datetime as dt
from typing import Any, NamedTuple

import polars as pl

from queries.shared.periods import midnight
from warehouse.contract.tables import TABLES

Row = dict[str, Any]


class Event(NamedTuple):
    """One thing that happened: when, of which kind, in words, and the row that says so.

    `at` is in UTC; a day stands at its midnight. Without it nothing has happened yet.
    """

    at: dt.datetime | None
    kind: str
    title: str
    source_table: str
    source_id: str


def event(at: dt.datetime | dt.date | None, kind: str, title: str, table: str, row: Row) -> Event:
    """What a row of `table` says happened at an instant or on a day."""
    instant = at if at is None or isinstance(at, dt.datetime) else midnight(at)
    return Event(instant, kind, title, table, row[TABLES[table].fact_key[0]])


def rows_of(frame: pl.LazyFrame) -> list[Row]:
    """The rows of one account's table."""
    return frame.collect().to_dicts()
