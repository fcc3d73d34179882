"""Is the on-call load sustainable: who is interrupted when, and do shifts keep their limit?"""

import datetime as dt

import dataframely as dy
import polars as pl

from queries import words
from queries.columns import measure, tally
from queries.interruptions import BANDS, interruptions, with_band
from queries.question import Question
from queries.shifts import (
    LIMIT,
    MOST_INCIDENTS,
    on_call_hours,
    poisson_interval,
    primary_shifts,
    verdict,
    with_incidents,
)
from queries.statistics.intervals import mean_interval
from queries.unknowns import ratio
from queries.windows import (
    MONTH_DAYS,
    days_parameter,
    first_day,
    last_complete_day,
    midnight,
)
from warehouse.context import Context
from warehouse.contract.columns import identifier, text, word
from warehouse.read import Read

ONE_DAY = dt.timedelta(days=1)


class OnCallLoad(dy.Schema):
    """One row per person who was on call or interrupted in the window."""

    person_id = identifier("Person", key=True)
    person_name = text("Name; null: not among the people")
    site = text("Site; null: unknown")
    time_zone = text("IANA time zone; null: unknown")
    interruptions = tally("interruptions")
    business_interruptions = tally("business_interruptions")
    off_interruptions = tally("off_interruptions")
    sleep_interruptions = tally("sleep_interruptions")
    unknown_band_interruptions = tally("unknown_band_interruptions")
    incidents = tally("on_call_incidents")
    on_call_hours = measure("on_call_hours")
    primary_hours = measure("primary_hours")
    shifts = tally("on_call_shifts")
    shifts_over_limit = tally("shifts_over_limit")
    interruptions_per_12_hours = measure("interruptions_per_12_hours", nullable=True)


class ShiftLimits(dy.Schema):
    """One row: all primary shifts of the window against the limit of two incidents."""

    shifts = tally("on_call_shifts")
    incidents = tally("on_call_incidents")
    incidents_per_shift = measure("incidents_per_shift")
    incidents_per_shift_low = measure("incidents_per_shift")
    incidents_per_shift_high = measure("incidents_per_shift")
    incidents_per_shift_clustered_low = measure("incidents_per_shift_clustered")
    incidents_per_shift_clustered_high = measure("incidents_per_shift_clustered")
    incidents_per_shift_limit = measure("incidents_per_shift_limit")
    incident_variance_ratio = measure("incident_variance_ratio", nullable=True)
    shifts_over_limit = tally("shifts_over_limit")
    shifts_over_limit_share = measure("shifts_over_limit_share")
    verdict = word("Both intervals against the limit", "pass", "fail", "not shown")


def window(context: Context, days: int) -> tuple[dt.datetime, dt.datetime]:
    """The window's first instant and its end (exclusive), UTC."""
    return midnight(first_day(context.as_of, days)), midnight(context.as_of)


def shift_reads(context: Context, days: int) -> dict[str, Read]:
    """The window's notifications and shifts, and every incident the filters let through.

    Both begin a day early, so that what opened before the window is not counted as opening in it.
    """
    early = first_day(context.as_of, days) - ONE_DAY
    return {
        "notifications": Read(
            table="notifications",
            columns=("notification_id", "incident_id", "person_id", "channel", "sent_at"),
            period="sent_at",
            first=early,
            last=last_complete_day(context.as_of),
        ),
        "incidents": Read(table="incidents", columns=("incident_id",)),
        "shifts": Read(
            table="shifts",
            columns=("level", "start_at", "person_id", "end_at"),
            period="end_at",
            first=early,
        ),
    }


def load_reads(context: Context, days: int) -> dict[str, Read]:
    """What the limits read, and the people."""
    people = Read(table="people", columns=("person_id", "name", "site", "time_zone"))
    return {**shift_reads(context, days), "people": people}


def on_call_load(
    notifications: pl.LazyFrame,
    incidents: pl.LazyFrame,
    shifts: pl.LazyFrame,
    people: pl.LazyFrame,
    *,
    context: Context,
    days: int,
) -> pl.DataFrame:
    """Interruptions, on-call hours and shifts above the limit, per person.

    Grain: person on call (level 1 or 2) or interrupted in the window; most sleep interruptions
    first. Whoever was on call and never interrupted has a row with known zeros. An interruption
    belongs to the incident that opened it, and the filters apply to that incident.
    """
    first, end = window(context, days)
    named = people.rename({"name": "person_name"})
    # Merged before filtered: a page of another hyperscaler still opens its own interruption.
    opened = _let_through(interruptions(notifications).lazy(), incidents, context).filter(
        pl.col("opened_at") >= first
    )
    paged = _let_through(notifications, incidents, context).filter(pl.col("channel") != "email")
    primary = with_incidents(primary_shifts(shifts, first, end), paged)
    parts = [
        _per_person(opened.join(named, on="person_id", how="left")),
        paged.filter(pl.col("sent_at") >= first)
        .group_by("person_id")
        .agg(incidents=pl.col("incident_id").n_unique().cast(pl.Int64)),
        on_call_hours(shifts, (1, 2), first, end).rename({"hours": "on_call_hours"}),
        on_call_hours(shifts, (1,), first, end).rename({"hours": "primary_hours"}),
        primary.group_by("person_id").agg(
            shifts=pl.len().cast(pl.Int64),
            shifts_over_limit=(pl.col("incidents") > MOST_INCIDENTS).sum().cast(pl.Int64),
        ),
    ]
    load = pl.concat([part.select("person_id") for part in parts]).unique()
    for part in parts:
        load = load.join(part, on="person_id", how="left")
    per_12_hours = ratio(pl.col("interruptions") * 12, "on_call_hours")
    return (
        load.with_columns(pl.exclude("person_id").fill_null(0))
        .with_columns(interruptions_per_12_hours=per_12_hours)
        .join(named, on="person_id", how="left")
        .select(OnCallLoad.column_names())
        .sort("sleep_interruptions", "interruptions", "person_id", descending=[True, True, False])
        .collect()
    )


def shift_limits(
    notifications: pl.LazyFrame,
    incidents: pl.LazyFrame,
    shifts: pl.LazyFrame,
    *,
    context: Context,
    days: int,
) -> pl.DataFrame:
    """Mean incidents per primary shift with its exact interval against the limit.

    Grain: one row; none where no primary shift ended in the window. Incidents cluster, which
    makes the Poisson interval too narrow: the verdict needs the bootstrap of whole shifts on the
    same side of the limit. The share of shifts above two incidents is observed.
    """
    first, end = window(context, days)
    paged = _let_through(notifications, incidents, context).filter(pl.col("channel") != "email")
    counts = with_incidents(primary_shifts(shifts, first, end), paged).collect()["incidents"]
    if counts.is_empty():
        return ShiftLimits.create_empty()
    number, total = len(counts), int(counts.sum())
    low, high = (bound / number for bound in poisson_interval(total))
    clustered = mean_interval(counts.to_numpy())
    over = int((counts > MOST_INCIDENTS).sum())
    variance = counts.cast(pl.Float64).var()
    return pl.DataFrame(
        {
            "shifts": [number],
            "incidents": [total],
            "incidents_per_shift": [total / number],
            "incidents_per_shift_low": [low],
            "incidents_per_shift_high": [high],
            "incidents_per_shift_clustered_low": [clustered[0]],
            "incidents_per_shift_clustered_high": [clustered[1]],
            "incidents_per_shift_limit": [LIMIT],
            "incident_variance_ratio": [
                variance / (total / number) if isinstance(variance, float) and total else None
            ],
            "shifts_over_limit": [over],
            "shifts_over_limit_share": [over / number],
            "verdict": [verdict(min(low, clustered[0]), max(high, clustered[1]))],
        },
        schema=ShiftLimits.create_empty().schema,
    )


def _let_through(paged: pl.LazyFrame, incidents: pl.LazyFrame, context: Context) -> pl.LazyFrame:
    """What belongs to the incidents read; everything where nothing is filtered.

    Without a filter, a page whose incident is not recorded still interrupted somebody.
    """
    if not context.filters and context.scope.owner_ids is None:
        return paged
    return paged.join(incidents, on="incident_id", how="semi")


def _per_person(opened: pl.LazyFrame) -> pl.LazyFrame:
    band = pl.col("band")
    return (
        with_band(opened.collect())
        .lazy()
        .group_by("person_id")
        .agg(
            pl.len().cast(pl.Int64).alias("interruptions"),
            *(
                (band == name)
                .sum()
                .cast(pl.Int64)
                .alias(
                    f"{name}_band_interruptions" if name == "unknown" else f"{name}_interruptions"
                )
                for name in BANDS
            ),
        )
    )


def load_finding(frame: pl.DataFrame) -> str:
    """How many shifts broke the limit, and who carries most of the sleep interruptions."""
    if frame.is_empty():
        return "Nobody was on call or interrupted in this window"
    over, shifts = int(frame["shifts_over_limit"].sum()), int(frame["shifts"].sum())
    limit = f"{over} of {words.plural(shifts, 'shift')} overloaded"
    asleep = frame["sleep_interruptions"].sum()
    top = frame.row(0, named=True)
    if not asleep:
        return f"{limit}; no sleep interruptions"
    who, most = top["person_name"] or top["person_id"], top["sleep_interruptions"]
    return f"{limit}; {who}: {most} of {asleep} sleep interruptions"


def limits_finding(frame: pl.DataFrame) -> str:
    """Whether the mean keeps the limit, and the share of shifts above it."""
    if frame.is_empty():
        return "No primary shift ended in this window"
    row = frame.row(0, named=True)
    says = {
        "pass": "The limit is kept",
        "fail": "The limit is broken",
        "not shown": "Not shown either way",
    }[row["verdict"]]
    over = words.share(row["shifts_over_limit_share"])
    return f"{says}: {row['incidents_per_shift']:.2f} incidents per shift, {over} exceed 2"


DAYS = days_parameter(default=MONTH_DAYS, least=7, most=550)
QUESTIONS = (
    Question(
        name="on_call_load",
        asks="Who is interrupted when, and how many shifts exceed two incidents?",
        shape=OnCallLoad,
        reads=load_reads,
        answer=on_call_load,
        finding=load_finding,
        filters="rows",
        parameters=(DAYS,),
    ),
    Question(
        name="shift_limits",
        asks="Do primary shifts keep to two incidents?",
        shape=ShiftLimits,
        reads=shift_reads,
        answer=shift_limits,
        finding=limits_finding,
        filters="rows",
        parameters=(DAYS,),
    ),
)
