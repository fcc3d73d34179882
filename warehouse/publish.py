"""The one way to change an embedded warehouse: build the next file beside it, then swap.

Readers keep the file they have open; whoever opens the path next sees the whole of the new one.
A failure or a kill at any point leaves the old file byte for byte as it was.
"""

import contextlib
import fcntl
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import polars as pl
import sqlalchemy as sa

from warehouse import rollups
from warehouse.ddl import DUCKDB, METADATA, create_statements
from warehouse.errors import WarehouseBusy, unreadable


@contextlib.contextmanager
def next_version(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A writable connection to a copy of `path` (empty contract tables where there is none).

    Leaving the block rebuilds the rollups, checkpoints, syncs and swaps the copy in; an exception
    discards it. Raises `WarehouseBusy` when another process is between the two.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.next")
    with _alone(path):
        _discard(draft)
        if path.exists():
            shutil.copyfile(path, draft)
        try:
            connection = duckdb.connect(str(draft))
        except duckdb.Error as fault:
            _discard(draft)
            raise unreadable(path, fault) from fault
        try:
            connection.execute("SET enable_progress_bar = false")
            for statement in create_statements():
                connection.execute(statement)
            yield connection
            rollups.rebuild(connection)
            connection.execute("CHECKPOINT")
            connection.close()
            _sync(draft)
            draft.replace(path)
            _sync(path.parent)
        finally:
            connection.close()
            _discard(draft)


def append(connection: duckdb.DuckDBPyConnection, table: str, rows: pl.DataFrame) -> None:
    """Append `rows` to `table`, of the contract or a book; instants go in as UTC without a zone."""
    target = METADATA.tables[table]
    columns = target.columns.keys()
    incoming = sa.table("incoming", *(sa.column(column) for column in columns))
    insert = sa.insert(target).from_select(columns, sa.select(incoming))
    connection.register("incoming", naive(rows.select(columns)))
    connection.execute(str(insert.compile(dialect=DUCKDB)))
    connection.unregister("incoming")


def naive(rows: pl.DataFrame) -> pl.DataFrame:
    """Instants as the engine stores them: UTC without a zone."""
    return rows.with_columns(pl.col(pl.Datetime("us", "UTC")).dt.replace_time_zone(None))


@contextlib.contextmanager
def _alone(path: Path) -> Iterator[None]:
    lock = path.with_name(f".{path.name}.lock")
    with lock.open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as held:
            raise WarehouseBusy(
                f"Another process is writing to {path}.", "Wait until it has finished, then retry."
            ) from held
        yield


def _discard(draft: Path) -> None:
    for leftover in (draft, draft.with_name(f"{draft.name}.wal")):
        leftover.unlink(missing_ok=True)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
