"""Triage: whom do I call first, and about what?"""

import streamlit as st

from components import filters, guard, heading, queue, tiles
from components.figures import triage as figures
from queries import words
from queries.ask import ask
from queries.choices import choices

viewer = guard.require("triage")

offered = choices(viewer.scope)
head = heading.place()
context = filters.bar(viewer, offered)
with tiles.reading():
    accounts = ask("churn_indicators", context)
heading.show(head, accounts.finding, context, accounts, names=offered.names)

calls, numbers = st.columns([2, 1], gap="medium")
with calls:
    queue.show(accounts, queue.statuses("triage_status"), key="triage")
with numbers, st.container(horizontal=True, key="queue_numbers"):
    found = queue.summary(accounts)
    tiles.metric(
        accounts,
        "ARR touched",
        words.money(found.touched_usd),
        defined_by="arr_touched_usd",
        change=f"{found.touched:,} with a signal",
        good="neither",
    )
    tiles.metric(
        accounts,
        "ARR exposed",
        words.money(found.exposed_usd),
        defined_by="arr_exposed_usd",
        change=f"{found.renewing:,} renew in 90 d",
        good="neither",
    )
    for status, count in found.counts.items():
        tiles.metric(accounts, words.status(status), f"{count:,}", defined_by=f"accounts_{status}")
with numbers:
    tiles.chart(
        accounts, figures.arr_by_reason, key="triage_reasons", alt=figures.arr_by_reason_words
    )

tiles.section(
    "Every account, every indicator",
    accounts,
    key="triage_accounts",
    says="In the order to call. A dash is unknown, never zero.",
)
tiles.table(
    accounts,
    {
        "status": "Status",
        "account_name": "Account",
        "owner_name": "Owner",
        "arr_usd": "ARR",
        "arr_touched_usd": "ARR touched",
        "days_to_renewal": "Days to renewal",
        "usage_change_share": "Usage change",
        "commitment_pace": "Commitment pace",
        "feature_breadth_share": "Feature breadth",
        "open_severe_tickets": "Severe tickets",
        "oldest_severe_ticket_days": "Oldest, days",
        "incidents_28d": "Incidents, 28 d",
        "days_since_contact": "Days since contact",
        "signals": "Signals",
        "inputs_known": "Known",
        "usage_28d_tib_hours": "Usage, 28 d",
        "hyperscalers": "Hyperscalers",
        "segment": "Segment",
        "region": "Region",
    },
    key="triage_accounts_table",
    view=queue.worded,
    account="account_id",
)
