"""One choice of a page's own, bound to the URL under its key."""

from collections.abc import Sequence

import streamlit as st

from queries import words

LONGEST_SHOWN = 40


def one(label: str, options: Sequence[str], *, key: str, default: str, width: int = 180) -> str:
    """The option chosen; `default`, one of `options`, until there is one. No widget for one option.

    A word of the link that is no option falls back to `default` and is said. A choice that an
    earlier choice has taken away falls back silently, since nobody asked for it.
    """
    asked = st.query_params.get(key)
    if asked is not None and asked not in options:
        if asked != st.session_state.get(key):
            shown = asked[:LONGEST_SHOWN] + ("…" if len(asked) > LONGEST_SHOWN else "")
            st.info(
                f"The link names no known {words.plain(label.lower())}: {words.plain(shown)}. "
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
        key=key,
        bind="query-params",
        width=width,
    )
    return chosen if chosen in options else default
