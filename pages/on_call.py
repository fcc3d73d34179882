"""On-call: is the load sustainable, and fair?"""

import streamlit as st

from components import choice, filters, guard, heading, layout, tiles
from components.figures import on_call as figures
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
    load, limits, response = ask_all(
        context, "on_call_load", "shift_limits", "incident_response", days=days
    )
heading.show(head, load.finding, context, load, limits, response, names=offered.names)

limit = tiles.first(limits)
acknowledge, resolve = (
    tiles.first(response, hyperscaler="all", measure=measure)
    for measure in ("acknowledge", "resolve")
)
with body.tiles:
    tiles.metric(
        limits,
        "Shifts above 2 incidents",
        f"{limit['shifts_over_limit']} of {limit['shifts']}",
        defined_by="shifts_over_limit",
        change=figures.VERDICTS.get(limit["verdict"]),
        good="neither",
        compared_with=figures.limit_interval(limits.frame),
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
            compared_with=f"n = {row['completed']}",
        )
    tiles.metric(
        response,
        "Open incidents",
        f"{resolve['open']}",
        defined_by="response_open",
        change=f"of {resolve['incidents']}",
        good="neither",
        compared_with="triggered",
    )
with body.proof:
    tiles.section("Interruptions by hour of the person's day", load, key="on_call_load")
    tiles.chart(load, figures.load_by_band, key="on_call_load_chart", alt=figures.load_words)
with body.actions:
    tiles.table(
        load,
        {
            "person_name": "Person",
            "sleep_interruptions": "Sleep",
            "interruptions": "All",
            "shifts_over_limit": "Shifts > 2",
        },
        key="on_call_people_table",
        height=390,
    )
    st.caption("Relieve the first: most sleep interruptions, then most of all.")

tiles.section(
    "The limit of a shift", limits, key="on_call_limits", says=figures.limit_words(limits.frame)
)
tiles.section(
    "Incident response",
    response,
    key="on_call_response",
    says="Median and 90 % count open incidents as open until the data date; – says not reached. "
    "The mean leaves them out, which flatters.",
)
tiles.table(
    response,
    {
        "hyperscaler": "Hyperscaler",
        "measure": "Time to",
        "incidents": "Incidents (n)",
        "completed": "Answered",
        "open": "Open",
        "median_seconds": "Median",
        "p90_seconds": "90 %",
        "mean_seconds": "Mean of answered",
    },
    key="on_call_response_table",
)
