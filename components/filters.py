"""The filter bar: the same five filters on every page, plain values out, bound to the URL."""

import datetime as dt
from collections.abc import Mapping

import streamlit as st

from components.guard import Viewer
from queries import words
from queries.answer import Choices
from warehouse.context import FILTERS, Context

LABELS = {
    "hyperscaler": "Hyperscaler",
    "region": "Region",
    "segment": "Segment",
    "owner": "Owner",
}
AS_OF = "as_of"
FIRST_DAY = dt.date(2000, 1, 1)


def bar(viewer: Viewer, choices: Choices) -> Context:
    """The context the reader chose; a value the link got wrong falls back and is said.

    Stops the page with the reason where the warehouse offers no data date at all.
    """
    if choices.newest is None:
        problem = choices.problem
        if problem is not None:
            reference = f" Reference {problem.reference}." if problem.reference else ""
            st.title("Nothing to show yet")
            st.error(f"{problem.sentence} {problem.remedy}{reference}", icon=":material/error:")
        st.stop()
    names = {**words.NAMES, **choices.names}
    offered = {name: options or tuple(names_of(choices)) for name, options in FILTERS.items()}
    link = {name: st.query_params.get_all(name) for name in (*FILTERS, AS_OF)}
    for sentence in malformed(link, offered, choices.newest):
        st.info(sentence, icon=":material/link_off:")
    is_set = sum(bool(st.session_state.get(name)) for name in FILTERS)
    st.toggle(f"Filters ({is_set} set)" if is_set else "Filters", key="filters_toggle")
    with st.container(horizontal=True, key="filter_bar", vertical_alignment="bottom"):
        as_of = _as_of(choices.newest)
        chosen = {
            name: st.multiselect(
                LABELS[name],
                options,
                key=name,
                format_func=lambda word: names.get(word, word),
                placeholder="All",
                bind="query-params",
                persist_state="session",
                width=190,
            )
            for name, options in offered.items()
        }
        if st.button("Reset", type="tertiary", icon=":material/restart_alt:", on_click=_reset):
            st.toast("Filters cleared")
    filters = {name: tuple(values) for name, values in chosen.items()}
    return Context(as_of, viewer.scope, **filters)


def names_of(choices: Choices) -> list[str]:
    """The owners' ids, in the order of their names."""
    return [owner_id for owner_id, _ in choices.owners]


def malformed(
    link: Mapping[str, list[str]], offered: Mapping[str, tuple[str, ...]], newest: dt.date
) -> list[str]:
    """One sentence per part of a link that cannot be honoured, saying what is shown instead."""
    sentences = []
    for name, options in offered.items():
        wrong = [value for value in link[name] if value not in options]
        if wrong:
            listed = ", ".join(words.plain(value[:40]) for value in wrong)
            sentences.append(f"The link names no known {LABELS[name].lower()}: {listed}. Left out.")
    sentences += [
        f"The link's data date cannot be shown: {words.plain(text[:40])}. "
        f"Showing {words.day(newest)}, the newest."
        for text in link[AS_OF]
        if _day(text, newest) is None
    ]
    return sentences


def _as_of(newest: dt.date) -> dt.date:
    """The data date, always written to the URL, so that a link sent today says the same later."""
    linked = _day(st.query_params.get(AS_OF, ""), newest)
    if AS_OF not in st.session_state:
        st.session_state[AS_OF] = linked or newest
    chosen = st.date_input(
        "As of",
        key=AS_OF,
        min_value=FIRST_DAY,
        max_value=newest,
        format="YYYY-MM-DD",
        persist_state="session",
        width=150,
    )
    as_of = chosen if isinstance(chosen, dt.date) else newest
    if st.query_params.get(AS_OF) != as_of.isoformat():
        st.query_params[AS_OF] = as_of.isoformat()
    return as_of


def _day(text: str, newest: dt.date) -> dt.date | None:
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        return None
    return day if FIRST_DAY <= day <= newest else None


def _reset() -> None:
    for name in FILTERS:
        st.session_state[name] = []
    st.session_state.pop(AS_OF, None)
    st.query_params.pop(AS_OF, None)
