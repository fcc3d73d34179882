"""What the warehouse says of its own rows: how new they are, and whether they are made up."""

import datetime as dt
from collections.abc import Iterable

import sqlalchemy as sa

from warehouse.context import Context
from warehouse.contract import TABLES
from warehouse.ddl import LOADS, SQL_TABLES
from warehouse.engine import Warehouse
from warehouse.errors import ContractBroken
from warehouse.read import Read, select


def data_date(warehouse: Warehouse) -> dt.date | None:
    """The newest day on which the warehouse learned anything; None for an empty warehouse."""
    newest = [
        sa.select(
            sa.cast(sa.func.max(SQL_TABLES[table.name].c[table.known_at]), sa.Date).label("day")
        )
        for table in TABLES.values()
        if table.known_at is not None and not table.rollup
    ]
    days = warehouse.read(sa.select(sa.union_all(*newest).subquery("newest").c.day)).frame["day"]
    latest = days.max()
    return latest if isinstance(latest, dt.date) else None


def dated_through(
    warehouse: Warehouse, tables: Iterable[str], context: Context
) -> dict[str, dt.datetime | None]:
    """Table to the newest event it holds as known on the data date; None where it is empty.

    Tables that carry no date of their own are left out.
    """
    through: dict[str, dt.datetime | None] = {}
    for name in sorted(set(tables)):
        column = TABLES[name].dated_by
        if column is None:
            continue
        known = select(Read(table=name, columns=(column,)), context).subquery("known")
        newest = sa.select(sa.cast(sa.func.max(known.c[column]), sa.DateTime).label("newest"))
        through[name] = warehouse.read(newest).frame["newest"].item()
    return through


def simulated_tables(warehouse: Warehouse) -> frozenset[str]:
    """The tables that hold made-up rows, by the book of loads."""
    made_up = sa.select(LOADS.c.table_name).where(LOADS.c.is_simulated).distinct()
    try:
        return frozenset(warehouse.read(made_up).frame["table_name"].to_list())
    except ContractBroken:
        return frozenset()
