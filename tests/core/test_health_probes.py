"""Readiness: told from the cache, without a read; the process asks the first question itself."""

import ast
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from queries.core import health_probes as door
from queries.core.health_probes import LATE, first_answer, import_late, readiness
from queries.core.memory import cache
from tests.usage.fleet import FLEET
from tests.warehouse.cache.settled import settle
from warehouse.engine.duckdb import DuckDBWarehouse

QUESTIONS = [
    path
    for path in (Path(__file__).parents[2] / "queries").rglob("*.py")
    if path.name != "__main__.py"
]


@pytest.fixture(autouse=True)
def nothing_told(monkeypatch):
    monkeypatch.setattr(door, "_REFERENCES", {})


@pytest.fixture
def reads(monkeypatch):
    seen = []
    original = DuckDBWarehouse.read

    def read(self, statement, *read_request):
        seen.append(statement)
        return original(self, statement, *read_request)

    monkeypatch.setattr(DuckDBWarehouse, "read", read)
    return seen


def test_a_process_is_ready_once_it_has_answered_and_asking_so_reads_nothing(warehouse, reads):
    warehouse(FLEET)
    assert readiness()[0] is False
    assert reads == []
    first_answer(threading.Event())
    asked = len(reads)
    assert asked > 0
    ready, status = readiness()
    assert (ready, status["misses"], status["breaker"]) == (True, 1, "closed")
    assert len(reads) == asked


def test_the_first_question_is_asked_again_until_it_is_answered(warehouse):
    path = warehouse(FLEET)
    content = path.read_bytes()
    path.unlink()
    turns = []

    class Stop(threading.Event):
        def wait(self, seconds):
            turns.append(seconds)
            path.write_bytes(content)
            return False

    first_answer(Stop())
    assert turns == [door.SECONDS_BETWEEN_TRIES]
    assert readiness()[0] is True


def test_it_stops_asking_when_told(tmp_path, monkeypatch):
    monkeypatch.setenv("BELLWETHER_WAREHOUSE", f"duckdb:///{tmp_path / 'none.duckdb'}")
    stop = threading.Event()
    stop.set()
    first_answer(stop)
    assert readiness()[0] is False


def test_it_stays_ready_on_last_good_answers_until_they_are_too_old(warehouse, later):
    path = warehouse(FLEET)
    first_answer(threading.Event())
    settle(cache())
    path.unlink()
    later(hours=72)
    assert readiness()[0] is True
    later(hours=1)
    ready, status = readiness()
    assert (ready, status["last_good_age_seconds"]) == (False, 73 * 3600)


def test_another_warehouses_answers_make_nobody_ready(warehouse, tmp_path, monkeypatch):
    warehouse(FLEET)
    first_answer(threading.Event())
    settle(cache())
    assert readiness()[0] is True
    monkeypatch.setenv("BELLWETHER_WAREHOUSE", f"duckdb:///{tmp_path / 'none.duckdb'}")
    ready, status = readiness()
    assert (ready, status["last_good_at"]) == (False, None)


def test_a_warehouse_that_cannot_be_named_is_said(monkeypatch, caplog):
    monkeypatch.setenv("BELLWETHER_STALEST_HOURS", "never")
    ready, status = readiness()
    assert ready is False
    assert status["problem"] == "A setting of Bellwether cannot be used."
    assert status.keys() == {"problem", "remedy", "reference"}
    assert readiness() == (False, status)
    assert [record.getMessage() for record in caplog.records] == [
        f"{status['reference']} not ready"
    ]
    assert "BELLWETHER_STALEST_HOURS" in caplog.text


def test_what_is_not_ready_says_why_under_one_reference_until_it_is(warehouse, caplog):
    warehouse(FLEET)
    status = readiness()[1]
    assert status["problem"] == "There is no answer young enough to be shown."
    assert status["remedy"].startswith("Wait for the first answer")
    assert readiness()[1]["reference"] == status["reference"]
    assert caplog.text.count(f"{status['reference']} not ready") == 1
    first_answer(threading.Event())
    assert not readiness()[1].keys() & {"problem", "remedy", "reference"}


def test_no_visitor_waits_for_an_import_that_a_question_leaves_to_its_first_answer():
    late = {
        node.module
        for path in QUESTIONS
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(function, ast.FunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.ImportFrom)
    }
    assert late == set(LATE)
    import_late()
    assert late <= sys.modules.keys()


def test_a_terminal_does_not_wait_for_what_few_questions_need():
    code = (
        "import sys, queries.core.catalog\n"
        "print([name for name in ('sklearn', 'statsmodels') if name in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout == "[]\n"
