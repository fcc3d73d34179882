"""The generator's rows are what it says, and what is measured side by side gives one answer."""

import datetime as dt

import duckdb
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from queries.core.catalog import QUESTIONS
from tests.load.hours import DATA_DATE, Size, generate
from tests.load.size import ASKED, CONTEXT
from warehouse.contract.tables import TABLES
from warehouse.engine.duckdb import DuckDBWarehouse
from warehouse.read import Read, select

SIZE = Size(clusters=264, days=92)


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    made = tmp_path_factory.mktemp("size") / "w.duckdb"
    generate(made, SIZE)
    return made


@pytest.fixture(scope="module")
def warehouse(path):
    made = DuckDBWarehouse(path, row_limit=1_000_000, timeout_seconds=60, memory_mib=512)
    yield made
    made.close()


@pytest.fixture(scope="module")
def connection(path):
    with duckdb.connect(str(path), read_only=True) as opened:
        yield opened


def test_every_cluster_has_every_hour_of_the_window_and_no_other(connection):
    first = dt.datetime(2025, 10, 31)  # noqa: DTZ001 (as the engine stores instants)
    last = dt.datetime(2026, 1, 30, 23)  # noqa: DTZ001
    hours = connection.sql(
        "SELECT count(*), count(DISTINCT (cluster_id, hour_start)), min(hour_start), "
        "max(hour_start) FROM metering_hourly WHERE supersedes_record_id IS NULL"
    ).fetchall()
    assert hours == [(SIZE.rows, SIZE.rows, first, last)]
    assert SIZE.rows == 264 * 92 * 24
    again = connection.sql("SELECT count(supersedes_record_id) FROM metering_hourly").fetchall()
    assert 500 < again[0][0] < 660


def test_the_accounts_stay_the_same_as_clusters_grow(connection):
    places = connection.sql(
        "SELECT count(DISTINCT account_id), count(DISTINCT (account_id, hyperscaler, region)) "
        "FROM clusters"
    ).fetchall()
    assert places == [(240, 240)]


@pytest.mark.parametrize("table", ["accounts", "clusters", "contracts", "metering_hourly"])
def test_the_rows_meet_the_contract(warehouse, table):
    read = Read(table=table, columns=tuple(TABLES[table].columns), every_version=True)
    rows = warehouse.read(select(read, CONTEXT)).frame
    assert TABLES[table].schema.validate(rows).height == rows.height > 0


def test_the_same_size_has_the_same_rows_every_time(connection, tmp_path):
    generate(tmp_path / "again.duckdb", SIZE)
    digest = "SELECT bit_xor(hash(h)) FROM metering_hourly h"
    with duckdb.connect(str(tmp_path / "again.duckdb"), read_only=True) as again:
        assert again.sql(digest).fetchall() == connection.sql(digest).fetchall()


@pytest.mark.parametrize("asked", ASKED, ids=lambda asked: asked.name)
def test_a_question_and_its_two_hand_written_queries_agree(warehouse, connection, asked):
    assert CONTEXT.as_of == DATA_DATE
    answer = asked.answer(warehouse)
    key = QUESTIONS[asked.name].shape.primary_key()
    for other in (asked.by_hand(connection), asked.from_raw(connection)):
        shared = [name for name in answer.columns if name in other.columns]
        assert {"quantity", "usage_28d"} & set(shared)
        assert_frame_equal(
            answer.select(shared).sort(key),
            other.select(shared).with_columns(pl.col(pl.Decimal).cast(pl.Float64)).sort(key),
            check_dtypes=False,
            rel_tol=1e-9,
        )
