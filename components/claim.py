"""A benchmark claim as it is drawn: its card, its tiles, and the parity sheet beside the runs."""

from typing import Any

import streamlit as st

from components import claim_export, claim_words, parity_sheet, wording_box
from components.claim_card import ClaimCard
from components.core import tiles
from components.core.cached_artifact import cached_artifact
from components.export import details
from queries.core.answer import Answer
from queries.shared import words

Row = dict[str, Any]


def card(claims: Answer, claim: Row, pair: Row, **beside: Answer) -> None:
    """The card of the claim; without one why there is no headline; or the answer's other state.

    `beside` are the other answers that its files hold, by their names in `ClaimCard`.
    """
    with st.container(border=True, key="benchmarks_card"):
        if claim.get("claim_id"):
            said = cached_artifact(
                claims, f"card of {claim['claim_id']}", lambda: claim_words.card(claim)
            )
            st.markdown(said)
        elif claims.unrecorded:
            st.markdown(claim_words.unclaimed(pair))
        else:
            tiles.state(claims)
        with st.container(horizontal=True, key="benchmarks_card_doors"):
            details.popover(claims, key="benchmarks_claim")
            if claim.get("claim_id"):
                _files(ClaimCard(claim_id=claim["claim_id"], claim=claims, **beside))
            wording_box.popover(claim, key="benchmarks_claim")


def _files(of_claim: ClaimCard) -> None:
    """One button behind which the card's files wait."""
    place = st.popover(
        "Download",
        help="A picture, an editable slide, or JSON with the hash of its inputs",
        icon=":material/download:",
        type="tertiary",
        key="benchmarks_claim_take",
        on_change="rerun",
    )
    if place.open:
        with place:
            claim_export.buttons(of_claim, key="benchmarks_claim")


def title(comparison: Answer, claims: Answer, claim: Row, pair: Row) -> str:
    """The page's title: the claim's, or that none is registered; a fault in its own words."""
    if claim.get("claim_id"):
        return claims.finding
    if claims.unrecorded:
        return claim_words.untitled(pair) if comparison.usable else comparison.finding
    return claims.finding


def parity(claim: Row) -> str:
    """The parity verdict; INVALID without a claim, since no template asks."""
    return claim.get("parity") or "INVALID"


def numbers(comparison: Answer, claims: Answer, claim: Row, pair: Row) -> None:
    """Five tiles that belong together: ratio, n, parity, tipping factor, and the weakest view."""
    tiles.metric(
        comparison,
        "Ratio of medians",
        claim_words.factor(pair["ratio"]),
        defined_by="benchmark_ratio",
        change=claim_words.interval(pair) if pair["ratio"] is not None else None,
        good="neither",
    )
    tiles.metric(
        comparison,
        "Sessions (n)",
        f"{pair['sessions']} + {pair['baseline_sessions']}",
        defined_by="measured_sessions",
        change=f"{pair['runs']} + {pair['baseline_runs']}",
        good="neither",
        compared_with="measured runs",
    )
    budget = claim.get("bias_budget")
    tiles.metric(
        comparison,
        "Parity",
        parity(claim),
        defined_by="bias_budget",
        change="no bound" if budget is None else f"×{budget:.2f}",
        good="neither",
        compared_with="bias budget",
    )
    tiles.metric(
        claims,
        "Tipping factor",
        words.bound(claim.get("tipping_factor")),
        defined_by="tipping_factor",
        change=claim_words.room(claim),
        good="neither",
    )
    tiles.metric(
        claims,
        "Weakest view",
        claim_words.factor(claim.get("weakest_ratio")),
        defined_by="view_ratio",
        change=claim_words.weakest(claim),
        good="neither",
    )


def sheet(settings: Answer) -> None:
    """The parity sheet, what is equal or unasked folded; or the answer's state."""
    if settings.unrecorded:
        st.caption(parity_sheet.EMPTY)
        return
    if not tiles.state(settings):
        return
    with st.container(key="queue_parity"):
        st.markdown(
            cached_artifact(settings, "parity list", lambda: parity_sheet.listed(settings.frame))
        )
    label = cached_artifact(
        settings, "parity fold", lambda: parity_sheet.fold_label(settings.frame)
    )
    if not label:
        return
    place = st.expander(label, key="benchmarks_equal", on_change="rerun")
    if place.open:
        rows = tiles.arrow(parity_sheet.folded(settings.frame))
        place.dataframe(rows, hide_index=True, key="benchmarks_equal_table")
