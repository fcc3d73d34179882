"""The contract: every table of the warehouse and the ledger, declared once.

`TABLES` are the warehouse's tables in the order the sources are read, rollups included;
`LEDGER_TABLES` live in the ledger's own store. `fingerprint` changes whenever a declaration does.
"""

import hashlib
from functools import cache

from warehouse.contract import (
    benchmarks,
    bills,
    ledger,
    on_call,
    operating_model,
    polaris,
    salesforce,
    support,
    tackle,
    telemetry,
)
from warehouse.contract.table import SHARED, Path, Table

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
}
LEDGER_TABLES: dict[str, Table] = {table.name: table for table in ledger.TABLES}

__all__ = ["LEDGER_TABLES", "SHARED", "TABLES", "Path", "Table", "fingerprint"]


@cache
def fingerprint() -> str:
    """Sixteen hexadecimal digits that change when any table's columns or types change."""
    shape = [
        (name, [(column, str(dtype)) for column, dtype in table.polars_schema.items()])
        for name, table in TABLES.items()
    ]
    return hashlib.sha256(repr(shape).encode()).hexdigest()[:16]
