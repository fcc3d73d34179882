"""What a message may not tell: what a setting holds, to anybody; what an engine says, to a page.

Every setting that can hold a path, token or password is set to something that fails, and every
place that tells an error is asked: both terminals, a page's tiles and filters, the ledger and the
probe. Every error that an engine can raise is raised.
"""

import ast
import datetime as dt
import json
import re
import sqlite3
import traceback
from pathlib import Path

import duckdb
import pytest
import sqlalchemy as sa

import settings
from ledger import LedgerError, open_ledger
from ledger.driver_errors import translated
from queries.__main__ import main as queries
from queries.core.ask import ask, close_ledgers
from queries.core.choices import choices
from queries.core.errors import reported
from queries.core.health_probes import readiness
from queries.core.memory import memory
from tests.core.visit import ENGINE
from tests.rows import build
from tests.usage.fleet import FLEET
from warehouse.__main__ import main as warehouse_main
from warehouse.context import EVERYTHING, Context
from warehouse.engine.duckdb import DuckDBWarehouse
from warehouse.errors import WarehouseError

ROOT = Path(__file__).resolve().parents[1]
ENGINE_SAYS = re.compile(r"first_line\(|\.orig\b|raw_msg")
SCOPE = EVERYTHING
HELD = "hunter2"
AWAY = "snowflake://acc/DB/SCHEMA?warehouse=WH&role=READER"
# By setting: what it holds, with {tmp} for a folder. A password's rest may not be told either.
HOLDS = [
    ("BELLWETHER_WAREHOUSE", "duckdb:///{tmp}/hunter2/none.duckdb"),
    ("BELLWETHER_WAREHOUSE", "duckdb:///{tmp}/hunter2.duckdb"),
    ("BELLWETHER_WAREHOUSE", "duckdb:///{tmp}"),
    ("BELLWETHER_WAREHOUSE", "duckdb:///md:sales?motherduck_token=hunter2"),
    ("BELLWETHER_WAREHOUSE", "md:sales?motherduck_token=hunter2"),
    ("BELLWETHER_WAREHOUSE", "postgresql://pia:x@hunter2@host/db"),
    ("BELLWETHER_WAREHOUSE", "snowflake://pia:hunter2@acc/DB/SCHEMA?warehouse=WH&role=READER"),
    ("BELLWETHER_WAREHOUSE", "snowflake://acc/DB/SCHEMA?warehouse=WH&role=hunter2%20"),
    ("BELLWETHER_LEDGER", "postgresql://pia:x@hunter2@127.0.0.1:1/db"),
    ("BELLWETHER_LEDGER", "postgresql://pia:x/hunter2@127.0.0.1:1/db"),
    ("BELLWETHER_LEDGER", "postgresql://pia:1/hunter2@127.0.0.1:1/db"),
    ("BELLWETHER_LEDGER", "postgresql://pia:hunter2@127.0.0.1:1/db"),
    ("BELLWETHER_LEDGER", "postgresql://pia@127.0.0.1:hunter2/db"),
    ("BELLWETHER_LEDGER", "mysql://pia:hunter2@host/db"),
    ("BELLWETHER_LEDGER", "hunter2"),
    ("BELLWETHER_LEDGER", "sqlite:///{tmp}/hunter2/none/ledger.sqlite"),
    ("BELLWETHER_LEDGER", "sqlite:///{tmp}/hunter2.duckdb"),
    ("BELLWETHER_MAP", "{tmp}/hunter2.toml"),
    ("BELLWETHER_SECRETS", "{tmp}/hunter2.toml"),
]


@pytest.fixture(scope="module")
def fleet(tmp_path_factory):
    return build(tmp_path_factory.mktemp("fleet") / "w.duckdb", FLEET)


def page_says():
    context = Context(dt.date(2026, 3, 31), SCOPE)
    for problem in (ask("usage_by_hyperscaler", context).problem, choices(SCOPE).problem):
        if problem is not None:
            yield f"{problem.sentence} {problem.remedy}"
    try:
        open_ledger(settings.ledger_url()).close()
    except LedgerError as error:
        problem = reported(error, "The ledger")
        yield f"{problem.sentence} {problem.remedy}"
    yield json.dumps(readiness()[1])


@pytest.mark.parametrize("setting", HOLDS, ids=[held for _, held in HOLDS])
def test_no_message_tells_what_a_setting_holds(fleet, tmp_path, monkeypatch, capsys, setting):
    name, held = setting
    monkeypatch.setenv("BELLWETHER_WAREHOUSE", f"duckdb:///{fleet}")
    memory().clear()
    (tmp_path / "hunter2.duckdb").write_text("no database, and long enough to look at" * 9)
    if name == "BELLWETHER_SECRETS":
        monkeypatch.setenv("BELLWETHER_WAREHOUSE", AWAY)
    monkeypatch.setenv(name, held.format(tmp=tmp_path))
    monkeypatch.setenv("BELLWETHER_LOG_FORMAT", "json")
    close_ledgers()
    if name == "BELLWETHER_LEDGER":
        ended = [queries(["score"])]
    else:
        ended = [
            warehouse_main(["check"]),
            warehouse_main(["refresh"]),
            queries(["ask", "usage_by_hyperscaler"]),
        ]
    told = list(page_says())
    printed = capsys.readouterr()
    lines = (printed.out + printed.err).splitlines()
    logged = [line for line in lines if line.startswith('{"time"')]
    # The check's first line says which warehouse it looked at: an answer, not an error.
    told += [line for line in lines if line not in logged and not line.startswith("ok")]
    assert any(ended), "nothing was refused"
    assert [said for said in page_says() if ENGINE.search(said)] == []
    assert [said for said in told if HELD in said] == []
    assert [said for said in told if f"{tmp_path}/hunter2" in said] == []
    if "{tmp}" not in held:
        assert [line for line in logged if HELD in line] == []


def kinds(base):
    """An engine's kinds of error, each below another too."""
    for kind in base.__subclasses__():
        yield kind
        yield from kinds(kind)


class Failing:
    """A connection of the warehouse on which every statement fails."""

    def __init__(self, error):
        self.error = error

    def cursor(self):
        return self

    def execute(self, *_):
        raise self.error

    def close(self):
        pass

    interrupt = close


SAID = "IO Error: sqlite3.OperationalError in '/data/hunter2/w.duckdb'"


@pytest.mark.parametrize("kind", list(kinds(duckdb.Error)))
def test_no_error_of_the_warehouse_is_told_a_page_in_the_engines_words(
    kind, fleet, monkeypatch, caplog
):
    warehouse = DuckDBWarehouse(fleet, row_limit=9, timeout_seconds=9, memory_mib=99)
    monkeypatch.setattr(warehouse, "_connection", lambda: Failing(kind(SAID)))
    with pytest.raises(WarehouseError) as error:
        warehouse.read(sa.select(sa.literal(1)))
    told(error.value, caplog)


@pytest.mark.parametrize(
    "error",
    [
        *(kind("SELECT", {}, sqlite3.OperationalError(SAID)) for kind in kinds(sa.exc.DBAPIError)),
        sa.exc.TimeoutError(SAID),
        PermissionError(13, SAID),
    ],
    ids=lambda error: type(error).__name__,
)
def test_no_error_of_the_ledger_is_told_a_page_in_the_engines_words(error, caplog):
    if isinstance(error, sa.exc.IntegrityError):
        # A defect of ours and no error of a person: it has no words, on a page least of all.
        told(error, caplog)
        return
    with pytest.raises(LedgerError) as said, translated():
        raise error
    told(said.value, caplog)


def told(error, caplog):
    """What a page tells of an error has no word of an engine; the log has them all."""
    problem = reported(error, "usage_growth")
    assert ENGINE.search(f"{problem.sentence} {problem.remedy}") is None
    assert "hunter2" not in " ".join(problem.at_a_terminal)
    # What the cause says stands in the traceback under the same reference.
    [line] = caplog.records
    assert problem.reference in line.getMessage()
    assert SAID in "".join(traceback.format_exception(line.exc_info[1]))


def test_what_an_engine_says_stands_in_no_sentence_that_a_page_could_show():
    """It is handed on beside the sentence; only terminals compose the two."""
    for path in (*ROOT.glob("warehouse/**/*.py"), *ROOT.glob("ledger/*.py")):
        if "sources" in path.parts or path.name == "__main__.py":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.JoinedStr):
                assert not ENGINE_SAYS.search(ast.unparse(node)), (path, node.lineno)
