"""Who speaks for an account, and when we last spoke with them."""

from typing import Any

import dataframely as dy
import polars as pl

from queries.accounts.chosen import ACCOUNT, of
from queries.core.columns import count_metric
from queries.core.question import Question
from warehouse.context import Context
from warehouse.contract.columns import flag, identifier, instant, text
from warehouse.read import Read


class AccountContacts(dy.Schema):
    """One row per contact person at the account."""

    contact_id = identifier("Contact", key=True)
    title = text("Job title")
    email = text("E-mail address")
    is_champion = flag("Known champion of the product")
    last_contact_at = instant("Last two-way contact; null: none known", nullable=True)
    days_since_contact = count_metric("days_since_contact", nullable=True)


def reads(account: str | None) -> dict[str, Read]:
    """The account's contact people, and the newest two-way activity with each."""
    mine = of(account)
    columns = ("contact_id", "title", "email", "is_champion", "last_contact_at")
    return {
        "contacts": Read(table="contacts", columns=columns, equal=mine),
        "activities": Read(
            table="activities",
            columns=("contact_id",),
            latest=("occurred_at",),
            equal={"direction": ("two_way",), **mine},
        ),
    }


def account_contacts(
    contacts: pl.LazyFrame, activities: pl.LazyFrame, *, context: Context
) -> pl.DataFrame:
    """The people at the account, the last two-way contact with each and the days since.

    Grain: contact; most recently spoken with first, those with no known contact last. The newest
    of their activities and of the contact's own row, which without activities keeps only the last:
    one made after the data date then hides the earlier ones, which is unknown, not silence.
    """
    spoke = pl.max_horizontal("last_contact_at", "latest_occurred_at")
    since = (pl.lit(context.as_of) - pl.col("last_contact_at").dt.date()).dt.total_days()
    return (
        contacts.join(activities, on="contact_id", how="left")
        .with_columns(last_contact_at=spoke)
        .with_columns(days_since_contact=since)
        .sort("last_contact_at", "contact_id", descending=[True, False], nulls_last=True)
        .select(AccountContacts.column_names())
        .collect()
    )


def finding(frame: pl.DataFrame) -> str:
    """How long ago somebody there was last spoken with, and whether there is a champion."""
    if frame.is_empty():
        return "No contact person is recorded"
    champion = "" if frame["is_champion"].any() else "; no champion is known"
    days: Any = frame["days_since_contact"].min()
    if days is None:
        return f"No two-way contact is known{champion}"
    return f"Last two-way contact {days} d ago{champion}"


QUESTIONS = (
    Question(
        name="account_contacts",
        asks="Who are the contacts of this account, and when did we last speak?",
        shape=AccountContacts,
        reads=reads,
        answer=account_contacts,
        finding=finding,
        filters="accounts",
        parameters=(ACCOUNT,),
    ),
)
