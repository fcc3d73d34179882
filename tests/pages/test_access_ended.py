"""Access that ends while a page stands open: nothing is recorded, and one sentence says why."""

import pytest
from streamlit.testing.v1 import AppTest

from components import guard
from ledger import Entries
from queries.ask import ledger
from tests.pages.book import BOOK
from tests.pages.visit import read, said, visit
from warehouse.context import Scope

ENDED = "Your access has ended. Ask for it again."
LOOKS_ONLY = guard.Viewer("local viewer", Scope("local viewer"), may=frozenset())
SEES_BENS = guard.Viewer("local viewer", Scope("local viewer", owner_ids=("p2",)))
NOT_TO_ACT = (
    "You may look at this, but not act on it, so nothing was recorded. "
    "Ask whoever gives access to Bellwether."
)
NOT_THEIRS = (
    "This account is not among those you may act on. Ask its owner, or load the page again."
)


@pytest.fixture
def queue(warehouse):
    warehouse(BOOK)
    return visit("triage", as_of="2026-01-31")


def pressed(app, label):
    button = next(button for button in app.button if button.label == label)
    app = button.click().run()
    assert not app.exception
    return app


def sentences(app):
    return [text for kind in ("error", "warning", "success", "info") for text in said(app, kind)]


def recorded():
    actions = ledger().read(Entries("triage_actions"))
    return list(actions.select("account_id", "kind", "author").iter_rows())


def test_a_click_after_access_ended_records_nothing_and_shows_nothing(queue, become):
    become(None)
    app = pressed(queue, "Acknowledge")
    assert sentences(app) == [ENDED]
    assert not app.title
    assert recorded() == []


def test_an_undo_after_access_ended_leaves_the_action_standing(queue, become):
    app = pressed(queue, "Acknowledge")
    become(None)
    assert sentences(pressed(app, "Undo")) == [ENDED]
    assert [kind for _, kind, _ in recorded()] == ["acknowledge"]


def test_who_may_only_look_is_told_so_and_records_nothing(queue, become):
    become(LOOKS_ONLY)
    app = pressed(queue, "Acknowledge")
    assert sentences(app) == [NOT_TO_ACT]
    assert app.title
    assert recorded() == []


def test_an_account_that_left_the_viewers_scope_since_is_not_acted_on(queue, become):
    become(SEES_BENS)
    app = pressed(queue, "Acknowledge")
    assert sentences(app) == [NOT_THEIRS]
    assert "Account a2" in read(app.markdown[0].value)
    assert recorded() == []


def test_an_act_is_recorded_under_who_acts_and_not_who_opened_the_page(queue, become):
    become(guard.Viewer("ben", Scope("ben")))
    pressed(queue, "Acknowledge")
    assert recorded() == [("a1", "acknowledge", "ben")]


def dialog():
    """The form of a note as it stands open: Streamlit runs it again without its page."""
    import datetime as dt

    import streamlit as st

    from components import acting
    from warehouse.context import Context, Scope

    row = {"account_id": "a1", "account_name": "North Star", "version": 0}
    st.session_state.setdefault("drawn", Context(dt.date(2026, 1, 31), Scope("local viewer")))
    acting.form(st.session_state["drawn"], row, {"p1": "Ada"}, "note")


@pytest.fixture
def note(warehouse):
    warehouse(BOOK)
    app = AppTest.from_function(dialog, default_timeout=60).run()
    app.text_area[0].set_value("Called them.")
    return app


def test_a_form_records_what_it_was_filled_in_with(note):
    pressed(note, "Note")
    assert recorded() == [("a1", "note", "local viewer")]


@pytest.mark.parametrize(
    ("viewer", "sentence"),
    [
        (None, ENDED),
        (LOOKS_ONLY, NOT_TO_ACT),
        (SEES_BENS, NOT_THEIRS),
    ],
)
def test_a_form_that_stood_open_records_nothing_and_says_why(note, become, viewer, sentence):
    become(viewer)
    assert sentences(pressed(note, "Note")) == [sentence]
    assert recorded() == []
