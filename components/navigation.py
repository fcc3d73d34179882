"""The pages, once: to show a new page add a line here and a file in pages/."""

from dataclasses import dataclass

import streamlit as st


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
    """The file of a page, relative to the app."""
    return f"pages/{page}.py"


def navigation() -> st.Page:
    """Register every page with Streamlit and return the one that is asked for."""
    sections: dict[str, list[st.Page]] = {}
    for entry in ENTRIES:
        page = st.Page(
            path(entry.page),
            title=entry.title,
            icon=entry.icon,
            url_path=entry.page,
            default=entry is ENTRIES[0],
        )
        sections.setdefault(entry.section, []).append(page)
    return st.navigation(sections, expanded=True)
