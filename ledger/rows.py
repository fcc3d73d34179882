"""Rows of the ledger's tables in and out of a transaction: few as records, many as frames."""

from collections.abc import Sequence
from typing import Any

import polars as pl
import sqlalchemy as sa

from ledger.tables import TABLE_VERSIONS, frame_schema

# How SQLAlchemy writes days and instants into SQLite, which knows neither. Frames read and write
# the text themselves: several times faster than a value at a time.
_DAY, _INSTANT = "%Y-%m-%d", "%Y-%m-%d %H:%M:%S%.6f"


def append(connection: sa.Connection, table: sa.Table, rows: Sequence[dict[str, Any]]) -> None:
    """Add rows in the transaction of `Ledger.writing`, and count that the table got some."""
    if rows:
        connection.execute(sa.insert(table), rows)
        _count(connection, table)


def append_frame(connection: sa.Connection, table: sa.Table, rows: pl.DataFrame) -> None:
    """The same for many rows, with the columns of the table."""
    if rows.is_empty():
        return
    insert = sa.insert(table).compile(dialect=connection.dialect)
    rows = rows.select(table.c.keys())
    if _is_sqlite(connection):
        day, instant = pl.col(pl.Date), pl.col(pl.Datetime)
        rows = rows.with_columns(day.dt.to_string(_DAY), instant.dt.to_string(_INSTANT))
    connection.exec_driver_sql(str(insert), rows.rows() if insert.positional else rows.to_dicts())
    _count(connection, table)


def rows_of(connection: sa.Connection, query: sa.Select) -> pl.DataFrame:
    """The rows of a select, with its columns also where there is no row."""
    schema = frame_schema(*query.selected_columns)
    if not _is_sqlite(connection):
        return pl.DataFrame(connection.execute(query).all(), schema=schema, orient="row")
    texts = [name for name, dtype in schema.items() if dtype.is_temporal()]
    columns = [
        sa.type_coerce(column, sa.Text()).label(column.key) if column.key in texts else column
        for column in query.selected_columns
    ]
    rows = connection.execute(query.with_only_columns(*columns, maintain_column_froms=True)).all()
    as_text = schema | dict.fromkeys(texts, pl.String())
    return pl.DataFrame(rows, schema=as_text, orient="row").with_columns(
        _parsed(name, schema[name]) for name in texts
    )


def _parsed(name: str, dtype: pl.DataType) -> pl.Expr:
    text = pl.col(name).str
    if dtype == pl.Date:
        return text.to_date(_DAY)
    return text.to_datetime(_INSTANT, time_unit="us", time_zone="UTC")


def _is_sqlite(connection: sa.Connection) -> bool:
    return connection.dialect.name == "sqlite"


def _count(connection: sa.Connection, table: sa.Table) -> None:
    counter = TABLE_VERSIONS.c
    connection.execute(
        sa.update(TABLE_VERSIONS)
        .where(counter.table_name == table.name)
        .values(version=counter.version + 1)
    )
