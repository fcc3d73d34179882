"""What filters hid, said once on a page, with the button that clears them."""

from collections.abc import Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from components.core import address
from queries.core.answer import Answer, Problem
from queries.shared import words

PLACE = "emptied_place"
IN_A_SECTION = "Nothing in these filters."


def begin(place: DeltaGenerator) -> None:
    """Say in `place` what the first answer of this run says that filters have emptied."""
    st.session_state[PLACE] = place


def say_first(answers: Sequence[Answer]) -> None:
    """Say what filters emptied of these answers of a page, of accounts where one has them."""
    hidden = [
        ("account_id" not in answer.frame.columns, place, answer.problem)
        for place, answer in enumerate(answers)
        if answer.problem and answer.problem.clear
    ]
    if hidden:
        say(min(hidden)[-1])


def say(problem: Problem) -> None:
    """Say what is hidden, by which filters, with a button that clears them.

    What one filter hides is hidden from most sections of a page, so only the first says it, in
    the place of the page; the others say in few words that they are empty.
    """
    place = st.session_state.pop(PLACE, None)
    if place is None:
        st.caption(IN_A_SECTION)
        return
    with place, st.container(horizontal=True, vertical_alignment="center", key="page_emptied"):
        st.info(words.plain(problem.sentence), icon=":material/filter_alt_off:")
        st.button(
            f"Clear {' and '.join(problem.clear)}",
            key="clear_emptying_filters",
            on_click=address.clear,
            args=(problem.clear,),
        )
