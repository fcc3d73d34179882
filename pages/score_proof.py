"""Score proof: does the score predict anything?"""

import streamlit as st

from components.core import filters, guard, heading, layout, tiles
from components.health import band_proof, proof, proven_card
from components.health import score_proof_figures as figures
from queries.core.ask import ask, ask_all
from queries.core.choices import choices

viewer = guard.require("score_proof")

offered = choices(viewer.scope)
head = heading.place()
context = filters.bar(viewer, offered)
with tiles.reading():
    order = ask("band_order", context)
card, proven = proven_card.chosen(order), band_proof.sentence(order)
with tiles.reading():
    gates, bands, curve, misses, risk = ask_all(
        context,
        *((name, card.asked) for name in ("score_gates", "band_outcomes")),
        *((name, card.asked) for name in ("calibration_curve", "score_misses")),
        ("churn_risk", {}),
    )
finding = card.title if gates.usable else gates.finding
heading.show(head, finding, context, gates, bands, curve, misses, names=offered.names)
if not gates.usable:
    proof.unwritten(gates)
    st.stop()

model = card.model(risk)
body = layout.body()
with body.tiles:
    proof.gate_tile(gates, "gate_auc")
    proof.tier_tile(risk, model)
    proof.churned_tile(order, card.row)
    proof.gate_tile(gates, "gate_scored_share")
with body.proof:
    tiles.section(
        "Outcomes by band",
        bands,
        key="score_proof_bands",
        caption=card.counted,
        bands=proven,
    )
    tiles.chart(
        bands, figures.band_outcomes, key="score_proof_bands_chart", alt=figures.band_outcomes_words
    )
    proven_card.differences(card)
with body.actions:
    st.header("Gates", anchor=False)
    proof.verdicts(gates)
    st.caption(f"{proof.passed(gates.frame)} {proof.tier_words(model)}")

tiles.section("Every scorecard", order, key="score_proof_cards", caption=proven_card.RULE)
proven_card.table(order)
tiles.section(
    "Every gate, out of time",
    gates,
    key="score_proof_gates",
    caption="n counts churned accounts; of a gate of the newest snapshot, accounts. Intervals draw "
    "whole accounts again, 200 times.",
)
proof.table(gates)
tiles.section(
    "Expected and observed",
    curve,
    key="score_proof_curve",
    caption="Probabilities fitted to this scorecard, each from outcomes that were known by then.",
)
tiles.chart(
    curve, figures.calibration, key="score_proof_curve_chart", alt=figures.calibration_words
)
proof.misses(misses)
st.header("What this page cannot say yet", anchor=False)
st.markdown(proof.limits(gates, model))
