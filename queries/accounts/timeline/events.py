"""What the warehouse recorded of one account's past, newest first."""

import itertools
from collections.abc import Iterable

import dataframely as dy
import polars as pl

from queries.accounts.chosen import ACCOUNT, of
from queries.accounts.timeline import deals, operations
from queries.accounts.timeline.event import Event
from queries.core.question import Question
from queries.shared import words
from queries.shared.contracts import CONTRACT_COLUMNS
from warehouse.context import Context
from warehouse.contract.columns import LONGEST_TEXT, instant, text, word
from warehouse.read import Read

# The kinds in the order in which they are told of one instant; the last two are the ledger's.
KINDS = (
    "account",
    "contract",
    "opportunity",
    "offer",
    "entitlement",
    "cluster",
    "restatement",
    "feature",
    "ticket",
    "incident",
    "contact",
    "action",
    "annotation",
)


class Timeline(dy.Schema):
    """One row per event of the account."""

    at = instant("When it happened; a day stands at its midnight", key=True)
    kind = word("What it is about", *KINDS)
    title = text("What happened, in words", key=True)
    source_table = text("Table that says so", key=True)
    source_id = text(
        "Id of its row; of usage, the feature, or cluster, dimension and day", key=True
    )


def reads(account: str | None) -> dict[str, Read]:
    """Every table that tells something of the account, its rows only."""
    mine = of(account)

    def read(table: str, *columns: str, every_version: bool = False) -> Read:
        return Read(table=table, columns=columns, equal=mine, every_version=every_version)

    return {
        "accounts": read("accounts", "account_id", "created_date", "churned_date", "churn_reason"),
        "contracts": read("contracts", *CONTRACT_COLUMNS, every_version=True),
        "opportunities": read(
            "opportunities",
            *("opportunity_id", "recorded_at", "type", "stage", "amount_usd"),
            every_version=True,
        ),
        "offers": read(
            "offers",
            *("offer_id", "hyperscaler", "offer_type", "is_test", *deals.OFFER_STEPS),
            *("expires_at", "total_contract_value_usd"),
        ),
        "registrations": read("registrations", "registration_id", "company_name", "registered_at"),
        "entitlements": read(
            "marketplace_entitlements",
            *("entitlement_id", "hyperscaler", "dimension", "quantity", "unit"),
            *("starts_at", "role_assigned_at", "ends_at"),
        ),
        "clusters": read(
            "clusters", "cluster_id", "hyperscaler", "region", "deployed_at", "retired_at"
        ),
        "restated": restatements(account),
        "features": read("feature_usage_daily", "feature", "usage_date", "operations"),
        "tickets": read("tickets", "ticket_id", "severity", "category", "created_at", "solved_at"),
        "incidents": read(
            "incidents", "incident_id", "urgency", "category", "created_at", "resolved_at"
        ),
        "contacts": read("contacts", "contact_id", "title", "is_champion", "last_contact_at"),
        "activities": read(
            "activities", "activity_id", "contact_id", "occurred_at", "kind", "direction"
        ),
    }


def restatements(account: str | None) -> Read:
    """The records of the account's clusters that name the record they supersede."""
    return Read(
        table="metering_hourly",
        columns=("cluster_id", "dimension", "hour_start", "recorded_at", "quantity", "reason"),
        known=("supersedes_record_id",),
        equal=of(account),
        every_version=True,
    )


def account_events(
    *,
    accounts: pl.LazyFrame,
    contracts: pl.LazyFrame,
    opportunities: pl.LazyFrame,
    offers: pl.LazyFrame,
    registrations: pl.LazyFrame,
    entitlements: pl.LazyFrame,
    clusters: pl.LazyFrame,
    restated: pl.LazyFrame,
    features: pl.LazyFrame,
    tickets: pl.LazyFrame,
    incidents: pl.LazyFrame,
    contacts: pl.LazyFrame,
    activities: pl.LazyFrame,
    context: Context,
) -> pl.DataFrame:
    """Everything that happened to the account by the end of the data date, as known then.

    Grain: one event, which one row of one table tells; sorted newest first, and of one instant in
    the order of `KINDS`. Empty for no account, and for one outside the scope or the filters. What
    has no date of its own is no event. Of a person without activities only the last contact is
    kept, so that an earlier data date hides one who was spoken with since.
    """
    told = itertools.chain(
        deals.account_events(accounts),
        deals.contract_events(contracts),
        deals.opportunity_events(opportunities),
        deals.offer_events(offers),
        deals.registration_events(registrations),
        deals.entitlement_events(entitlements),
        operations.cluster_events(clusters),
        operations.restatement_events(restated),
        operations.feature_events(features),
        operations.ticket_events(tickets),
        operations.incident_events(incidents),
        operations.contact_events(contacts, activities),
    )
    return in_order(told, context)


def in_order(told: Iterable[Event], context: Context) -> pl.DataFrame:
    """The events that had happened by the end of the data date, newest first."""
    dated = [one for one in told if one.at is not None and one.at < context.cutoff]
    place = pl.col("kind").replace_strict({kind: at for at, kind in enumerate(KINDS)})
    return (
        pl.DataFrame(dated, schema=Timeline.create_empty().schema, orient="row")
        .with_columns(pl.col("title").str.head(LONGEST_TEXT))
        .sort("at", place, "source_id", "title", descending=[True, False, False, False])
    )


def finding(frame: pl.DataFrame) -> str:
    """How many events there are, and the newest."""
    if frame.is_empty():
        return "No event of this account is known in these filters"
    newest = frame.row(0, named=True)
    return f"{words.plural(frame.height, 'event')}; {words.day(newest['at'])}: {newest['title']}"


QUESTIONS = (
    Question(
        name="account_events",
        asks="What does the warehouse know of this account's past?",
        shape=Timeline,
        reads=reads,
        answer=account_events,
        finding=finding,
        filters="accounts",
        parameters=(ACCOUNT,),
    ),
)
