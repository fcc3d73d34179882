"""Every table of the warehouse that is declared: those of the sources, the rollups made of them.

`TABLES` are in the order the sources are read, and after them the rollups. `fingerprint` changes
whenever a declaration does.
"""

import hashlib
from functools import cache

from warehouse.contract import (
    benchmarks,
    bills,
    on_call,
    operating_model,
    polaris,
    salesforce,
    support,
    tackle,
    telemetry,
)
from warehouse.contract.table import Table
from warehouse.rollups import ROLLUPS

TABLES: dict[str, Table] = {
    table.name: table
    for source in (
        salesforce,
        tackle,
        polaris,
        telemetry,
        bills,
        support,
        on_call,
        benchmarks,
        operating_model,
    )
    for table in source.TABLES
} | {name: rollup.table for name, rollup in ROLLUPS.items()}


def loaded_from(name: str) -> tuple[str, ...]:
    """The loaded tables whose rows the table `name` holds or is made of.

    A loaded table stands for itself. The first is the one whose load brings new rows, and with
    them how complete they are.
    """
    made_of = TABLES[name].rollup_of
    if not made_of:
        return (name,)
    return tuple(dict.fromkeys(loaded for source in made_of for loaded in loaded_from(source)))


@cache
def fingerprint() -> str:
    """Sixteen hexadecimal digits that change when any table's columns or types change."""
    shape = [
        (name, [(column, str(dtype)) for column, dtype in table.polars_schema.items()])
        for name, table in TABLES.items()
    ]
    return hashlib.sha256(repr(shape).encode()).hexdigest()[:16]
