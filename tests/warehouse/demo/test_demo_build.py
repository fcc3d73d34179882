"""Building writes every table once, says how far it is, and never mixes with real loads."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import polars as pl
import pytest

import settings
from warehouse.demo.build import COMPANY, build, is_current
from warehouse.demo.company import Demo, generate
from warehouse.errors import WarehouseError
from warehouse.publish import next_version


@pytest.fixture
def first_month_only(monkeypatch: pytest.MonkeyPatch, demo: Demo) -> None:
    """One month of metering: enough to see what building does."""

    def first(_: Demo) -> Iterator[pl.DataFrame]:
        yield next(whole(demo))

    whole = Demo.metering
    monkeypatch.setattr(Demo, "metering", first)


def book(path: Path) -> list[tuple[object, ...]]:
    with duckdb.connect(str(path), read_only=True) as connection:
        return connection.execute("SELECT * FROM loads ORDER BY load_id").fetchall()


@pytest.mark.slow
def test_every_load_is_booked_as_simulated_at_the_fixed_instant(
    warehouse: duckdb.DuckDBPyConnection, demo: Demo
) -> None:
    sql = "SELECT DISTINCT kind, is_simulated, rows_rejected, CAST(loaded_at AS VARCHAR) FROM loads"
    assert warehouse.execute(sql).fetchall() == [("demo", True, 0, "2026-01-31 06:00:00")]
    booked = dict(warehouse.execute("SELECT table_name, rows_loaded FROM loads").fetchall())
    assert booked.pop("metering_hourly") == 4_308_747
    assert booked == {name: frame.height for name, frame in demo.tables.items() if frame.height}
    for name, rows in booked.items():
        assert warehouse.execute(f"SELECT count(*) FROM {name}").fetchone() == (rows,)


@pytest.mark.slow
def test_the_truth_stands_beside_the_tables(
    warehouse: duckdb.DuckDBPyConnection, demo: Demo
) -> None:
    named = warehouse.execute(
        "SELECT table_name FROM information_schema.tables WHERE table_schema = 'demo_truth'"
    ).fetchall()
    assert {row[0] for row in named} == set(demo.truth)
    for name, frame in demo.truth.items():
        assert frame.height > 0
        count = warehouse.execute(f"SELECT count(*) FROM demo_truth.{name}").fetchone()
        assert count == (frame.height,)


@pytest.mark.usefixtures("first_month_only")
def test_building_again_replaces_the_demo_by_the_same_rows(tmp_path: Path) -> None:
    path = tmp_path / "warehouse.duckdb"
    build(path)
    before = book(path)
    with duckdb.connect(str(path)) as connection:
        connection.execute("ALTER TABLE accounts DROP COLUMN website")
        connection.execute("UPDATE loads SET source = 'made-up company, an earlier one'")
    assert not is_current(path)
    build(path)
    assert is_current(path)
    assert book(path) == before
    assert len(before) == 20
    with duckdb.connect(str(path), read_only=True) as connection:
        assert connection.execute("SELECT count(*) FROM accounts").fetchone() == (260,)


@pytest.mark.usefixtures("first_month_only")
def test_progress_rises_from_0_to_1(tmp_path: Path) -> None:
    told: list[tuple[str, float]] = []
    build(tmp_path / "warehouse.duckdb", lambda step, share: told.append((step, share)))
    shares = [share for _, share in told]
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0.0, 1.0)
    steps = list(dict.fromkeys(step for step, _ in told))
    assert steps == [
        "accounts and contracts",
        "feature use",
        "support and on-call",
        "offers and benchmarks",
        "company",
        "hourly metering",
        "daily totals",
        "ready",
    ]


def test_each_demo_company_has_a_ledger_of_its_own() -> None:
    assert settings.DEMO_COMPANY == COMPANY
    assert COMPANY in settings.DEMO_LEDGER_URL


def test_another_seed_makes_another_company_of_the_same_people(demo: Demo) -> None:
    other = generate(seed=2)
    same = {name for name, frame in demo.tables.items() if frame.equals(other.tables[name])}
    filled = {name for name in same if demo.tables[name].height}
    benchmarks = {name for name in demo.tables if name.startswith("benchmark_")}
    assert filled == {"people", "services", "shifts", "time_off", *benchmarks}
    assert generate(seed=2).tables["tickets"].equals(other.tables["tickets"])
    assert not next(demo.metering()).equals(next(other.metering()))


def test_a_warehouse_with_real_data_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "warehouse.duckdb"
    with next_version(path) as connection:
        connection.execute(
            "INSERT INTO loads VALUES ('1', 'focus', 'bill.csv', 'abc', 'usage_charges', 1, 1, 0,"
            " false, TIMESTAMP '2026-01-01', NULL)"
        )
    before = path.read_bytes()
    with pytest.raises(WarehouseError, match="really loaded; the demo company would mix"):
        build(path)
    assert path.read_bytes() == before
