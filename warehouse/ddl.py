"""The contract as SQL: SQLAlchemy tables, and the statements that create them."""

from typing import Any

import dataframely as dy
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateColumn, CreateTable

from warehouse.contract.table import Table
from warehouse.contract.tables import TABLES

METADATA = sa.MetaData()

# DuckDB speaks PostgreSQL's dialect; Double, because sa.Float becomes a 4-byte FLOAT there.
DUCKDB: sa.Dialect = postgresql.dialect(paramstyle="pyformat")  # type: ignore[no-untyped-call]

_SQL_TYPES: dict[type[dy.Column], sa.types.TypeEngine] = {
    dy.String: sa.String(),
    dy.Bool: sa.Boolean(),
    dy.Date: sa.Date(),
    dy.Datetime: sa.DateTime(),
    dy.Float64: sa.Double(),
    dy.Int64: sa.BigInteger(),
}


def _sql_table(table: Table) -> sa.Table:
    columns = (
        sa.Column(
            name,
            _SQL_TYPES[type(column)],
            nullable=column.nullable,
            comment=column.description,
        )
        for name, column in table.columns.items()
    )
    return sa.Table(table.name, METADATA, *columns, comment=table.grain)


SQL_TABLES: dict[str, sa.Table] = {name: _sql_table(table) for name, table in TABLES.items()}

# What the warehouse says of itself: per table the data it was loaded from, whether that is made up,
# and the instant up to which the source was complete when it was loaded; null where nobody said.
LOADS = sa.Table(
    "loads",
    METADATA,
    sa.Column("load_id", sa.String(), nullable=False),
    sa.Column("kind", sa.String(), nullable=False),
    sa.Column("source", sa.String(), nullable=False),
    sa.Column("content_sha256", sa.String(), nullable=False),
    sa.Column("table_name", sa.String(), nullable=False),
    sa.Column("rows_read", sa.BigInteger(), nullable=False),
    sa.Column("rows_loaded", sa.BigInteger(), nullable=False),
    sa.Column("rows_rejected", sa.BigInteger(), nullable=False),
    sa.Column("is_simulated", sa.Boolean(), nullable=False),
    sa.Column("loaded_at", sa.DateTime(), nullable=False),
    sa.Column("watermark_at", sa.DateTime()),
)
# What it says of its rollups: a row per refresh that changed them, the newest version last, and of
# a rollup of an append-only table the rows of each day that it holds, and when the newest came.
REFRESHES = sa.Table(
    "refreshes",
    METADATA,
    sa.Column("version", sa.BigInteger(), nullable=False),
    sa.Column("definition_sha256", sa.String(), nullable=False),
    sa.Column("days_refreshed", sa.BigInteger(), nullable=False),
    sa.Column("is_full", sa.Boolean(), nullable=False),
)
ROLLUP_DAYS = sa.Table(
    "rollup_days",
    METADATA,
    sa.Column("rollup", sa.String(), nullable=False),
    sa.Column("day", sa.Date(), nullable=False),
    sa.Column("records", sa.BigInteger(), nullable=False),
    sa.Column("newest_at", sa.DateTime()),
)
QUARANTINE = sa.Table(
    "quarantine",
    METADATA,
    sa.Column("load_id", sa.String(), nullable=False),
    sa.Column("table_name", sa.String(), nullable=False),
    sa.Column("source_file", sa.String(), nullable=False),
    sa.Column("source_line", sa.BigInteger(), nullable=False),
    sa.Column("column_name", sa.String(), nullable=False),
    sa.Column("value", sa.String()),
    sa.Column("rule", sa.String(), nullable=False),
    sa.Column("row_json", sa.String(), nullable=False),
)


def create_statements() -> list[str]:
    """DDL that creates the contract's tables and the books beside them, in DuckDB's words."""
    return [
        str(CreateTable(table, if_not_exists=True).compile(dialect=DUCKDB)).strip()
        for table in METADATA.sorted_tables
    ]


def add_statement(column: sa.Column) -> str:
    """DDL that adds a column to its table, which an earlier version made without it."""
    table = DUCKDB.identifier_preparer.format_table(column.table)
    return f"ALTER TABLE {table} ADD COLUMN {CreateColumn(column).compile(dialect=DUCKDB)}"


def bound(statement: sa.ClauseElement) -> tuple[str, dict[str, Any]]:
    """A statement in DuckDB's words with `$name` for each value, and the values."""
    compiled = statement.compile(dialect=DUCKDB, compile_kwargs={"render_postcompile": True})
    return compiled.string % {name: f"${name}" for name in compiled.params}, compiled.params
