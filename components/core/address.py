"""The browser's address: the context it asks for, and writing into it the context shown.

The address of a page is the one place a reader copies, reloads and goes back to, so what is shown
is always written there. What a reader chose is also kept in the session: a page reached without a
context in its address shows the same filters as the page before.
"""

from collections.abc import Sequence

import streamlit as st

from components.core import link
from queries.core import request

KEPT = "context_kept"
WRITTEN = "address_written"
PAGE = "address_page"


def wanted() -> link.Link:
    """The context of this run in the words of a link, not checked yet.

    What the address asks for, where the browser brought it; else what the reader chose last.
    """
    asked = _asked()
    written = st.session_state.get(WRITTEN, {})
    is_brought = any(asked.values()) and any(asked[name] != written.get(name) for name in asked)
    kept: link.Link = st.session_state.get(KEPT, asked)
    return asked if is_brought else kept


def keep(shown: link.Link) -> None:
    """Remember what the reader chose, for this page and the next."""
    st.session_state[KEPT] = shown


def clear(names: Sequence[str]) -> None:
    """Forget what was chosen in these filters, and keep the others."""
    kept: link.Link = st.session_state.get(KEPT, {})
    keep({name: [] if name in names else values for name, values in kept.items()})


def forget() -> None:
    """Forget what the reader chose: the next run shows the newest data date and every row."""
    keep({name: [] for name in link.NAMES})


def write(shown: link.Link) -> None:
    """Keep the context shown and write it into the address.

    The browser leaves its address as it is where a link leads to another account on the same page,
    so there it is told. On a new page it has the address already, and would go back one step more.
    """
    keep(shown)
    asked, page = _asked(), request.current().page
    written = shown | {link.ACCOUNT: st.query_params.get_all(link.ACCOUNT)}
    is_new_page = st.session_state.get(PAGE) != page
    is_known = is_new_page or st.session_state.get(WRITTEN) == written
    st.session_state[PAGE] = page
    st.session_state[WRITTEN] = written
    if asked == shown and is_known:
        return
    # An empty list is left out of the address. Each message is a step of its own for Back, so that
    # all names go in one.
    st.query_params.update(shown)


def _asked() -> link.Link:
    return {name: st.query_params.get_all(name) for name in link.NAMES}
