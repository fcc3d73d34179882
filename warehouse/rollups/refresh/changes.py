"""Which days of which rollups a refresh has to make again."""

import datetime as dt
from functools import cache
from typing import Any

import duckdb
import sqlalchemy as sa
from sqlalchemy.schema import CreateTable, DropTable

from warehouse.contract.tables import TABLES
from warehouse.ddl import DUCKDB, ROLLUP_DAYS, SQL_TABLES, bound
from warehouse.rollups import ROLLUPS
from warehouse.rollups.rollup import Appended, Compared, Followed, Rollup, day_of

Bound = tuple[str, dict[str, Any]]
# The days to make again, for the length of one refresh.
CHANGED = sa.Table(
    "changed_days",
    sa.MetaData(),
    sa.Column("rollup", sa.String()),
    sa.Column("day", sa.Date()),
    prefixes=["TEMPORARY"],
)


def begin(connection: duckdb.DuckDBPyConnection) -> None:
    """An empty `CHANGED`; the connection may be read-only."""
    for statement in (DropTable(CHANGED, if_exists=True), CreateTable(CHANGED)):
        connection.execute(str(statement.compile(dialect=DUCKDB)))


def find(connection: duckdb.DuckDBPyConnection, rollup: Rollup) -> int:
    """Add the days of `rollup` that changed since the refresh before to `CHANGED`; how many."""
    match rollup.changed_days:
        case Compared():
            connection.execute(*_differing(rollup.name))
        case Appended() as how:
            connection.execute(*_found(rollup, _appended(connection, rollup, how)))
        case Followed(source):
            connection.execute(*_found(rollup, [changed_of(source)]))
    days = fetch(connection, sa.select(sa.func.count()).where(CHANGED.c.rollup == rollup.name))
    return int(days[0]) if days else 0


def count_changed(connection: duckdb.DuckDBPyConnection) -> int:
    """How many days `CHANGED` names, of any rollup."""
    days = fetch(connection, sa.select(sa.func.count(CHANGED.c.day.distinct())))
    return int(days[0]) if days else 0


def changed_of(name: str) -> sa.Select:
    """The days of the rollup `name` in `CHANGED`."""
    return sa.select(CHANGED.c.day).where(CHANGED.c.rollup == name)


def rows_by_day(rollup: Rollup, how: Appended, *keep: sa.ColumnElement[bool]) -> sa.Select:
    """Per day how many rows the append-only source has, and the newest instant of one."""
    source = SQL_TABLES[how.source]
    day = day_of(source.c[dated_by(how.source)])
    return (
        sa.select(
            sa.literal(rollup.name).label("rollup"),
            day.label("day"),
            sa.func.count().label("records"),
            sa.func.max(source.c[how.recorded]).label("newest_at"),
        )
        .where(*keep)
        .group_by(day)
    )


def dated_by(source: str) -> str:
    """The column of a source that says on which day a row counts."""
    return str(TABLES[source].dated_by)


def run(connection: duckdb.DuckDBPyConnection, statement: sa.ClauseElement) -> None:
    """Execute one statement with its values bound."""
    connection.execute(*bound(statement))


def fetch(connection: duckdb.DuckDBPyConnection, query: sa.Select) -> tuple | None:
    """The first row of a select."""
    rows: list[tuple] = connection.execute(*bound(query)).fetchall()
    return rows[0] if rows else None


def _found(rollup: Rollup, changed: list[sa.Select]) -> Bound:
    days = sa.union(*changed).subquery("found")
    found = sa.select(sa.literal(rollup.name), *days.c)
    return bound(sa.insert(CHANGED).from_select(CHANGED.c.keys(), found))


@cache
def _differing(name: str) -> Bound:
    """The days whose rows, made anew, are not those held; always the same words."""
    rollup, held = ROLLUPS[name], SQL_TABLES[name]
    made = rollup.select(SQL_TABLES).cte("made")
    now = sa.select(*(made.c[column.name] for column in held.columns))
    then = sa.select(*held.columns)
    either_way = sa.except_(now, then).subquery("news"), sa.except_(then, now).subquery("gone")
    return _found(rollup, [sa.select(rows.c[rollup.day].label("day")) for rows in either_way])


def _appended(
    connection: duckdb.DuckDBPyConnection, rollup: Rollup, how: Appended
) -> list[sa.Select]:
    source = SQL_TABLES[how.source]
    booked = fetch(
        connection,
        sa.select(sa.func.max(ROLLUP_DAYS.c.newest_at), sa.func.sum(ROLLUP_DAYS.c.records)).where(
            ROLLUP_DAYS.c.rollup == rollup.name
        ),
    )
    watermark: dt.datetime | None = booked[0] if booked else None
    records = int(booked[1] or 0) if booked else 0
    newer = source.c[how.recorded] > watermark if watermark else sa.true()
    days = [
        sa.select(day_of(source.c[dated_by(how.source)]).label("day")).where(newer),
        how.outdated(SQL_TABLES),
    ]
    if _count(connection, source) != records + _count(connection, source, newer):
        days.append(_recounted(rollup, how))
    return days


def _count(
    connection: duckdb.DuckDBPyConnection, source: sa.Table, *keep: sa.ColumnElement[bool]
) -> int:
    found = fetch(connection, sa.select(sa.func.count()).select_from(source).where(*keep))
    return int(found[0]) if found else 0


def _recounted(rollup: Rollup, how: Appended) -> sa.Select:
    """The days that hold another number of rows than they did."""
    now = rows_by_day(rollup, how).subquery("now")
    then = sa.select(ROLLUP_DAYS).where(ROLLUP_DAYS.c.rollup == rollup.name).subquery("before")
    return (
        sa.select(sa.func.coalesce(now.c.day, then.c.day))
        .select_from(now.join(then, now.c.day == then.c.day, full=True))
        .where(now.c.records.is_distinct_from(then.c.records))
    )
