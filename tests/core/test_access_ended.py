"""Access that ends while a page stands open: nothing is recorded or delivered, and it is said."""

import json

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from components.core import guard
from components.export import download
from components.export.delivery import Tokens
from ledger import LedgerQuery
from queries.core.ask import ledger
from tests.core.book import BOOK
from tests.core.visit import at_page, read, said, visit
from warehouse.context import ALL, EVERYTHING, Scope

pytestmark = pytest.mark.usefixtures("patient", "today")

ENDED = "Your access has ended. Ask for it again."
LOOKS_ONLY = guard.Viewer("local viewer", EVERYTHING, may=frozenset())
SEES_BENS = guard.Viewer("local viewer", Scope(questions=ALL, owner_ids=("p2",)))
NOT_TO_ACT = (
    "You may look at this, but not act on it, so nothing was recorded. "
    "Ask whoever gives access to Bellwether."
)
NOT_THEIRS = (
    "This account is not among those you may act on. Ask its owner, or load the page again."
)
NOT_TO_EXPORT = (
    "You may look at this, but not download it, so nothing was delivered. "
    "Ask whoever gives access to Bellwether."
)
OTHER_ROWS = (
    "What you may see has changed since this was shown, so nothing was delivered. "
    "Load the page again."
)
NO_ROUTE = (
    "Started without its own server, so a file lies at an address that asks nobody while this "
    "page is open. Started with `make run`, Bellwether asks first."
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
    """What the page and the dialog over it say."""
    kinds = ("error", "warning", "success", "info")
    return [read(element.value) for kind in kinds for element in app.get(kind)]


def recorded():
    actions = ledger().read(LedgerQuery("triage_actions"))
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
    assert [button.key for button in app.button if button.label == "Acknowledge"] == [
        "acknowledge a2 0"
    ]
    assert recorded() == []


def test_an_act_is_recorded_under_who_acts_and_not_who_opened_the_page(queue, become):
    become(guard.Viewer("ben", EVERYTHING))
    pressed(queue, "Acknowledge")
    assert recorded() == [("a1", "acknowledge", "ben")]


def dialog():
    """The form of a note as it stands open: Streamlit runs it again without its page."""
    import datetime as dt

    import streamlit as st

    from components.triage import action_forms
    from warehouse.context import EVERYTHING, Context

    row = {"account_id": "a1", "account_name": "North Star", "version": 0}
    st.session_state.setdefault("drawn", Context(dt.date(2026, 1, 31), EVERYTHING))
    newest = dt.date(2026, 1, 31)
    action_forms.form(st.session_state["drawn"], row, {"p1": "Ada"}, "note", newest)


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


def test_a_form_that_stands_open_is_drawn_again_to_nobody(note, become):
    become(None)
    app = note.run()
    assert sentences(app) == [ENDED]
    assert app.get("text_area") == []


@pytest.fixture
def details(warehouse, monkeypatch):
    """A page whose section stands open on its files, served with the route for downloads."""
    warehouse(BOOK)
    monkeypatch.setattr(download, "is_served", lambda: True)
    monkeypatch.setattr(download, "TOKENS", Tokens())
    at = at_page("triage", as_of="2026-01-31")
    at.session_state["triage_accounts_more"] = True
    return at.run()


def fetched(app):
    """What the script in the browser is told to fetch."""
    return [json.loads(one.proto.json) for one in app.get("bidi_component")]


def test_a_click_mints_the_token_that_its_script_fetches(details):
    assert fetched(details) == []
    (told,) = fetched(pressed(details, "Download CSV"))
    token = told.pop("token")
    assert told == {"address": "/download", "header": "Download-Token"}
    content = download.TOKENS.spend(token)[0].make().decode()
    assert content.startswith("# Question: triage: ")
    assert "North *Star*" in content


def test_the_token_is_told_once(details):
    app = pressed(details, "Download XLSX")
    assert len(fetched(app)) == 1
    assert fetched(app.run()) == []


def test_a_click_on_a_download_after_access_ended_mints_nothing(details, become):
    become(None)
    app = pressed(details, "Download CSV")
    assert sentences(app) == [ENDED]
    assert fetched(app) == []


@pytest.mark.parametrize(
    ("viewer", "sentence"),
    [
        (None, ENDED),
        (LOOKS_ONLY, NOT_TO_EXPORT),
        (SEES_BENS, OTHER_ROWS),
    ],
)
def test_buttons_that_stood_open_hand_out_nothing_and_say_why(
    monkeypatch, become, viewer, sentence
):
    # Streamlit runs a fragment again without its page.
    monkeypatch.setattr(download, "is_served", lambda: True)
    monkeypatch.setattr(download, "TOKENS", Tokens())
    app = AppTest.from_function(files, default_timeout=60).run()
    become(viewer)
    app = pressed(app, "Download CSV")
    assert sentences(app) == [sentence]
    assert fetched(app) == []
    assert len(download.TOKENS) == 0


def files():
    from components.export import download
    from components.export.delivery import File
    from warehouse.context import EVERYTHING

    shown = EVERYTHING
    download.buttons([File("rows", "csv", "text/csv", shown, lambda: b"a")], key="rows")


def test_without_the_route_streamlits_own_buttons_ask_too_and_a_caption_says_so(
    monkeypatch, become
):
    handed = []
    monkeypatch.setattr(st, "download_button", lambda _, make, *__, **___: handed.append(make))
    app = AppTest.from_function(files, default_timeout=60).run()
    assert said(app, "caption") == [NO_ROUTE]
    (make,) = handed
    assert make() == b"a"
    become(None)
    with pytest.raises(guard.Refused):
        make()
