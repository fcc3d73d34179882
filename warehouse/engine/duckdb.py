"""The embedded engine: a DuckDB file, opened read-only and locked down."""

import atexit
import os
import shutil
import tempfile
import threading
from collections.abc import Mapping
from pathlib import Path

import duckdb
import polars as pl
import sqlalchemy as sa

from errors import first_line
from warehouse.ddl import bound
from warehouse.engine.base import ALONE, Rows
from warehouse.errors import (
    ConversionFailed,
    WarehouseError,
    WarehouseUnavailable,
    abandoned,
    missing,
    overdue,
    unmet,
)
from warehouse.normalise import normalised
from warehouse.read_request import ReadRequest


class DuckDBWarehouse:
    """The embedded DuckDB warehouse at `path`, opened read-only and locked down.

    Every version of the file is attached under a name of its own, so that a published change is
    seen by the next read while reads already under way finish on the version they began with.
    """

    def __init__(
        self, path: Path, *, row_limit: int, timeout_seconds: float, memory_mib: int
    ) -> None:
        self.path = path
        self.row_limit = row_limit
        self.timeout_seconds = timeout_seconds
        self._memory_mib = memory_mib
        self._names = Path(tempfile.mkdtemp(prefix="bellwether-"))
        atexit.register(self.close)
        self._lock = threading.Lock()
        self._attached: tuple[str, duckdb.DuckDBPyConnection] | None = None

    @property
    def address(self) -> str:
        """The path of the file."""
        return str(self.path)

    def close(self) -> None:
        """Let go of the file; the next read opens it again."""
        with self._lock:
            if self._attached is not None:
                self._attached[1].close()
                self._attached = None
        shutil.rmtree(self._names, ignore_errors=True)

    def version(self) -> str:
        """The data version, from one look at the file: it changes with every publication."""
        try:
            facts = self.path.stat()
        except OSError as gone:
            raise missing() from gone
        return f"{facts.st_ino:x}-{facts.st_mtime_ns:x}-{facts.st_size:x}"

    def mapped(self) -> Mapping[str, sa.Select | None]:
        """No table is read through a map."""
        return {}

    def read(self, statement: sa.Select, read_request: ReadRequest = ALONE) -> Rows:
        """Run one select as `Warehouse.read` promises."""
        row_limit, seconds = read_request.tightened(self.row_limit, self.timeout_seconds)
        sql, values = bound(statement.limit(row_limit + 1))
        cursor = self._connection().cursor()
        late = threading.Event()
        timer = threading.Timer(seconds, _cancel, (cursor, late))
        timer.daemon = True
        timer.start()
        try:
            with read_request.stopping(cursor.interrupt):
                if read_request.abandoned:
                    raise abandoned()
                cursor.execute("USE warehouse")
                arrow = cursor.sql(sql, params=values).to_arrow_table()
        except duckdb.Error as error:
            if read_request.abandoned:
                raise abandoned() from error
            raise self._explain(error, overdue_after=seconds if late.is_set() else None) from error
        finally:
            timer.cancel()
            cursor.close()
        return Rows.within(row_limit, normalised(pl.DataFrame(arrow), statement))

    def _connection(self) -> duckdb.DuckDBPyConnection:
        version = self.version()
        with self._lock:
            if self._attached is None or self._attached[0] != version:
                self._attached = (version, self._open(version))
            return self._attached[1]

    def _open(self, version: str) -> duckdb.DuckDBPyConnection:
        # DuckDB shares a file it has open by its path, also after a swap; a name per version
        # makes it open the new file.
        self._names.mkdir(exist_ok=True)
        name = self._names / f"{version}.duckdb"
        if not name.is_symlink():
            name.symlink_to(self.path.resolve())
        try:
            host = duckdb.connect(
                ":memory:",
                config={
                    "memory_limit": f"{self._memory_mib}MiB",
                    "threads": str(os.cpu_count() or 1),
                    "autoinstall_known_extensions": "false",
                },
            )
            host.execute(f"ATTACH '{name}' AS warehouse (READ_ONLY)")
            host.execute("SET enable_external_access = false")
            host.execute("SET lock_configuration = true")
        except duckdb.Error as error:
            raise WarehouseUnavailable(
                "The warehouse's file could not be opened.",
                "Check that the file is a DuckDB database and that nothing else holds it open "
                "for writing.",
                first_line(error),
            ) from error
        return host

    def _explain(self, error: duckdb.Error, *, overdue_after: float | None) -> WarehouseError:
        if overdue_after is not None:
            return overdue(overdue_after)
        if isinstance(error, duckdb.CatalogException | duckdb.BinderException):
            return unmet(error)
        if isinstance(error, duckdb.ConversionException):
            return ConversionFailed(first_line(error))
        return WarehouseUnavailable(
            "The warehouse could not be read.",
            "Try again; if it persists, run `python -m warehouse check`.",
            first_line(error),
        )


def _cancel(cursor: duckdb.DuckDBPyConnection, late: threading.Event) -> None:
    late.set()
    cursor.interrupt()
