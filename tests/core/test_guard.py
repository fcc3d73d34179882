"""Who may look: one local viewer, on this machine only."""

import pytest
import streamlit as st

from components.core import guard
from warehouse.context import ALL, EVERYTHING, Scope

ADA = Scope(questions=ALL, owner_ids=("p1",))


@pytest.fixture
def served_on(monkeypatch):
    """A function that makes the server's address another, inside the app's own session."""

    def serve(address):
        monkeypatch.setattr(st, "get_option", {"server.address": address}.get)
        monkeypatch.setattr(st, "session_state", {"entered_by_the_front_door": True})

    return serve


@pytest.mark.parametrize("address", ["127.0.0.1", "localhost", "::1"])
def test_on_this_machine_the_local_viewer_sees_everything(served_on, address):
    served_on(address)
    assert guard.require("usage") == guard.Viewer("local viewer", EVERYTHING)


@pytest.mark.parametrize("address", [None, "", "0.0.0.0", "::", "10.0.0.7", "127.0.0.1.evil.com"])  # noqa: S104 (the addresses that must be refused)
def test_anywhere_else_the_page_stops_before_it_shows_anything(served_on, monkeypatch, address):
    class Stopped(BaseException):
        pass

    def stop():
        raise Stopped

    said = []
    served_on(address)
    monkeypatch.setattr(st, "stop", stop)
    monkeypatch.setattr(st, "error", lambda text, **_: said.append(text))
    with pytest.raises(Stopped):
        guard.require("usage")
    [sentence] = said
    assert f"is served on {address or 'every address'}, so it shows nothing" in sentence


@pytest.mark.parametrize("doing", ["act", "export"])
def test_the_local_viewer_may_act_and_export(served_on, doing):
    served_on("127.0.0.1")
    seen = EVERYTHING
    assert guard.authorise(doing, shown=seen) == guard.Viewer("local viewer", seen)


@pytest.mark.parametrize("doing", ["act", "export"])
def test_nobody_acts_or_exports_on_another_address(served_on, doing):
    served_on("0.0.0.0")  # noqa: S104 (the address that must be refused)
    with pytest.raises(guard.Refused) as refused:
        guard.authorise(doing, shown=EVERYTHING)
    assert refused.value.problem.sentence == (
        "Bellwether has no login yet and is served on 0.0.0.0, so it shows nothing."
    )


@pytest.mark.parametrize("doing", ["act", "export"])
def test_who_has_left_neither_acts_nor_exports(become, doing):
    become(None)
    with pytest.raises(guard.Refused) as refused:
        guard.authorise(doing, shown=ADA)
    assert refused.value.problem.sentence == "Your access has ended."


@pytest.mark.parametrize(
    ("doing", "other", "sentence"),
    [
        ("act", "export", "You may look at this, but not act on it, so nothing was recorded."),
        (
            "export",
            "act",
            "You may look at this, but not download it, so nothing was delivered.",
        ),
    ],
)
def test_a_viewer_does_only_what_they_may(become, doing, other, sentence):
    viewer = guard.Viewer("ada", ADA, may=frozenset({other}))
    become(viewer)
    assert guard.authorise(other, shown=ADA) == viewer
    with pytest.raises(guard.Refused) as refused:
        guard.authorise(doing, shown=ADA)
    assert refused.value.problem.sentence == sentence


@pytest.mark.parametrize(
    "shown",
    [
        EVERYTHING,
        Scope(questions=ALL, owner_ids=("p1", "p2")),
        Scope(questions=("triage",), owner_ids=("p1",)),
        Scope(questions=ALL),
    ],
)
def test_rows_read_in_another_scope_are_not_exported(become, shown):
    become(guard.Viewer("ada", ADA))
    with pytest.raises(guard.Refused) as refused:
        guard.authorise("export", shown=shown)
    assert refused.value.problem == guard.SCOPE_CHANGED
