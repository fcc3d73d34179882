"""A warehouse that is read through its map, which is read again whenever its text changes."""

import functools
from pathlib import Path

import sqlalchemy as sa

from warehouse.engine.base import ALONE, Rows, Warehouse
from warehouse.mapping import reading
from warehouse.mapping.catalog import Catalog, column_queries
from warehouse.mapping.declaration import Mapping
from warehouse.mapping.translation import Translation, tables_read
from warehouse.read_request import ReadRequest


@functools.cache
def mapped(warehouse: Warehouse, map_path: Path) -> "MappedWarehouse":
    """The process-wide warehouse `warehouse` as it is read through the map at `map_path`."""
    return MappedWarehouse(warehouse, map_path)


def fingerprint(map_path: Path | None) -> str:
    """What tells one map from any other; empty without a map. Raises `MapInvalid`."""
    return "" if map_path is None else reading.load(map_path).fingerprint


class MappedWarehouse:
    """Another warehouse's tables as the contract's; what it has is asked once per version."""

    def __init__(self, warehouse: Warehouse, map_path: Path) -> None:
        self._warehouse = warehouse
        self._map_path = map_path
        self._latest: tuple[tuple[str, str], Translation] | None = None

    @property
    def address(self) -> str:
        """Where the company's own tables lie."""
        return self._warehouse.address

    def version(self) -> str:
        """The data version: it changes with the tables and with what the map says of them.

        Raises `MapInvalid`, and what the warehouse raises.
        """
        return f"{self._warehouse.version()}-{fingerprint(self._map_path)}"

    def read(self, statement: sa.Select, read_request: ReadRequest = ALONE) -> Rows:
        """Run one select over the company's own tables, as the warehouse promises.

        A statement that reads no mapped table is run as it is, and nothing is asked for it.
        Raises `MapInvalid`, `ContractBroken` where the map does not fit the warehouse, and what
        the warehouse raises.
        """
        mapping = reading.load(self._map_path)
        if tables_read(statement) & mapping.tables.keys():
            statement = self._translation(mapping).mapped(statement)
        return self._warehouse.read(statement, read_request)

    def mapped(self) -> dict[str, sa.Select | None]:
        """The mapped tables, each with the select of its last sync where the map declares one.

        Raises `MapInvalid`, and `ContractBroken` where a sync does not fit the warehouse.
        """
        return self._translation(reading.load(self._map_path)).synced()

    def close(self) -> None:
        """Let go of the warehouse; the next read opens it again."""
        self._warehouse.close()

    def _translation(self, mapping: Mapping) -> Translation:
        latest, of = self._latest, (self._warehouse.version(), mapping.fingerprint)
        if latest is None or latest[0] != of:
            catalog = Catalog(
                row
                for query in column_queries(mapping)
                for row in self._warehouse.read(query).whole()
            )
            latest = self._latest = of, Translation(mapping, catalog)
        return latest[1]
