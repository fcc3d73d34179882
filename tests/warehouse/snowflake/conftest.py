"""Fixtures: the stand-in for Snowflake with the small companies in it, and a login for it."""

import subprocess
import threading
from pathlib import Path

import pytest

from tests.warehouse.snowflake.companies import DATABASE, build_both
from tests.warehouse.snowflake.recorder import Recorder
from warehouse.address import SnowflakeAddress
from warehouse.engine.connect import connect
from warehouse.engine.snowflake.engine import SnowflakeWarehouse

ROOT = Path(__file__).resolve().parents[3]
PYTHON = ROOT / ".venv-fakesnow" / "bin" / "python"
LOGIN = """
[connections.snowflake]
authenticator = "oauth"
user = "reader"
token = "a-token-nobody-may-see"
host = "127.0.0.1"
port = {port}
protocol = "http"
"""


@pytest.fixture(scope="session")
def companies(tmp_path_factory):
    """The folder of the companies' DuckDB files and of the stand-in's database."""
    folder = tmp_path_factory.mktemp("companies")
    build_both(folder)
    return folder


@pytest.fixture(scope="session")
def stand_in(companies):
    """The port on which the stand-in answers."""
    if not PYTHON.exists():
        pytest.skip("the stand-in for Snowflake is not installed: make env-fakesnow")
    command = [PYTHON, "-W", "ignore", Path(__file__).with_name("stand_in.py"), companies]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            yield int(server.stdout.readline())
        finally:
            server.terminate()


def write_login(folder, port, text=LOGIN):
    """A secrets file for a server on a port of this machine."""
    path = folder / "secrets.toml"
    path.write_text(text.format(port=port), encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def both(companies, stand_in, tmp_path_factory):
    """A function that opens a company's warehouse in both engines: DuckDB, Snowflake."""
    secrets = write_login(tmp_path_factory.mktemp("login"), stand_in)
    limits = {
        "row_limit": 100_000,
        "timeout_seconds": 30,
        "memory_mib": 512,
        "probe_seconds": 60,
        "secrets": secrets,
    }

    def open_both(company):
        urls = (
            f"duckdb:///{companies / company}.duckdb",
            f"snowflake://stand-in/{DATABASE}/{company}?warehouse=BI&role=READER",
        )
        return tuple(connect(url, **limits) for url in urls)

    return open_both


@pytest.fixture
def script():
    """What a recording server has seen, and how it is to answer; its port is `script.port`."""
    with Recorder() as server:
        serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        serving.start()
        server.script.port = server.server_address[1]
        yield server.script
        server.shutdown()
        serving.join()


@pytest.fixture
def door(script, tmp_path):
    """A function that opens a Snowflake warehouse at the recording server."""
    opened = []

    def open_door(login=LOGIN, *, timeout_seconds=5.0, row_limit=1000, port=None):
        warehouse = SnowflakeWarehouse(
            SnowflakeAddress(
                account="acc", database="D", schema="S", warehouse="BI", role="READER"
            ),
            write_login(tmp_path, port or script.port, login),
            row_limit=row_limit,
            timeout_seconds=timeout_seconds,
            probe_seconds=60,
        )
        opened.append(warehouse)
        return warehouse

    yield open_door
    for warehouse in opened:
        warehouse.close()
