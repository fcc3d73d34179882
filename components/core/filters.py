"""The filter bar: the same five filters on every page, plain values out, bound to the URL.

Streamlit's own binding writes the labels a reader sees into the URL; a link here carries the
contract's words instead, so that renaming a label breaks no link and two owners of one name stay
two.
"""

import datetime as dt
from typing import NoReturn

import streamlit as st

from components.core import address, link, navigation, tiles
from components.core.guard import Viewer
from queries.core import request
from queries.core.answer import Choices
from queries.shared import words
from warehouse.context import ALL, FILTERS, UNKNOWN, Context
from warehouse.flat import flat

PAGE = "filters_page"


def bar(viewer: Viewer, choices: Choices) -> Context:
    """The context the reader chose; a value the link got wrong falls back and is said.

    Stops the page with the reason where the warehouse offers no data date at all.
    """
    if choices.newest is None:
        _nothing_to_show(choices)
    # Who sees only some owners' accounts sees none without an owner.
    nobody = (UNKNOWN,) if viewer.scope.owner_ids == ALL else ()
    offered = {name: one.words or (*choices.names, *nobody) for name, one in FILTERS.items()}
    oldest = choices.oldest or choices.newest
    wanted = _wanted(offered, oldest, choices.newest)
    address.write(wanted)
    navigation.sidebar(wanted)
    is_set = sum(bool(st.session_state.get(name)) for name in FILTERS)
    st.toggle(f"Filters ({is_set} set)" if is_set else "Filters", key="filters_toggle")
    with st.container(horizontal=True, key="filter_bar", vertical_alignment="bottom"):
        picked = st.date_input(
            "As of",
            key=link.AS_OF,
            min_value=oldest,
            max_value=choices.newest,
            format="YYYY-MM-DD",
            on_change=_keep,
            width=150,
        )
        names = {**words.NAMES, **choices.names}
        chosen = {
            name: st.multiselect(
                FILTERS[name].title,
                options,
                key=name,
                format_func=lambda word: flat(names.get(word) or word),
                placeholder="All",
                on_change=_keep,
                width=165,
            )
            for name, options in offered.items()
        }
        st.button("Reset", type="tertiary", icon=":material/restart_alt:", on_click=_reset)
    as_of = picked if isinstance(picked, dt.date) else choices.newest
    return Context(as_of, viewer.scope, [(name, tuple(chosen[name])) for name in FILTERS])


def _nothing_to_show(choices: Choices) -> NoReturn:
    navigation.sidebar(address.wanted())
    navigation.name_tab("Nothing to show yet")
    st.title("Nothing to show yet", anchor=False)
    if choices.problem is not None:
        tiles.error(choices.problem)
    st.stop()


def _wanted(offered: dict[str, tuple[str, ...]], oldest: dt.date, newest: dt.date) -> link.Link:
    """The context to show, as far as it can be honoured, with the widgets set to it.

    A widget is set on a new page, where Streamlit starts it anew, and where it says something
    else: one set on every run would undo what the reader picks in the meantime.
    """
    linked = link.parse(address.wanted(), offered, oldest, newest)
    is_new_page = st.session_state.get(PAGE) != (page := request.current().page)
    st.session_state[PAGE] = page
    for sentence in linked.left_out:
        st.info(sentence, icon=":material/link_off:")
    for name, value in {link.AS_OF: linked.as_of, **linked.filters}.items():
        if is_new_page or st.session_state.get(name) != value:
            st.session_state[name] = value
    return link.compose(linked.as_of, linked.filters)


def _keep() -> None:
    picked = st.session_state[link.AS_OF]
    as_of = [picked.isoformat()] if isinstance(picked, dt.date) else []
    address.keep({link.AS_OF: as_of} | {name: st.session_state[name] for name in FILTERS})


def _reset() -> None:
    # Cleared by assignment: the browser keeps showing the old words of a key that is only removed.
    for name in FILTERS:
        st.session_state[name] = []
    address.forget()
