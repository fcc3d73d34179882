"""Benchmarks: does the claim hold when challenged?"""

import streamlit as st

from components.benchmarks import claim_words, pair_choice, sections
from components.core import filters, guard, heading, layout, tiles
from queries.core.ask import ask, ask_all
from queries.core.choices import choices

viewer = guard.require("benchmarks")

offered = choices(viewer.scope)
head = heading.place()
context = filters.bar(viewer, offered)
with tiles.reading():
    measured, registered = ask_all(context, "benchmark_medians", "benchmark_claim")
if not measured.usable:
    heading.show(head, measured.finding, context, measured, names=offered.names)
    tiles.state(measured)
    st.stop()
chosen = pair_choice.pair(measured, registered)
with tiles.reading():
    comparison, runs, settings, claims, budget, views, checks = ask_all(
        context, *sections.ABOUT_THE_PAIR, **chosen
    )
workload = {name: chosen[name] for name in pair_choice.SETTING}
pair = tiles.first(comparison)
judged = tiles.first(claims, claim_id=pair["claim_id"] or "")
parity = sections.parity(judged)
title = sections.title(comparison, claims, judged, pair)
heading.show(head, title, context, comparison, runs, settings, claims, names=offered.names)

beside = {"settings": settings, "budget": budget, "views": views, "checks": checks, "runs": runs}
sections.card(claims, judged, pair, **beside)
body = layout.body()
with body.tiles:
    sections.numbers(comparison, claims, judged, pair)
with body.proof:
    sections.both_systems(runs, pair, measured.rows(**workload))
    sections.checks(checks)
with body.actions:
    sections.sheet(settings)

neighbours = claim_words.neighbours(pair, parity)
left, right = st.columns(2, gap="large")
with left:
    sections.overturning(budget, settings, judged)
with right:
    sections.views(views, neighbours)
    sections.crediting(budget, judged, neighbours)
sections.folded(
    "Every case of this pair in the campaign, favourable or not",
    "benchmarks_cases",
    lambda: sections.cases(
        ask("benchmark_matches", context, **pair_choice.whole_campaign(chosen)), pair, parity
    ),
)
sections.folded(
    "All systems on this workload",
    "benchmarks_systems",
    lambda: sections.systems(ask("benchmark_medians", context, **workload)),
)
sections.folded("Every run", "benchmarks_all_runs", lambda: sections.every_run(runs))
