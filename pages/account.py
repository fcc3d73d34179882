"""Account: what is going on at this account?"""

from functools import partial

import streamlit as st

from components import (
    account,
    account_lists,
    band_proof,
    filters,
    guard,
    heading,
    layout,
    signpost,
    tiles,
)
from components.figures import account as figures
from components.figures import account_score as score_figures
from queries.ask import ask_all
from queries.choices import choices

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
    band_proof.note(order, profile)
    signpost.lead("Another account", "account", profile)

body = layout.body()
with body.tiles:
    account.numbers(profile, health)
with body.proof:
    tiles.section("Use of the commitment", consumption, key="account_consumption")
    if not account_lists.none(consumption):
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

why, needs = st.columns(2, gap="large")
with why:
    tiles.section("Why this score", health, key="account_health", bands=order)
    account.reasons(health, change)
    if health.usable:
        tiles.chart(
            health,
            score_figures.contributions,
            key="account_points",
            alt=score_figures.contributions_words,
        )
    tiles.section("The score in 26 weeks", history, key="account_history", bands=order)
    if not account_lists.none(history):
        tiles.chart(
            history,
            score_figures.history,
            key="account_history_chart",
            alt=score_figures.history_words,
        )
with needs:
    account_lists.show(lists[:3])
account_lists.show(lists[3:])
