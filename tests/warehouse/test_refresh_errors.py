"""A refresh that is killed, doubled or out of disk leaves the old rollups served, nothing lost."""

import json
import os
import random
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest

from tests.rows import build
from warehouse.publish import next_version
from warehouse.rollups.refresh import is_current

ROOT = Path(__file__).resolve().parents[2]
KILLS = 100
HOURS = 25
CLUSTERS = {"clusters": [{"cluster_id": "c1", "account_id": "A", "hyperscaler": "aws"}]}
SERVED = """
SELECT (SELECT count(*) FROM metering_hourly), (SELECT sum(hours_present) FROM usage_daily
        WHERE known_until_date IS NULL), (SELECT sum(hours_present) FROM account_usage_daily
        WHERE known_until_date IS NULL), (SELECT max(version) FROM refreshes)
"""


@pytest.fixture
def path(tmp_path):
    return build(tmp_path / "w.duckdb", CLUSTERS)


@contextmanager
def process(module, *arguments):
    """A Python process to which lines are said, and which answers in lines."""
    with subprocess.Popen(
        [sys.executable, module, *map(str, arguments)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as running:

        def say(line):
            running.stdin.write(f"{line}\n")
            running.stdin.flush()
            return running.stdout.readline().strip()

        yield say
        running.stdin.close()


@pytest.fixture
def writer(path):
    with process("tests/warehouse/writers.py", path) as say:
        yield say


def served(path):
    with duckdb.connect(str(path), read_only=True) as connection:
        assert is_current(connection)
        return connection.sql(SERVED).fetchall()[0]


def beside(path):
    return sorted(other.name for other in path.parent.iterdir() if not other.name.endswith(".lock"))


def test_a_refresh_killed_anywhere_leaves_the_old_rollups_or_the_new(path, writer):
    draw = random.Random(3)  # noqa: S311 (moments of a test, not secrets)
    assert writer("append 0") == "done"
    hours = 1
    ends = []
    for _ in range(KILLS):
        ends.append(writer(f"kill {hours} {draw.uniform(0, 0.25):.3f}"))
        rows, *totals, version = served(path)
        # Whole, with the hours of every load that ended; a killed one may just be swapped in.
        assert totals == [rows, rows]
        assert rows in {hours, hours + 1}
        assert version == rows + 1
        hours = rows
    assert ends.count("SIGKILL") > KILLS // 4
    assert writer(f"append {hours}") == "done"
    assert served(path) == (hours + 1, hours + 1, hours + 1, hours + 2)
    assert beside(path) == ["w.duckdb"]


def test_of_two_refreshes_at_once_one_is_done_and_nothing_is_lost(path, writer):
    assert writer("append 0") == "done"
    for _ in range(5):
        before = served(path)[-1]
        said = writer("two 0")
        assert said in {"busy done", "done done"}
        assert served(path) == (1, 1, 1, before + said.count("done"))
    assert beside(path) == ["w.duckdb"]


@pytest.mark.parametrize("share", [0.0, 0.2, 0.9, 1.0])
def test_a_disk_that_is_full_leaves_the_old_file_and_no_leftover(path, writer, share):
    assert writer("append 0") == "done"
    before = path.read_bytes()
    room = int(len(before) * share)
    assert writer(f"append 1 {room}") == "failed"
    assert path.read_bytes() == before
    assert beside(path) == ["w.duckdb"]
    assert writer("append 1") == "done"
    assert served(path)[:3] == (2, 2, 2)


def test_readers_do_not_wait_for_a_writer(path, writer):
    assert writer("append 0") == "done"
    with process("tests/warehouse/readers.py", path) as read, next_version(path) as connection:
        connection.execute("DELETE FROM metering_hourly")
        connection.execute("DELETE FROM usage_daily")
        assert json.loads(read(1)) == [[1, 1, 1]]


def test_readers_never_see_half_of_a_refresh(path, writer):
    assert writer("append 0") == "done"
    readers = ("tests/warehouse/readers.py", path)
    with process(*readers) as first, process(*readers) as second, ThreadPoolExecutor() as pool:
        watching = [pool.submit(read, HOURS) for read in (first, second)]
        for hour in range(1, HOURS):
            assert writer(f"append {hour}") == "done"
        for seen in [json.loads(watched.result()) for watched in watching]:
            assert all(len(set(hours)) == 1 for hours in seen)
            assert [hours[0] for hours in seen] == sorted({hours[0] for hours in seen})
            assert seen[-1][0] == HOURS
