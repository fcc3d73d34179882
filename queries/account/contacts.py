"""Who speaks for an account, and when we last spoke with them."""

from typing import Any

import dataframely as dy
import polars as pl

from queries.account.chosen import ACCOUNT, of
from queries.columns import tally
from queries.question import Question
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
    days_since_contact = tally("days_since_contact", nullable=True)


def reads(context: Context, account: str | None) -> dict[str, Read]:  # noqa: ARG001 (every question takes it)
    """The account's contact people."""
    columns = ("contact_id", "title", "email", "is_champion", "last_contact_at")
    return {"contacts": Read(table="contacts", columns=columns, equal=of(account))}


def account_contacts(
    contacts: pl.LazyFrame,
    *,
    context: Context,
    account: str | None,  # noqa: ARG001 (every question takes it)
) -> pl.DataFrame:
    """The people at the account, the last contact with each and the days since.

    Grain: contact; most recently spoken with first, those with no known contact last. A contact
    made after the data date hides the earlier ones: unknown, not silence.
    """
    spoke = pl.col("last_contact_at")
    return (
        contacts.with_columns(
            days_since_contact=(pl.lit(context.as_of) - spoke.dt.date()).dt.total_days()
        )
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
        asks="Who speaks for this account, and when did we last speak?",
        shape=AccountContacts,
        reads=reads,
        answer=account_contacts,
        finding=finding,
        parameters=(ACCOUNT,),
    ),
)
