"""A company's own table, read through one map, has the same rows in both engines."""

import snowflake.connector

from tests.warehouse.mapping.maps import ACCOUNTS, everything, foreign, plain, written
from tests.warehouse.snowflake.companies import DATABASE
from warehouse.mapping.applied import MappedWarehouse

OWN = (
    "CREATE TABLE crm.account (id TEXT, name TEXT)",
    "INSERT INTO crm.account VALUES ('a', 'Amber'), ('b', NULL), ('c', 'Cedar')",
)


def test_a_map_reads_the_same_rows_in_both_engines(both, stand_in, tmp_path):
    own = foreign(tmp_path, "CREATE SCHEMA crm", *OWN)
    with snowflake.connector.connect(
        user="loader",
        password="any",  # noqa: S106 (the stand-in takes any)
        account="stand-in",
        host="127.0.0.1",
        port=stand_in,
        protocol="http",
        database=DATABASE,
        schema="CRM",
        enable_server_session_keep_alive_auto_detection=False,
    ) as connection:
        for statement in OWN:
            connection.cursor().execute(statement)
    _, house = both("FLEET")
    map_path = written(tmp_path, ACCOUNTS)
    duckdb, snowflaked = (
        everything(MappedWarehouse(one, map_path), "accounts") for one in (plain(own), house)
    )
    assert [row[:2] for row in duckdb] == [("a", "Amber"), ("b", None), ("c", "Cedar")]
    assert snowflaked == duckdb
