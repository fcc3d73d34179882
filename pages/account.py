"""Account: what is going on at this account?"""

from functools import partial

import streamlit as st

from components import account, filters, guard, heading, layout, signpost, tiles
from components.figures import account as figures
from queries import words
from queries.ask import ask, ask_all
from queries.choices import choices

viewer = guard.require("account")

offered = choices(viewer.scope)
head = heading.place()
context = filters.bar(viewer, offered)
chosen = account.chosen()
if chosen is None:
    found = ask("account_search", context, find=account.wanted())
    heading.show(head, "Which account?", context, found, names=offered.names)
    account.offer(found)
    st.stop()

with tiles.reading():
    profile, consumption, timeline, contracts, features, tickets, incidents, contacts = ask_all(
        context,
        "account_profile",
        "account_consumption",
        "account",
        "account_contracts",
        "account_features",
        "account_tickets",
        "account_incidents",
        "account_contacts",
        account=chosen,
    )
    health, change = (
        account.of(answer, chosen)
        for answer in (ask("account_health", context), ask("health_change", context))
    )
heading.show(head, profile.finding, context, profile, timeline, health, names=offered.names)
with head:
    account.facts(profile, health)
    signpost.lead("Another account", "account", profile)

row, scored = tiles.first(profile), tiles.first(health)
body = layout.body()
with body.tiles:
    tiles.metric(
        profile,
        "ARR",
        words.money(row["arr_usd"]),
        defined_by="arr_usd",
        change=f"renews {words.day(row['renewal_date'])}",
        good="neither",
    )
    tiles.metric(
        health,
        "Health score",
        words.number(scored["score"]),
        defined_by="health_score",
        change=words.status(scored["band"] or "unknown"),
        good="neither",
    )
    tiles.metric(
        profile,
        "Usage change, 28 d",
        words.share(row["usage_change_share"], signed=True),
        defined_by="usage_change_share",
    )
    tiles.metric(
        profile,
        "Commitment pace",
        words.share(row["commitment_pace"]),
        defined_by="commitment_pace",
        change=f"of {words.number(row['committed_tib'])} TiB",
        good="neither",
    )
with body.proof:
    tiles.section("Use of the commitment", consumption, key="account_consumption")
    if not account.none(consumption):
        for place in consumption.frame["hyperscaler"].unique(maintain_order=True):
            tiles.chart(
                consumption,
                partial(figures.consumption, hyperscaler=place),
                key=f"account_consumption_{place}",
                alt=partial(figures.consumption_words, hyperscaler=place),
            )
with body.actions:
    tiles.section("Timeline", timeline, key="account_timeline")
    account.timeline(timeline)

why, open_ = st.columns(2, gap="large")
with why:
    tiles.section("Why this score", health, key="account_health")
    account.reasons(health, change)
    if health.usable:
        tiles.chart(
            health, figures.contributions, key="account_points", alt=figures.contributions_words
        )
with open_:
    account.lists(tickets, incidents, contacts)
account.sold(contracts, features)
