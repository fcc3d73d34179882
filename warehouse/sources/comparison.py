"""Rows that meet the contract, held against the rows the warehouse already has."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import polars as pl
import sqlalchemy as sa

from warehouse import bounded
from warehouse.contract.table import Table
from warehouse.ddl import LOADS, SQL_TABLES, bound
from warehouse.errors import unmet, unreadable
from warehouse.publish import naive
from warehouse.sources.batch import Batch
from warehouse.sources.validation import POSITION, Checked, Origin

INCOMING = "source_rows_incoming"
_OVERWRITES = (
    "differs from the row recorded under this key; a recorded fact is never overwritten: "
    "append it with a later recorded_at"
)


@dataclass(frozen=True)
class Landing:
    """One table's share of a load: the rows it adds, those it replaces, and how many stay."""

    checked: Checked
    added: pl.DataFrame
    replaced: pl.DataFrame
    unchanged: int


def open_current(path: Path) -> duckdb.DuckDBPyConnection:
    """The warehouse file, read-only; an empty database in memory where there is no file yet.

    Raises `WarehouseUnavailable` for a file that is no DuckDB database.
    """
    if not path.exists():
        return duckdb.connect()
    try:
        return duckdb.connect(str(path), read_only=True)
    except duckdb.Error as error:
        raise unreadable(error) from error


def compare(
    current: duckdb.DuckDBPyConnection,
    checked: Checked,
    batches: list[Batch],
    provenance: Collection[str],
) -> Landing:
    """Sort the good rows of one table into added, replaced and unchanged.

    A row is unchanged when its key is held and every column but those of `provenance` says the
    same. In a table that keeps restatements (`recorded_at` in its key) a held key with another
    content is a bad row, not a replacement.
    """
    table, good = checked.table, checked.good
    held = _held(current, table, good, provenance)
    unchanged = held.filter(pl.col("is_same")).height
    different = held.filter(~pl.col("is_same"))[POSITION]
    added = good.filter(~pl.col(POSITION).is_in(held[POSITION].implode()))
    replaced = good.filter(pl.col(POSITION).is_in(different.implode()))
    if table.restated and different.len():
        origin = Origin(batches)
        first = different.sort().head(bounded.MOST_ERRORS)
        errors = [origin.error(at, "", _OVERWRITES) for at in first]
        checked = replace(
            checked,
            errors=sorted([*checked.errors, *errors])[: bounded.MOST_ERRORS],
            error_count=checked.error_count + different.len(),
            rows_bad=checked.rows_bad + different.len(),
        )
        replaced = replaced.clear()
    return Landing(checked, added, replaced, unchanged)


def loaded_before(current: duckdb.DuckDBPyConnection, content_sha256: str) -> bool:
    """Whether the book of loads already names this content."""
    if not columns_of(current, LOADS.name):
        return False
    query = sa.select(sa.func.count()).where(LOADS.c.content_sha256 == content_sha256)
    return bool(fetch(current, query).item())


def moves_watermark(current: duckdb.DuckDBPyConnection, table: str, watermark: dt.datetime) -> bool:
    """Whether no load of `table` has stated a watermark as late as this one."""
    if LOADS.c.watermark_at.name not in columns_of(current, LOADS.name):
        return True
    query = sa.select(sa.func.max(LOADS.c.watermark_at)).where(LOADS.c.table_name == table)
    reached = fetch(current, query).item()
    return reached is None or reached < watermark.replace(tzinfo=None)


def _held(
    current: duckdb.DuckDBPyConnection,
    table: Table,
    good: pl.DataFrame,
    provenance: Collection[str],
) -> pl.DataFrame:
    """Position and `is_same` of the rows whose key the warehouse already holds."""
    present = columns_of(current, table.name)
    if not present:
        return pl.DataFrame(schema={POSITION: pl.Int64, "is_same": pl.Boolean})
    incoming = sa.table(INCOMING, *(sa.column(name) for name in [*table.columns, POSITION]))
    there = SQL_TABLES[table.name]
    same = [
        # A column that an earlier version did not have is unknown in every row.
        incoming.c[name].is_not_distinct_from(there.c[name] if name in present else sa.null())
        for name in table.columns
        if name not in table.key and name not in provenance
    ]
    keys = [incoming.c[name] == there.c[name] for name in table.key]
    query = sa.select(
        incoming.c[POSITION], sa.and_(sa.literal_column("true"), *same).label("is_same")
    ).select_from(incoming.join(there, sa.and_(*keys)))
    current.register(INCOMING, naive(good))
    try:
        return fetch(current, query)
    except duckdb.Error as error:
        raise unmet(error) from error
    finally:
        current.unregister(INCOMING)


def columns_of(current: duckdb.DuckDBPyConnection, table: str) -> set[str]:
    """The columns of a table of the warehouse; none where it has no such table."""
    columns = sa.table(
        "columns",
        sa.column("table_schema"),
        sa.column("table_name"),
        sa.column("column_name"),
        schema="information_schema",
    )
    query = sa.select(columns.c.column_name).where(
        columns.c.table_schema == sa.literal_column("current_schema()"),
        columns.c.table_name == table,
    )
    return set(fetch(current, query)["column_name"])


def fetch(current: duckdb.DuckDBPyConnection, query: sa.Select) -> pl.DataFrame:
    """The rows of a query, instants in UTC without a zone."""
    sql, values = bound(query)
    frame: pl.DataFrame = current.sql(sql, params=values).pl()
    return frame
