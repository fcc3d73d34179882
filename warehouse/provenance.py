"""What the warehouse says of its own rows: how new and how complete they are, and if made up."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import dataframely as dy
import sqlalchemy as sa

from warehouse.context import EVERYTHING, Context
from warehouse.contract.tables import TABLES, loaded_from
from warehouse.ddl import LOADS, SQL_TABLES
from warehouse.engine.base import ALONE, Warehouse
from warehouse.errors import ContractBroken
from warehouse.read import Filtering, Read, select
from warehouse.read_request import ReadRequest

# The tables whose source promises to be fresh, by which a reader may ask how complete it is.
FEEDS = frozenset(
    name for name in TABLES if TABLES[loaded_from(name)[0]].fresh_within_hours is not None
)


@dataclass(frozen=True)
class Watermark:
    """Up to when the source of a table was complete, as known on a data date.

    Every event before `at` had arrived; None where nothing says so. `fresh_within_hours` is what
    the contract promises of the table, None where it promises nothing.
    """

    at: dt.datetime | None
    fresh_within_hours: int | None

    def is_late(self, by: dt.datetime) -> bool:
        """Whether the source ends further before the instant `by` than is promised."""
        if self.at is None or self.fresh_within_hours is None:
            return False
        return by - self.at > dt.timedelta(hours=self.fresh_within_hours)


@dataclass(frozen=True)
class Statement:
    """That the source of a table was complete up to `at`, as somebody said at `said_at`; UTC."""

    at: dt.datetime
    said_at: dt.datetime


def data_dates(
    warehouse: Warehouse, read_request: ReadRequest = ALONE
) -> tuple[dt.date, dt.date] | tuple[None, None]:
    """The first and the newest day on which the warehouse learned anything; None where empty."""
    instants = [
        SQL_TABLES[table.name].c[table.known_at]
        for table in TABLES.values()
        if table.known_at is not None and not table.rollup
    ]
    days = [
        sa.select(
            sa.cast(sa.func.min(instant), sa.Date).label("oldest"),
            sa.cast(sa.func.max(instant), sa.Date).label("newest"),
        )
        for instant in instants
    ]
    found = sa.union_all(*days).subquery("days")
    frame = warehouse.read(sa.select(found.c.oldest, found.c.newest), read_request).frame
    oldest, newest = frame["oldest"].min(), frame["newest"].max()
    if isinstance(oldest, dt.date) and isinstance(newest, dt.date):
        return oldest, newest
    return None, None


def dated_through(
    warehouse: Warehouse,
    tables: Iterable[str],
    context: Context,
    filtering: Filtering = "rows",
    read_request: ReadRequest = ALONE,
) -> dict[str, dt.datetime | None]:
    """Table to the newest event it holds as known on the data date; None where it is empty.

    Tables that carry no date of their own are left out.
    """
    newest = []
    for name in sorted(set(tables)):
        column = TABLES[name].dated_by
        if column is not None:
            # Ranking the versions of a fact costs a sort; their newest date is the same without.
            read = Read(table=name, columns=(), latest=(column,), every_version=True)
            latest = select(read, context, filtering).scalar_subquery()
            newest.append(sa.cast(latest, sa.DateTime).label(name))
    if not newest:
        return {}
    return warehouse.read(sa.select(*newest), read_request).frame.row(0, named=True)


def stated_watermarks(
    warehouse: Warehouse, read_request: ReadRequest = ALONE
) -> dict[str, Statement]:
    """Table to the instant up to which its source says it was complete.

    Of a mapped table by the sync time that the map declares, of any other by the book of loads:
    the latest instant that a load stated. A table whose last load stated none is left out, since
    nobody says how complete the rows are that it brought; so is one that is in neither.
    """
    mapped = warehouse.mapped()
    synced = {
        table: Statement(at, at)
        for table, statement in mapped.items()
        if statement is not None
        and (at := warehouse.read(statement, read_request).frame.item()) is not None
    }
    stated_at = sa.case((LOADS.c.watermark_at.is_not(None), LOADS.c.loaded_at))
    booked = sa.select(
        LOADS.c.table_name,
        sa.func.max(LOADS.c.watermark_at).label("watermark_at"),
        sa.func.max(LOADS.c.loaded_at).label("loaded_at"),
        sa.func.max(stated_at).label("stated_at"),
    ).group_by(LOADS.c.table_name)
    try:
        rows = warehouse.read(booked, read_request).frame.rows()
    except ContractBroken:
        return synced
    return synced | {
        table: Statement(at, stated_at)
        for table, at, loaded_at, stated_at in rows
        if stated_at is not None and stated_at == loaded_at and table not in mapped
    }


def watermarks(
    warehouse: Warehouse,
    stated: Mapping[str, Statement],
    tables: Iterable[str],
    as_of: dt.date,
    read_request: ReadRequest = ALONE,
) -> dict[str, Watermark]:
    """Table to its watermark as known at the end of the data date `as_of`.

    `stated` is what `stated_watermarks` says. A source that was complete beyond the data date was
    complete to its end. A table that nobody speaks for reaches as far as the newest row known, to
    the end of its day or hour where rows cover one; so does one whose rows arrive after they
    happened (metered hours land the next morning), on a data date before the statement. A table
    that carries no instant of its own and that nobody speaks for is unknown, as is an empty one.
    """
    # How far a feed reaches is nobody's row: it is read without a filter, of every account.
    context = Context(as_of, EVERYTHING)
    found: dict[str, dt.datetime | None] = {}
    by_newest_row = []
    for name in sorted(set(tables)):
        contract = TABLES[name]
        said = stated.get(loaded_from(name)[0])
        if said is not None and (contract.event is None or said.said_at < context.cutoff):
            found[name] = min(said.at, context.cutoff)
        else:
            by_newest_row.append(name)
    for name, at in dated_through(
        warehouse, by_newest_row, context, read_request=read_request
    ).items():
        found[name] = None if at is None else min(at + _covered(name), context.cutoff)
    return {
        name: Watermark(found.get(name), TABLES[loaded_from(name)[0]].fresh_within_hours)
        for name in sorted(set(tables))
    }


def _covered(name: str) -> dt.timedelta:
    """How much time a row covers from the instant that dates it."""
    column = TABLES[name].columns[str(TABLES[name].dated_by)]
    if isinstance(column, dy.Date):
        return dt.timedelta(days=1)
    whole_hours = getattr(column, "resolution", None) is not None
    return dt.timedelta(hours=1) if whole_hours else dt.timedelta(microseconds=1)


def origins(warehouse: Warehouse) -> dict[str, frozenset[bool]]:
    """Per loaded table whether its rows are made up (True), real (False), or some of each.

    By the book of loads; a table that is not in the book is left out.
    """
    booked = sa.select(LOADS.c.table_name, LOADS.c.is_simulated).distinct()
    try:
        rows = warehouse.read(booked).frame.rows()
    except ContractBroken:
        return {}
    found: dict[str, set[bool]] = {}
    for table, is_simulated in rows:
        found.setdefault(table, set()).add(is_simulated)
    return {table: frozenset(kinds) for table, kinds in found.items()}
