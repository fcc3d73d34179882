"""Triage: whom do I call first, and about what?"""

import streamlit as st

from components.core import filters, guard, heading, tiles
from components.health import band_proof
from components.leadership import metric_tiles
from components.triage import queue, sections
from queries.core.ask import ask, ask_all
from queries.core.choices import choices

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
    proven = band_proof.note(order, accounts)

with calls:
    queue.show(accounts, offered, key="triage")
with beside:
    with st.container(key="queue_numbers"):
        metric_tiles.tile(numbers, "arr_flagged_usd", "ARR at risk")
        metric_tiles.tile(numbers, "arr_exposed_usd", "At risk, renews in 90 d")
        queue.loss_tile(loss)
        past = st.container(key="loss_record")
    queue.moves(accounts)

sections.every_account(accounts, proven)
with tiles.reading():
    record = ask("expected_loss_record", context)
with past:
    queue.loss_record(record)
