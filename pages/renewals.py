"""Renewals: what will we keep this half?"""

import streamlit as st

from components.core import filters, guard, heading, layout, tiles
from components.health import band_proof
from components.leadership import figures as bridges
from components.renewals import figures, sections
from queries.core.ask import ask_all
from queries.core.choices import choices

viewer = guard.require("renewals")

offered = choices(viewer.scope)
head = heading.place()
context = filters.bar(viewer, offered)
months = sections.months("renewals_period")
with tiles.reading():
    due, kept, cohort, movements, order = ask_all(
        context,
        ("renewals", {"months": months}),
        "retention",
        "retention_cohort",
        "arr_movements",
        "band_order",
    )
heading.show(head, due.finding, context, due, kept, movements, names=offered.names)
with head:
    proven = band_proof.note(order, due)

body = layout.body()
with body.tiles:
    sections.amounts(due)
with body.proof:
    tiles.section("Due by month", due, key="renewals_months", bands=proven)
    tiles.chart(
        due, figures.due_by_month, key="renewals_months_chart", alt=figures.due_by_month_words
    )
with body.actions:
    tiles.section(
        "Forecast and signal disagree",
        due,
        key="renewals_disagreements",
        bands=proven,
    )
    sections.disagreements(due, key="renewals")

bridge, accounts = st.columns(2, gap="large")
with bridge:
    tiles.section("ARR movements in 12 months", movements, key="renewals_movements")
    tiles.chart(movements, bridges.arr_bridge, key="renewals_bridge", alt=bridges.arr_bridge_words)
with accounts:
    tiles.section("Accounts behind NRR and GRR", cohort, key="renewals_cohort")
    sections.kept(kept)
    sections.cohort(cohort)
sections.every_renewal(due, proven)
tiles.section("All retention metrics", kept, key="renewals_numbers")
sections.numbers(kept)
