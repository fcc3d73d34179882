"""Triage: whom do I call first, and about what?"""

import streamlit as st

from components import band_proof, filters, guard, heading, queue, scorecard, tiles
from queries.ask import ask, ask_all
from queries.choices import choices

viewer = guard.require("triage")

offered = choices(viewer.scope)
head = heading.place()
context = filters.bar(viewer, offered)
calls, beside = st.columns([5, 1], gap="medium")
with calls:
    asked = queue.asked()
with tiles.reading():
    accounts, numbers, loss, order = ask_all(
        context, ("triage", asked), "overview", "expected_loss", "band_order"
    )
heading.show(head, accounts.finding, context, accounts, names=offered.names)
with head:
    band_proof.note(order, accounts)

with calls:
    queue.show(accounts, offered, key="triage")
with beside:
    with st.container(key="queue_numbers"):
        scorecard.tile(numbers, "arr_flagged_usd", "ARR at risk")
        scorecard.tile(numbers, "arr_exposed_usd", "At risk, renews in 90 d")
        queue.loss_tile(loss)
        past = st.container(key="loss_record")
    queue.moves(accounts)

tiles.section(
    "Every account",
    accounts,
    key="triage_accounts",
    says="In calling order. A dash means unknown, not zero.",
    bands=order,
)
if accounts.usable and tiles.is_asked_for(accounts.frame.height, "account", key="every_account"):
    tiles.table(
        accounts,
        {
            "place": "Place",
            "rank": "Rank",
            "status": "Status",
            "account_name": "Account",
            "owner_name": "Owner",
            "arr_usd": "ARR",
            "expected_loss_usd": "Expected loss",
            "ranking_loss_usd": "Loss that ranks it",
            "is_assumed": "Assumed",
            "days_to_renewal": "Days to renewal",
            "time_pressure": "Time pressure",
            "score": "Score",
            "score_before": "28 d before",
            "coverage_share": "Coverage",
            "causes": "Why here",
            "reasons": "Reasons",
            "entered_date": "At risk since",
            "due_date": "Due",
            "snoozed_until": "Snoozed until",
            "acknowledged_by": "Acknowledged by",
            "hyperscalers": "Hyperscalers",
            "segment": "Segment",
            "region": "Region",
        },
        key="triage_accounts_table",
        view=queue.worded,
    )
with tiles.reading():
    record = ask("expected_loss_record", context)
with past:
    queue.loss_record(record)
