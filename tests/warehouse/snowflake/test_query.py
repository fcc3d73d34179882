"""A read as Snowflake sees it: what travels with it, and how it is told to stop."""

import json
import logging
import time
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import snowflake.connector
import sqlalchemy as sa

from warehouse import VERSION
from warehouse.errors import ReadAbandoned, ReadTimedOut, WarehouseUnavailable
from warehouse.read_request import QueryTag, ReadRequest

ROOT = Path(__file__).resolve().parents[3]
SAID = sa.select(sa.column("said", sa.String()))
TAG = QueryTag(question="overview", page="triage", role="csm", context_hash="c0ffee")


def eventually(happened):
    deadline = time.monotonic() + 5
    while not happened() and time.monotonic() < deadline:
        time.sleep(0.005)
    assert happened()


def test_values_travel_beside_the_statement_and_not_in_it(door, script):
    hostile = "'; DROP TABLE accounts; --%s ?"
    account = sa.table("accounts", sa.column("said"), sa.column("kind"))
    statement = sa.select(account.c.said).where(
        account.c.said == hostile, account.c.kind.in_(["a", "b"])
    )
    assert door(row_limit=7).read(statement).frame.rows() == [("here",)]
    (submitted,) = script.submitted()
    assert " ".join(submitted["sqlText"].split()) == (
        "SELECT accounts.said FROM accounts "
        "WHERE accounts.said = ? AND accounts.kind IN (?, ?) LIMIT 8"
    )
    assert {place: bound["value"] for place, bound in submitted["bindings"].items()} == {
        "1": hostile,
        "2": "a",
        "3": "b",
    }


def test_binding_is_ours_whatever_the_process_binds_by(door, script, monkeypatch):
    for style in ("pyformat", "numeric"):
        monkeypatch.setattr(snowflake.connector, "paramstyle", style)
        door().read(SAID.where(sa.column("said") == "x"))
        assert snowflake.connector.paramstyle == style
        assert script.submitted()[-1]["bindings"]["1"]["value"] == "x"


def test_each_query_carries_its_purpose_and_its_own_time(door, script):
    warehouse = door()
    warehouse.read(SAID, ReadRequest(tag=TAG, timeout_seconds=2.4))
    warehouse.read(SAID)
    tags = [body["parameters"] for body in script.submitted()]
    assert json.loads(tags[0]["QUERY_TAG"]) == {
        "app": "bellwether",
        "version": VERSION,
        "question": "overview",
        "page": "triage",
        "role": "csm",
        "context": "c0ffee",
    }
    assert json.loads(tags[1]["QUERY_TAG"]) == {"app": "bellwether", "version": VERSION}
    assert [int(tag["STATEMENT_TIMEOUT_IN_SECONDS"]) for tag in tags] == [2, 5]


def test_the_version_in_the_tag_is_the_projects():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] == VERSION


def test_an_abandoned_read_aborts_its_query_by_the_id_it_had_before_the_answer(door, script):
    warehouse = door(timeout_seconds=60)
    script.running.set()
    read_request = ReadRequest()
    with ThreadPoolExecutor(1) as pool:
        read = pool.submit(warehouse.read, SAID, read_request)
        eventually(lambda: any("monitoring" in r.path for r in script.seen))
        assert not read.done()
        before = time.monotonic()
        read_request.abandon()
        assert isinstance(read.exception(5), ReadAbandoned)
        assert time.monotonic() - before < 1
    followed = {r.path.rsplit("/", 1)[-1] for r in script.seen if "monitoring" in r.path}
    assert script.aborted == followed
    assert len(followed) == 1
    assert script.paths("/result") == []
    submitted = len(script.submitted())
    with pytest.raises(ReadAbandoned):
        warehouse.read(SAID, read_request)
    assert len(script.submitted()) == submitted
    script.running.clear()
    assert warehouse.read(SAID).frame.height == 1


def test_a_read_that_is_late_aborts_its_query(door, script):
    script.running.set()
    before = time.monotonic()
    with pytest.raises(ReadTimedOut, match=r"did not answer in 0\.3 s"):
        door(timeout_seconds=5).read(SAID, ReadRequest(timeout_seconds=0.3))
    assert time.monotonic() - before < 2
    assert len(script.aborted) == 1


def test_an_abort_that_nobody_confirms_is_logged_with_the_id(door, script, caplog):
    script.running.set()
    script.deaf_to_aborts = True
    with caplog.at_level(logging.WARNING, "bellwether.warehouse"), pytest.raises(ReadTimedOut):
        door().read(SAID, ReadRequest(timeout_seconds=0.1))
    (asked,) = {r.path.split("/")[2] for r in script.seen if r.path.endswith("/abort-request")}
    said = [line.getMessage() for line in caplog.records if line.name == "bellwether.warehouse"]
    assert said == [f"query {asked} may run on until its own timeout: no abort was confirmed"]


def test_a_read_waits_for_a_session_and_then_says_that_all_are_busy(door, monkeypatch):
    monkeypatch.setattr("warehouse.engine.snowflake.sessions.SESSIONS", 1)
    warehouse = door(timeout_seconds=1.0)
    held = warehouse._pool.connect()  # noqa: SLF001 (a read that does not end)
    with pytest.raises(WarehouseUnavailable, match="All 1 Snowflake sessions are busy"):
        warehouse.read(SAID)
    held.close()
    assert warehouse.read(SAID).frame.height == 1
