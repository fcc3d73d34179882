"""The pages, once: to show a new page add a line here and a file in pages/."""

import base64
import copy
import functools
from dataclasses import dataclass
from pathlib import Path

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from components.core import link
from queries.core import request

# An icon of our own: Streamlit fetches a named one for the tab from a server on the internet. It
# is read once, where a path would be read again on every rerun.
_SVG = Path(__file__).with_name("bellwether.svg").read_bytes()
ICON = f"data:image/svg+xml;base64,{base64.b64encode(_SVG).decode()}"
NAME = "Bellwether"
SIDEBAR = "sidebar_links"
PAGES = Path(__file__).resolve().parents[2] / "pages"


@dataclass(frozen=True)
class Entry:
    """One page of the app: its place in the navigation, file's stem, subject, title and icon.

    The subject is the folder of `components/`, `queries/` and `tests/` that the page draws from.
    """

    section: str
    page: str
    subject: str
    title: str
    icon: str


ENTRIES = (
    Entry("Leadership", "overview", "leadership", "Overview", ":material/dashboard:"),
    Entry("Customer Success", "triage", "triage", "Triage", ":material/call:"),
    Entry("Customer Success", "account", "accounts", "Account", ":material/domain:"),
    Entry("Customer Success", "renewals", "renewals", "Renewals", ":material/autorenew:"),
    Entry("Customer Success", "score_proof", "health", "Score proof", ":material/verified:"),
    Entry("Usage", "usage", "usage", "Usage", ":material/database:"),
    Entry("Operations", "on_call", "on_call", "On-call", ":material/notifications_active:"),
    Entry("Proof", "benchmarks", "benchmarks", "Benchmarks", ":material/speed:"),
    Entry("Trust", "definitions", "definitions", "Definitions", ":material/menu_book:"),
)


def path(name: str) -> str:
    """The file of a page, wherever the app was started from."""
    return str(PAGES / f"{name}.py")


@functools.cache
def page(name: str) -> st.Page:
    """The page of a file's stem, to link to; looked up on disk once and not on every rerun.

    Call it while a script runs: Streamlit leaves a page blank that is made outside of one.
    """
    entry = next(entry for entry in ENTRIES if entry.page == name)
    return st.Page(path(name), title=entry.title, icon=entry.icon, url_path=entry.page)


def navigation() -> st.Page:
    """Register the app's name and every page with Streamlit; returns the page asked for."""
    st.set_page_config(page_title=NAME, page_icon=ICON, layout="wide")
    # Streamlit notes on the page itself that this run may call it, so each run has its own.
    pages = [copy.copy(page(entry.page)) for entry in ENTRIES]
    # Streamlit answers its default page at the root only and calls that page's own address not
    # found, so the root is a page of its own that leads on.
    root = st.Page(enter, title=NAME, url_path="start", default=True, visibility="hidden")
    # Streamlit's own list of pages forgets the filters, in the tab and in a new one.
    asked = st.navigation([root, *pages], position="hidden")
    st.session_state[SIDEBAR] = st.sidebar.container(key=SIDEBAR)
    return asked


def sidebar(context: link.Link) -> None:
    """The links to every page, each in the context given; drawn once in a run.

    The stylesheet writes the sections above them: as elements, they cost every rerun.

    Drawn twice, the messages of the second drawing can end up inside the first one's.
    """
    place: DeltaGenerator | None = st.session_state.pop(SIDEBAR, None)
    if place is None:
        return
    shown = request.current().page
    with place:
        asked = link.said(context)
        for entry in ENTRIES:
            # Streamlit marks the link to the page shown for the eye only; to what is bold the
            # stylesheet adds a name that says it.
            label = f"**{entry.title}**" if entry.page == shown else entry.title
            st.page_link(page(entry.page), label=label, query_params=asked)


def name_tab(finding: str) -> None:
    """Name the browser's tab after the page that runs and its finding."""
    page_name = request.current().page
    title = next((entry.title for entry in ENTRIES if entry.page == page_name), NAME)
    st.set_page_config(page_title=f"{title}: {' '.join(finding.split())} · {NAME}")


def enter() -> None:
    """Lead from the root address to the first page, with the link's filters.

    The server answers the root before a script runs; plain `streamlit run app.py` comes here.
    """
    follow(ENTRIES[0].page)


def follow(name: str) -> None:
    """Go to a page of the app, keeping every filter of the link."""
    # The place for the links belongs to this run, which draws no more.
    st.session_state.pop(SIDEBAR, None)
    everything = {key: st.query_params.get_all(key) for key in st.query_params}
    st.switch_page(page(name), query_params=everything)
