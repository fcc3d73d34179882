"""What the warehouse says of its own rows: how new they are, and whether they are made up."""

import datetime as dt
from collections.abc import Iterable

import sqlalchemy as sa

from warehouse.context import Context
from warehouse.contract import TABLES
from warehouse.ddl import LOADS, SQL_TABLES
from warehouse.engine import ALONE, Warehouse
from warehouse.errand import Errand
from warehouse.errors import ContractBroken
from warehouse.read import Filtering, Read, select


def data_date(warehouse: Warehouse, errand: Errand = ALONE) -> dt.date | None:
    """The newest day on which the warehouse learned anything; None for an empty warehouse."""
    newest = [
        sa.select(
            sa.cast(sa.func.max(SQL_TABLES[table.name].c[table.known_at]), sa.Date).label("day")
        )
        for table in TABLES.values()
        if table.known_at is not None and not table.rollup
    ]
    statement = sa.select(sa.union_all(*newest).subquery("newest").c.day)
    days = warehouse.read(statement, errand).frame["day"]
    latest = days.max()
    return latest if isinstance(latest, dt.date) else None


def dated_through(
    warehouse: Warehouse,
    tables: Iterable[str],
    context: Context,
    filtering: Filtering = "rows",
    errand: Errand = ALONE,
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
    return warehouse.read(sa.select(*newest), errand).frame.row(0, named=True)


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
