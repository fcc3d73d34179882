"""The door to the engine: locked down, bounded, timed, and whole under concurrent reads."""

import datetime as dt
import shutil
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import polars as pl
import pytest
import sqlalchemy as sa

from tests.rows import build
from warehouse.engine.duckdb import DuckDBWarehouse
from warehouse.errors import (
    ContractBroken,
    ReadAbandoned,
    ReadTimedOut,
    WarehouseError,
    WarehouseMissing,
    WarehouseUnavailable,
)
from warehouse.read_request import ReadRequest

NAME = sa.table("accounts", sa.column("account_id"), sa.column("name"))
NAMES = sa.select(NAME.c.name).order_by(NAME.c.name)
RUNAWAY = (
    "SELECT sum(hash(a.x + b.x + c.x)) AS total "
    "FROM range(100000) a(x), range(100000) b(x), range(100000) c(x)"
)


def rows(*names):
    return {"accounts": [{"account_id": f"id-{name}", "name": name} for name in names]}


def door(path, *, row_limit=1000, timeout_seconds=10.0):
    return DuckDBWarehouse(
        path, row_limit=row_limit, timeout_seconds=timeout_seconds, memory_mib=512
    )


def raw(sql, *columns):
    """A select from `sql` word for word, as no question could write it."""
    return sa.select(sa.text(sql).columns(*(sa.column(name) for name in columns)).subquery("raw"))


@pytest.fixture
def path(tmp_path):
    return build(tmp_path / "w.duckdb", rows("Amber", "Birch", "Cedar"))


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_text('{file}')",
        "SELECT * FROM read_csv('{file}')",
        "SELECT * FROM read_blob('{file}')",
        "SELECT file FROM glob('{folder}/*')",
        "SELECT * FROM '{file}'",
        "SELECT * FROM duckdb_secrets(), read_text('{file}')",
    ],
)
def test_a_read_reaches_no_file(path, tmp_path, sql):
    secret = tmp_path / "secret.csv"
    secret.write_text("word\nhidden\n")
    statement = raw(sql.format(file=secret, folder=tmp_path), "file")
    with pytest.raises(WarehouseError, match=r"disabled|Permission|not allowed"):
        door(path).read(statement)


@pytest.mark.parametrize(
    "sql",
    [
        "ATTACH '{folder}/other.duckdb' AS other",
        "COPY accounts TO '{folder}/stolen.csv'",
        "COPY accounts FROM '{folder}/planted.csv'",
        "EXPORT DATABASE '{folder}/stolen'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET enable_external_access = true",
        "RESET lock_configuration",
        "DELETE FROM accounts",
        "INSERT INTO accounts (account_id) VALUES ('planted')",
        "DROP TABLE accounts",
        "CREATE TABLE warehouse.planted AS SELECT 1",
    ],
)
def test_the_engine_itself_is_locked_down(path, tmp_path, sql):
    warehouse = door(path)
    warehouse.read(NAMES)
    before = path.read_bytes()
    cursor = warehouse._connection().cursor()  # noqa: SLF001 (what a statement smuggled past `read` would meet)
    cursor.execute("USE warehouse")
    with pytest.raises(Exception, match=r"disabled|locked|read-only|Permission"):
        cursor.execute(sql.format(folder=tmp_path))
    assert path.read_bytes() == before
    assert sorted(entry.name for entry in tmp_path.iterdir() if entry != path) == [".w.duckdb.lock"]


def test_a_value_that_looks_like_sql_stays_a_value(path):
    hostile = "'; DROP TABLE accounts; --%s %(x)s $1"
    found = door(path).read(sa.select(NAME.c.name).where(NAME.c.name == hostile))
    assert found.frame.height == 0
    echoed = door(path).read(sa.select(sa.literal(hostile).label("said")))
    assert echoed.frame["said"].to_list() == [hostile]


def test_one_row_over_the_limit_is_said_to_be_truncated(path):
    at_limit = door(path, row_limit=3).read(NAMES)
    assert (at_limit.frame["name"].to_list(), at_limit.truncated) == (
        ["Amber", "Birch", "Cedar"],
        False,
    )
    over = door(path, row_limit=2).read(NAMES)
    assert (over.frame["name"].to_list(), over.truncated) == (["Amber", "Birch"], True)


def test_a_runaway_read_is_cancelled_in_time_and_the_door_stays_open(path):
    warehouse = door(path, timeout_seconds=0.5)
    warehouse.read(NAMES)
    started = time.monotonic()
    with pytest.raises(ReadTimedOut, match=r"did not answer in 0\.5 s"):
        warehouse.read(raw(RUNAWAY, "total"))
    assert time.monotonic() - started < 1.5
    assert warehouse.read(NAMES).frame.height == 3


def test_an_errand_tightens_the_limits_and_never_widens_them(path):
    warehouse = door(path, row_limit=2, timeout_seconds=0.5)
    tight = warehouse.read(NAMES, ReadRequest(row_limit=1))
    assert (tight.frame["name"].to_list(), tight.truncated) == (["Amber"], True)
    assert warehouse.read(NAMES, ReadRequest(row_limit=3)).frame.height == 2
    for limit, said in ((0.1, "0.1 s"), (60.0, "0.5 s")):
        with pytest.raises(ReadTimedOut, match=f"did not answer in {said}"):
            warehouse.read(raw(RUNAWAY, "total"), ReadRequest(timeout_seconds=limit))


def test_an_abandoned_errand_stops_its_runaway_in_the_engine(path):
    warehouse = door(path, timeout_seconds=60)
    warehouse.read(NAMES)
    read_request = ReadRequest()
    with ThreadPoolExecutor(1) as pool:
        runaway = pool.submit(warehouse.read, raw(RUNAWAY, "total"), read_request)
        time.sleep(0.2)
        assert not runaway.done()
        read_request.abandon()
        assert isinstance(runaway.exception(5), ReadAbandoned)
    with pytest.raises(ReadAbandoned):
        warehouse.read(NAMES, read_request)
    assert warehouse.read(NAMES).frame.height == 3


def test_names_types_and_instants_come_back_normalised(path):
    sql = (
        "SELECT TIMESTAMP_NS '2026-01-01 10:00:00.123456789' AS \"AT\", "
        "CAST(1.5 AS DECIMAL(38, 4)) AS Amount"
    )
    frame = door(path).read(raw(sql, "AT", "Amount")).frame
    assert frame.schema == {"at": pl.Datetime("us", "UTC"), "amount": pl.Float64}
    assert frame.row(0) == (dt.datetime(2026, 1, 1, 10, 0, 0, 123456, tzinfo=dt.UTC), 1.5)


def test_a_published_change_is_seen_by_the_next_read(path):
    warehouse = door(path)
    before = warehouse.version()
    assert warehouse.read(NAMES).frame.height == 3
    build(path, rows("Dune"))
    assert warehouse.version() != before
    assert warehouse.read(NAMES).frame["name"].to_list() == ["Amber", "Birch", "Cedar", "Dune"]


def test_a_read_under_way_finishes_on_the_version_it_began_with(path):
    warehouse = door(path)
    slow = raw(
        "SELECT (SELECT count(*) FROM accounts) AS accounts, sum(hash(a.x + b.x)) AS work "
        "FROM range(20000) a(x), range(20000) b(x)",
        "accounts",
        "work",
    )
    with ThreadPoolExecutor(1) as pool:
        old = pool.submit(warehouse.read, slow)
        time.sleep(0.1)
        build(path, rows("Dune"))
        assert not old.done(), "the slow read was over before the publication"
        assert warehouse.read(NAMES).frame.height == 4
        assert old.result().frame["accounts"].to_list() == [3]


def test_a_missing_file_says_where_it_was_looked_for(tmp_path):
    warehouse = door(tmp_path / "nowhere.duckdb")
    with pytest.raises(WarehouseMissing, match="There is no warehouse at") as missing:
        warehouse.read(NAMES)
    assert "make run" in missing.value.remedy


def test_a_file_that_appears_later_is_opened(tmp_path, path):
    warehouse = door(tmp_path / "later.duckdb")
    with pytest.raises(WarehouseMissing):
        warehouse.read(NAMES)
    shutil.copyfile(path, tmp_path / "later.duckdb")
    assert warehouse.read(NAMES).frame.height == 3


@pytest.mark.parametrize("content", [b"", b"a letter, not a database" * 500])
def test_a_corrupt_file_is_unavailable_and_heals(path, tmp_path, content):
    broken = tmp_path / "broken.duckdb"
    broken.write_bytes(content)
    warehouse = door(broken)
    with pytest.raises(WarehouseError) as error:
        warehouse.read(NAMES)
    assert isinstance(error.value, WarehouseUnavailable | ContractBroken)
    shutil.copyfile(path, tmp_path / "good")
    (tmp_path / "good").replace(broken)
    assert warehouse.read(NAMES).frame.height == 3


def test_a_truncated_file_is_unavailable(path, tmp_path):
    cut = tmp_path / "cut.duckdb"
    cut.write_bytes(path.read_bytes()[:6000])
    with pytest.raises(WarehouseUnavailable):
        door(cut).read(NAMES)


@pytest.mark.parametrize(
    "statement",
    [
        sa.select(sa.table("planets", sa.column("name")).c.name),
        sa.select(sa.table("accounts", sa.column("colour")).c.colour),
    ],
)
def test_a_table_or_column_that_lacks_is_a_broken_contract(path, statement):
    with pytest.raises(ContractBroken, match="does not meet the contract") as broken:
        door(path).read(statement)
    assert "warehouse check" in broken.value.remedy


def test_eight_threads_never_mix_their_rows(path):
    warehouse = door(path)
    wrong = []

    def ask(thread):
        for turn in range(40):
            wanted = f"{thread}-{turn}"
            statement = sa.select(sa.literal(wanted).label("said"), NAME.c.name).order_by(
                NAME.c.name
            )
            frame = warehouse.read(statement).frame
            if frame.rows() != [(wanted, name) for name in ("Amber", "Birch", "Cedar")]:
                wrong.append((wanted, frame.rows()))

    with ThreadPoolExecutor(8) as pool:
        for done in [pool.submit(ask, thread) for thread in range(8)]:
            done.result()
    assert wrong == []


def test_readers_during_publications_see_whole_versions_only(path):
    warehouse = door(path)
    stop = threading.Event()
    seen = set()

    def read():
        while not stop.is_set():
            seen.add(tuple(warehouse.read(NAMES).frame["name"]))

    with ThreadPoolExecutor(2) as pool:
        readers = [pool.submit(read) for _ in range(2)]
        for name in ("Dune", "Elm"):
            time.sleep(0.05)
            build(path, rows(name))
        final = ("Amber", "Birch", "Cedar", "Dune", "Elm")
        deadline = time.monotonic() + 5
        while final not in seen and time.monotonic() < deadline:
            time.sleep(0.01)
        stop.set()
        for reader in readers:
            reader.result()
    assert seen <= {final[:3], final[:4], final}
    assert final in seen
