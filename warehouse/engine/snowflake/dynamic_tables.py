"""The rollups as Snowflake keeps them: dynamic tables over the company's own rows.

A dynamic table refreshes itself incrementally from the changes of what it reads, so no watermark,
no MERGE and no schedule of ours is needed there. Imported only when that dialect is asked for.
"""

import sqlalchemy as sa
from snowflake.sqlalchemy.snowdialect import SnowflakeDialect
from sqlalchemy.schema import CreateTable

from warehouse.contract.tables import TABLES
from warehouse.ddl import LOADS, SQL_TABLES
from warehouse.rollups import ROLLUPS

TARGET_LAG = "1 hour"


def statements(warehouse: str) -> list[str]:
    """DDL for the contract's tables and the book of loads, then a dynamic table per rollup.

    Each is refreshed on `warehouse`. A pipeline that writes `loads` says how far a source was
    complete; without it the newest row stands for that.
    """
    dialect: sa.Dialect = SnowflakeDialect()
    made = [SQL_TABLES[name] for name, table in TABLES.items() if not table.rollup]
    tables = [
        str(CreateTable(table, if_not_exists=True).compile(dialect=dialect)).strip()
        for table in (*made, LOADS)
    ]
    quoted = dialect.identifier_preparer.quote(warehouse)
    rollups = [
        f"CREATE OR REPLACE DYNAMIC TABLE {name}\n"
        f"    TARGET_LAG = '{TARGET_LAG}'\n"
        f"    WAREHOUSE = {quoted}\n"
        "    REFRESH_MODE = AUTO\n"
        f"AS\n{rollup.select(SQL_TABLES).compile(dialect=dialect)}"
        for name, rollup in ROLLUPS.items()
    ]
    return tables + rollups
