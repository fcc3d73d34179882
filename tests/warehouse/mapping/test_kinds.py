"""What a type is called, by DuckDB and by Snowflake, and what a map may make of it."""

import datetime as dt

import pytest

from warehouse.contract.tables import TABLES
from warehouse.mapping import kinds


@pytest.mark.parametrize(
    ("data_type", "scale", "kind"),
    [
        ("VARCHAR", None, "text"),
        ("TEXT", None, "text"),
        ("ENUM('a', 'b')", None, "text"),
        ("UUID", None, "text"),
        ("BIGINT", 0, "whole number"),
        ("UTINYINT", 0, "whole number"),
        ("HUGEINT", 0, "whole number"),
        ("NUMBER", 0, "whole number"),
        ("NUMBER", 2, "number"),
        ("DECIMAL(18,2)", 2, "number"),
        ("DECIMAL(18,0)", 0, "whole number"),
        ("DOUBLE", None, "number"),
        ("FLOAT", None, "number"),
        ("BOOLEAN", None, "yes/no"),
        ("DATE", None, "day"),
        ("TIMESTAMP", None, "instant"),
        ("TIMESTAMP_NS", None, "instant"),
        ("TIMESTAMP WITH TIME ZONE", None, "instant"),
        ("TIMESTAMP_NTZ", None, "instant"),
        ("TIMESTAMP_TZ", None, "instant"),
        ("TIME", None, None),
        ("INTERVAL", None, None),
        ("INTEGER[]", None, None),
        ("STRUCT(a INTEGER)", None, None),
        ("VARIANT", None, None),
        ("BLOB", None, None),
    ],
)
def test_a_type_of_either_engine_has_one_kind(data_type, scale, kind):
    assert kinds.of_catalog(data_type, scale) == kind


@pytest.mark.parametrize(
    ("data_type", "zoned"),
    [
        ("TIMESTAMP WITH TIME ZONE", True),
        ("TIMESTAMP_TZ", True),
        ("TIMESTAMP_LTZ", True),
        ("TIMESTAMP_NTZ", False),
        ("TIMESTAMP", False),
        ("DATE", False),
    ],
)
def test_only_a_zoned_instant_is_moved(data_type, zoned):
    assert kinds.is_zoned(data_type) is zoned


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (True, "yes/no"),
        (1, "whole number"),
        (1.0, "number"),
        ("1", "text"),
        (dt.date(2026, 1, 1), "day"),
        (dt.datetime(2026, 1, 1), "instant"),  # noqa: DTZ001 (a TOML instant without a zone)
    ],
)
def test_a_constant_has_one_kind(value, kind):
    assert kinds.of_value(value) == kind


def test_every_column_of_the_contract_has_a_kind_and_every_kind_a_type():
    found = {
        kinds.of_contract(column) for table in TABLES.values() for column in table.columns.values()
    }
    assert found == set(kinds.SQL_TYPES) == set(kinds.CASTS)


def test_only_a_whole_number_is_another_kind_without_a_cast():
    pairs = [(one, other) for one in kinds.CASTS for other in kinds.CASTS if one != other]
    assert [pair for pair in pairs if kinds.fits(*pair)] == [("whole number", "number")]
