"""Renewals: what will we keep this half?"""

import streamlit as st

from components import band_proof, filters, guard, heading, layout, renewals, tiles
from components.figures import overview as bridges
from components.figures import renewals as figures
from queries.ask import ask_all
from queries.choices import choices

viewer = guard.require("renewals")

offered = choices(viewer.scope)
head = heading.place()
context = filters.bar(viewer, offered)
months = renewals.months("renewals_period")
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
    band_proof.note(order, due)

body = layout.body()
with body.tiles:
    renewals.amounts(due)
with body.proof:
    tiles.section("Due by month", due, key="renewals_months", bands=order)
    tiles.chart(
        due, figures.due_by_month, key="renewals_months_chart", alt=figures.due_by_month_words
    )
with body.actions:
    tiles.section("Forecast and signal disagree", due, key="renewals_disagreements", bands=order)
    renewals.disagreements(due, key="renewals")

bridge, accounts = st.columns(2, gap="large")
with bridge:
    tiles.section("ARR movements in 12 months", movements, key="renewals_movements")
    tiles.chart(movements, bridges.arr_bridge, key="renewals_bridge", alt=bridges.arr_bridge_words)
with accounts:
    tiles.section("Accounts behind NRR and GRR", cohort, key="renewals_cohort")
    renewals.kept(kept)
    tiles.table(
        cohort,
        {
            "account_name": "Account",
            "fate": "Outcome",
            "arr_start_usd": "At the start",
            "arr_end_usd": "Now",
            "arr_kept_usd": "Kept",
            "lost_date": "Lost on",
            "churn_reason": "Reason",
        },
        key="renewals_cohort_table",
        view=renewals.worded_cohort,
        height=280,
        account="account_id",
    )
tiles.section(
    "All renewals",
    due,
    key="renewals_rows",
    says="A dash means unknown, not zero.",
    bands=order,
)
tiles.table(
    due,
    {
        "renewal_date": "Ends",
        "account_name": "Account",
        "owner_name": "Owner",
        "hyperscaler": "Hyperscaler",
        "state": "State",
        "due_usd": "Due",
        "won_usd": "Won",
        "forecast_usd": "Forecast",
        "committed_usd": "Committed",
        "statistical_usd": "Statistical",
        "band": "Signal",
        "disagreement": "Disagreement",
        "next_step": "Next step",
        "lost_date": "Lost on",
        "churn_reason": "Reason",
    },
    key="renewals_table",
    view=renewals.worded,
    account="account_id",
)
tiles.section("All retention metrics", kept, key="renewals_numbers")
renewals.numbers(kept)
