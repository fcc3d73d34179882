"""Overview: are our accounts healthy, and is it getting better?"""

import streamlit as st

from components import filters, guard, heading, layout, queue, scorecard, signpost, tiles
from components.figures import overview as figures
from queries.ask import ask_all
from queries.choices import choices

viewer = guard.require("overview")

offered = choices(viewer.scope)
head = heading.place()
context = filters.bar(viewer, offered)
with tiles.reading():
    health, movements, accounts, split, growth, shifts, claims = ask_all(
        context,
        "overview",
        "arr_movements",
        "churn_indicators",
        "arr_by_hyperscaler",
        "usage_growth",
        "shift_limits",
        "benchmark_comparison",
    )
heading.show(head, health.finding, context, health, movements, accounts, names=offered.names)

body = layout.body()
with body.tiles:
    scorecard.tile(health, "arr_usd", "ARR")
    scorecard.tile(health, "nrr_share", "NRR, 12 months")
    scorecard.tile(health, "grr_share", "GRR, 12 months")
    scorecard.risk_tile(health)
    scorecard.growth_tile(health)
with body.proof:
    tiles.section("What changed ARR in 12 months", movements, key="overview_movements")
    tiles.chart(movements, figures.arr_bridge, key="overview_bridge", alt=figures.arr_bridge_words)
with body.actions:
    tiles.section("Call first", accounts, key="overview_calls")
    queue.top(accounts, key="overview")

where, elsewhere = st.columns(2, gap="large")
with where:
    tiles.section("Where ARR is", split, key="overview_split")
    tiles.chart(
        split,
        figures.arr_by_hyperscaler,
        key="overview_split_chart",
        alt=figures.arr_by_hyperscaler_words,
    )
with elsewhere, st.container(key="signposts"):
    st.subheader("One line each", anchor=False)
    signpost.line(growth, "Usage", "usage")
    signpost.line(growth, "Metering", "usage", figures.metering_words)
    signpost.line(shifts, "On-call", "on_call")
    signpost.line(claims, "Benchmarks", "benchmarks")

tiles.section("Every number", health, key="overview_numbers", says=scorecard.risk_in_words(health))
scorecard.table(health, key="overview_numbers_table")
