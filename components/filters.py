"""The filter bar: the same five filters on every page, plain values out, bound to the URL.

Streamlit's own binding writes the labels a reader sees into the URL; a link here carries the
contract's words instead, so that renaming a label breaks no link and two owners of one name stay
two.
"""

import datetime as dt
from typing import NoReturn

import streamlit as st

from components import link, tiles
from components.guard import Viewer
from queries import words
from queries.answer import Choices
from warehouse.context import FILTERS, UNKNOWN, Context

LABELS = {
    "hyperscaler": "Hyperscaler",
    "region": "Region",
    "segment": "Segment",
    "owner": "Owner",
}
WRITTEN = "link_written"


def bar(viewer: Viewer, choices: Choices) -> Context:
    """The context the reader chose; a value the link got wrong falls back and is said.

    Stops the page with the reason where the warehouse offers no data date at all.
    """
    if choices.newest is None:
        _nothing_to_show(choices)
    # Who sees only some owners' accounts sees none without an owner.
    nobody = (UNKNOWN,) if viewer.scope.owner_ids is None else ()
    offered = {name: options or (*choices.names, *nobody) for name, options in FILTERS.items()}
    _follow_the_link(offered, choices.newest)
    is_set = sum(bool(st.session_state.get(name)) for name in FILTERS)
    st.toggle(f"Filters ({is_set} set)" if is_set else "Filters", key="filters_toggle")
    with st.container(horizontal=True, key="filter_bar", vertical_alignment="bottom"):
        picked = st.date_input(
            "As of",
            key=link.AS_OF,
            min_value=link.FIRST_DAY,
            max_value=choices.newest,
            format="YYYY-MM-DD",
            persist_state="session",
            width=150,
        )
        names = {**words.NAMES, **choices.names}
        chosen = {
            name: st.multiselect(
                LABELS[name],
                options,
                key=name,
                format_func=lambda word: names.get(word, word),
                placeholder="All",
                persist_state="session",
                width=165,
            )
            for name, options in offered.items()
        }
        st.button("Reset", type="tertiary", icon=":material/restart_alt:", on_click=_reset)
    as_of = picked if isinstance(picked, dt.date) else choices.newest
    _write_the_link(link.compose(as_of, chosen))
    return Context(as_of, viewer.scope, **{name: tuple(chosen[name]) for name in FILTERS})


def _nothing_to_show(choices: Choices) -> NoReturn:
    st.title("Nothing to show yet", anchor=False)
    if choices.problem is not None:
        tiles.fault(choices.problem)
    st.stop()


def _current() -> link.Link:
    return {name: st.query_params.get_all(name) for name in link.NAMES}


def _follow_the_link(offered: dict[str, tuple[str, ...]], newest: dt.date) -> None:
    """Take over what the URL asks for, unless it is what this session wrote there itself.

    A URL without a context (another page of the navigation) keeps the filters as they are.
    """
    current = _current()
    if any(current.values()) and current != st.session_state.get(WRITTEN):
        linked = link.parse(current, offered, newest)
        st.session_state[link.AS_OF] = linked.as_of
        for name, values in linked.filters.items():
            st.session_state[name] = values
        for sentence in linked.left_out:
            st.info(sentence, icon=":material/link_off:")
    st.session_state.setdefault(link.AS_OF, newest)


def _write_the_link(composed: link.Link) -> None:
    current = _current()
    for name, values in composed.items():
        if values and values != current[name]:
            st.query_params[name] = values if len(values) > 1 else values[0]
        elif not values and current[name]:
            del st.query_params[name]
    st.session_state[WRITTEN] = composed


def _reset() -> None:
    # Cleared by assignment: the browser keeps showing the old words of a key that is only removed.
    for name in FILTERS:
        st.session_state[name] = []
    st.session_state.pop(link.AS_OF, None)
    for name in link.NAMES:
        st.query_params.pop(name, None)
