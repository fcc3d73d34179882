"""What a setting holds is never told: no path, token or password in any message, whoever says it.

Every setting that can hold one is set to something that fails, and every place that tells a fault
is asked: both terminals, a page's tiles and filters, the ledger and the probe.
"""

import datetime as dt
import json

import pytest

import settings
from ledger import LedgerError, open_ledger
from queries.__main__ import main as queries
from queries.ask import ask, close_ledgers
from queries.choices import choices
from queries.faults import reported
from queries.memory import memory
from queries.readiness import readiness
from tests.queries.fleet import FLEET
from tests.rows import build
from warehouse.__main__ import main as warehouse_main
from warehouse.context import Context, Scope

SCOPE = Scope("test")
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
    except LedgerError as fault:
        problem = reported(fault, "The ledger")
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
    # The check's first line says which warehouse it looked at: an answer, not a fault.
    told += [line for line in lines if line not in logged and not line.startswith("ok")]
    assert any(ended), "nothing was refused"
    assert [said for said in told if HELD in said] == []
    assert [said for said in told if f"{tmp_path}/hunter2" in said] == []
    if "{tmp}" not in held:
        assert [line for line in logged if HELD in line] == []
