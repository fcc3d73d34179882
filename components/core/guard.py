"""The guard: who is looking at this moment, and may they do this?

Every page asks it first, and every act and export asks it again: a page stands open for hours, and
Streamlit runs callbacks, dialogs and downloads of what was drawn then. Until login arrives the app
serves one local viewer, so it answers on the loopback address only.
"""

from dataclasses import dataclass
from typing import Literal, get_args

import streamlit as st

import logs
import telemetry
from components.core import navigation, stylesheet
from loopback import LOOPBACK
from queries.core import request
from queries.core.answer import Problem
from warehouse.context import EVERYTHING, Scope

Doing = Literal["act", "export"]
EVERY_DOING: frozenset[Doing] = frozenset(get_args(Doing))
LOCAL_VIEWER = "local viewer"
# A page waits so long for a fresh answer where the last good one can be shown meanwhile.
PATIENCE_SECONDS = 1.0
ENTERED = "entered_by_the_front_door"
NOT_ALLOWED: dict[Doing, Problem] = {
    "act": Problem(
        "You may look at this, but not act on it, so nothing was recorded.",
        "Ask whoever gives access to Bellwether.",
    ),
    "export": Problem(
        "You may look at this, but not download it, so nothing was delivered.",
        "Ask whoever gives access to Bellwether.",
    ),
}
SCOPE_CHANGED = Problem(
    "What you may see has changed since this was shown, so nothing was delivered.",
    "Load the page again.",
)


@dataclass(frozen=True)
class Viewer:
    """Who looks, which questions and rows they may see, and what they may do with them."""

    name: str
    scope: Scope
    may: frozenset[Doing] = EVERY_DOING


class Refused(Exception):
    """Nobody may look, or the viewer may not do this; `problem` says so to a person."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.sentence)
        self.problem = problem


def viewer() -> Viewer:
    """Who looks at this moment; raises `Refused` where nobody may.

    The one place that knows: whoever ends somebody's access ends it here, and with that their
    pages, acts and downloads.
    """
    address = st.get_option("server.address")
    if address not in LOOPBACK:
        raise Refused(
            Problem(
                "Bellwether has no login yet and is served on "
                f"{address or 'every address'}, so it shows nothing.",
                "Ask whoever operates it to serve it on the loopback address only.",
            )
        )
    return Viewer(LOCAL_VIEWER, EVERYTHING)


def authorise(doing: Doing, *, shown: Scope | None = None) -> Viewer:
    """The viewer of this moment, who may act or export; raises `Refused` where they may not.

    Callbacks, dialogs and downloads ask it each time they run, and take the scope from what comes
    back, never from what the page was drawn with. `shown` is the scope in which the rows of an
    export were read: it has to be the viewer's still.
    """
    present = viewer()
    if doing not in present.may:
        raise Refused(NOT_ALLOWED[doing])
    if shown is not None and shown != present.scope:
        raise Refused(SCOPE_CHANGED)
    return present


def require(page: str) -> Viewer:
    """The viewer of `page`; stops the page where nobody may look.

    Every file in pages/ calls this before anything else. A page file can be run without app.py
    (Streamlit does so for a deep link into a fresh process), so whatever a page needs is set up
    here and not only there.
    """
    logs.configure()
    telemetry.configure()
    _leave_old_multipage_mode(page)
    stylesheet.apply()
    try:
        present = viewer()
    except Refused as refused:
        problem = refused.problem
        st.error(f"{problem.sentence} {problem.remedy}", icon=":material/lock:")
        st.stop()
    request.set_request(request.Request(page, present.name, PATIENCE_SECONDS, _still_here))
    st.sidebar.caption(":material/lock: No login yet: one local viewer, this machine only.")
    return present


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
