"""The one way to change an embedded warehouse: build the next file beside it, then swap.

Readers keep the file they have open; whoever opens the path next sees the whole of the new one.
A failure or a kill at any point leaves the old file byte for byte as it was.

Hours and rollups stay in one file, also at a hundred million rows. A rollup file of its own would
spare a lone refresh the copy of the hours, but hours only arrive by a load, which writes both;
and one rename could no longer show readers hours, clusters and totals of the same version. The
copy is left to the kernel, which shares the blocks where the file system can (XFS, Btrfs) and
else moves about a gigabyte a second.
"""

import contextlib
import fcntl
import os
import shutil
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import polars as pl
import sqlalchemy as sa

from warehouse.ddl import DUCKDB, METADATA, add_statement, create_statements
from warehouse.errors import WarehouseBusy, missing, unreadable
from warehouse.rollups import refresh as rollups

# What a writer may hold in memory; beyond it the engine spills beside the draft.
MEMORY_LIMIT = "4GiB"
COPY_BYTES = 2**30


@contextlib.contextmanager
def next_version(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A writable connection to a copy of `path` (empty contract tables where there is none).

    Leaving the block refreshes the rollups, checkpoints, syncs and swaps the copy in; an exception
    discards it. Raises `WarehouseBusy` when another process is between the two.
    """
    with _draft(path) as connection:
        yield connection
        rollups.refresh(connection)


def refresh(path: Path, *, full: bool = False) -> rollups.Refreshed | None:
    """Publish a version with every table, whose rollups agree with them; None where all did.

    A table that an earlier version did not have is made, empty, and so is a column that may be
    unknown: its cells are null. Nothing is copied and the file stays as it is when there is
    nothing to do, unless `full`.
    Raises what `next_version` raises, and `WarehouseMissing`.
    """
    if not path.is_file():
        raise missing()
    if not full and _is_current(path):
        return None
    with _draft(path) as connection:
        return rollups.refresh(connection, full=full)


@contextlib.contextmanager
def _draft(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.next")
    with _alone(path):
        _discard(draft)
        try:
            if path.exists():
                _copy(path, draft)
            with _writable(draft) as connection:
                # Whom its owner let read the file may read the next one; nobody else.
                draft.chmod(stat.S_IMODE(path.stat().st_mode) if path.exists() else 0o600)
                for statement in create_statements():
                    connection.execute(statement)
                for column in _absent_columns(connection):
                    connection.execute(add_statement(column))
                yield connection
                connection.execute("CHECKPOINT")
            _sync(draft)
            draft.replace(path)
            _sync(path.parent)
        finally:
            _discard(draft)


def _writable(draft: Path) -> duckdb.DuckDBPyConnection:
    try:
        connection = duckdb.connect(str(draft), config={"memory_limit": MEMORY_LIMIT})
    except duckdb.Error as error:
        raise unreadable(error) from error
    connection.execute("SET enable_progress_bar = false")
    return connection


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
    with os.fdopen(os.open(lock, os.O_WRONLY | os.O_CREAT, 0o600), "w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as held:
            raise WarehouseBusy(
                "Another process is writing to the warehouse.",
                "Wait until it has finished, then retry.",
            ) from held
        yield


def _is_current(path: Path) -> bool:
    try:
        with duckdb.connect(str(path), read_only=True) as connection:
            tables = {name for (name,) in connection.execute("SHOW TABLES").fetchall()}
            return (
                METADATA.tables.keys() <= tables
                and not _absent_columns(connection)
                and rollups.is_current(connection)
            )
    except duckdb.Error as error:
        raise unreadable(error) from error


def _absent_columns(connection: duckdb.DuckDBPyConnection) -> list[sa.Column]:
    """The columns that may be unknown and that a table, where it is there, does not have."""
    found: dict[str, set[str]] = {}
    for table, column in connection.execute(
        "SELECT table_name, column_name FROM information_schema.columns "
        "WHERE table_schema = current_schema()"
    ).fetchall():
        found.setdefault(table, set()).add(column)
    return [
        column
        for name, there in found.items()
        if name in METADATA.tables
        for column in METADATA.tables[name].columns
        if column.nullable and column.name not in there
    ]


def _copy(path: Path, draft: Path) -> None:
    if sys.platform != "linux":
        shutil.copyfile(path, draft)
        return
    with path.open("rb") as source, draft.open("wb") as target:
        while os.copy_file_range(source.fileno(), target.fileno(), COPY_BYTES):
            pass


def _discard(draft: Path) -> None:
    for leftover in (draft, draft.with_name(f"{draft.name}.wal")):
        leftover.unlink(missing_ok=True)
    shutil.rmtree(draft.with_name(f"{draft.name}.tmp"), ignore_errors=True)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
