"""One choice of a page's own, bound to the URL under its key."""

from collections.abc import Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from components.core import link
from queries.shared import words
from warehouse.flat import flat


def one(label: str, options: Sequence[str], *, key: str, default: str, width: int = 180) -> str:
    """The option chosen; `default`, one of `options`, until there is one. No widget for one option.

    A word of the link that is no option falls back to `default` and is said. A choice that an
    earlier choice has taken away falls back silently, since nobody asked for it.
    """
    asked = st.query_params.get(key)
    if asked is not None and asked not in options:
        if asked != st.session_state.get(key):
            st.info(
                f"The link names no known {words.plain(label.lower())}: {link.shown(asked)}. "
                f"Showing {words.plain(default)}.",
                icon=":material/link_off:",
            )
        del st.query_params[key]
    if len(options) == 1:
        return default
    if st.session_state.get(key) not in options:
        st.session_state.pop(key, None)
    chosen = st.selectbox(
        label,
        options,
        index=options.index(default),
        format_func=flat,
        key=key,
        bind="query-params",
        width=width,
    )
    return chosen if chosen in options else default


def whole_number(
    label: str, row: DeltaGenerator, *, key: str, least: int, most: int, default: int
) -> int:
    """The whole number chosen in a row of choices, bound to the URL; a wrong link is said above.

    A number of the link beyond its bounds becomes the nearest within them, what is no number
    `default`. Streamlit's own binding stops the page at one too large for a float.
    """
    asked, written = st.query_params.get(key), f"{key}_written"
    if asked is not None and asked != st.session_state.get(written):
        number = link.whole(asked, least=least, most=most, default=default)
        st.session_state[key] = number
        if asked != str(number):
            st.info(
                f"The link's number of {words.plain(label.lower())} cannot be shown: "
                f"{link.shown(asked)}. Showing {number:,}.",
                icon=":material/link_off:",
            )
    st.session_state.setdefault(key, default)
    chosen = row.number_input(
        label, min_value=least, max_value=most, key=key, persist_state="session", width=130
    )
    number = int(chosen or default)
    if number != default:
        st.query_params[key] = str(number)
    elif asked is not None:
        del st.query_params[key]
    st.session_state[written] = str(number)
    return number
