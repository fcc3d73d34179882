"""A fresh ledger in either engine, and a server that is started once."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger import Ledger, open_ledger
from tests.ledger.cluster import Cluster, cluster

ENGINES = ("sqlite", "postgresql")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    """The tests' own PostgreSQL server, stopped at the end."""
    server = cluster()
    if server is None:
        pytest.skip("No PostgreSQL server is here; tools/postgres installs one.")
    yield server
    server.remove()


@pytest.fixture(params=ENGINES)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a ledger that does not exist yet, once per engine."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'ledger.sqlite'}"
    server: Cluster = request.getfixturevalue("postgres")
    return server.empty()


@pytest.fixture
def ledger(url: str) -> Iterator[Ledger]:
    """An open ledger without a row."""
    opened = open_ledger(url)
    yield opened
    opened.close()
