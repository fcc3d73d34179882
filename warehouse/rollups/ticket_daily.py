"""Support tickets opened and solved per account and day.

For whoever counts tickets by day in the warehouse. No question here reads it: what they tell of
tickets (how old the oldest open one is, how many of 90 days or still open there are, each by name)
takes a ticket's opening and its solution together, which counts of a day have parted.
"""

import dataframely as dy
import sqlalchemy as sa

from warehouse.contract.columns import count, day, identifier, word
from warehouse.contract.support import CATEGORIES, SEVERITIES, SOURCE
from warehouse.contract.table import Path
from warehouse.contract.words import DEPLOYMENT_MODELS
from warehouse.rollups.literals import ONE, UNKNOWN, ZERO
from warehouse.rollups.rollup import Rollup, Tables, day_of

OF = ("account_id", "deployment_model", "category", "severity")


class TicketDaily(dy.Schema):
    """One row per account, deployment model, category, severity and day of an event."""

    account_id = identifier("Account; unknown: the ticket names none", key=True)
    deployment_model = word(
        "Where the product runs; unknown: not stated", *DEPLOYMENT_MODELS, "unknown", key=True
    )
    category = word("What broke", *CATEGORIES, key=True)
    severity = word("Severity, 1 is worst", *SEVERITIES, key=True)
    ticket_date = day("Day of the events, UTC", key=True)
    opened = count("Tickets opened that day", unit="tickets")
    solved = count("Tickets solved that day", unit="tickets")


def ticket_daily(tables: Tables) -> sa.Select:
    """The tickets of each day, by the day they were opened and by the day they were solved.

    A ticket that says it was solved before it was opened counts as solved on the day it was
    opened, since nobody knew of it before. What a ticket does not state is called `unknown`.
    """
    tickets = tables["tickets"]
    stated = [
        sa.func.coalesce(tickets.c[name], UNKNOWN).label(name)
        if name in ("account_id", "deployment_model")
        else tickets.c[name]
        for name in OF
    ]
    opened_at, solved_at = tickets.c.created_at, tickets.c.solved_at
    known = sa.case((solved_at < opened_at, opened_at), else_=solved_at)
    events = sa.union_all(
        sa.select(*stated, day_of(opened_at).label("ticket_date"), ZERO.label("is_solved")),
        sa.select(*stated, day_of(known).label("ticket_date"), ONE.label("is_solved")).where(
            solved_at.is_not(None)
        ),
    ).subquery("events")
    key = [*(events.c[name] for name in OF), events.c.ticket_date]
    return sa.select(
        *key,
        sa.func.count(sa.case((events.c.is_solved == ZERO, ONE))).label("opened"),
        sa.func.count(sa.case((events.c.is_solved == ONE, ONE))).label("solved"),
    ).group_by(*key)


ROLLUP = Rollup(
    name="ticket_daily",
    schema=TicketDaily,
    system=SOURCE,
    sources=("tickets",),
    select=ticket_daily,
    day="ticket_date",
    known_at="ticket_date",
    path=Path("account_id"),
)
