"""Whether the bands may be believed: said wherever a band is shown, with the way to the proof."""

import streamlit as st

from components import signpost
from components.remember import built
from queries import words
from queries.answer import Answer
from queries.health import band_order


def note(order: Answer, beside: Answer) -> None:
    """The verdict on the bands in force in half a sentence, as a link to Score proof.

    `order` is an answer to `band_order`, `beside` one of the page, whose context the link keeps.
    """
    with st.container(key="band_note"):
        signpost.lead(words.plain(sentence(order)), "score_proof", beside)


def sentence(order: Answer) -> str:
    """The verdict on the bands in force with its n; the one sentence of every page and file."""
    return built(order, "band note", lambda: band_order.sentence(order.frame))
