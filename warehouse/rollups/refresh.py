"""Bringing the rollups up to date with the hours, inside a version that nobody reads yet."""

import datetime as dt
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import duckdb
import sqlalchemy as sa
from sqlalchemy.schema import CreateTable, DropTable

from warehouse.contract import TABLES
from warehouse.ddl import DUCKDB, METERED_DAYS, REFRESHES, bound
from warehouse.rollups.changes import (
    TOUCHED,
    Mark,
    clusters_sha256,
    count,
    fetch,
    newest_mark,
    records_by_day,
    run,
    touch,
)
from warehouse.rollups.usage import (
    ACCOUNT_USAGE_DAILY,
    HOURS,
    USAGE_DAILY,
    account_usage_daily,
    day_of,
    usage_daily,
)

MADE = (USAGE_DAILY, ACCOUNT_USAGE_DAILY, METERED_DAYS)
Span = tuple[dt.date, dt.date]


@dataclass(frozen=True)
class Refreshed:
    """What a refresh did: the days of usage it made again, and the version it left."""

    version: int
    days: int
    is_full: bool


def refresh(connection: duckdb.DuckDBPyConnection, *, full: bool = False) -> Refreshed:
    """Make again what changed since the refresh before, or everything.

    Everything is made when asked to, the first time, and when the rollups are declared otherwise
    than they were built. A full build goes month by month, so that its memory depends on the
    hours of a month.
    """
    mark = newest_mark(connection)
    clusters = clusters_sha256(connection)
    if full or mark is None or mark.definition_sha256 != definition_sha256():
        days, full = _make_everything(connection), True
    else:
        days = _make_what_changed(connection, mark, clusters)
        if not days and _explains(connection, mark, clusters):
            return Refreshed(mark.version, 0, is_full=False)
    version = 1 if mark is None else mark.version + 1
    newest = fetch(connection, sa.select(sa.func.max(HOURS.c.recorded_at)))
    entry = {
        "version": version,
        "definition_sha256": definition_sha256(),
        "clusters_sha256": clusters,
        "watermark": newest[0] if newest else None,
        "records": count(connection),
        "days_refreshed": days,
        "is_full": full,
    }
    run(connection, sa.insert(REFRESHES).values(entry))
    return Refreshed(version, days, full)


def is_current(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether a refresh would change nothing; the connection may be read-only."""
    try:
        mark = newest_mark(connection)
    except duckdb.CatalogException:
        return False
    if mark is None or mark.definition_sha256 != definition_sha256():
        return False
    clusters = clusters_sha256(connection)
    if not _explains(connection, mark, clusters):
        return False
    return _find_touched(connection, mark, clusters) == 0


@cache
def definition_sha256() -> str:
    """A digest that changes when a rollup is declared otherwise."""
    said = [
        *(str(CreateTable(table).compile(dialect=DUCKDB)) for table in MADE),
        *(str(select.compile(dialect=DUCKDB)) for select in (usage_daily(), account_usage_daily())),
    ]
    return hashlib.sha256("\n".join(said).encode()).hexdigest()


def _explains(connection: duckdb.DuckDBPyConnection, mark: Mark, clusters: str) -> bool:
    """Whether there are as many hours, and the same clusters, as the mark says."""
    return mark.clusters_sha256 == clusters and mark.records == count(connection)


def _find_touched(connection: duckdb.DuckDBPyConnection, mark: Mark, clusters: str) -> int:
    """Fill `TOUCHED` and say how many days of usage it names."""
    for statement in (DropTable(TOUCHED, if_exists=True), CreateTable(TOUCHED)):
        connection.execute(str(statement.compile(dialect=DUCKDB)))
    touch(connection, mark, clusters)
    days = fetch(connection, sa.select(sa.func.count(TOUCHED.c.usage_date.distinct())))
    return int(days[0]) if days else 0


def _make_what_changed(connection: duckdb.DuckDBPyConnection, mark: Mark, clusters: str) -> int:
    days = _find_touched(connection, mark, clusters)
    for span in _months(connection, TOUCHED, TOUCHED.c.usage_date):
        _make_touched(connection, span)
    return days


def _make_everything(connection: duckdb.DuckDBPyConnection) -> int:
    for table in MADE:
        for statement in (DropTable(table, if_exists=True), CreateTable(table)):
            connection.execute(str(statement.compile(dialect=DUCKDB)))
    for span in _months(connection, HOURS, HOURS.c.hour_start):
        _insert(connection, USAGE_DAILY, usage_daily(*_hours_in(span)))
        _insert(connection, ACCOUNT_USAGE_DAILY, account_usage_daily(*_totals_in(span)))
        _insert(connection, METERED_DAYS, records_by_day(*_hours_in(span)))
    days = fetch(connection, sa.select(sa.func.count()).select_from(METERED_DAYS))
    return int(days[0]) if days else 0


def _make_touched(connection: duckdb.DuckDBPyConnection, span: Span) -> None:
    """Make the touched totals of a span of days again, and of their days what is made of totals."""
    hours, totals = _hours_in(span), _totals_in(span)
    day = day_of(HOURS.c.hour_start)
    days = sa.select(TOUCHED.c.usage_date)
    stale = _is_touched(USAGE_DAILY.c.cluster_id, USAGE_DAILY.c.usage_date)
    run(connection, sa.delete(USAGE_DAILY).where(*totals, stale))
    _insert(connection, USAGE_DAILY, usage_daily(*hours, _is_touched(HOURS.c.cluster_id, day)))
    for table, made in (
        (ACCOUNT_USAGE_DAILY, account_usage_daily(*totals, USAGE_DAILY.c.usage_date.in_(days))),
        (METERED_DAYS, records_by_day(*hours, day.in_(days))),
    ):
        within = table.c.usage_date.between(*span)
        run(connection, sa.delete(table).where(within, table.c.usage_date.in_(days)))
        _insert(connection, table, made)


def _is_touched(cluster_id: sa.ColumnElement, day: sa.ColumnElement) -> sa.ColumnElement[bool]:
    return sa.exists().where(TOUCHED.c.cluster_id == cluster_id, TOUCHED.c.usage_date == day)


def _insert(connection: duckdb.DuckDBPyConnection, table: sa.Table, made: sa.Select) -> None:
    """Append rows sorted by day and key, so that a window of days prunes."""
    rows = made.subquery("made")
    names = [column.name for column in table.columns]
    key = TABLES[table.name].key if table.name in TABLES else ()
    order = [rows.c[name] for name in sorted(key, key=lambda name: name != "usage_date")]
    sorted_rows = sa.select(*(rows.c[name] for name in names)).order_by(*order)
    run(connection, sa.insert(table).from_select(names, sorted_rows))


def _hours_in(span: Span) -> tuple[sa.ColumnElement[bool], ...]:
    first, last = (dt.datetime.combine(day, dt.time()) for day in span)
    return HOURS.c.hour_start >= first, HOURS.c.hour_start < last + dt.timedelta(days=1)


def _totals_in(span: Span) -> tuple[sa.ColumnElement[bool], ...]:
    return (USAGE_DAILY.c.usage_date.between(*span),)


def _months(
    connection: duckdb.DuckDBPyConnection, table: sa.Table, column: sa.ColumnElement
) -> Iterator[Span]:
    """The first and last day of each calendar month with a row, in order."""
    month = sa.func.date_trunc(sa.literal_column("'month'"), column)
    day = day_of(column)
    query = sa.select(sa.func.min(day), sa.func.max(day)).select_from(table).group_by(month)
    yield from sorted(connection.execute(*bound(query)).fetchall())
