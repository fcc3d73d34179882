"""Bringing every rollup up to date with its sources, inside a version that nobody reads yet."""

import datetime as dt
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import duckdb
import sqlalchemy as sa
from sqlalchemy.schema import CreateTable, DropTable

from warehouse.ddl import DUCKDB, REFRESHES, ROLLUP_DAYS, SQL_TABLES, bound
from warehouse.rollups import ROLLUPS, Rollup
from warehouse.rollups.refresh.changes import (
    Bound,
    begin,
    changed_of,
    count_changed,
    dated_by,
    fetch,
    find,
    rows_by_day,
    run,
)
from warehouse.rollups.rollup import Appended, Compared, Tables, day_of

MADE = (*(SQL_TABLES[name] for name in ROLLUPS), REFRESHES, ROLLUP_DAYS)


@dataclass(frozen=True)
class Refreshed:
    """What a refresh did: the days it made again in any rollup, and the version it left."""

    version: int
    days: int
    is_full: bool


def refresh(connection: duckdb.DuckDBPyConnection, *, full: bool = False) -> Refreshed:
    """Make again what changed since the refresh before, or everything.

    Everything is made when asked to, the first time, and when the rollups are declared otherwise
    than they were built. What is parted by its source's days is then built month by month, so
    that its memory depends on the rows of a month.
    """
    version, built_as = _newest(connection)
    full = full or built_as != definition_sha256()
    if full:
        _clear(connection)
    begin(connection)
    for rollup in ROLLUPS.values():
        if full:
            _make(connection, rollup)
        elif find(connection, rollup):
            _make(connection, rollup, changed_of(rollup.name))
    days = _count_made(connection) if full else count_changed(connection)
    if not days and not full:
        return Refreshed(version, 0, is_full=False)
    entry = {
        "version": version + 1,
        "definition_sha256": definition_sha256(),
        "days_refreshed": days,
        "is_full": full,
    }
    run(connection, sa.insert(REFRESHES).values(entry))
    return Refreshed(version + 1, days, full)


def is_current(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether a refresh would change nothing; the connection may be read-only."""
    try:
        _, built_as = _newest(connection)
    except duckdb.CatalogException:
        return False
    if built_as != definition_sha256():
        return False
    begin(connection)
    return not any(find(connection, rollup) for rollup in ROLLUPS.values())


@cache
def definition_sha256() -> str:
    """A digest that changes when a rollup, or the book of refreshes, is declared otherwise."""
    said = [
        *(str(CreateTable(table).compile(dialect=DUCKDB)) for table in MADE),
        *(str(rollup.select(SQL_TABLES).compile(dialect=DUCKDB)) for rollup in ROLLUPS.values()),
    ]
    return hashlib.sha256("\n".join(said).encode()).hexdigest()


def _newest(connection: duckdb.DuckDBPyConnection) -> tuple[int, str | None]:
    """The version and definition of the refresh before; 0 and None where there was none.

    Raises `duckdb.CatalogException` in a file without the book.
    """
    newest = sa.select(REFRESHES.c.version, REFRESHES.c.definition_sha256)
    row = fetch(connection, newest.order_by(REFRESHES.c.version.desc()).limit(1))
    return (0, None) if row is None else (row[0], row[1])


def _clear(connection: duckdb.DuckDBPyConnection) -> None:
    for table in MADE:
        for statement in (DropTable(table, if_exists=True), CreateTable(table)):
            connection.execute(str(statement.compile(dialect=DUCKDB)))


def _make(
    connection: duckdb.DuckDBPyConnection, rollup: Rollup, days: sa.Select | None = None
) -> None:
    """Make the rows of `days` again; where none are given, every row of an empty table."""
    table, how = SQL_TABLES[rollup.name], rollup.changed_days
    if days is not None:
        run(connection, sa.delete(table).where(table.c[rollup.day].in_(days)))
    if isinstance(how, Compared):
        connection.execute(*_whole(rollup.name, only_changed=days is not None))
        return
    for span in _months(connection, how.source, days):
        rows = _within(how.source, span, days)
        run(connection, _insertion(rollup, {**SQL_TABLES, how.source: rows}))
    if isinstance(how, Appended):
        _count_again(connection, rollup, how, days)


@cache
def _whole(name: str, *, only_changed: bool) -> Bound:
    """The insertion of a rollup that is made of its sources as a whole; always the same words."""
    days = changed_of(name) if only_changed else None
    return bound(_insertion(ROLLUPS[name], SQL_TABLES, days))


def _insertion(rollup: Rollup, sources: Tables, days: sa.Select | None = None) -> sa.Insert:
    """Rows, of `days` where given, are appended by day and key, so that a window of days prunes."""
    table = SQL_TABLES[rollup.name]
    made = rollup.select(sources).subquery("made")
    rows = sa.select(*(made.c[column.name] for column in table.columns))
    if days is not None:
        rows = rows.where(made.c[rollup.day].in_(days))
    order = sorted(rollup.key, key=lambda name: name != rollup.day)
    sorted_rows = rows.order_by(*(made.c[name] for name in order))
    return sa.insert(table).from_select(table.columns.keys(), sorted_rows)


def _within(source: str, span: tuple[dt.date, dt.date], days: sa.Select | None) -> sa.Subquery:
    """The rows of a source from the first to the last day of `span`, of `days` where given."""
    table = SQL_TABLES[source]
    dated = table.c[dated_by(source)]
    first, last = span
    keep = [dated >= first, dated < last + dt.timedelta(days=1)]
    if days is not None:
        keep.append(day_of(dated).in_(days))
    return sa.select(table).where(*keep).subquery(source)


def _months(
    connection: duckdb.DuckDBPyConnection, source: str, days: sa.Select | None
) -> Iterator[tuple[dt.date, dt.date]]:
    """The first and last day of each calendar month of `days`, of the source where not given."""
    if days is None:
        table = SQL_TABLES[source]
        days = sa.select(day_of(table.c[dated_by(source)]).label("day"))
    day = days.subquery("days").c.day
    month = sa.func.date_trunc(sa.literal_column("'month'"), day)
    query = sa.select(sa.func.min(day), sa.func.max(day)).group_by(month)
    yield from sorted(connection.execute(*bound(query)).fetchall())


def _count_again(
    connection: duckdb.DuckDBPyConnection, rollup: Rollup, how: Appended, days: sa.Select | None
) -> None:
    """Write down how many rows of the append-only source each of `days` has, or every day."""
    keep = []
    if days is not None:
        book = ROLLUP_DAYS.c.rollup == rollup.name, ROLLUP_DAYS.c.day.in_(days)
        run(connection, sa.delete(ROLLUP_DAYS).where(*book))
        keep.append(day_of(SQL_TABLES[how.source].c[dated_by(how.source)]).in_(days))
    counted = rows_by_day(rollup, how, *keep)
    run(connection, sa.insert(ROLLUP_DAYS).from_select(ROLLUP_DAYS.c.keys(), counted))


def _count_made(connection: duckdb.DuckDBPyConnection) -> int:
    """How many days hold a row of a rollup or of an append-only source."""
    held = [SQL_TABLES[name].c[rollup.day] for name, rollup in ROLLUPS.items()]
    days = sa.union(*(sa.select(day.label("day")) for day in (*held, ROLLUP_DAYS.c.day)))
    found = fetch(connection, sa.select(sa.func.count()).select_from(days.subquery("days")))
    return int(found[0]) if found else 0
