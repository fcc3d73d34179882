"""The door and the addresses for operators, of a real server that is attacked."""

import http.client
import json
import re
import socket
import threading
import time
from contextlib import closing

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from door import HEADERS
from tests.e2e.conftest import SECONDS_TO_START

pytestmark = pytest.mark.browser
FOREIGN = "http://evil.example"


@pytest.fixture(scope="module")
def calls_outside():
    """A proxy that notes who calls it and answers nobody; a server sent here has to wait."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        calls = []

        def note():
            while True:
                try:
                    calls.append(listening.accept()[0])
                except OSError:
                    return

        noting = threading.Thread(target=note, daemon=True)
        noting.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}", calls


@pytest.fixture(scope="module")
def address(serve, calls_outside):
    """The host and port of a server whose way outside is the proxy, with a public address."""
    proxy, _ = calls_outside
    names = ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy")
    with serve(
        BELLWETHER_PUBLIC_ADDRESSES="https://bellwether.example.com", **dict.fromkeys(names, proxy)
    ) as served:
        yield served.removeprefix("http://")


def fetched(address, path, host=None, method="GET"):
    """Status, headers and body of one request to `address`, sent in the name of `host`."""
    with closing(http.client.HTTPConnection(address, timeout=5)) as connection:
        connection.request(method, path, headers={"Host": host or address})
        reply = connection.getresponse()
        return reply.status, reply.headers, reply.read()


def handshake(address, origin, host=None, path="/_stcore/stream"):
    """What a websocket is answered: None where it opens, else the refusal."""
    name, port = address.split(":")
    try:
        with connect(
            f"ws://{host or address}{path}",
            sock=socket.create_connection((name, int(port))),
            origin=origin,
            subprotocols=["streamlit"],
            proxy=None,
        ):
            return None
    except InvalidStatus as refused:
        return refused.response


def test_health_and_readiness_tell_the_truth_whatever_name_is_used(address):
    assert fetched(address, "/healthz", "evil.example")[::2] == (200, b"ok\n")
    deadline = time.monotonic() + SECONDS_TO_START
    while fetched(address, "/readyz")[0] != 200 and time.monotonic() < deadline:
        time.sleep(0.1)
    status, _, body = fetched(address, "/readyz", "evil.example")
    said = json.loads(body)
    assert (status, said["ready"], said["breaker"]) == (200, True, "closed")
    assert said["failures"] == said["disk_failures"] == 0


def test_a_foreign_origin_is_refused_at_once_and_nobody_outside_is_asked(address, calls_outside):
    _, calls = calls_outside
    began = time.monotonic()
    refused = [handshake(address, FOREIGN) for _ in range(5)]
    assert [reply.status_code for reply in refused] == [421] * 5
    assert {reply.headers[name] for reply in refused for name in HEADERS} == set(HEADERS.values())
    assert fetched(address, "/healthz")[0] == 200
    assert time.monotonic() - began < 5
    assert calls == []


def test_a_rebound_name_opens_neither_page_nor_websocket(address):
    port = address.split(":")[1]
    for path in ("/", "/triage", "/_stcore/health", "/static/js/x.js", "/media/x.csv"):
        assert fetched(address, path, f"evil.example:{port}")[0] == 421, path
    assert handshake(address, f"{FOREIGN}:{port}", f"evil.example:{port}").status_code == 421


def test_the_websocket_opens_at_every_address_of_ours_and_only_with_its_origin(address):
    port = address.split(":")[1]
    for host in (address, f"localhost:{port}", f"[::1]:{port}"):
        assert handshake(address, f"http://{host}", host) is None, host
    assert handshake(address, "https://bellwether.example.com", "bellwether.example.com") is None
    assert fetched(address, "/triage", "bellwether.example.com")[0] == 200
    assert handshake(address, None).status_code == 421
    assert handshake(address, f"http://{address}", path="/nowhere").status_code == 403


def test_every_route_says_what_a_browser_may_not_do(address):
    script = re.search(rb'src="\./(static/js/[^"]+)"', fetched(address, "/triage")[2])[1].decode()
    answered = {
        ("GET", "/"): 307,
        ("HEAD", "/"): 307,
        ("GET", "/triage"): 200,
        ("GET", f"/{script}"): 200,
        ("GET", "/static/js/nowhere.js"): 200,
        ("GET", "/media/nowhere.csv"): 404,
        ("GET", "/component/nowhere/x"): 404,
        ("GET", "/_stcore/bidi-components/nowhere/x.js"): 404,
        ("GET", "/_stcore/host-config"): 200,
        ("GET", "/_stcore/metrics"): 404,
        ("PUT", "/_stcore/upload_file/nobody/nothing"): 403,
        ("GET", "/media/..%2f..%2fetc%2fpasswd"): 400,
        ("GET", "/triage/"): 301,
        ("POST", "/"): 405,
        ("GET", "/healthz"): 200,
    }
    got = {asked: fetched(address, asked[1], method=asked[0]) for asked in answered}
    assert {asked: reply[0] for asked, reply in got.items()} == answered
    for asked, (_, headers, _) in got.items():
        assert {name: headers[name] for name in HEADERS} == HEADERS, asked
    assert json.loads(got["GET", "/_stcore/host-config"][2])["allowedOrigins"] == []


def test_the_root_leads_to_the_first_page_with_the_whole_link(address):
    led = {link: fetched(address, link)[1]["Location"] for link in ("/", "/?region=emea&owner=%2F")}
    assert led == {"/": "overview", "/?region=emea&owner=%2F": "overview?region=emea&owner=%2F"}


def test_a_server_without_its_warehouse_is_alive_and_not_ready(serve, tmp_path):
    nowhere = f"duckdb:///{tmp_path / 'nowhere.duckdb'}"
    with serve(BELLWETHER_WAREHOUSE=nowhere) as served:
        address = served.removeprefix("http://")
        assert fetched(address, "/healthz")[::2] == (200, b"ok\n")
        status, _, body = fetched(address, "/readyz")
        said = json.loads(body)
        assert (status, said["ready"]) == (503, False)
        assert said["problem"] == "There is no answer young enough to be shown."
        assert re.fullmatch(r"[0-9A-F]{4}-[0-9A-F]{2}", said["reference"])
