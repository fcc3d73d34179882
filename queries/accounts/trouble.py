"""What troubles an account: the tickets it waits for, and the incidents that hit it."""

import dataframely as dy
import polars as pl

from queries.accounts.chosen import ACCOUNT, of
from queries.core.columns import count_metric, metric
from queries.core.question import Question
from queries.shared import words
from queries.shared.periods import first_day
from warehouse.context import Context
from warehouse.contract.columns import identifier, instant, word
from warehouse.contract.tables import TABLES
from warehouse.read import Read

INCIDENT_DAYS = 90


class AccountTickets(dy.Schema):
    """One row per ticket of the account that is open on the data date."""

    ticket_id = identifier("Ticket", key=True)
    severity = word("Severity, 1 is worst", *TABLES["tickets"].choices("severity"))
    category = word("What broke", *TABLES["tickets"].choices("category"))
    created_at = instant("Opened")
    open_days = count_metric("ticket_open_days")
    first_reply_at = instant("First reply by us; null: none yet", nullable=True)


class AccountIncidents(dy.Schema):
    """One row per incident attributed to the account in the 90 days up to the data date."""

    incident_id = identifier("Incident", key=True)
    urgency = word("Urgency", *TABLES["incidents"].choices("urgency"))
    category = word("What broke", *TABLES["incidents"].choices("category"))
    created_at = instant("Triggered")
    acknowledged_at = instant("First acknowledged; null: not yet", nullable=True)
    resolved_at = instant("Resolved; null: not yet", nullable=True)
    resolved_seconds = metric(
        "incident_resolved_seconds",
        nullable=True,
        description="Resolved after this time from its trigger",
    )


def ticket_reads(account: str | None) -> dict[str, Read]:
    """The account's tickets."""
    columns = ("ticket_id", "severity", "category", "created_at", "first_reply_at", "solved_at")
    return {"tickets": Read(table="tickets", columns=columns, equal=of(account))}


def account_tickets(tickets: pl.LazyFrame, *, context: Context) -> pl.DataFrame:
    """The tickets of the account that nobody had solved by the end of the data date.

    Grain: ticket; worst severity first, then the oldest.
    """
    age = (pl.lit(context.as_of) - pl.col("created_at").dt.date()).dt.total_days()
    return (
        tickets.filter(pl.col("solved_at").is_null())
        .with_columns(open_days=age)
        .sort("severity", "created_at", "ticket_id")
        .select(AccountTickets.column_names())
        .collect()
    )


def incident_reads(context: Context, account: str | None) -> dict[str, Read]:
    """The account's incidents of the last 90 days."""
    return {
        "incidents": Read(
            table="incidents",
            columns=(
                *("incident_id", "urgency", "category", "created_at"),
                *("acknowledged_at", "resolved_at"),
            ),
            period="created_at",
            first=first_day(context.as_of, INCIDENT_DAYS),
            equal=of(account),
        )
    }


def account_incidents(incidents: pl.LazyFrame) -> pl.DataFrame:
    """The incidents that on-call attributed to the account in the last 90 days.

    Grain: incident; newest first. Incidents that touch no single account are in nobody's list.
    """
    took = (pl.col("resolved_at") - pl.col("created_at")).dt.total_seconds().cast(pl.Float64)
    return (
        incidents.with_columns(resolved_seconds=took)
        .sort("created_at", "incident_id", descending=[True, False])
        .select(AccountIncidents.column_names())
        .collect()
    )


def tickets_finding(frame: pl.DataFrame) -> str:
    """How many tickets are open, and how long the worst of them."""
    if frame.is_empty():
        return "No ticket is open"
    worst = frame.row(0, named=True)
    count = words.plural(frame.height, "open ticket")
    return f"{count}; the worst has severity {worst['severity']}, {worst['open_days']} d old"


def incidents_finding(frame: pl.DataFrame) -> str:
    """How many incidents hit the account, and how many go on."""
    if frame.is_empty():
        return f"No incident in {INCIDENT_DAYS} d"
    going_on = frame["resolved_at"].null_count()
    count = words.plural(frame.height, "incident")
    return f"{count} in {INCIDENT_DAYS} d, {going_on} not resolved"


QUESTIONS = (
    Question(
        name="account_tickets",
        asks="Which tickets of this account are open?",
        shape=AccountTickets,
        reads=ticket_reads,
        answer=account_tickets,
        finding=tickets_finding,
        watermarks=("tickets",),
        filters="accounts",
        parameters=(ACCOUNT,),
    ),
    Question(
        name="account_incidents",
        asks="Which incidents affected this account?",
        shape=AccountIncidents,
        reads=incident_reads,
        answer=account_incidents,
        finding=incidents_finding,
        watermarks=("incidents",),
        filters="accounts",
        parameters=(ACCOUNT,),
    ),
)
