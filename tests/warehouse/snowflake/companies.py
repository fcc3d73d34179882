"""The small companies of the question tests, each a schema of the stand-in and a DuckDB file."""

import duckdb
import snowflake.connector

from tests.cases import cases
from tests.rows import build
from tests.warehouse.owned import OWNED

DATABASE = "METER"
COMPANIES = {name: case.company for name, case in cases().items()} | {"OWNED": OWNED}


def build_both(folder):
    """Every company as `folder`/NAME.duckdb, and all of them as schemas of `folder`/METER.db."""
    with duckdb.connect() as connection:
        connection.execute(f"ATTACH '{folder}/{DATABASE}.db' AS meter")
        for name, rows in COMPANIES.items():
            file = build(folder / f"{name}.duckdb", rows)
            connection.execute(f"CREATE SCHEMA meter.{name}")
            connection.execute(f"ATTACH '{file}' AS company (READ_ONLY)")
            columns = connection.execute(
                "SELECT table_name, string_agg(format('{0} AS \"{1}\"', column_name, "
                "upper(column_name)), ', ' ORDER BY column_index) "
                "FROM duckdb_columns() WHERE database_name = 'company' GROUP BY table_name"
            ).fetchall()
            for table, selected in columns:
                connection.execute(
                    f'CREATE TABLE meter.{name}."{table.upper()}" AS '
                    f"SELECT {selected} FROM company.{table}"
                )
            connection.execute("DETACH company")


def run_as_loader(port, schema, *statements):
    """Run statements in a schema of the stand-in, as a company's own pipeline would."""
    with snowflake.connector.connect(
        user="loader",
        password="any",  # noqa: S106 (the stand-in takes any)
        account="stand-in",
        host="127.0.0.1",
        port=port,
        protocol="http",
        database=DATABASE,
        schema=schema,
        enable_server_session_keep_alive_auto_detection=False,
    ) as connection:
        for statement in statements:
            connection.cursor().execute(statement)
