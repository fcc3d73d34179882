"""Every table behind the answers, column by column: the warehouse's and the ledger's."""

from collections.abc import Iterator
from typing import NamedTuple

from ledger.tables import column_facts
from warehouse.contract.tables import TABLES

LEDGER = "Ledger"


class TableColumn(NamedTuple):
    """One column of one table; `choices` are the allowed words, empty where any value goes."""

    table: str
    grain: str
    source: str
    column: str
    description: str
    unit: str
    dtype: str
    is_key: bool
    is_nullable: bool
    choices: tuple[str, ...]


def columns() -> Iterator[TableColumn]:
    """The columns of the contract in its order, and after them those of the ledger."""
    for table in TABLES.values():
        for name, column in table.columns.items():
            yield TableColumn(
                table=table.name,
                grain=table.grain,
                source=table.source,
                column=name,
                description=table.describe(name),
                unit=table.unit(name),
                dtype=str(column.dtype),
                is_key=name in table.key,
                is_nullable=column.nullable,
                choices=table.choices(name),
            )
    for facts in column_facts():
        yield TableColumn(source=LEDGER, **(facts._asdict() | {"dtype": str(facts.dtype)}))
