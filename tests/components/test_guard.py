"""Who may look: one local viewer, on this machine only."""

import pytest
import streamlit as st

from components import guard
from warehouse.context import Scope


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
    assert guard.require("usage") == guard.Viewer("local viewer", Scope("local viewer"))


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
