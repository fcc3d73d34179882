"""What the connected warehouse has under the contract's names, as its own catalog says it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import dataframely as dy
import sqlalchemy as sa

from warehouse.contract.tables import TABLES
from warehouse.mapping import kinds
from warehouse.mapping.catalog import CURRENT_DATABASE, CURRENT_SCHEMA, CatalogColumn
from warehouse.mapping.declaration import Kind

# The door to the engine: the rows of one select.
Ask = Callable[[sa.Select], list[tuple[Any, ...]]]

# The contract's types as DuckDB's catalog names them; Snowflake understands the same words.
_TYPES: dict[Kind, str] = {
    "text": "VARCHAR",
    "number": "DOUBLE",
    "whole number": "BIGINT",
    "yes/no": "BOOLEAN",
    "day": "DATE",
    "instant": "TIMESTAMP",
}
_COLUMNS = sa.table(
    "columns",
    sa.column("table_catalog", sa.String()),
    sa.column("table_schema", sa.String()),
    sa.column("table_name", sa.String()),
    sa.column("column_name", sa.String()),
    sa.column("data_type", sa.String()),
    sa.column("numeric_precision", sa.BigInteger()),
    sa.column("numeric_scale", sa.BigInteger()),
    schema="information_schema",
).alias("catalog")
_NAMES = sa.table(
    "tables",
    sa.column("table_catalog", sa.String()),
    sa.column("table_schema", sa.String()),
    sa.column("table_name", sa.String()),
    schema="information_schema",
).alias("catalog")


@dataclass(frozen=True)
class Introspection:
    """The contract's tables as far as they are there, and the names of all others beside them.

    DuckDB's tables are of our making and must have the very types; Snowflake's have types of
    their own, which fit by what they mean.
    """

    tables: dict[str, dict[str, CatalogColumn]]
    others: list[str]
    by_meaning: bool

    def fits(self, table: str, name: str) -> bool:
        """Whether a column is there in a type that the contract's can be read from."""
        found = self.tables[table].get(name)
        if found is None:
            return False
        column = TABLES[table].columns[name]
        if not self.by_meaning:
            return found.data_type == type_of(column)
        return found.kind is not None and kinds.fits(found.kind, kinds.of_contract(column))


def type_of(column: dy.Column) -> str:
    """The type of a contract column, in words that both engines take."""
    return _TYPES[kinds.of_contract(column)]


def introspect(ask: Ask, *, on_snowflake: bool) -> Introspection:
    """What lies in the schema that the connection is in."""
    spelled = _unquoted if on_snowflake else str
    tables: dict[str, dict[str, CatalogColumn]] = {}
    columns = sa.select(
        _COLUMNS.c.table_name,
        _COLUMNS.c.column_name,
        _COLUMNS.c.data_type,
        _COLUMNS.c.numeric_precision,
        _COLUMNS.c.numeric_scale,
    ).where(_is_here(_COLUMNS), sa.func.lower(_COLUMNS.c.table_name).in_(TABLES))
    for table, column, data_type, precision, scale in ask(columns):
        name = spelled(column)
        said = f"NUMBER({precision},{scale})" if data_type == "NUMBER" else data_type
        found = CatalogColumn(name, said, kinds.of_catalog(data_type, scale))
        tables.setdefault(spelled(table), {})[name] = found
    named = [
        spelled(name) for (name,) in ask(sa.select(_NAMES.c.table_name).where(_is_here(_NAMES)))
    ]
    return Introspection(tables, [name for name in named if name not in TABLES], on_snowflake)


def _is_here(catalog: sa.FromClause) -> sa.ColumnElement[bool]:
    return sa.and_(
        catalog.c.table_catalog == CURRENT_DATABASE, catalog.c.table_schema == CURRENT_SCHEMA
    )


def _unquoted(name: str) -> str:
    """A Snowflake name as a statement writes it: in quotes unless it is all upper case."""
    return name.lower() if name == name.upper() else f'"{name}"'
