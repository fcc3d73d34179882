"""Overview: are our accounts healthy, and is it getting better?"""

import streamlit as st

from components.core import filters, guard, heading, layout, tiles
from components.health import band_proof, top_accounts
from components.leadership import figures, metric_tiles, sections
from components.triage import queue
from queries.core.ask import ask, ask_all
from queries.core.choices import choices

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
    proven = band_proof.note(order, numbers)

body = layout.body()
with body.tiles:
    sections.numbers(numbers, due)
with body.proof:
    sections.health(mix, proven)
with body.actions:
    tiles.section("Lowest scores", accounts, key="overview_lowest", bands=proven)
    top_accounts.lowest(accounts, key="overview")

why, money = st.columns(2, gap="large")
with why:
    tiles.section(
        "Score changes in 28 days",
        changes,
        key="overview_changes",
        bands=proven,
    )
    top_accounts.moved(changes, key="overview_changes")
with money:
    tiles.section("ARR movements in 12 months", movements, key="overview_movements")
    tiles.chart(movements, figures.arr_bridge, key="overview_bridge", alt=figures.arr_bridge_words)

where, elsewhere = st.columns(2, gap="large")
with where:
    sections.by_hyperscaler(split)
with elsewhere, st.container(key="page_links"):
    sections.other_areas(growth, shifts, claims)

with tiles.reading():
    loss = ask("expected_loss", context)
with body.tiles, st.container(key="loss_with_record"):
    queue.loss_tile(loss)
    past = st.container(key="loss_record")
readings = metric_tiles.risk_in_words(numbers, loss)
tiles.section("All metrics", numbers, key="overview_numbers", caption=readings, bands=proven)
metric_tiles.table(numbers)
with tiles.reading():
    record = ask("expected_loss_record", context)
with past:
    queue.loss_record(record)
