"""Benchmarks: does the claim hold when challenged?"""

from functools import partial

import streamlit as st

from components import benchmark_choice, claim, claim_sections, claim_words
from components.core import filters, guard, heading, layout, tiles
from components.figures import benchmarks as figures
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
chosen = benchmark_choice.pair(measured, registered)
with tiles.reading():
    comparison, runs, settings, claims, budget, views, checks = ask_all(
        context,
        "benchmark_comparison",
        "benchmark_runs",
        "benchmark_settings_compared",
        "benchmark_claim",
        "benchmark_bias_budget",
        "benchmark_views",
        "benchmark_checks",
        **chosen,
    )
workload = {name: chosen[name] for name in benchmark_choice.SETTING}
pair = tiles.first(comparison)
judged = tiles.first(claims, claim_id=pair["claim_id"] or "")
parity = claim.parity(judged)
title = claim.title(comparison, claims, judged, pair)
heading.show(head, title, context, comparison, runs, settings, claims, names=offered.names)

claim.card(
    claims,
    judged,
    pair,
    settings=settings,
    budget=budget,
    views=views,
    checks=checks,
    runs=runs,
)
body = layout.body()
with body.tiles:
    claim.numbers(comparison, claims, judged, pair)
with body.proof:
    tiles.section("Both systems from zero", runs, key="benchmarks_runs")
    arms = measured.rows(**workload)
    tiles.chart(
        runs,
        partial(figures.runs_on_one_axis, pair=pair, medians=arms),
        key="benchmarks_runs_chart",
        alt=partial(figures.runs_words, medians=arms),
    )
    claim_sections.checks(checks)
with body.actions:
    tiles.section("Parity sheet", settings, key="benchmarks_settings")
    claim.sheet(settings)

beside = claim_words.neighbours(pair, parity)
left, right = st.columns(2, gap="large")
with left:
    claim_sections.overturning(budget, settings, judged)
with right:
    claim_sections.views(views, beside)
    claim_sections.crediting(budget, judged, beside)
claim_sections.folded(
    "Every case of this pair in the campaign, favourable or not",
    "benchmarks_cases",
    lambda: claim_sections.cases(
        ask("benchmark_matches", context, **benchmark_choice.everywhere(chosen)), pair, parity
    ),
)
claim_sections.folded(
    "All systems on this workload",
    "benchmarks_systems",
    lambda: claim_sections.systems(ask("benchmark_medians", context, **workload)),
)
claim_sections.folded("Every run", "benchmarks_all_runs", lambda: claim_sections.every_run(runs))
