"""Publication: all or nothing, one writer, and readers who keep what they have."""

import datetime as dt
import hashlib
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from tests.rows import build, contract_rows
from warehouse.errors import WarehouseBusy, WarehouseUnavailable
from warehouse.publish import append, next_version, refresh
from warehouse.rollups.refresh import Refreshed

ROOT = Path(__file__).resolve().parents[2]
ACCOUNTS = {"accounts": [{"account_id": "a1", "name": "Amber"}]}
STUCK_WRITER = """
import sys, time
from pathlib import Path
from tests.rows import contract_rows
from warehouse.publish import append, next_version
with next_version(Path(sys.argv[1])) as connection:
    append(connection, "accounts", contract_rows("accounts", [{"account_id": "a2"}]))
    print("writing", flush=True)
    time.sleep(60)
"""


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def names(path):
    with duckdb.connect(str(path), read_only=True) as connection:
        return [row[0] for row in connection.sql("SELECT name FROM accounts ORDER BY 1").fetchall()]


def beside(path):
    return sorted(other.name for other in path.parent.iterdir() if not other.name.endswith(".lock"))


def test_what_is_published_is_added_to_what_was_there(tmp_path):
    path = build(tmp_path / "w.duckdb", ACCOUNTS)
    build(path, {"accounts": [{"account_id": "a2", "name": "Birch"}]})
    assert names(path) == ["Amber", "Birch"]
    assert beside(path) == ["w.duckdb"]


def test_a_new_file_is_its_users_own_and_a_shared_one_stays_shared(tmp_path):
    path = build(tmp_path / "new" / "w.duckdb", ACCOUNTS)
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()} == {0o600}
    path.chmod(0o640)
    build(path, {"accounts": [{"account_id": "a2", "name": "Birch"}]})
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_failure_leaves_the_file_byte_for_byte(tmp_path):
    path = build(tmp_path / "w.duckdb", ACCOUNTS)
    before = (digest(path), path.stat().st_ino)

    def fail():
        with next_version(path) as connection:
            append(connection, "accounts", contract_rows("accounts", [{"account_id": "a2"}]))
            raise ValueError("bad row")

    with pytest.raises(ValueError, match="bad row"):
        fail()
    assert (digest(path), path.stat().st_ino) == before
    assert beside(path) == ["w.duckdb"]


def test_a_first_publication_that_fails_leaves_nothing(tmp_path):
    path = tmp_path / "new" / "w.duckdb"

    def fail():
        with next_version(path):
            raise ValueError("bad row")

    with pytest.raises(ValueError, match="bad row"):
        fail()
    assert beside(path) == []


def test_a_second_writer_is_refused_and_the_first_finishes(tmp_path):
    path = tmp_path / "w.duckdb"
    with next_version(path) as connection:
        append(connection, "accounts", contract_rows("accounts", ACCOUNTS["accounts"]))
        with pytest.raises(WarehouseBusy, match="Another process is writing"), next_version(path):
            pytest.fail("two writers")
    assert names(path) == ["Amber"]


def test_a_writer_that_is_killed_leaves_the_old_file_and_no_lock(tmp_path):
    path = build(tmp_path / "w.duckdb", ACCOUNTS)
    before = digest(path)
    with subprocess.Popen(
        [sys.executable, "-c", STUCK_WRITER, str(path)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    ) as writer:
        assert writer.stdout.readline() == "writing\n"
        with pytest.raises(WarehouseBusy), next_version(path):
            pytest.fail("two writers")
        writer.send_signal(signal.SIGKILL)
    assert digest(path) == before
    build(path, {"accounts": [{"account_id": "a3", "name": "Cedar"}]})
    assert names(path) == ["Amber", "Cedar"]
    assert beside(path) == ["w.duckdb"]


def test_a_file_that_is_no_database_is_refused_and_kept(tmp_path):
    path = tmp_path / "w.duckdb"
    path.write_bytes(b"a letter, not a database" * 500)
    before = digest(path)
    with (
        pytest.raises(WarehouseUnavailable, match="cannot be read as a warehouse"),
        next_version(path),
    ):
        pytest.fail("opened")
    assert digest(path) == before
    assert beside(path) == ["w.duckdb"]


def test_a_reader_keeps_the_version_it_opened(tmp_path):
    path = build(tmp_path / "w.duckdb", ACCOUNTS)
    with duckdb.connect(str(path), read_only=True) as reader:
        build(path, {"accounts": [{"account_id": "a2", "name": "Birch"}]})
        assert reader.sql("SELECT name FROM accounts").fetchall() == [("Amber",)]


def test_a_refresh_makes_a_table_that_an_earlier_version_did_not_have(tmp_path):
    path = build(tmp_path / "w.duckdb", ACCOUNTS)
    with duckdb.connect(str(path)) as connection:
        connection.execute("DROP TABLE activities")
    assert refresh(path) == Refreshed(version=1, days=0, is_full=False)
    with duckdb.connect(str(path), read_only=True) as connection:
        assert connection.sql("SELECT count(*) FROM activities").fetchall() == [(0,)]
    assert refresh(path) is None
    assert names(path) == ["Amber"]


def older(path):
    """The file as a Bellwether made it whose runs had no clients and claims no plan."""
    with duckdb.connect(str(path)) as connection:
        connection.execute("DROP TABLE benchmark_runs")
        connection.execute(
            "CREATE TABLE benchmark_runs (run_id VARCHAR NOT NULL, metric VARCHAR NOT NULL, "
            "campaign VARCHAR NOT NULL, system_id VARCHAR NOT NULL, workload VARCHAR NOT NULL, "
            "session_id VARCHAR NOT NULL, sequence BIGINT NOT NULL, unit VARCHAR NOT NULL, "
            "value DOUBLE PRECISION NOT NULL, is_warmup BOOLEAN NOT NULL, "
            "started_at TIMESTAMP WITHOUT TIME ZONE, verification VARCHAR NOT NULL)"
        )
        connection.execute(
            "INSERT INTO benchmark_runs VALUES ('r1', 'm', 'c', 'a', 'w', 's1', 1, 'MiB/s', 7.5, "
            "false, NULL, 'unverified')"
        )
        for name in ("campaign_type", "unit", "planned_sessions", "run_order", "control_campaign"):
            connection.execute(f"ALTER TABLE benchmark_claims DROP COLUMN {name}")


def described(path, table):
    with duckdb.connect(str(path), read_only=True) as connection:
        found = connection.sql(
            "SELECT column_name, data_type, is_nullable FROM information_schema.columns "
            f"WHERE table_name = '{table}'"
        )
        return set(found.fetchall())


def test_a_refresh_adds_the_columns_that_an_earlier_version_did_not_have(tmp_path):
    path = build(tmp_path / "w.duckdb", ACCOUNTS)
    as_declared = {name: described(path, name) for name in ("benchmark_runs", "benchmark_claims")}
    older(path)
    assert described(path, "benchmark_runs") < as_declared["benchmark_runs"]
    assert refresh(path) == Refreshed(version=1, days=0, is_full=False)
    assert {name: described(path, name) for name in as_declared} == as_declared
    with duckdb.connect(str(path), read_only=True) as connection:
        held = connection.sql("SELECT run_id, value, clients FROM benchmark_runs").fetchall()
    assert held == [("r1", 7.5, None)]
    assert refresh(path) is None
    assert names(path) == ["Amber"]


def test_a_column_that_may_not_be_unknown_is_never_made_up(tmp_path):
    path = build(tmp_path / "w.duckdb", ACCOUNTS)
    with duckdb.connect(str(path)) as connection:
        connection.execute("ALTER TABLE benchmark_runs DROP COLUMN unit")
    assert refresh(path) is None
    assert "unit" not in {name for name, _, _ in described(path, "benchmark_runs")}


def test_an_instant_is_stored_as_utc(tmp_path):
    hour = "2026-01-01 10:00:00"
    path = build(
        tmp_path / "w.duckdb",
        {"metering_hourly": [{"cluster_id": "c", "hour_start": _instant(hour), "unit": "TiB-Hours",
                              "quantity": 0.0,
                              "recorded_at": _instant("2026-01-02 02:00:00.123456")}]},
    )  # fmt: skip
    with duckdb.connect(str(path), read_only=True) as connection:
        stored = connection.sql(
            "SELECT hour_start::VARCHAR, recorded_at::VARCHAR FROM metering_hourly"
        )
        assert stored.fetchall() == [(hour, "2026-01-02 02:00:00.123456")]


def _instant(text):
    return dt.datetime.fromisoformat(f"{text}+00:00")
