"""The top of a page: the finding as its title, and the whole truth about what is shown."""

import datetime as dt
from collections.abc import Mapping

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from components.core import emptied, navigation
from queries.core.answer import Answer
from queries.shared import words
from warehouse import clock
from warehouse.context import Context

# The reader's word for a table's data; tables not named here are left out of the line.
FEEDS = {
    "account_usage_daily": "metering",
    "feature_usage_daily": "telemetry",
    "tickets": "tickets",
    "incidents": "incidents",
    "notifications": "notifications",
    "usage_charges": "bills",
    "benchmark_runs": "benchmark runs",
    "contracts": "contracts",
}

NO_BREAK_PERCENT = f"{words.NO_BREAK}%"
SECONDS_BETWEEN_LOOKS = 2
# The data of a day are complete on the next.
WORTH_SAYING_DAYS = 2
LOOKED = "looked_for_newer_answers"
# An answer that failed or was refused says nothing about the rows.
UNREAD = frozenset({"error", "forbidden"})


def place() -> DeltaGenerator:
    """The place of the heading, above the filter bar; filled by `show` once there is an answer."""
    place = st.container(key="page_head")
    emptied.begin(place)
    return place


def show(
    place: DeltaGenerator,
    finding: str,
    context: Context,
    *answers: Answer,
    names: Mapping[str, str],
) -> None:
    """The finding as the title, then data date, filters, how far each feed reaches, provenance.

    The browser's tab is named after the page and the finding.

    `names` gives the owners' names by id. Where a newer answer is being read, the page looks
    again by itself until it is there.
    """
    navigation.name_tab(finding)
    with place:
        # A number and its % stay on one line.
        st.title(words.plain(finding.replace(" %", NO_BREAK_PERCENT)), anchor=False)
        st.caption(line(context, answers, names))
        emptied.say_first(answers)
        if any(answer.under_way for answer in answers):
            st.session_state[LOOKED] = False
            _look_again()


@st.fragment(run_every=SECONDS_BETWEEN_LOOKS)
def _look_again() -> None:
    """Run the page again when the fragment's timer comes round for the first time."""
    if st.session_state[LOOKED]:
        st.rerun()
    st.session_state[LOOKED] = True


def line(context: Context, answers: tuple[Answer, ...], names: Mapping[str, str]) -> str:
    """The context line under a title: the whole truth about what is shown, as Markdown."""
    parts = [f"as of {words.day(context.as_of)}{_age(context)}"]
    parts += [
        words.plain(", ".join(names.get(value) or words.name(value) for value in values))
        for values in context.filters.values()
    ]
    parts += [f"{feed} {reached}" for feed, reached in reach(answers).items()]
    ignored = not_applied(context, answers)
    if ignored:
        parts.append(f"not filtered by {', '.join(ignored)}")
    stale = [answer.read_at for answer in answers if answer.state == "stale"]
    if stale:
        age = words.duration((clock.now() - min(stale)).total_seconds())
        parts.append(f"**stale: last good answers, up to {age} old**")
    made_up = {answer.provenance for answer in answers if answer.state not in UNREAD}
    if made_up & {"SIMULATED", "partly SIMULATED"}:
        parts.append("**SIMULATED**" if made_up == {"SIMULATED"} else "**partly SIMULATED**")
    return " · ".join(parts)


def _age(context: Context) -> str:
    """How far the data date lies behind today; nothing of today's or yesterday's."""
    days = (clock.today() - context.as_of).days
    return f", {words.behind(days)} behind today" if days >= WORTH_SAYING_DAYS else ""


def reach(answers: tuple[Answer, ...]) -> dict[str, str]:
    """Feed to its last whole day, or where it promises none the last day it holds, in words.

    The earliest where answers differ; what nobody knows is left out.
    """
    newest: dict[str, dt.datetime] = {}
    promised = set()
    for answer in answers:
        promised |= {FEEDS[table] for table in answer.complete_to if table in FEEDS}
        for table, instant in {**answer.data_through, **answer.complete_to}.items():
            if table in FEEDS and instant is not None:
                feed = FEEDS[table]
                newest[feed] = min(newest.get(feed, instant), instant)
    return {
        feed: f"complete to {words.complete_to(at)}" if feed in promised else f"to {words.day(at)}"
        for feed, at in newest.items()
    }


def not_applied(context: Context, answers: tuple[Answer, ...]) -> list[str]:
    """The filters that are set and that none of the answers can carry.

    An answer that was refused or failed says nothing about filters.
    """
    honoured = [answer.applicable_filters for answer in answers if answer.state not in UNREAD]
    return [
        name
        for name in context.filters
        if honoured and not any(name in names for names in honoured)
    ]
