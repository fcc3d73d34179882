"""Usage: who uses how much, on which hyperscaler?"""

from components import filters, guard, heading, tiles
from components.figures import usage as figures
from queries.ask import ask
from queries.choices import choices

viewer = guard.require("usage")

offered = choices(viewer.scope)
head = heading.place()
context = filters.bar(viewer, offered)
daily = ask("usage_by_hyperscaler", context)
heading.show(head, daily.finding, context, daily, names=offered.names)

tiles.section("Capacity in use", daily, says="Daily mean.", key="usage_daily")
tiles.chart(
    daily, figures.daily_capacity, key="usage_daily_chart", alt=figures.daily_capacity_words
)
