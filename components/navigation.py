"""The pages, once: to show a new page add a line here and a file in pages/."""

from dataclasses import dataclass
from pathlib import Path

import streamlit as st

# A file of our own: Streamlit fetches a named icon for the tab from a server on the internet.
ICON = str(Path(__file__).with_name("bellwether.svg"))
PAGES = Path(__file__).resolve().parents[1] / "pages"


@dataclass(frozen=True)
class Entry:
    """One page of the app: where it stands in the navigation, its file's stem, title and icon."""

    section: str
    page: str
    title: str
    icon: str


ENTRIES = (
    Entry("Leadership", "overview", "Overview", ":material/dashboard:"),
    Entry("Customer Success", "triage", "Triage", ":material/call:"),
    Entry("Usage", "usage", "Usage", ":material/database:"),
    Entry("Operations", "on_call", "On-call", ":material/notifications_active:"),
    Entry("Proof", "benchmarks", "Benchmarks", ":material/speed:"),
    Entry("Trust", "definitions", "Definitions", ":material/menu_book:"),
)


def path(page: str) -> str:
    """The file of a page, wherever the app was started from."""
    return str(PAGES / f"{page}.py")


def navigation() -> st.Page:
    """Register the app's name and every page with Streamlit; returns the page asked for."""
    st.set_page_config(page_title="Bellwether", page_icon=ICON, layout="wide")
    sections: dict[str, list[st.Page]] = {}
    for entry in ENTRIES:
        page = st.Page(path(entry.page), title=entry.title, icon=entry.icon, url_path=entry.page)
        sections.setdefault(entry.section, []).append(page)
    # Streamlit answers its default page at the root only and calls that page's own address not
    # found, so the root is a page of its own that leads on.
    root = st.Page(enter, title="Bellwether", url_path="start", default=True, visibility="hidden")
    return st.navigation({"": [root], **sections}, expanded=True)


def enter() -> None:
    """Lead from the root address to the first page, with the link's filters."""
    follow(ENTRIES[0].page)


def follow(page: str) -> None:
    """Go to a page of the app, keeping every filter of the link."""
    link = {name: st.query_params.get_all(name) for name in st.query_params}
    st.switch_page(path(page), query_params=link)
