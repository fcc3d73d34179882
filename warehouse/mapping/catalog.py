"""What the connected warehouse really has where a map points: tables, columns and their types."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler

from warehouse.mapping import kinds
from warehouse.mapping.declaration import Kind, Mapping, Name, Source
from warehouse.sources.files import nearest

CURRENT_DATABASE: sa.ColumnElement[Any] = sa.literal_column("current_database()")
CURRENT_SCHEMA: sa.ColumnElement[Any] = sa.literal_column("current_schema()")


class Misfit(Exception):
    """What a map asks for and the warehouse has not; `found` is the type where one is there."""

    def __init__(self, sentence: str, found: str | None = None) -> None:
        super().__init__(sentence)
        self.found = found


class QualifiedTable(sa.TableClause):
    """A table by database, schema and name, each quoted as its dialect quotes identifiers."""

    inherit_cache = False

    def __init__(
        self, database: str | None, schema: str, name: str, *columns: sa.ColumnClause
    ) -> None:
        super().__init__(name, *columns, schema=schema)
        self.database = database


@compiles(QualifiedTable)
def _compile_qualified(table: QualifiedTable, compiler: SQLCompiler, **_: Any) -> str:
    parts = (table.database, table.schema, table.name)
    return ".".join(compiler.preparer.quote(part) for part in parts if part is not None)


def exactly(name: str) -> sa.sql.quoted_name:
    """An identifier that is quoted whatever it looks like, as the catalog spells it."""
    return sa.sql.quoted_name(name, quote=True)


@dataclass(frozen=True)
class CatalogColumn:
    """One column as the catalog has it; no map can read one whose kind is None."""

    name: str
    data_type: str
    kind: Kind | None


@dataclass(frozen=True)
class FoundTable:
    """One table or view as the catalog has it."""

    database: str | None
    schema: str
    name: str
    columns: dict[str, CatalogColumn]

    def column(self, name: Name) -> CatalogColumn | None:
        """The first spelling that is there; None for an optional column without one.

        Raises `Misfit` when a column that is not optional is missing.
        """
        for spelling in name.spellings:
            found = _picked(spelling, self.columns)
            if found is not None:
                return self.columns[found]
        if name.optional:
            return None
        hint = nearest(name.spellings[0], self.columns)
        sought = " or ".join(name.spellings)
        raise Misfit(f"reads {sought} of {self.schema}.{self.name}, which is missing{hint}")


class Catalog:
    """The tables that a map names, as far as they are there.

    Each row of `columns` is what one of `column_queries` brought, and each of `tables` one of
    `table_queries`; the second serves only to say what a missing table may have been.
    """

    def __init__(
        self, columns: Iterable[tuple[Any, ...]], tables: Iterable[tuple[Any, ...]] = ()
    ) -> None:
        self._tables: dict[tuple[str | None, str, str], dict[str, CatalogColumn]] = {}
        self._current: set[str] = set()
        for database, schema, table, is_current, column, data_type, scale in columns:
            found = CatalogColumn(column, data_type, kinds.of_catalog(data_type, scale))
            self._tables.setdefault((database, schema, table), {})[column] = found
            self._current |= {schema} if is_current else set()
        self._names = [(schema, table) for schema, table in tables]

    def table(self, source: Source) -> FoundTable:
        """The table that `source` names; raises `Misfit` when it is missing."""
        places = [
            (schema, table) for there, schema, table in self._tables if there == source.database
        ]
        schema = (
            next(iter(self._current), None)
            if source.schema is None
            else _picked(source.schema, dict.fromkeys(schema for schema, _ in places))
        )
        name = _picked(source.table, [table for there, table in places if there == schema])
        if schema is None or name is None:
            raise Misfit(f"reads the table {source}, which is missing{self._hint(source)}")
        columns = self._tables[source.database, schema, name]
        return FoundTable(source.database, schema, name, columns)

    def _hint(self, source: Source) -> str:
        full = {f"{schema}.{table}" for schema, table in self._names}
        return nearest(f"{source.schema}.{source.table}" if source.schema else source.table, full)


def column_queries(mapping: Mapping) -> list[sa.Select]:
    """One select per database, as the map spells it: the columns of every table it names there."""
    return [
        sa.select(
            (sa.null() if database is None else sa.literal(database)).label("database"),
            there.c.table_schema,
            there.c.table_name,
            (there.c.table_schema == CURRENT_SCHEMA).label("is_current"),
            there.c.column_name,
            there.c.data_type,
            there.c.numeric_scale,
        ).where(
            _in_database(there, database),
            sa.or_(*(_is_source(there, source) for source in sources)),
        )
        for database, sources in _by_database(mapping).items()
        for there in [
            _information(database, "columns", "column_name", "data_type", "numeric_scale")
        ]
    ]


def table_queries(mapping: Mapping) -> list[sa.Select]:
    """One select per database: the names of all tables in its schemas."""
    return [
        sa.select(there.c.table_schema, there.c.table_name).where(_in_database(there, database))
        for database in _by_database(mapping)
        for there in [_information(database, "tables")]
    ]


def _information(database: str | None, name: str, *columns: str) -> sa.FromClause:
    named = ("table_catalog", "table_schema", "table_name", *columns)
    there = QualifiedTable(database, "information_schema", name, *map(sa.column, named))
    return there.alias("catalog")


def _by_database(mapping: Mapping) -> dict[str | None, list[Source]]:
    found: dict[str | None, dict[tuple[str | None, str], Source]] = {}
    for table in mapping.tables.values():
        for source in table.sources:
            found.setdefault(source.database, {})[source.schema, source.table] = source
    return {database: list(sources.values()) for database, sources in found.items()}


def _in_database(there: sa.FromClause, database: str | None) -> sa.ColumnElement[bool]:
    if database is None:
        return there.c.table_catalog == CURRENT_DATABASE
    return sa.func.lower(there.c.table_catalog) == database.lower()


def _is_source(there: sa.FromClause, source: Source) -> sa.ColumnElement[bool]:
    schema = there.c.table_schema
    return sa.and_(
        schema == CURRENT_SCHEMA
        if source.schema is None
        else sa.func.lower(schema) == source.schema.lower(),
        sa.func.lower(there.c.table_name) == source.table.lower(),
    )


def _picked(wanted: str, names: Iterable[str]) -> str | None:
    """The name that is spelled as wanted, or else the only one that differs in case alone."""
    alike = [name for name in names if name.lower() == wanted.lower()]
    if wanted in alike:
        return wanted
    if len(alike) > 1:
        raise Misfit(f"reads {wanted}, which could be {' or '.join(alike)}; spell it exactly")
    return alike[0] if alike else None
