"""Services, shifts, incidents and pages, as the on-call tool keeps them."""

import dataframely as dy
import polars as pl

from warehouse.contract.columns import count, flag, identifier, instant, text, word
from warehouse.contract.table import SHARED, Path, Table
from warehouse.contract.words import HYPERSCALERS

SOURCE = "On-call"
URGENCIES = ("high", "low")


class Services(dy.Schema):
    """One row per paged service."""

    service_id = identifier("Service id", key=True)
    name = text("Name", nullable=False)
    team = text("Owning team")
    hyperscaler = word("Hyperscaler; none for on-prem", *HYPERSCALERS)


class Shifts(dy.Schema):
    """One row per schedule, level and start of a shift."""

    schedule_id = identifier("Schedule", key=True)
    level = count("1 is primary, 2 is secondary", key=True, unit="level")
    start_at = instant("Shift starts", key=True)
    person_id = identifier("Person on call")
    end_at = instant("Shift ends, exclusive")

    @dy.rule()
    def shift_starts_before_it_ends(cls) -> pl.Expr:
        return cls.start_at.col < cls.end_at.col


class Incidents(dy.Schema):
    """One row per incident."""

    incident_id = identifier("Incident id", key=True)
    service_id = identifier("Service")
    account_id = identifier("Account it touched, if one", nullable=True)
    hyperscaler = word("Hyperscaler; none for on-prem", *HYPERSCALERS)
    category = word("What broke", "networking", "hardware", "software", "capacity", "access")
    urgency = word("Urgency", *URGENCIES)
    created_at = instant("Triggered")
    acknowledged_at = instant("First acknowledged", nullable=True, outcome=True)
    resolved_at = instant("Resolved", nullable=True, outcome=True)
    resolved_by = text("Person who resolved it", learned_at="resolved_at")
    is_auto_resolved = flag("Resolved by the integration", nullable=True, learned_at="resolved_at")


class Notifications(dy.Schema):
    """One row per notification sent to a person about an incident."""

    notification_id = identifier("Notification id", key=True)
    incident_id = identifier("Incident")
    person_id = identifier("Person notified")
    channel = word("Channel; e-mail never interrupts", "push", "phone", "sms", "email")
    sent_at = instant("Sent")


class TimeOff(dy.Schema):
    """One row per person and start of an absence."""

    person_id = identifier("Person", key=True)
    start_at = instant("Absence starts", key=True)
    end_at = instant("Absence ends, exclusive")


TABLES = (
    Table(name="services", schema=Services, source=SOURCE, known_at=None, path=SHARED),
    Table(name="shifts", schema=Shifts, source=SOURCE, known_at=None, path=SHARED),
    Table(
        name="incidents",
        schema=Incidents,
        source=SOURCE,
        known_at="created_at",
        path=Path("account_id"),
        fresh_within_hours=168,
    ),
    Table(
        name="notifications",
        schema=Notifications,
        source=SOURCE,
        known_at="sent_at",
        path=Path("incident_id", "incidents"),
        fresh_within_hours=168,
    ),
    Table(name="time_off", schema=TimeOff, source=SOURCE, known_at=None, path=SHARED),
)
