"""Mapped tables as common table expressions: the contract's columns over a company's own."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.sql import visitors

from warehouse.contract.tables import TABLES
from warehouse.ddl import SQL_TABLES
from warehouse.errors import ContractBroken
from warehouse.mapping import kinds
from warehouse.mapping.catalog import Catalog, Misfit
from warehouse.mapping.declaration import Empty, MappedTable, Mapping
from warehouse.mapping.rows import SourceRows
from warehouse.rollups import ROLLUPS

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
    if table.is_made:
        return Translated(ROLLUPS[table.name].select(SQL_TABLES), {})
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


def last_synced(table: MappedTable, catalog: Catalog) -> sa.Select | None:
    """The instant at which the source of `table` was last synced, UTC; None where none is said.

    Raises `Misfit` where the map points at what is not there, or at no instant.
    """
    if table.synced is None:
        return None
    rows = SourceRows(table.synced.source, catalog)
    at = rows.value(table.synced.pick, "instant")
    newest = sa.cast(sa.func.max(at), sa.DateTime()).label("synced_at")
    return sa.select(newest).select_from(rows.joined).where(*rows.kept())


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
        for name in self._read(statement):
            table = self.table(name)
            if table.select is None or (table.misfits and not misfits):
                raise self._broken(name, table)
            statement = statement.add_cte(table.select.cte(name))
        return statement

    def _read(self, statement: sa.Select) -> list[str]:
        """The mapped tables that a statement reads, and before a rollup those it is made of."""
        read = tables_read(statement) & self.mapping.tables.keys()
        made = sorted(name for name in read if self.mapping.tables[name].is_made)
        sources = {source for name in made for source in ROLLUPS[name].sources}
        return [*sorted((read | sources & self.mapping.tables.keys()) - {*made}), *made]

    def synced(self) -> dict[str, sa.Select | None]:
        """Every mapped table with the select of its last sync, None where the map declares none.

        Raises `ContractBroken` where that does not fit the warehouse.
        """
        found: dict[str, sa.Select | None] = {}
        for name, table in self.mapping.tables.items():
            try:
                found[name] = last_synced(table, self._catalog)
            except Misfit as misfit:
                raise self._unfit(f"synced of {name}", misfit) from misfit
        return found

    def unsynced(self, name: str) -> Misfit | None:
        """Why the last sync of a table cannot be read; None where it can or is not declared."""
        try:
            last_synced(self.mapping.tables[name], self._catalog)
        except Misfit as misfit:
            return misfit
        return None

    def _broken(self, name: str, table: Translated) -> ContractBroken:
        if table.missing is not None:
            return self._unfit(name, table.missing)
        column, misfit = next(iter(table.misfits.items()))
        return self._unfit(f"{name}.{column}", misfit)

    def _unfit(self, what: str, misfit: Misfit) -> ContractBroken:
        return ContractBroken(
            f"The map {self.mapping.file} does not fit the warehouse: {what} {misfit}.",
            "Correct the map; `python -m warehouse check` names everything that does not fit.",
        )
