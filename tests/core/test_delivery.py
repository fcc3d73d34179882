"""A file leaves once per click, within a minute, to whoever may have it at that moment."""

import hashlib
import re
import threading

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware

from components.core import guard
from components.export import delivery
from components.export.delivery import SPENT, File, Tokens
from door import Door
from tests import asgi
from warehouse.context import ALL, Scope

SCOPE = Scope(questions=ALL, owner_ids=("p1",))
ADA = guard.Viewer("ada", SCOPE)
REFUSED = "What you may see has changed since this was shown, so nothing was delivered."


@pytest.fixture
def tokens(become, later, monkeypatch):
    """A store of its own, with Ada before it and time standing still."""
    later(seconds=0)
    become(ADA)
    store = Tokens()
    monkeypatch.setattr(delivery, "TOKENS", store)
    monkeypatch.setattr(delivery, "SERVED", threading.Event())
    return store


def file(make=lambda: b"rows", shown=SCOPE):
    return File("bellwether-usage", "csv", "text/csv", shown, make)


def asked(token, *, method="POST", host="localhost:8501"):
    """What the route answers to a token behind the door: status, headers and body."""
    sent = []

    async def send(message):
        sent.append(message)

    async def receive():
        raise AssertionError("the route reads no body")

    headers = [(b"host", host.encode())]
    headers += [] if token is None else [(b"download-token", token.encode())]
    scope = {"type": "http", "path": "/download", "method": method, "headers": headers}
    scope["server"] = ("127.0.0.1", 8501)
    app = Starlette(routes=[delivery.route()], middleware=[Middleware(Door)])
    asgi.run(app(scope | {"query_string": b"", "root_path": ""}, receive, send))
    said = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], said, b"".join(one.get("body", b"") for one in sent[1:])


def test_a_token_fetches_its_file_under_the_name_of_its_content(tokens):
    status, headers, body = asked(tokens.mint(file(), ADA))
    assert (status, body) == (200, b"rows")
    named = f"bellwether-usage-{hashlib.sha256(b'rows').hexdigest()[:12]}.csv"
    assert headers["content-disposition"] == f'attachment; filename="{named}"'
    assert headers["cache-control"] == "no-store"
    assert headers["content-type"].startswith("text/csv")


def test_a_restated_file_has_another_name_and_its_own_bytes(tokens):
    # Streamlit takes these for one: same name, same length, same samples.
    before, after = (b"\0" * 900_000 + hour + b"\0" * 900_000 for hour in (b"41.5", b"43.5"))
    answers = [
        asked(tokens.mint(file(lambda content=one: content), ADA)) for one in (before, after)
    ]
    assert [body for *_, body in answers] == [before, after]
    assert len({headers["content-disposition"] for _, headers, _ in answers}) == 2


def test_the_file_is_made_for_the_request_and_not_at_the_click(tokens):
    made = []
    token = tokens.mint(file(lambda: made.append("made") or b"rows"), ADA)
    assert made == []
    assert asked(token)[0] == 200
    assert made == ["made"]


def test_a_used_token_is_gone(tokens):
    token = tokens.mint(file(), ADA)
    assert asked(token)[0] == 200
    status, headers, body = asked(token)
    assert (status, body.decode()) == (410, SPENT)
    assert headers["cache-control"] == "no-store"


@pytest.mark.parametrize("token", [None, "", "x", "../../etc/passwd", "A" * 43])
def test_a_token_that_nobody_minted_is_gone(tokens, token):
    tokens.mint(file(), ADA)
    assert asked(token)[0] == 410


@pytest.mark.parametrize(("seconds", "status"), [(0, 200), (59.9, 200), (60, 410), (3600, 410)])
def test_a_token_is_good_for_a_minute(tokens, later, seconds, status):
    token = tokens.mint(file(), ADA)
    later(seconds=seconds)
    assert asked(token)[0] == status


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT"])
def test_a_link_does_not_spend_a_token(tokens, method):
    token = tokens.mint(file(), ADA)
    assert asked(token, method=method)[0] == 405
    assert asked(token)[0] == 200


def test_another_site_does_not_spend_a_token(tokens):
    token = tokens.mint(file(), ADA)
    assert asked(token, host="evil.com")[0] == 421
    assert asked(token)[0] == 200


def test_a_file_that_cannot_be_made_is_said_with_a_reference(tokens):
    def broken():
        raise OSError("/srv/secret/path")

    token = tokens.mint(file(broken), ADA)
    status, headers, body = asked(token)
    assert (status, headers["content-type"]) == (500, "text/plain; charset=utf-8")
    assert re.search(r"Reference [0-9A-F]{4}-[0-9A-F]{2}\.\n$", body.decode())
    assert "secret" not in body.decode()
    assert token not in body.decode()


@pytest.mark.parametrize(
    ("viewer", "status", "sentence"),
    [
        (None, 403, "Your access has ended."),
        (guard.Viewer("ada", Scope(questions=ALL, owner_ids=("p2",))), 403, REFUSED),
        (guard.Viewer("ben", SCOPE), 410, SPENT.split(". ", maxsplit=1)[0]),
        (
            guard.Viewer("ada", SCOPE, may=frozenset({"act"})),
            403,
            "You may look at this, but not download it, so nothing was delivered.",
        ),
    ],
    ids=["ended", "other rows", "another of the same rows", "may not export"],
)
def test_the_guard_is_asked_again_at_the_request(tokens, become, viewer, status, sentence):
    made = []
    token = tokens.mint(file(lambda: made.append("made") or b"rows"), ADA)
    become(viewer)
    answered, headers, body = asked(token)
    assert answered == status
    assert body.decode().startswith(sentence)
    assert headers["cache-control"] == "no-store"
    assert headers["content-type"].startswith("text/plain")
    assert made == []
    # A token that was refused is spent.
    become(ADA)
    assert asked(token)[0] == 410


def test_no_more_tokens_wait_than_there_is_room_for(become, later):
    later(seconds=0)
    become(ADA)
    store = Tokens(most=3)
    first, second, third, fourth = (store.mint(file(), ADA) for _ in range(4))
    assert store.spend(first) is None
    assert [store.spend(token) is not None for token in (second, third, fourth)] == [True] * 3


def test_what_nobody_fetched_is_let_go(become, later):
    later(seconds=0)
    become(ADA)
    store = Tokens()
    for _ in range(5):
        store.mint(file(), ADA)
    later(seconds=60)
    store.mint(file(), ADA)
    assert len(store) == 1


def test_tokens_are_long_and_never_alike(tokens):
    minted = {tokens.mint(file(), ADA) for _ in range(100)}
    assert len(minted) == 100
    assert min(map(len, minted)) >= 43


@pytest.mark.usefixtures("tokens")
def test_buttons_lead_to_the_route_once_a_server_has_it():
    assert not delivery.is_served()
    delivery.route()
    assert delivery.is_served()


def test_a_delivery_is_logged_without_its_token(tokens, caplog):
    token = tokens.mint(file(), ADA)
    with caplog.at_level("INFO", logger="bellwether.delivery"):
        asked(token)
    (record,) = caplog.records
    assert record.facts["viewer"] == "ada"
    assert record.facts["bytes"] == 4
    assert token not in str(vars(record))
