"""Whether the bands may be believed: said wherever a band is shown, with the way to the proof."""

import streamlit as st

from components.core import page_links
from components.core.cached_artifact import cached_artifact
from queries.core.answer import Answer
from queries.health.proof import band_order
from queries.shared import words


def note(order: Answer, beside: Answer) -> str:
    """The verdict on the bands in force in half a sentence, as a link to Score proof.

    `order` is an answer to `band_order`, `beside` one of the page, whose context the link keeps.
    Returns what it says, for the files of every section that shows a band.
    """
    said = sentence(order)
    with st.container(key="band_note"):
        page_links.lead(words.plain(said), "score_proof", beside)
    return said


def sentence(order: Answer) -> str:
    """The verdict on the bands in force with its n; the one sentence of every page and file."""
    return cached_artifact(order, "band note", lambda: band_order.sentence(order.frame))
