"""One step between an engine's Arrow and a frame: both engines' spellings become one."""

import datetime as dt
from decimal import Decimal

import polars as pl
import pytest
import sqlalchemy as sa
from polars.testing import assert_frame_equal

from warehouse.errors import ContractBroken
from warehouse.normalise import normalised

AT = dt.datetime(2026, 3, 31, 22, 30, tzinfo=dt.UTC)
DECLARED = sa.select(
    sa.column("name", sa.String()),
    sa.column("active", sa.Boolean()),
    sa.column("day", sa.Date()),
    sa.column("at", sa.DateTime()),
    sa.column("hours", sa.BigInteger()),
    sa.column("amount", sa.Double()),
)
WANTED = pl.DataFrame(
    {
        "name": ["a", None],
        "active": [True, None],
        "day": [AT.date(), None],
        "at": [AT, None],
        "hours": [3, None],
        "amount": [1.5, None],
    },
    schema_overrides={"at": pl.Datetime("us", "UTC")},
)


def test_what_each_engine_sends_becomes_the_declared_frame():
    duckdb = WANTED.with_columns(
        pl.col("name").cast(pl.Categorical),
        pl.col("at").dt.replace_time_zone(None),
        pl.col("hours").cast(pl.Decimal(38, 0)),
        pl.col("amount").cast(pl.Decimal(38, 4)),
    )
    snowflake = WANTED.rename(str.upper).with_columns(
        pl.col("DAY").cast(pl.Datetime("ns")),
        pl.col("AT").dt.convert_time_zone("Europe/Berlin").dt.cast_time_unit("ns"),
        pl.col("HOURS").cast(pl.Float64),
        pl.col("AMOUNT").cast(pl.Float32),
    )
    assert_frame_equal(normalised(duckdb, DECLARED), WANTED)
    assert_frame_equal(normalised(snowflake, DECLARED), WANTED)


def test_a_column_of_nothing_takes_the_declared_type():
    nothing = pl.DataFrame({column: [None] for column in WANTED.columns})
    assert normalised(nothing, DECLARED).schema == WANTED.schema


def test_what_is_not_declared_is_only_put_in_one_spelling():
    statement = sa.select(sa.column("at"), sa.column("n"), sa.column("word"))
    frame = pl.DataFrame({"AT": [AT], "N": [Decimal("1.50")], "WORD": ["x"]})
    assert normalised(frame, statement).rows() == [(AT, 1.5, "x")]


@pytest.mark.parametrize(
    ("column", "found", "expected"),
    [
        ("amount", "many", "amount comes as String, not Float64"),
        ("name", 1, "name comes as Int32, not String"),
        ("at", 1, "at comes as Int32, not Datetime"),
        ("hours", 1.5, "hours has fractions where whole numbers are declared"),
        ("active", 1, "active comes as Int32, not Boolean"),
    ],
)
def test_a_column_of_another_kind_breaks_the_contract(column, found, expected):
    frame = WANTED.with_columns(pl.lit(found).alias(column))
    with pytest.raises(ContractBroken, match=expected):
        normalised(frame, DECLARED)
