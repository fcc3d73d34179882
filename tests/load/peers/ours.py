"""The peers' question as our page asks it: guard, filters, definitions, states, two charts."""

import plotly.graph_objects as go
import polars as pl
import streamlit as st

from components.core import filters, guard, heading, palette, tiles
from components.core.figures.base import figure
from components.usage.figures import daily_capacity, daily_capacity_words
from queries.core.ask import ask_all
from queries.core.choices import choices
from queries.shared import words

DAYS = 90
TOP = 10


def top_accounts(usage: pl.DataFrame) -> go.Figure:
    """The ten accounts with the largest metered capacity."""
    top = _top(usage)
    bars = go.Bar(
        x=top["quantity"].to_numpy(),
        y=top["name"].to_list(),
        orientation="h",
        marker={"color": palette.ACCENT},
    )
    room = {"l": 100, "r": 40, "b": 40}
    return figure(bars, title=top_words(usage), yaxis={"autorange": "reversed"}, margin=room)


def top_words(usage: pl.DataFrame) -> str:
    """The first of them in words."""
    name, quantity = _top(usage).row(0)
    return f"{name} used most: {words.number(quantity)} TiB-Hours"


def _top(usage: pl.DataFrame) -> pl.DataFrame:
    capacity = usage.filter(pl.col("dimension") == "capacity").drop_nulls("quantity")
    totals = capacity.group_by("name").agg(pl.col("quantity").sum())
    return totals.sort("quantity", "name", descending=[True, False]).head(TOP)


st.set_page_config(layout="wide")
# The guard leads a page that was not entered through app.py to the product's own.
st.session_state[guard.ENTERED] = True
viewer = guard.require("usage")
offered = choices(viewer.scope)
head = heading.place()
context = filters.bar(viewer, offered)
with tiles.reading():
    daily, accounts = ask_all(context, "usage_by_hyperscaler", "usage_by_account", days=DAYS)
heading.show(head, daily.finding, context, daily, accounts, names=offered.names)
tiles.section("Capacity in use", daily, key="bench_daily")
tiles.chart(daily, daily_capacity, key="bench_daily_chart", alt=daily_capacity_words)
tiles.section("Top ten accounts", accounts, key="bench_accounts")
tiles.chart(accounts, top_accounts, key="bench_accounts_chart", alt=top_words)
