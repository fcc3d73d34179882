"""The guard every page calls first: who is looking, and may they?

Until login arrives the app serves one local viewer, so it answers on the loopback address only.
A page file can be run without app.py (Streamlit does so for a deep link into a fresh process), so
whatever a page needs is set up here and not only there.
"""

from dataclasses import dataclass

import streamlit as st

import logs
import telemetry
from components import navigation, stylesheet
from queries import reader
from warehouse.context import Scope

LOOPBACK = ("127.0.0.1", "localhost", "::1")
LOCAL_VIEWER = "local viewer"
# A page waits so long for a fresh answer where the last good one can be shown meanwhile.
PATIENCE_SECONDS = 1.0
ENTERED = "entered_by_the_front_door"


@dataclass(frozen=True)
class Viewer:
    """Who looks at a page, and which questions and rows they may see."""

    name: str
    scope: Scope


def require(page: str) -> Viewer:
    """The viewer of `page`; stops the page where nobody may look.

    Every file in pages/ calls this before anything else.
    """
    logs.configure()
    telemetry.configure()
    _leave_old_multipage_mode(page)
    stylesheet.apply()
    address = st.get_option("server.address")
    if address not in LOOPBACK:
        st.error(
            f"Bellwether has no login yet and is served on {address or 'every address'}, so it "
            "shows nothing. Serve it on the loopback address: `--server.address 127.0.0.1`.",
            icon=":material/lock:",
        )
        st.stop()
    reader.introduce(reader.Reader(page, LOCAL_VIEWER, PATIENCE_SECONDS, _still_here))
    st.sidebar.caption(":material/lock: No login yet: one local viewer, this machine only.")
    return Viewer(LOCAL_VIEWER, Scope(LOCAL_VIEWER))


def _leave_old_multipage_mode(page: str) -> None:
    """Register the navigation when Streamlit ran this page's file without app.py."""
    if not st.session_state.get(ENTERED, False):
        st.session_state[ENTERED] = True
        navigation.navigation()
        navigation.follow(page)


def _still_here() -> None:
    """End the script where the reader has left or asked for something else meanwhile.

    Streamlit looks for such a request whenever a script touches its session's state.
    """
    st.session_state.get(ENTERED)
