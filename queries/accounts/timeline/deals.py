"""What Salesforce and the marketplaces tell of an account's past, one event per step.

Every function takes one account's rows as known on the data date.
"""

import itertools
from collections.abc import Callable, Iterator

import polars as pl

from queries.accounts.timeline.event import Event, Row, event, rows_of
from queries.shared import words
from queries.shared.contracts import signed_versions, terms_of
from queries.shared.periods import midnight

OFFER_STEPS = {
    "created_at": "created",
    "instructions_sent_at": "purchase instructions sent",
    "opened_at": "opened",
    "viewed_at": "viewed",
    "accepted_at": "accepted",
}


def account_events(accounts: pl.LazyFrame) -> Iterator[Event]:
    """The account's creation, and its churn with the reason given."""
    for row in rows_of(accounts):
        reason = row["churn_reason"] or "no reason recorded"
        yield event(row["created_date"], "account", "Account created", "accounts", row)
        yield event(row["churned_date"], "account", f"Churned: {reason}", "accounts", row)


def contract_events(contracts: pl.LazyFrame) -> Iterator[Event]:
    """Each contract's signature, the amendments and corrections of its terms, and its end.

    A contract is signed by the day it starts, however late somebody recorded it; an amendment or
    correction stands at the instant it was recorded, each with the amounts as they were stated.
    Drafts are left out.
    """
    signed = signed_versions(contracts).with_columns(arr_usd="arr_stated_usd")
    for _, versions in itertools.groupby(rows_of(signed), key=lambda row: row["contract_id"]):
        first, *later = versions
        at = min(first["recorded_at"], midnight(first["start_date"]))
        yield event(at, "contract", f"Contract signed: {_terms(first)}", "contracts", first)
        for before, after in itertools.pairwise([first, *later]):
            changes = _changes(before, after)
            how = "corrected" if after["is_correction"] else "amended"
            if changes:
                title = f"Contract {how}: {changes}"
                yield event(after["recorded_at"], "contract", title, "contracts", after)
    for row in rows_of(terms_of(contracts)):
        how = "ended" if row["status"] == "activated" else row["status"]
        title = f"Contract {how}: {words.money(row['arr_usd'])} a year on {_place(row)}"
        yield event(row["until_date"], "contract", title, "contracts", row)


def opportunity_events(opportunities: pl.LazyFrame) -> Iterator[Event]:
    """Each stage an opportunity reached, at the instant it was recorded."""
    staged = opportunities.sort("opportunity_id", "recorded_at").filter(
        pl.col("stage").ne_missing(pl.col("stage").shift().over("opportunity_id"))
    )
    for row in rows_of(staged):
        title = f"{row['type'].capitalize()} opportunity: {row['stage']}{_worth(row['amount_usd'])}"
        yield event(row["recorded_at"], "opportunity", title, "opportunities", row)


def offer_events(offers: pl.LazyFrame) -> Iterator[Event]:
    """Each step of an offer at the marketplace, or that it expired before it was accepted.

    Test offers are left out.
    """
    for row in rows_of(offers.filter(~pl.col("is_test"))):
        offer = f"{row['offer_type'].capitalize()} offer on {_place(row)}"
        for column, step in OFFER_STEPS.items():
            worth = _worth(row["total_contract_value_usd"]) if column == "created_at" else ""
            yield event(row[column], "offer", f"{offer} {step}{worth}", "offers", row)
        if row["accepted_at"] is None:
            yield event(row["expires_at"], "offer", f"{offer} expired", "offers", row)


def registration_events(registrations: pl.LazyFrame) -> Iterator[Event]:
    """Each registration on the landing page, with the company as the buyer typed it."""
    for row in rows_of(registrations):
        title = f"Registered as {row['company_name'] or 'a company without a name'}"
        yield event(row["registered_at"], "offer", title, "registrations", row)


def entitlement_events(entitlements: pl.LazyFrame) -> Iterator[Event]:
    """Each entitlement's beginning, the role that was assigned for it, and its end."""
    steps = {"starts_at": "began", "role_assigned_at": "role assigned", "ends_at": "ended"}
    for row in rows_of(entitlements):
        what = f"{words.number(row['quantity'])} {row['unit']} of {row['dimension']}"
        for column, step in steps.items():
            title = f"Entitlement to {what} on {_place(row)}: {step}"
            yield event(row[column], "entitlement", title, "marketplace_entitlements", row)


def _terms(row: Row) -> str:
    committed = row["committed_tib"]
    capacity = "" if committed is None else f" for {words.number(committed)} TiB"
    until = f"until {words.day(row['end_date'])}" if row["end_date"] else "without an end"
    return f"{words.money(row['arr_usd'])} a year{capacity} on {_place(row)} {until}"


def _changes(before: Row, after: Row) -> str:
    """The terms in which two versions of a contract differ; empty where in none."""
    said: dict[str, tuple[str, Callable[..., str], str]] = {
        "arr_usd": ("", words.money, " a year"),
        "committed_tib": ("", words.number, " TiB"),
        "hyperscaler": ("", words.name, ""),
        "end_date": ("end ", words.day, ""),
    }
    return "; ".join(
        f"{label}{say(before[column])} to {say(after[column])}{unit}"
        for column, (label, say, unit) in said.items()
        if before[column] != after[column]
    )


def _place(row: Row) -> str:
    return words.name(row["hyperscaler"])


def _worth(usd: float | None) -> str:
    return "" if usd is None else f", {words.money(usd)}"
