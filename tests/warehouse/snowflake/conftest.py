"""Fixtures: the stand-in for Snowflake with the small companies in it, and a login for it."""

import subprocess
from pathlib import Path

import pytest

from tests.warehouse.snowflake.companies import DATABASE, build_both
from warehouse.engine import connect

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
