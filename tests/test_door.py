"""The door by itself: hosts, origins, headers and errors, without a server around it."""

import pytest

from door import HEADERS, Door
from tests import asgi

PUBLIC = ("https://bellwether.example.com", "http://10.0.0.7:8080")
OWN = {name.lower().encode(): value.encode() for name, value in HEADERS.items()}


async def page(scope, _, send):
    """A page that lets everybody in; as a websocket it accepts."""
    kind = "websocket.accept" if scope["type"] == "websocket" else "http.response.start"
    await send({"type": kind, "status": 200})
    if scope["type"] == "http":
        await send({"type": "http.response.body", "body": b"in"})


def asked(headers, *, app=page, kind="http", path="/", port=8501):
    """Everything the door sends to one request; `headers` are pairs of text."""
    sent = []

    async def send(message):
        sent.append(message)

    async def receive():
        raise AssertionError("the door reads nothing")

    scope = {
        "type": kind,
        "path": path,
        "method": "GET",
        "server": ("127.0.0.1", port),
        "headers": [(name.encode(), value.encode("latin-1")) for name, value in headers],
        "extensions": {"websocket.http.response": {}},
    }
    asgi.run(Door(app, PUBLIC)(scope, receive, send))
    return sent


def status(headers, **request):
    return asked(headers, **request)[0]["status"]


@pytest.mark.parametrize(
    "host",
    [
        "localhost:8501",
        "LOCALHOST:8501",
        "127.0.0.1:8501",
        "[::1]:8501",
        "bellwether.example.com",
        "10.0.0.7:8080",
    ],
)
def test_a_page_is_served_at_our_own_addresses(host):
    assert status([("host", host)]) == 200


@pytest.mark.parametrize(
    "hosts",
    [
        (),
        ("",),
        ("evil.com",),
        ("evil.com:8501",),
        ("localhost",),
        ("localhost:8502",),
        ("localhost.evil.com:8501",),
        ("127.0.0.1.nip.io:8501",),
        ("localhost@evil.com:8501",),
        ("localhost.:8501",),
        ("bellwether.example.com:8501",),
        ("10.0.0.7",),
        ("localhost:8501\xa0",),
        ("localhost:8501", "evil.com"),
        ("evil.com", "localhost:8501"),
        ("localhost:8501", "localhost:8501"),
    ],
)
def test_no_page_is_served_at_any_other_or_at_two(hosts):
    headers = [("host", host) for host in hosts]
    assert status([*headers, ("x-forwarded-host", "localhost:8501")]) == 421
    assert status(headers, path="/healthz") == status(headers, path="/readyz") == 200
    assert status(headers, path="/healthz/") == status(headers, path="/readyz.csv") == 421


def test_the_schemes_own_port_is_left_out_as_browsers_do():
    assert status([("host", "localhost")], port=80) == 200
    assert status([("host", "localhost:80")], port=80) == 200
    assert status([("host", "localhost:443")], port=80) == 421


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        ("localhost:8501", "http://localhost:8501"),
        ("127.0.0.1:8501", "http://127.0.0.1:8501"),
        ("[::1]:8501", "http://[::1]:8501"),
        ("bellwether.example.com", "https://bellwether.example.com"),
    ],
)
def test_a_websocket_opens_from_a_page_of_the_same_address(host, origin):
    [accepted] = asked([("host", host), ("origin", origin)], kind="websocket")
    assert accepted["type"] == "websocket.accept"
    assert dict(accepted["headers"]) == OWN


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        ("localhost:8501", None),
        ("localhost:8501", "null"),
        ("localhost:8501", "file://"),
        ("localhost:8501", "http://evil.com"),
        ("localhost:8501", "http://evil.com@localhost:8501"),
        ("localhost:8501", "http://localhost.evil.com:8501"),
        ("localhost:8501", "http://localhost:9999"),
        ("localhost:8501", "https://foo.streamlit.app"),
        ("localhost:8501", "http://localhost:8501/"),
        # Both are ours, and Streamlit would ask the internet because they differ.
        ("localhost:8501", "http://127.0.0.1:8501"),
        ("LOCALHOST:8501", "http://localhost:8501"),
        ("127.0.0.1:8501", "https://bellwether.example.com"),
        ("bellwether.example.com", "http://bellwether.example.com"),
        # A name that was pointed at this machine after its page had loaded.
        ("evil.com:8501", "http://evil.com:8501"),
        ("evil.com", "http://localhost:8501"),
    ],
)
def test_a_websocket_from_anywhere_else_is_refused_before_streamlit_sees_it(host, origin):
    headers = [("host", host)] + ([] if origin is None else [("origin", origin)])
    start, body = asked(headers, kind="websocket", path="/_stcore/stream")
    assert (start["type"], start["status"]) == ("websocket.http.response.start", 421)
    assert dict(start["headers"]).items() >= OWN.items()
    assert b"BELLWETHER_PUBLIC_ADDRESSES" in body["body"]
    # The probes' exemption is for requests alone.
    assert asked(headers, kind="websocket", path="/healthz")[0]["status"] == 421


def test_a_refusal_is_logged_under_the_reference_it_shows(caplog):
    _, body = asked([("host", "evil.com\x1b[31m")])
    [record] = caplog.records
    assert record.facts["host"] == "evil.com\x1b[31m"
    assert f"Reference {record.facts['reference']}." in body["body"].decode()
    assert b"evil" not in body["body"]


@pytest.mark.parametrize("path", ["/_stcore/metrics", "/_stcore/metrics/", "/app/_stcore/metrics"])
def test_metrics_are_served_to_nobody(path):
    assert status([("host", "localhost:8501")], path=path) == 404


def test_a_close_before_the_handshake_becomes_an_answer_with_headers():
    async def closes(_scope, _receive, send):
        await send({"type": "websocket.close", "code": 1008})

    home = [("host", "localhost:8501"), ("origin", "http://localhost:8501")]
    start, _ = asked(home, app=closes, kind="websocket")
    assert start["status"] == 403
    assert dict(start["headers"]).items() >= OWN.items()


def test_a_close_after_the_handshake_stays_one():
    async def opens_and_closes(_scope, _receive, send):
        await send({"type": "websocket.accept"})
        await send({"type": "websocket.close", "code": 1000})

    home = [("host", "localhost:8501"), ("origin", "http://localhost:8501")]
    sent = asked(home, app=opens_and_closes, kind="websocket")
    assert [message["type"] for message in sent] == ["websocket.accept", "websocket.close"]


@pytest.mark.parametrize("kind", ["http", "websocket"])
def test_an_error_becomes_an_answer_with_headers_and_a_reference(kind, caplog):
    async def fails(_scope, _receive, _send):
        raise RuntimeError("/home/pia/secret")

    home = [("host", "localhost:8501"), ("origin", "http://localhost:8501")]
    start, body = asked(home, app=fails, kind=kind)
    assert start["status"] == 500
    assert dict(start["headers"]).items() >= OWN.items()
    assert caplog.records[0].facts["reference"] in body["body"].decode()
    assert b"secret" not in body["body"]


def test_an_error_after_the_answer_began_is_the_servers():
    async def fails_late(scope, receive, send):
        await page(scope, receive, send)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        asked([("host", "localhost:8501")], app=fails_late)
