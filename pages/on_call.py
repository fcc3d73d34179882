"""On-call: is the load sustainable, and fair?"""

import streamlit as st

from components import choice, filters, guard, heading, layout, tiles
from components.on_call import figures, tables
from queries import words
from queries.ask import ask_all
from queries.choices import choices

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

limit = tiles.first(limits)
acknowledge, resolve = (
    tiles.first(response, hyperscaler="all", measure=measure)
    for measure in ("acknowledge", "resolve")
)
incidents, acknowledged, rest = figures.answered(response.frame)
with body.tiles:
    tiles.metric(
        limits,
        "Shifts above 2 incidents",
        words.part(limit["shifts_over_limit"], limit["shifts"]),
        defined_by="shifts_over_limit_share_bound",
        change=figures.VERDICTS.get(limit["verdict"]),
        good="neither",
        compared_with=figures.bound(limits.frame, heading.not_applied(context, (limits,))),
    )
    tiles.metric(
        limits,
        "Incidents per shift",
        words.number(limit["incidents_per_shift"]),
        defined_by="incidents_per_shift",
        change=figures.interval(limits.frame),
        good="neither",
        compared_with="95 % interval",
    )
    tiles.metric(
        load,
        "Sleep interruptions",
        figures.total(load.frame, "sleep_interruptions"),
        defined_by="sleep_interruptions",
        change=f"of {figures.total(load.frame, 'interruptions')}",
        good="neither",
        compared_with="at any hour",
    )
    for label, row in (("Median to acknowledge", acknowledge), ("Median to resolve", resolve)):
        tiles.metric(
            response,
            label,
            words.duration(row["median_seconds"]),
            defined_by="response_median_seconds",
            change=f"mean {words.duration(row['mean_seconds'])}",
            good="neither",
            compared_with=f"n = {words.number(row['completed'])}",
        )
    tiles.metric(
        response,
        "Incidents",
        incidents,
        defined_by="response_ended_unanswered",
        change=acknowledged,
        good="neither",
        compared_with=rest,
    )
with body.proof:
    tiles.section("Interruptions by hour of the person's day", load, key="on_call_load")
    tiles.chart(load, figures.load_by_band, key="on_call_load_chart", alt=figures.load_words)
with body.actions:
    tiles.short_table(load, tables.PEOPLE, key="on_call_people_table")
    st.caption(f"Highest load first. {figures.window_words(load.frame)}")

says = figures.limit_words(limits.frame)
tiles.section("The limit of a shift", limits, key="on_call_limits", says=says)
tiles.section("Incidents in shifts by hyperscaler", contributions, key="on_call_contributions")
tiles.short_table(contributions, tables.CONTRIBUTIONS, key="on_call_contributions_table")
says = f"{tables.RESPONSE_READING} {figures.window_words(response.frame)}"
tiles.section("Incident response", response, key="on_call_response", says=says)
tiles.short_table(response, tables.RESPONSE, key="on_call_response_table")
