"""Usage: who uses how much, on which hyperscaler?"""

import streamlit as st

from components.core import filters, guard, heading, layout, tiles
from components.leadership import metric_tiles
from components.usage import capacity_list, figures, sections
from queries.core.ask import ask, ask_all
from queries.core.choices import choices

viewer = guard.require("usage")

offered = choices(viewer.scope)
head = heading.place()
context = filters.bar(viewer, offered)
with tiles.reading():
    growth, daily, accounts, charges = ask_all(
        context, "usage_growth", "usage_by_hyperscaler", "usage_by_account", "charges_by_provider"
    )
# A warehouse of bills alone leads with them; with metering they stand below it.
billed_only = charges.usable and growth.unrecorded
lead = charges if billed_only else growth
billed = [charges] if charges.usable else []
heading.show(head, lead.finding, context, growth, daily, accounts, *billed, names=offered.names)

above = st.container(key="usage_bills_first")
body = layout.body()
with body.tiles:
    metric_tiles.capacity_tiles(growth)
with body.proof:
    tiles.section("Capacity in use", daily, key="usage_daily")
    tiles.chart(
        daily, figures.daily_capacity, key="usage_daily_chart", alt=figures.daily_capacity_words
    )
with body.actions:
    tiles.section("Accounts", accounts, key="usage_accounts")
    is_table_shown = capacity_list.show(accounts, key="usage_accounts")

if is_table_shown:
    sections.accounts(accounts)
sections.growth(growth)
with above if billed_only else st.container(key="usage_bills"):
    sections.charges(charges)
    if charges.usable:
        sections.consumption(ask("consumption_by_unit", context))
