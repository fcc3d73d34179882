"""Who is interrupted when, and whose shifts exceed the limit?"""

from collections.abc import Mapping

import dataframely as dy
import polars as pl

from queries.core.columns import count_metric, metric
from queries.core.question import Question
from queries.on_call.interruptions import BANDS, interrupting, interruptions, with_band
from queries.on_call.limits import FEED
from queries.on_call.shifts import MOST_INCIDENTS, on_call_hours, primary_shifts, with_incidents
from queries.shared import words
from queries.shared.null_safe import ratio
from queries.shared.periods import MONTH_DAYS, days_parameter, first_day, last_complete_day, window
from warehouse.context import ALL, Context
from warehouse.contract.columns import identifier, instant, text
from warehouse.normalise import INSTANT
from warehouse.provenance import Watermark
from warehouse.read import Read

DAYS = days_parameter(default=MONTH_DAYS, least=7, most=550)
# The column that counts the interruptions of each band.
OF_BAND = {band: f"{band}_interruptions" for band in BANDS} | {
    "unknown": "unknown_band_interruptions"
}
# What is counted from notifications, and so unknown where their feed does not reach.
COUNTED = ("interruptions", *OF_BAND.values(), "incidents", "shifts_over_limit")


class OnCallLoad(dy.Schema):
    """One row per person who was on call or interrupted in the window."""

    person_id = identifier("Person", key=True)
    person_name = text("Name; null: not among the people")
    site = text("Site; null: unknown")
    time_zone = text("IANA time zone; null: unknown")
    interruptions = count_metric("interruptions", nullable=True)
    business_interruptions = count_metric("business_interruptions", nullable=True)
    off_interruptions = count_metric("off_interruptions", nullable=True)
    sleep_interruptions = count_metric("sleep_interruptions", nullable=True)
    unknown_band_interruptions = count_metric("unknown_band_interruptions", nullable=True)
    incidents = count_metric("on_call_incidents", nullable=True)
    on_call_hours = metric("on_call_hours")
    primary_hours = metric("primary_hours")
    shifts = count_metric("on_call_shifts")
    shifts_over_limit = count_metric("shifts_over_limit", nullable=True)
    interruptions_per_12_hours = metric("interruptions_per_12_hours", nullable=True)
    window_first_at = instant("First instant of the window")
    window_end_at = instant("End of the window, exclusive: the data date, or where the feed ends")


def reads(context: Context, days: int) -> dict[str, Read]:
    """All of the window's notifications and shifts, the people, and the incidents let through.

    Notifications and shifts begin a day early, so that what opened before the window is not
    counted as opening in it.
    """
    early = first_day(context.as_of, days + 1)
    return {
        "notifications": Read(
            table=FEED,
            columns=("notification_id", "incident_id", "person_id", "channel", "sent_at"),
            period="sent_at",
            first=early,
            last=last_complete_day(context.as_of),
            whole_book=True,
        ),
        "incidents": Read(table="incidents", columns=("incident_id",)),
        "shifts": Read(
            table="shifts",
            columns=("level", "start_at", "person_id", "end_at"),
            period="end_at",
            first=early,
        ),
        "people": Read(table="people", columns=("person_id", "name", "site", "time_zone")),
    }


def on_call_load(
    notifications: pl.LazyFrame,
    incidents: pl.LazyFrame,
    shifts: pl.LazyFrame,
    people: pl.LazyFrame,
    *,
    context: Context,
    days: int,
    watermarks: Mapping[str, Watermark],
) -> pl.DataFrame:
    """Interruptions, on-call hours and shifts above the limit, per person.

    Grain: person on call (level 1 or 2) or interrupted in the window; most sleep interruptions
    first. Whoever was on call and never interrupted has a row with known zeros. An interruption
    belongs to the incident that opened it, and the filters apply to that incident; shifts and the
    limit of a shift belong to no account and no hyperscaler, and are never filtered. The window
    ends where the feed of notifications does; where that does not reach it or is later than
    promised, every count of interruptions is null.
    """
    looked = window(context.as_of, days, [watermarks[FEED]])
    named = people.rename({"name": "person_name"})
    every = interrupting(notifications, looked)
    # Merged before filtered: a notification of what is not shown still opens its interruption.
    opened = _let_through(interruptions(every).lazy(), incidents, context).filter(
        pl.col("opened_at") >= looked.first
    )
    primary = with_incidents(primary_shifts(shifts, looked.first, looked.end), every)
    parts = [
        _per_person(opened.join(named, on="person_id", how="left")),
        _let_through(every, incidents, context)
        .filter(pl.col("sent_at") >= looked.first)
        .group_by("person_id")
        .agg(incidents=pl.col("incident_id").n_unique().cast(pl.Int64)),
        on_call_hours(shifts, (1, 2), looked.first, looked.end).rename({"hours": "on_call_hours"}),
        on_call_hours(shifts, (1,), looked.first, looked.end).rename({"hours": "primary_hours"}),
        primary.group_by("person_id").agg(
            shifts=pl.len().cast(pl.Int64),
            shifts_over_limit=(pl.col("incidents") > MOST_INCIDENTS).sum().cast(pl.Int64),
        ),
    ]
    load = pl.concat([part.select("person_id") for part in parts]).unique()
    for part in parts:
        load = load.join(part, on="person_id", how="left")
    per_12_hours = ratio(pl.col("interruptions") * 12, "on_call_hours")
    is_known = pl.lit(looked.gap is None)
    return (
        load.with_columns(pl.exclude("person_id").fill_null(0))
        .with_columns(pl.when(is_known).then(pl.col(COUNTED)))
        .with_columns(
            interruptions_per_12_hours=per_12_hours,
            window_first_at=pl.lit(looked.first).cast(INSTANT),
            window_end_at=pl.lit(looked.end).cast(INSTANT),
        )
        .join(named, on="person_id", how="left")
        .select(OnCallLoad.column_names())
        .sort("sleep_interruptions", "interruptions", "person_id", descending=[True, True, False])
        .collect()
    )


def _let_through(sent: pl.LazyFrame, incidents: pl.LazyFrame, context: Context) -> pl.LazyFrame:
    """What belongs to the incidents read; everything where nothing is filtered.

    Without a filter, a notification whose incident is not recorded still interrupted somebody.
    """
    if not context.filters and context.scope.owner_ids == ALL:
        return sent
    return sent.join(incidents, on="incident_id", how="semi")


def _per_person(opened: pl.LazyFrame) -> pl.LazyFrame:
    return (
        with_band(opened.collect())
        .lazy()
        .group_by("person_id")
        .agg(
            interruptions=pl.len().cast(pl.Int64),
            **{
                column: (pl.col("band") == band).sum().cast(pl.Int64)
                for band, column in OF_BAND.items()
            },
        )
    )


def finding(frame: pl.DataFrame) -> str:
    """How many interruptions there were, and who carries most of the sleep interruptions."""
    if frame.is_empty():
        return "Nobody was on call or interrupted in this window"
    if frame["interruptions"].null_count():
        return "Interruptions unknown: the notifications do not reach this window, or are late"
    every = words.plural(int(frame["interruptions"].sum()), "interruption")
    of = f"{every} of {words.plural(frame.height, 'person', 'people')}"
    asleep = frame["sleep_interruptions"].sum()
    if not asleep:
        return f"{of}, none in sleep hours"
    top = frame.row(0, named=True)
    who, most = top["person_name"] or top["person_id"], top["sleep_interruptions"]
    return f"{of}; {who} took {most} of {asleep} in sleep hours"


QUESTIONS = (
    Question(
        name="on_call_load",
        asks="Who is interrupted when, and who carries the load?",
        shape=OnCallLoad,
        reads=reads,
        answer=on_call_load,
        finding=finding,
        filters="rows",
        watermarks=(FEED,),
        parameters=(DAYS,),
    ),
)
