"""A process that reads as the app does, until it has seen as many hours as it was told to wait for.

Each line on standard input is that number; the line on standard output is JSON: every distinct
(hours, hours in usage_daily, hours in account_usage_daily) it saw, in the order it saw them.
"""

import json
import sys
from pathlib import Path

import sqlalchemy as sa

from warehouse.ddl import SQL_TABLES
from warehouse.engine.duckdb import DuckDBWarehouse


def hours_served(warehouse: DuckDBWarehouse) -> tuple[int, ...]:
    """Hours in the raw table and in each rollup, from one select."""
    columns = [sa.select(sa.func.count()).select_from(SQL_TABLES["metering_hourly"])]
    for name in ("usage_daily", "account_usage_daily"):
        table = SQL_TABLES[name]
        columns.append(sa.select(sa.func.sum(table.c.hours_present)).select_from(table))
    scalars = [column.scalar_subquery().label(f"c{at}") for at, column in enumerate(columns)]
    return tuple(map(int, warehouse.read(sa.select(*scalars)).frame.row(0)))


def main() -> None:
    """Read and answer until there are no more lines."""
    path = Path(sys.argv[1])
    warehouse = DuckDBWarehouse(path, row_limit=10, timeout_seconds=30, memory_mib=256)
    for line in sys.stdin:
        seen: list[tuple[int, ...]] = []
        while not seen or seen[-1][0] < int(line):
            now = hours_served(warehouse)
            if not seen or seen[-1] != now:
                seen.append(now)
        sys.stdout.write(f"{json.dumps(seen)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
