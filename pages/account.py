"""Account: what is going on at this account?"""

import streamlit as st

from components.accounts import account, account_lists, sections
from components.core import filters, guard, heading, layout, page_links, tiles
from components.health import band_proof
from queries.core.ask import ask_all
from queries.core.choices import choices

viewer = guard.require("account")

offered = choices(viewer.scope)
head = heading.place()
context = filters.bar(viewer, offered)
chosen = account.chosen()
if chosen is None:
    wanted = account.wanted()
    with tiles.reading():
        found, work = ask_all(context, ("account_search", {"find": wanted}), ("triage", {}))
    heading.show(head, "Which account?", context, found, names=offered.names)
    account.offer(found, work)
    st.stop()

with tiles.reading():
    profile, consumption, timeline, history, health, change, order, work, *lists = ask_all(
        context,
        "account_profile",
        "account_consumption",
        "account",
        "account_score_history",
        ("account_health", {}),
        ("health_change", {}),
        ("band_order", {}),
        ("triage", {}),
        *account_lists.QUESTIONS,
        account=chosen,
    )
health, change, work = (account.of(answer, chosen, profile) for answer in (health, change, work))
heading.show(head, profile.finding, context, profile, timeline, health, names=offered.names)
with head:
    account.facts(profile, health)
    account.actions(work, offered)
    proven = band_proof.note(order, profile)
    page_links.lead("Another account", "account", profile)

body = layout.body()
with body.tiles:
    account.numbers(profile, health)
with body.proof:
    sections.commitment(consumption)
with body.actions:
    tiles.section("Timeline", timeline, key="account_timeline")
    account.timeline(timeline)

why, needs = st.columns(2, gap="large")
with why:
    sections.score(health, change, proven)
    sections.score_history(history, proven)
with needs:
    account_lists.show(lists[:3])
account_lists.show(lists[3:])
