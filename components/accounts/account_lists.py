"""The lists on the page of one account, and what is said where a list has no row."""

from collections.abc import Sequence

import streamlit as st

from components.core import tiles
from queries.core.answer import Answer
from queries.shared import words

CONTRACTS = {
    "contract_id": "Contract",
    "contract_status": "Status",
    "hyperscaler": "Hyperscaler",
    "deployment_model": "Runs",
    "start_date": "From",
    "until_date": "Until",
    "notice_date": "Notice by",
    "arr_usd": "ARR",
    "committed_tib": "Committed",
    "rate_usd_per_tib_month": "USD per TiB-month",
    "overage_rate_usd_per_tib_month": "Above commitment",
}
FEATURES = {
    "feature": "Feature",
    "is_entitled": "Paid for",
    "active_days_28d": "Active days, 28 d",
    "operations_28d": "Operations, 28 d",
    "first_used_date": "First used",
    "last_used_date": "Last used",
}
TICKETS = {
    "severity": "Severity",
    "category": "Category",
    "open_days": "Age, days",
    "created_at": "Opened",
    "first_reply_at": "First reply",
    "ticket_id": "Ticket",
}
INCIDENTS = {
    "created_at": "Triggered",
    "urgency": "Urgency",
    "category": "Category",
    "resolved_seconds": "Resolved after",
    "incident_id": "Incident",
}
CONTACTS = {
    "title": "Title",
    "days_since_contact": "Days since contact",
    "is_champion": "Champion",
    "email": "E-mail",
}


LISTS = {
    "account_tickets": ("Open tickets", TICKETS),
    "account_incidents": ("Incidents, 90 d", INCIDENTS),
    "account_contacts": ("Contacts", CONTACTS),
    "account_contracts": ("Contracts", CONTRACTS),
    "account_features": ("Features", FEATURES),
}
# The questions whose answers the lists show, in their order.
QUESTIONS = tuple(LISTS)


def none(answer: Answer) -> bool:
    """Say that there is none of what a section lists; whether that was so.

    Where the source holds nothing at all by the data date, none is not known to be none.
    """
    if not answer.unrecorded:
        return False
    heard = not answer.data_through or any(answer.data_through.values())
    doubt = "" if heard else " Nothing at all is recorded by this date, so this is unknown."
    st.caption(f"{words.plain(answer.finding)}.{doubt}")
    return True


def show(answers: Sequence[Answer]) -> None:
    """Each list under its title, or what is said where it has no row."""
    for answer in answers:
        name = answer.question.name
        title, columns = LISTS[name]
        tiles.section(title, answer, key=name)
        if not none(answer):
            tiles.table(answer, columns, key=f"{name}_table")
