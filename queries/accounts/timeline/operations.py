"""What clusters, metering, telemetry, support and on-call tell of an account's past.

Every function takes one account's rows as known on the data date.
"""

import datetime as dt
from collections.abc import Iterator

import polars as pl

from queries.accounts.timeline.event import Event, Row, event, rows_of
from queries.shared import words
from queries.shared.periods import MONTH_DAYS, midnight


def cluster_events(clusters: pl.LazyFrame) -> Iterator[Event]:
    """Each cluster's deployment and retirement."""
    for row in rows_of(clusters):
        place = " ".join(filter(None, (words.name(row["hyperscaler"]), row["region"])))
        deployed = f"Cluster {row['cluster_id']} deployed on {place}"
        yield event(row["deployed_at"], "cluster", deployed, "clusters", row)
        retired = f"Cluster {row['cluster_id']} retired"
        yield event(row["retired_at"], "cluster", retired, "clusters", row)


def restatement_events(restated: pl.LazyFrame) -> Iterator[Event]:
    """Metered hours stated anew: one event per cluster, dimension, day of usage and day recorded.

    An hour stated anew twice on one day counts once; without a quantity it was withdrawn.
    """
    hour = pl.col("hour_start")
    days = (
        restated.with_columns(usage_date=hour.dt.date(), day=pl.col("recorded_at").dt.date())
        .group_by("cluster_id", "dimension", "usage_date", "day")
        .agg(
            pl.col("recorded_at").max(),
            pl.col("reason").drop_nulls().unique().sort().str.join(", "),
            hours=hour.n_unique(),
            withdrawn=hour.filter(pl.col("quantity").is_null()).n_unique(),
        )
    )
    for row in rows_of(days):
        hours = words.plural(row["hours"], "hour")
        title = f"{hours} of {row['dimension']} on {words.day(row['usage_date'])} restated"
        withdrawn = f", {row['withdrawn']} withdrawn" if row["withdrawn"] else ""
        reason = f": {row['reason']}" if row["reason"] else ""
        said = f"{title}{withdrawn}{reason}"
        source_id = f"{row['cluster_id']} {row['dimension']} {row['usage_date']}"
        yield Event(row["recorded_at"], "restatement", said, "metering_hourly", source_id)


def feature_events(features: pl.LazyFrame) -> Iterator[Event]:
    """The first day each feature was used, and the last where its use has stopped.

    It has stopped where the account's telemetry goes on for 28 days without it; a feed that ends
    with the use says nothing.
    """
    used = (
        features.with_columns(reached=pl.col("usage_date").max())
        .filter(pl.col("operations") > 0)
        .group_by("feature")
        .agg(
            pl.col("reached").first(),
            first=pl.col("usage_date").min(),
            last=pl.col("usage_date").max(),
        )
    )
    for row in rows_of(used):
        days = {"first used": row["first"]}
        if row["reached"] - row["last"] >= dt.timedelta(days=MONTH_DAYS):
            days["used for the last time"] = row["last"]
        for said, day in days.items():
            title = f"Feature {row['feature']} {said}"
            at = midnight(day)
            yield Event(at, "feature", title, "feature_usage_daily", row["feature"])


def ticket_events(tickets: pl.LazyFrame) -> Iterator[Event]:
    """Each ticket's opening, and its solution with the time it took."""
    for row in rows_of(tickets):
        ticket = f"Severity {row['severity']} {row['category']} ticket"
        yield event(row["created_at"], "ticket", f"{ticket} opened", "tickets", row)
        title = f"{ticket} solved after {_took(row['created_at'], row['solved_at'])}"
        yield event(row["solved_at"], "ticket", title, "tickets", row)


def incident_events(incidents: pl.LazyFrame) -> Iterator[Event]:
    """Each incident attributed to the account, and its resolution with the time it took."""
    for row in rows_of(incidents):
        incident = f"{row['urgency'].capitalize()}-urgency {row['category']} incident"
        yield event(row["created_at"], "incident", f"{incident} triggered", "incidents", row)
        title = f"{incident} resolved after {_took(row['created_at'], row['resolved_at'])}"
        yield event(row["resolved_at"], "incident", title, "incidents", row)


def contact_events(contacts: pl.LazyFrame, activities: pl.LazyFrame) -> Iterator[Event]:
    """Each call, meeting and email; of a person without any, the last two-way contact.

    Activities keep every contact, the person's row only the last.
    """
    people = rows_of(contacts)
    names = {row["contact_id"]: _person(row) for row in people}
    spoken = set()
    for row in rows_of(activities):
        direction, with_whom = (
            ("Two-way", "with") if row["direction"] == "two_way" else ("Outbound", "to")
        )
        person = names.get(row["contact_id"], "nobody named")
        title = f"{direction} {row['kind']} {with_whom} {person}"
        yield event(row["occurred_at"], "contact", title, "activities", row)
        if row["direction"] == "two_way":
            spoken.add(row["contact_id"])
    for row in people:
        if row["contact_id"] not in spoken:
            title = f"Last two-way contact with {_person(row)}"
            yield event(row["last_contact_at"], "contact", title, "contacts", row)


def _person(row: Row) -> str:
    name = row["title"] or row["contact_id"]
    return f"{name}, champion" if row["is_champion"] else name


def _took(began_at: dt.datetime, ended_at: dt.datetime | None) -> str:
    return words.duration(None if ended_at is None else (ended_at - began_at).total_seconds())
