"""Overview: are our accounts healthy, and is it getting better?"""

import streamlit as st

from components import (
    band_proof,
    filters,
    guard,
    heading,
    layout,
    queue,
    scorecard,
    signpost,
    tiles,
    top_accounts,
)
from components.figures import health_mix
from components.figures import overview as figures
from queries.ask import ask, ask_all
from queries.choices import choices

viewer = guard.require("overview")

offered = choices(viewer.scope)
head = heading.place()
context = filters.bar(viewer, offered)
with tiles.reading():
    numbers, mix, accounts, changes, movements, split, growth, due, shifts, claims, order = ask_all(
        context,
        "overview",
        "health_mix",
        "account_health",
        "health_change",
        "arr_movements",
        "arr_by_hyperscaler",
        "usage_growth",
        "renewals_due",
        "shift_limits",
        "benchmark_claim",
        "band_order",
    )
heading.show(head, numbers.finding, context, numbers, movements, names=offered.names)
with head:
    band_proof.note(order, numbers)

body = layout.body()
with body.tiles:
    scorecard.tile(numbers, "arr_usd", "ARR")
    scorecard.tile(numbers, "nrr_share", "NRR, 12 months")
    scorecard.tile(numbers, "grr_share", "GRR, 12 months")
    scorecard.risk_tile(numbers)
    scorecard.no_forecast_tile(due)
    scorecard.growth_tile(numbers)
with body.proof:
    partly = health_mix.OF_HYPERSCALERS if context.hyperscaler else ""
    tiles.section("Health over 26 weeks", mix, key="overview_mix", says=partly, bands=order)
    tiles.chart(
        mix, health_mix.health_mix, key="overview_mix_chart", alt=health_mix.health_mix_words
    )
with body.actions:
    tiles.section("Lowest scores", accounts, key="overview_lowest", bands=order)
    top_accounts.lowest(accounts, key="overview")

why, money = st.columns(2, gap="large")
with why:
    tiles.section("Score changes in 28 days", changes, key="overview_changes", bands=order)
    top_accounts.moved(changes, key="overview_changes")
with money:
    tiles.section("ARR movements in 12 months", movements, key="overview_movements")
    tiles.chart(movements, figures.arr_bridge, key="overview_bridge", alt=figures.arr_bridge_words)

where, elsewhere = st.columns(2, gap="large")
with where:
    tiles.section("ARR by hyperscaler", split, key="overview_split")
    tiles.chart(
        split,
        figures.arr_by_hyperscaler,
        key="overview_split_chart",
        alt=figures.arr_by_hyperscaler_words,
    )
with elsewhere, st.container(key="signposts"):
    st.header("Other areas", anchor=False)
    signpost.line(growth, "Usage", "usage")
    signpost.line(growth, "Metering", "usage", figures.metering_words)
    signpost.line(shifts, "On-call", "on_call")
    signpost.line(claims, "Benchmarks", "benchmarks")

with tiles.reading():
    loss = ask("expected_loss", context)
with body.tiles, st.container(key="loss_with_record"):
    queue.loss_tile(loss)
    past = st.container(key="loss_record")
readings = scorecard.risk_in_words(numbers, loss)
tiles.section("All metrics", numbers, key="overview_numbers", says=readings, bands=order)
scorecard.table(numbers)
with tiles.reading():
    record = ask("expected_loss_record", context)
with past:
    queue.loss_record(record)
