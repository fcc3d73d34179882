"""Mapped tables as common table expressions: the contract's columns over a company's own."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.sql import visitors

from warehouse.contract import TABLES
from warehouse.ddl import SQL_TABLES
from warehouse.errors import ContractBroken
from warehouse.mapping import kinds
from warehouse.mapping.catalog import Catalog, Misfit
from warehouse.mapping.declaration import Empty, MappedTable, Mapping
from warehouse.mapping.rows import SourceRows

NOTHING: sa.ColumnElement[bool] = sa.literal_column("1 = 0")


@dataclass(frozen=True)
class Translated:
    """A contract table over its source; a column that does not fit is null and in `misfits`.

    `select` is None and `missing` says why where the source itself cannot be read.
    """

    select: sa.Select | None
    misfits: dict[str, Misfit]
    missing: Misfit | None = None


def translate(table: MappedTable, catalog: Catalog) -> Translated:
    """The contract table `table` as one select over what the warehouse has."""
    columns = TABLES[table.name].columns
    targets = SQL_TABLES[table.name].c
    if table.source is None:
        nulls = [sa.cast(sa.null(), targets[name].type).label(name) for name in columns]
        return Translated(sa.select(*nulls).where(NOTHING), {})
    try:
        rows = SourceRows(table.source, catalog)
        kept = rows.kept()
    except Misfit as misfit:
        return Translated(None, {}, misfit)
    mapped = dict(table.columns)
    misfits: dict[str, Misfit] = {}
    values: list[sa.ColumnElement] = []
    for name, column in columns.items():
        try:
            value = rows.value(mapped.get(name, Empty()), kinds.of_contract(column))
        except Misfit as misfit:
            misfits[name] = misfit
            value = sa.null()
        values.append(sa.cast(value, targets[name].type).label(name))
    return Translated(sa.select(*values).select_from(rows.joined).where(*kept), misfits)


def tables_read(statement: sa.Select) -> set[str]:
    """The contract tables that a statement reads, wherever in it."""
    return {part.name for part in visitors.iterate(statement) if isinstance(part, sa.Table)}


class Translation:
    """A map applied to one version of one warehouse."""

    def __init__(self, mapping: Mapping, catalog: Catalog) -> None:
        self.mapping = mapping
        self._catalog = catalog
        self._tables: dict[str, Translated] = {}

    def table(self, name: str) -> Translated:
        """The contract table `name`, which the map must map."""
        if name not in self._tables:
            self._tables[name] = translate(self.mapping.tables[name], self._catalog)
        return self._tables[name]

    def mapped(self, statement: sa.Select, *, misfits: bool = False) -> sa.Select:
        """The statement with every mapped table that it reads put in front of it.

        Raises `ContractBroken` when one does not fit the warehouse, which `misfits` lets pass
        for single columns: they read as null.
        """
        for name in sorted(tables_read(statement) & self.mapping.tables.keys()):
            table = self.table(name)
            if table.select is None or (table.misfits and not misfits):
                raise self._broken(name, table)
            statement = statement.add_cte(table.select.cte(name))
        return statement

    def _broken(self, name: str, table: Translated) -> ContractBroken:
        column, misfit = (
            (name, table.missing)
            if table.missing is not None
            else next((f"{name}.{column}", misfit) for column, misfit in table.misfits.items())
        )
        return ContractBroken(
            f"The map {self.mapping.file} does not fit the warehouse: {column} {misfit}.",
            "Correct the map; `python -m warehouse check` names everything that does not fit.",
        )
