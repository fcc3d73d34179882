"""Each error of Snowflake is a typed error in one sentence, within seconds, without a secret."""

import logging
import socket
import subprocess
import sys
import time
import traceback
from pathlib import Path

import pytest
import sqlalchemy as sa

from queries.core.errors import reported
from warehouse.engine.connect import connect
from warehouse.errors import (
    ContractBroken,
    ConversionFailed,
    ReadTimedOut,
    SettingInvalid,
    WarehouseUnavailable,
)

ROOT = Path(__file__).resolve().parents[3]
SAID = sa.select(sa.column("said", sa.String()))
URL = "snowflake://acc/D/S?warehouse=BI&role=READER"
TOKEN = "a-token-nobody-may-see"  # noqa: S105 (the stand-in takes any)


def error_of(read, kind):
    with pytest.raises(kind) as raised:
        read()
    assert type(raised.value) is kind
    assert TOKEN not in "".join(traceback.format_exception(raised.value))
    problem = reported(raised.value, "a read")
    assert (raised.value.engine_says or "\n") not in f"{problem.sentence} {problem.remedy}"
    return raised.value


@pytest.mark.parametrize("listening", [True, False])
def test_a_host_that_does_not_answer_is_unavailable_within_the_time_to_log_in(door, listening):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        warehouse = door(timeout_seconds=1, port=silent.getsockname()[1])
        if not listening:
            silent.close()
        before = time.monotonic()
        error = error_of(lambda: warehouse.read(SAID), WarehouseUnavailable)
        assert time.monotonic() - before < 4
        assert error.sentence == "Snowflake at acc did not answer the login."


def test_a_refused_login_says_so_without_the_token(door, script):
    script.login_refusal = ("390303", f"Invalid OAuth access token {TOKEN}.")
    error = error_of(lambda: door().read(SAID), WarehouseUnavailable)
    assert error.sentence == "Snowflake refused the login to acc."
    assert "Invalid OAuth access token ***" in error.engine_says
    assert "[connections.snowflake]" in error.remedy


def test_no_log_line_carries_the_token_however_much_is_logged(door, script, caplog):
    with caplog.at_level(logging.DEBUG):
        warehouse = door()
        warehouse.read(SAID)
        script.refusals[:] = ["390114"]
        warehouse.read(SAID)
        script.login_refusal = ("390303", f"Invalid OAuth access token {TOKEN}.")
        error_of(lambda: door().read(SAID), WarehouseUnavailable)
    assert any(line.name.startswith("snowflake") for line in caplog.records)
    assert [line.getMessage() for line in caplog.records if TOKEN in line.getMessage()] == []


def test_a_login_that_is_not_there_is_a_setting(door, tmp_path):
    warehouse = door()
    (tmp_path / "secrets.toml").unlink()
    error_of(lambda: warehouse.read(SAID), SettingInvalid)


@pytest.mark.parametrize("code", ["002003", "000904", "002043"])
def test_a_missing_table_or_column_breaks_the_contract(door, script, code):
    warehouse = door()
    warehouse.read(SAID)
    # Refused at once or only under way: Snowflake may do either.
    script.refusals[:] = [code, code]
    assert (
        "refused for a reason" in error_of(lambda: warehouse.read(SAID), ContractBroken).engine_says
    )
    script.failure = (code, "Object 'ACCOUNTS' does not exist or not authorized.")
    error = error_of(lambda: warehouse.read(SAID), ContractBroken)
    assert error.in_full == (
        "The warehouse does not meet the contract: "
        "Object 'ACCOUNTS' does not exist or not authorized."
    )


@pytest.mark.parametrize(
    "statement",
    [
        sa.select(sa.table("planets", sa.column("name")).c.name),
        sa.select(sa.table("accounts", sa.column("colour")).c.colour),
    ],
)
def test_the_stand_in_misses_what_is_missing(both, statement):
    for warehouse in both("FLEET"):
        error_of(lambda warehouse=warehouse: warehouse.read(statement), ContractBroken)


def test_a_query_out_of_its_time_in_snowflake_is_late(door, script):
    script.failure = ("000630", "Statement reached its statement timeout of 5 second(s).")
    error_of(lambda: door().read(SAID), ReadTimedOut)


def test_no_warehouse_to_compute_with_names_the_grant(door, script):
    script.failure = ("000606", "No active warehouse selected in the current session.")
    error = error_of(lambda: door().read(SAID), WarehouseUnavailable)
    assert error.sentence == "Snowflake has no warehouse to compute with."
    assert "USAGE" in error.remedy


@pytest.mark.parametrize("code", ["100035", "100037", "100038", "100039", "100040", "100096"])
def test_a_cell_that_cannot_be_converted_is_said_as_snowflake_says_it(door, script, code):
    script.failure = (code, "Date '2026-02-30' is not recognized")
    error = error_of(lambda: door().read(SAID), ConversionFailed)
    assert error.engine_says == "Date '2026-02-30' is not recognized"


def test_another_error_leads_to_the_query_in_the_history(door, script):
    script.failure = ("000603", "Processing aborted.\nIncident 12345.")
    error = error_of(lambda: door().read(SAID), WarehouseUnavailable)
    assert error.in_full == "Snowflake could not answer: Processing aborted."
    query_id = next(r.path.rsplit("/", 1)[-1] for r in script.seen if "monitoring" in r.path)
    assert query_id in error.remedy


def test_a_server_that_vanishes_is_unavailable_after_two_tries(door, script):
    warehouse = door()
    warehouse.read(SAID)
    script.vanished = True
    seen = len(script.seen)
    error_of(lambda: warehouse.read(SAID), WarehouseUnavailable)
    tried = [request.path for request in script.seen[seen:]]
    assert tried == ["/queries/v1/query-request"] * 2


def test_the_driver_is_loaded_only_for_a_snowflake_url():
    code = (
        "import sys; from queries.core.ask import connected_warehouse; connected_warehouse(); "
        "print(sorted(name for name in sys.modules if name.startswith('snowflake')))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert ran.stdout == "[]\n"


def test_without_the_driver_a_snowflake_url_names_what_to_install(tmp_path, monkeypatch):
    for name in [name for name in sys.modules if name.startswith("warehouse.engine.snowflake.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "snowflake.connector", None)
    limits = {"row_limit": 1, "timeout_seconds": 1, "memory_mib": 1, "probe_seconds": 1}
    with pytest.raises(SettingInvalid, match="which is not installed") as lacking:
        connect(URL, **limits, secrets=tmp_path)
    assert "requirements-snowflake.txt" in lacking.value.remedy


@pytest.mark.parametrize("command", [["load", "tables", "x"], ["refresh"], ["demo"]])
def test_loading_is_the_companys_own_pipelines(command, monkeypatch, capsys):
    from warehouse.__main__ import main

    monkeypatch.setenv("BELLWETHER_WAREHOUSE", URL)
    assert main(command) == 1
    assert "your company's own pipelines load" in capsys.readouterr().err


def test_the_ddl_is_printed_whichever_warehouse_is_named(monkeypatch, capsys):
    from warehouse.__main__ import main

    monkeypatch.setenv("BELLWETHER_WAREHOUSE", URL)
    assert main(["ddl", "--dialect", "snowflake"]) == 0
    assert "CREATE" in capsys.readouterr().out
