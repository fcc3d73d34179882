"""A box that says which rules a sentence about a benchmark claim breaks, before it is published."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from components.benchmarks.claim_words import coloured
from queries.benchmarks.rulebook import Broken, Facts, lint
from queries.shared import words

NONE_BROKEN = ("● No rule is broken", "green")
A_RULE = "a rule reads words, not meaning: what it passes can still mislead."
LONGEST = 2_000

Row = dict[str, Any]


def popover(claim: Row, *, key: str) -> None:
    """One button behind which a sentence is typed and judged; nothing before it is opened.

    With a claim (a row of `benchmark_claim`) the numbers written are held against its own.
    """
    place = st.popover(
        "Check words",
        help="Which rules of MLCommons, the IO500 Foundation and Bellwether a sentence breaks",
        icon=":material/spellcheck:",
        type="tertiary",
        key=f"{key}_words_open",
        on_change="rerun",
    )
    if not place.open:
        return
    with place:
        text = st.text_area(
            "Words about this claim", key=f"{key}_words", max_chars=LONGEST, width=480
        )
        if text.strip():
            facts = Facts.of(claim) if claim.get("claim_id") else None
            st.markdown(verdict(lint(text, facts)))


def verdict(broken: Sequence[Broken]) -> str:
    """The rules broken as a Markdown list, each with whose it is and what to write instead."""
    if not broken:
        return f"{coloured(*NONE_BROKEN)}; {A_RULE}"
    return "\n".join(
        f"- :red[▲] **{words.plain(one.rule)}** {words.plain(f'{one.sentence} {one.remedy}')} "
        f":gray[{words.plain(one.source)}]"
        for one in broken
    )
