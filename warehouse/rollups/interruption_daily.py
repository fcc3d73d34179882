"""Interruptions of people on call per day, and what they were interrupted for.

For whoever counts interruptions by day in the warehouse. No question here reads it: they band an
interruption by the local hour of the person, end where the feed does, within a day, and lay it on
a shift, all of which take its instant.
"""

import dataframely as dy
import sqlalchemy as sa

from warehouse.contract.columns import count, day, identifier, word
from warehouse.contract.on_call import SOURCE, URGENCIES
from warehouse.contract.table import Path
from warehouse.contract.words import HYPERSCALERS
from warehouse.rollups.literals import MICROSECOND, ONE, UNKNOWN, ZERO
from warehouse.rollups.rollup import Rollup, Tables, day_of

EMAIL = sa.literal_column("'email'", sa.String())
JOINS_WITHIN_MICROSECONDS: sa.ColumnElement[int] = sa.literal_column("60000000")
OF_INCIDENT = ("account_id", "hyperscaler", "urgency")


class InterruptionDaily(dy.Schema):
    """One row per person, account, hyperscaler, urgency and day with an interruption."""

    person_id = identifier("Person interrupted", key=True)
    account_id = identifier("Account of the opening incident; unknown: it names none", key=True)
    hyperscaler = word(
        "Hyperscaler of the opening incident; unknown: incident not declared",
        *(*HYPERSCALERS, "unknown"),
        key=True,
    )
    urgency = word(
        "Urgency of the opening incident; unknown: incident not declared",
        *(*URGENCIES, "unknown"),
        key=True,
    )
    interruption_date = day("Day on which the interruptions open, UTC", key=True)
    interruptions = count("Interruptions opened that day", unit="interruptions")


def interruption_daily(tables: Tables) -> sa.Select:
    """The interruptions of each person and day, by the incident of the notification that opens.

    A person's first notification opens an interruption, whatever reaches the same person within
    60 s of that opening belongs to it, and the next one opens another; e-mail never interrupts.
    """
    heard = _heard(tables["notifications"])
    opens = _openings(heard)
    incidents = tables["incidents"]
    named = [sa.func.coalesce(incidents.c[name], UNKNOWN).label(name) for name in OF_INCIDENT]
    opening = sa.and_(
        heard.c.person_id == opens.c.person_id,
        heard.c.sent_at == opens.c.opened_at,
        heard.c.place == ONE,
    )
    found = (
        sa.select(opens.c.person_id, *named, day_of(opens.c.opened_at).label("interruption_date"))
        .select_from(
            opens.join(heard, opening).outerjoin(
                incidents, incidents.c.incident_id == heard.c.incident_id
            )
        )
        .subquery("found")
    )
    return sa.select(*found.c, sa.func.count().label("interruptions")).group_by(*found.c)


def _heard(notifications: sa.FromClause) -> sa.CTE:
    """The notifications that can interrupt, each in its chain: gaps of at most 60 s.

    `place` is 1 for the first of those that reach a person at one instant.
    """
    person, sent = notifications.c.person_id, notifications.c.sent_at
    order = (sent, notifications.c.notification_id)
    before = sa.func.lag(sent).over(partition_by=person, order_by=order)
    gapped = (
        sa.select(
            person,
            sent,
            notifications.c.notification_id,
            notifications.c.incident_id,
            sa.case((_microseconds(before, sent) <= JOINS_WITHIN_MICROSECONDS, ZERO), else_=ONE)
            .label("starts"),
            sa.func.row_number()
            .over(partition_by=(person, sent), order_by=notifications.c.notification_id)
            .label("place"),
        )
        .where(notifications.c.channel != EMAIL)
        .subquery("gapped")
    )  # fmt: skip
    chain = sa.func.sum(gapped.c.starts).over(
        partition_by=gapped.c.person_id, order_by=(gapped.c.sent_at, gapped.c.notification_id)
    )
    kept = (gapped.c[name] for name in ("person_id", "sent_at", "incident_id", "place"))
    return sa.select(*kept, chain.label("chain")).cte("heard")


def _openings(heard: sa.CTE) -> sa.CTE:
    """Each opening: the first notification of a chain, then the first more than 60 s after one."""
    of_chain = (heard.c.person_id, heard.c.chain)
    earlier, later = heard.alias("earlier"), heard.alias("later")
    beyond = _microseconds(earlier.c.sent_at, later.c.sent_at) > JOINS_WITHIN_MICROSECONDS
    same = sa.and_(earlier.c.person_id == later.c.person_id, earlier.c.chain == later.c.chain)
    following = (
        sa.select(
            earlier.c.person_id,
            earlier.c.sent_at,
            sa.func.min(later.c.sent_at).label("next_at"),
        )
        .select_from(earlier.join(later, sa.and_(same, beyond)))
        .group_by(earlier.c.person_id, earlier.c.sent_at)
        .cte("following")
    )
    first = sa.select(heard.c.person_id, sa.func.min(heard.c.sent_at).label("opened_at"))
    opens = first.group_by(*of_chain).cte("opens", recursive=True)
    onward = sa.and_(
        following.c.person_id == opens.c.person_id, following.c.sent_at == opens.c.opened_at
    )
    return opens.union_all(
        sa.select(following.c.person_id, following.c.next_at).select_from(
            opens.join(following, onward)
        )
    )


def _microseconds(start: sa.ColumnElement, end: sa.ColumnElement) -> sa.ColumnElement:
    return sa.func.datediff(MICROSECOND, start, end)


ROLLUP = Rollup(
    name="interruption_daily",
    schema=InterruptionDaily,
    system=SOURCE,
    sources=("notifications", "incidents"),
    select=interruption_daily,
    day="interruption_date",
    known_at="interruption_date",
    path=Path("account_id"),
)
