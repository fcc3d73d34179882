"""The addresses for operators, of a real server."""

import json
import time
import urllib.error
import urllib.request

import pytest

from tests.e2e.conftest import SECONDS_TO_START

pytestmark = pytest.mark.browser


def fetched(address):
    try:
        with urllib.request.urlopen(address, timeout=5) as reply:  # noqa: S310 (our own)
            return reply.status, reply.read()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read()


def test_health_and_readiness_tell_the_truth(serve):
    with serve() as address:
        assert fetched(f"{address}/healthz") == (200, b"ok\n")
        deadline = time.monotonic() + SECONDS_TO_START
        while fetched(f"{address}/readyz")[0] != 200 and time.monotonic() < deadline:
            time.sleep(0.1)
        status, body = fetched(f"{address}/readyz")
        said = json.loads(body)
        assert (status, said["ready"], said["breaker"]) == (200, True, "closed")
        assert said["failures"] == said["disk_failures"] == 0


def test_a_server_without_its_warehouse_is_alive_and_not_ready(serve, tmp_path):
    nowhere = f"duckdb:///{tmp_path / 'nowhere.duckdb'}"
    with serve(BELLWETHER_WAREHOUSE=nowhere) as address:
        assert fetched(f"{address}/healthz") == (200, b"ok\n")
        status, body = fetched(f"{address}/readyz")
        assert (status, json.loads(body)["ready"]) == (503, False)
