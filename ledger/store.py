"""The ledger: rows are read as frames and appended in transactions."""

import contextlib
import datetime as dt
from collections.abc import Iterator

import polars as pl
import sqlalchemy as sa

from ledger import engine as engines
from ledger.driver_errors import translated
from ledger.query import LedgerQuery
from ledger.rows import rows_of
from ledger.schema import prepare
from ledger.tables import TABLE_VERSIONS, TABLES, Path, path_of

VERSIONS = sa.select(TABLE_VERSIONS.c.table_name, TABLE_VERSIONS.c.version)


class Ledger:
    """One open ledger, safe to share between threads; each process opens its own."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._writes = engine.execution_options(**{engines.IS_WRITING: True})
        self.address = engines.address(engine)

    def read(self, entries: LedgerQuery) -> pl.DataFrame:
        """The rows asked for, by key, with every column wanted also where no row is there.

        Raises `LedgerError`, also for a table that does not say whose its rows are; a table the
        ledger does not have is a programming error: `KeyError`.
        """
        table = TABLES[entries.table]
        columns = [table.c[name] for name in entries.columns] or list(table.c)
        kept = sa.select(*columns).where(*_conditions(table, entries))
        return self.frame(kept.order_by(*table.primary_key.columns))

    def version(self, *tables: str) -> int:
        """A number that grows whenever any of `tables` got a row, whichever process wrote it."""
        counted = self.versions()
        return sum(counted.get(table, 0) for table in tables)

    def versions(self) -> dict[str, int]:
        """Each table's own such number, all of one moment; one without a row may be left out.

        Raises `LedgerError`.
        """
        with translated(), self._engine.connect() as connection:
            counted = connection.execute(VERSIONS).all()
        return {str(table): int(version) for table, version in counted}

    def frame(self, query: sa.Select) -> pl.DataFrame:
        """The rows of a select as a frame; raises `LedgerError`."""
        with translated(), self._engine.connect() as connection:
            return rows_of(connection, query)

    @contextlib.contextmanager
    def writing(self, *tables: str) -> Iterator[sa.Connection]:
        """A transaction of the only writer of `tables`: durable when the block has been left.

        An exception leaves nothing of it. Raises `LedgerError`.
        """
        counters = TABLE_VERSIONS.c
        held = sa.select(counters.version).where(counters.table_name.in_(tables))
        with translated(), self._writes.begin() as connection:
            # PostgreSQL keeps the other writers out by these rows, SQLite by BEGIN IMMEDIATE.
            connection.execute(held.order_by(counters.table_name).with_for_update()).all()
            yield connection

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()


def open_ledger(url: str) -> Ledger:
    """The ledger at `sqlite:///path` or `postgresql://…`, made or brought up to date if need be.

    Raises `AddressInvalid`, `LedgerUnavailable`, and `LedgerNewer` for one that a newer Bellwether
    has changed.
    """
    engine = engines.connect(url)
    try:
        with translated():
            prepare(engine)
    except BaseException:
        engine.dispose()
        raise
    return Ledger(engine)


def _conditions(table: sa.Table, entries: LedgerQuery) -> Iterator[sa.ColumnElement[bool]]:
    path = path_of(table.name)
    if entries.account_id is not None:
        if isinstance(path, Path):
            yield table.c[path.column] == f"{path.prefix}{entries.account_id}"
        else:
            yield sa.false()  # a shared row belongs to no account
    if "as_of" in table.c:
        day, first = table.c.as_of, entries.first
        if entries.last is not None:
            yield day <= entries.last
    else:
        day, first = table.c.at, _midnight(entries.first)
        if entries.last is not None:
            yield day < _midnight(entries.last + dt.timedelta(days=1))
    if first is not None:
        yield day >= first


def _midnight(day: dt.date | None) -> dt.datetime | None:
    return None if day is None else dt.datetime.combine(day, dt.time(), tzinfo=dt.UTC)
