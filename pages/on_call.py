"""On-call: is the load sustainable, and fair?"""

import streamlit as st

from components.core import choice, filters, guard, heading, layout, tiles
from components.on_call import figures, sections, tables
from queries.core.ask import ask_all
from queries.core.choices import choices

viewer = guard.require("on_call")

offered = choices(viewer.scope)
head = heading.place()
context = filters.bar(viewer, offered)
body = layout.body()
with body.actions:
    days = choice.one("Window in days", ("28", "56", "91"), key="on_call_days", default="28")
with tiles.reading():
    limits, contributions, load, response = ask_all(
        context,
        ("shift_limits", {}),
        ("shift_incidents", {}),
        ("on_call_load", {"days": days}),
        ("incident_response", {"days": days}),
    )
heading.show(head, limits.finding, context, limits, load, response, names=offered.names)

with body.tiles:
    sections.numbers(limits, load, response)
with body.proof:
    tiles.section("Interruptions by hour of the person's day", load, key="on_call_load")
    tiles.chart(load, figures.load_by_band, key="on_call_load_chart", alt=figures.load_words)
with body.actions:
    tiles.short_table(load, tables.PEOPLE, key="on_call_people_table")
    st.caption(f"Highest load first. {figures.window_words(load.frame)}")

caption = figures.limit_words(limits.frame)
tiles.section("The limit of a shift", limits, key="on_call_limits", caption=caption)
tiles.section("Incidents in shifts by hyperscaler", contributions, key="on_call_contributions")
tiles.short_table(contributions, tables.CONTRIBUTIONS, key="on_call_contributions_table")
caption = f"{tables.RESPONSE_READING} {figures.window_words(response.frame)}"
tiles.section("Incident response", response, key="on_call_response", caption=caption)
tiles.short_table(response, tables.RESPONSE, key="on_call_response_table")
