"""Usage: who uses how much, on which hyperscaler?"""

import streamlit as st

from components import capacity_list, filters, guard, heading, layout, scorecard, tiles
from components.figures import usage as figures
from queries.ask import ask, ask_all
from queries.choices import choices

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
    scorecard.capacity_tiles(growth)
with body.proof:
    tiles.section("Capacity in use", daily, key="usage_daily")
    tiles.chart(
        daily, figures.daily_capacity, key="usage_daily_chart", alt=figures.daily_capacity_words
    )
with body.actions:
    tiles.section("Accounts", accounts, key="usage_accounts")
    is_table_shown = capacity_list.show(accounts, key="usage_accounts")

if is_table_shown:
    tiles.table(
        accounts,
        {
            "name": "Account",
            "hyperscaler": "Hyperscaler",
            "mean_tib": "TiB",
            "committed_tib": "Committed",
            "usage_growth_share": "Growth",
            "completeness_share": "Complete",
        },
        key="usage_accounts_table",
        view=capacity_list.capacity,
        account="account_id",
    )
tiles.section("Growth and completeness", growth, key="usage_growth")
tiles.short_table(
    growth,
    {
        "hyperscaler": "Hyperscaler",
        "dimension": "Dimension",
        "unit": "Unit",
        "usage_28d": "28 d",
        "usage_previous_28d": "28 d before",
        "usage_growth_share": "Growth",
        "share_of_total_share": "Share",
        "clusters": "Clusters",
        "completeness_share": "Complete",
        "completeness_previous_share": "Complete before",
    },
    key="usage_growth_table",
)
with above if billed_only else st.container(key="usage_bills"):
    tiles.section("Cloud bills (FOCUS)", charges, key="usage_charges")
    tiles.short_table(
        charges,
        {
            "host_provider": "Provider",
            "billing_currency": "Currency",
            "charges": "Charges",
            "effective_cost": "Effective cost",
            "billed_cost": "Billed cost",
            "first_period_start": "From",
            "last_period_end": "To",
            "host_provider_names": "Names on the bills",
        },
        key="usage_charges_table",
    )
    if charges.usable:
        consumption = ask("consumption_by_unit", context)
        tiles.section("Consumption by unit", consumption, key="usage_consumption")
        tiles.table(
            consumption,
            {
                "host_provider": "Provider",
                "service_category": "Service category",
                "consumed_unit": "Unit",
                "consumed_quantity": "Consumed",
                "effective_cost": "Effective cost",
                "billing_currency": "Currency",
                "charges": "Charges",
            },
            key="usage_consumption_table",
        )
