"""A company's own table, read through one map, has the same rows in both engines."""

from tests.warehouse.mapping.maps import ACCOUNTS, everything, foreign, plain, written
from tests.warehouse.snowflake.companies import run_as_loader
from warehouse.mapping.applied import MappedWarehouse

OWN = (
    "CREATE TABLE crm.account (id TEXT, name TEXT)",
    "INSERT INTO crm.account VALUES ('a', 'Amber'), ('b', NULL), ('c', 'Cedar')",
)


def test_a_map_reads_the_same_rows_in_both_engines(both, stand_in, tmp_path):
    own = foreign(tmp_path, "CREATE SCHEMA crm", *OWN)
    run_as_loader(stand_in, "CRM", *OWN)
    _, warehouse = both("FLEET")
    map_path = written(tmp_path, ACCOUNTS)
    duckdb, snowflaked = (
        everything(MappedWarehouse(one, map_path), "accounts") for one in (plain(own), warehouse)
    )
    assert [row[:2] for row in duckdb] == [("a", "Amber"), ("b", None), ("c", "Cedar")]
    assert snowflaked == duckdb
