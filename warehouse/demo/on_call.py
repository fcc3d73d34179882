"""The 24/7 rotation of two sites: who was on call, what paged them, and who was away."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from warehouse.demo.customers import CHURNED, INCIDENTS, STEADY, TROUBLED, Customer
from warehouse.demo.draws import Draws
from warehouse.demo.frames import Row, contract_frame
from warehouse.demo.people import ENGINEER_IDS
from warehouse.demo.period import DATA_DATE, LOADED_AT, midnight

SCHEDULE = "sch-sre"
ROTATION_BEGINS = dt.date(2025, 6, 2)
PLANNED_UNTIL = dt.date(2026, 4, 1)
SHIFT = dt.timedelta(hours=12)
SITE_STARTS = {"Berlin": 8, "New York": 20}  # hour in UTC
LIMIT = 2  # incidents per shift
OPEN_FOR = dt.timedelta(hours=20)
_WINTER_WEEK = 28  # of the rotation; a whole number of turns of seven people
OVERLOADED = ("per-sre-b4", "per-sre-n5")
OVERLOADED_FOR_DAYS = 90
_SUNDAY = 6
# Nobody is planned for this shift; this person is away during one of theirs.
GAP = (1, dt.datetime(2026, 2, 21, 8, tzinfo=dt.UTC))
CLASH = ("per-sre-n5", dt.datetime(2026, 3, 4, tzinfo=dt.UTC))

_SERVICES = {
    "svc-az-data": ("Data path on Azure", "azure"),
    "svc-az-control": ("Control plane on Azure", "azure"),
    "svc-gcp-data": ("Data path on Google Cloud", "gcp"),
    "svc-gcp-control": ("Control plane on Google Cloud", "gcp"),
    "svc-aws-data": ("Data path on AWS", "aws"),
    "svc-aws-control": ("Control plane on AWS", "aws"),
    "svc-metering": ("Metering pipeline", "azure"),
    "svc-on-prem": ("Remote support of on-prem clusters", "none"),
}
_CATEGORIES = ("networking", "hardware", "software", "capacity", "access")
CLOUD_MIX = (0.45, 0.05, 0.28, 0.12, 0.10)
ON_PREM_MIX = (0.18, 0.40, 0.22, 0.14, 0.06)


@dataclass(frozen=True, kw_only=True)
class Watch:
    """One 12-hour shift with its two people."""

    start_at: dt.datetime
    primary: str
    secondary: str
    site: str


def services() -> pl.DataFrame:
    """The paged services."""
    return contract_frame(
        "services",
        [
            {"service_id": key, "name": name, "team": "SRE", "hyperscaler": hyperscaler}
            for key, (name, hyperscaler) in _SERVICES.items()
        ],
    )


def watches() -> Iterator[Watch]:
    """Every 12-hour shift from the start of the rotation to the end of the plan."""
    for day in range((PLANNED_UNTIL - ROTATION_BEGINS).days):
        start = midnight(ROTATION_BEGINS) + dt.timedelta(days=day)
        for site, hour in SITE_STARTS.items():
            people, week = ENGINEER_IDS[site], day // 7
            yield Watch(
                start_at=start + dt.timedelta(hours=hour),
                primary=people[week % len(people)],
                secondary=people[(week + 3) % len(people)],
                site=site,
            )


def shifts() -> pl.DataFrame:
    """Primary and secondary of every shift; one future primary shift is left empty."""
    rows = [
        {
            "schedule_id": SCHEDULE,
            "level": level,
            "start_at": watch.start_at,
            "person_id": person,
            "end_at": watch.start_at + SHIFT,
        }
        for watch in watches()
        for level, person in enumerate((watch.primary, watch.secondary), start=1)
        if (level, watch.start_at) != GAP
    ]
    return contract_frame("shifts", rows)


def time_off() -> pl.DataFrame:
    """Absences: everybody once in the winter, and one in the middle of a planned shift."""
    draws = Draws("time off")
    rows = []
    for people in ENGINEER_IDS.values():
        for place, person in enumerate(people):
            # The second week after being primary a person holds neither level.
            week = _WINTER_WEEK + (place + 2) % len(people)
            start = midnight(ROTATION_BEGINS) + dt.timedelta(weeks=week, days=draws.whole(0, 2))
            rows.append(
                {"person_id": person, "start_at": start, "end_at": start + dt.timedelta(days=4)}
            )
    person, start = CLASH
    rows.append({"person_id": person, "start_at": start, "end_at": start + dt.timedelta(days=2)})
    return contract_frame("time_off", rows)


def incidents_and_notifications(
    cast: tuple[Customer, ...], seed: int
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """What paged, and every page. No shift has more than two incidents but the planted ones."""
    incidents: list[Row] = []
    pages: list[Row] = []
    for watch in watches():
        if watch.start_at >= LOADED_AT:
            break
        for place, minutes in enumerate(_minutes(watch, seed)):
            number = len(incidents) + 1
            created = watch.start_at + dt.timedelta(minutes=minutes, seconds=7 * number % 60)
            if created > LOADED_AT - dt.timedelta(hours=1):
                continue
            draws = Draws(f"incident {number}", seed)
            incident = _incident(
                cast, watch, number, created, draws, is_planted=is_overloaded(watch)
            )
            incidents.append(incident)
            pages += _pages(incident, watch, is_first=place == 0)
    return contract_frame("incidents", incidents), contract_frame("notifications", pages)


def is_overloaded(watch: Watch) -> bool:
    """Whether the shift was planted with more than two incidents: of two people all but Sundays."""
    first = midnight(DATA_DATE) - dt.timedelta(days=OVERLOADED_FOR_DAYS)
    is_recent = first <= watch.start_at <= LOADED_AT - SHIFT
    return is_recent and watch.primary in OVERLOADED and watch.start_at.weekday() != _SUNDAY


def _minutes(watch: Watch, seed: int) -> list[int]:
    draws = Draws(f"watch {watch.start_at:%Y-%m-%dT%H}", seed)
    if is_overloaded(watch):
        count = draws.whole(LIMIT + 1, LIMIT + 4)
    elif watch.start_at + SHIFT > LOADED_AT - OPEN_FOR:
        count = LIMIT
    else:
        count = draws.one_of((0, 1, LIMIT), (0.5, 0.33, 0.17))
    return sorted(draws.whole(2, 700) for _ in range(count))


def _incident(
    cast: tuple[Customer, ...],
    watch: Watch,
    number: int,
    created: dt.datetime,
    draws: Draws,
    *,
    is_planted: bool,
) -> Row:
    service = draws.one_of(list(_SERVICES), (5, 3, 3, 2, 2, 2, 2, 3))
    hyperscaler = _SERVICES[service][1]
    mix = ON_PREM_MIX if hyperscaler == "none" else CLOUD_MIX
    urgency = "high" if is_planted or draws.chance(0.75) else "low"
    auto = draws.chance(0.18)
    # What the load finds open; every other one of it nobody has acknowledged.
    is_open = LOADED_AT - created < OPEN_FOR
    acknowledged = created + dt.timedelta(seconds=int(60 + 2400 * draws.between(0, 1) ** 3))
    resolved = created + dt.timedelta(seconds=int(1500 + 30_000 * draws.between(0, 1) ** 3))
    if auto:
        resolved = created + dt.timedelta(seconds=draws.whole(90, 280))
    is_seen = not auto and not (is_open and number % 2)
    is_solved = resolved <= LOADED_AT and not is_open
    return {
        "incident_id": f"inc-{number:05d}",
        "service_id": service,
        "account_id": _touched(cast, hyperscaler, created, draws),
        "hyperscaler": hyperscaler,
        "category": draws.one_of(_CATEGORIES, mix),
        "urgency": urgency,
        "created_at": created,
        "acknowledged_at": acknowledged if is_seen else None,
        "resolved_at": max(resolved, acknowledged) if is_solved else None,
        "resolved_by": (None if auto else watch.primary) if is_solved else None,
        "is_auto_resolved": auto if is_solved else None,
    }


def _touched(
    cast: tuple[Customer, ...], hyperscaler: str, created: dt.datetime, draws: Draws
) -> str | None:
    """An account on that hyperscaler in that week, the troubled ones first; often nobody's."""
    recent = LOADED_AT - created < dt.timedelta(days=60)
    troubled = [one for one in cast if one.fate == TROUBLED and one.warned(INCIDENTS)]
    if recent and draws.chance(0.4):
        return draws.one_of(troubled).account_id
    there = [
        one.account_id
        for one in cast
        if one.fate in {STEADY, CHURNED}
        and any(
            line.hyperscaler == hyperscaler and line.start <= created.date() for line in one.lines
        )
        and (one.churned_date is None or one.churned_date > created.date())
    ]
    return draws.one_of(there) if draws.chance(0.6) else None


def _pages(incident: Row, watch: Watch, *, is_first: bool) -> Iterator[Row]:
    """Push, text and call of one page within 60 s; the second level after 15 silent minutes."""
    created: dt.datetime = incident["created_at"]
    if incident["urgency"] == "low":
        yield _page(incident, watch.primary, "email", created, 1)
        return
    acknowledged = incident["acknowledged_at"] or incident["resolved_at"] or LOADED_AT
    moments = [(3, "push"), (3, "email"), (25, "sms"), (55, "phone")]
    # A storm: the same incident keeps paging every 45 s until somebody takes it.
    storm = is_first and int(incident["incident_id"][4:]) % 9 == 0
    moments += [(70 + 45 * place, "push") for place in range(8 if storm else 0)]
    moments += [(420, "phone"), (720, "phone")]
    number = 0
    for seconds, channel in moments:
        sent = created + dt.timedelta(seconds=seconds)
        if sent <= acknowledged:
            number += 1
            yield _page(incident, watch.primary, channel, sent, number)
    escalated = created + dt.timedelta(minutes=15)
    if escalated <= acknowledged and is_first:
        yield _page(incident, watch.secondary, "push", escalated, number + 1)
        yield _page(
            incident, watch.secondary, "phone", escalated + dt.timedelta(seconds=40), number + 2
        )


def _page(incident: Row, person: str, channel: str, sent: dt.datetime, number: int) -> Row:
    return {
        "notification_id": f"{incident['incident_id']}-{number:02d}",
        "incident_id": incident["incident_id"],
        "person_id": person,
        "channel": channel,
        "sent_at": sent,
    }
