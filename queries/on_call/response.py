"""How fast are incidents acknowledged and resolved, those still open included?"""

import datetime as dt
from collections.abc import Mapping

import dataframely as dy
import polars as pl

from queries.core.columns import count_metric, metric
from queries.core.question import Question
from queries.on_call.load import DAYS
from queries.shared import words
from queries.shared.periods import Window, first_day, last_complete_day, window
from queries.shared.statistics.survival import reached_by, survival_curve
from warehouse.context import Context
from warehouse.contract.columns import instant, word
from warehouse.contract.words import HYPERSCALERS
from warehouse.normalise import INSTANT
from warehouse.provenance import Watermark
from warehouse.read import Read

EVERY = "all"
GROUPS = (EVERY, *HYPERSCALERS)
MEASURES = ("acknowledge", "resolve")
FEED = "incidents"
# What sums to the incidents of a row.
PARTS = ("completed", "ended_unanswered", "open")


class IncidentResponse(dy.Schema):
    """One row per hyperscaler (and all of them) and measure."""

    hyperscaler = word("Hyperscaler; all: every one in the filters", *GROUPS, key=True)
    measure = word(
        "Time to what after the trigger: first acknowledgement, or resolution",
        *MEASURES,
        key=True,
    )
    incidents = count_metric("response_incidents", nullable=True)
    completed = count_metric("response_completed", nullable=True)
    ended_unanswered = count_metric("response_ended_unanswered", nullable=True)
    open = count_metric("response_open", nullable=True)
    auto_resolved = count_metric("response_auto_resolved", nullable=True)
    mean_seconds = metric("response_mean_seconds", nullable=True)
    median_seconds = metric("response_median_seconds", nullable=True)
    p90_seconds = metric("response_p90_seconds", nullable=True)
    window_first_at = instant("First instant of the window")
    window_end_at = instant("End of the window, exclusive: the data date, or where the feed ends")

    @dy.rule()
    def every_incident_is_answered_ended_or_open(cls) -> pl.Expr:
        return pl.sum_horizontal(PARTS, ignore_nulls=False) == cls.incidents.col


def reads(context: Context, days: int) -> dict[str, Read]:
    """The incidents triggered in the window, with what is known of their answers."""
    return {
        "incidents": Read(
            table=FEED,
            columns=(
                "incident_id",
                "hyperscaler",
                "created_at",
                "acknowledged_at",
                "resolved_at",
                "is_auto_resolved",
            ),
            period="created_at",
            first=first_day(context.as_of, days),
            last=last_complete_day(context.as_of),
        )
    }


def incident_response(
    incidents: pl.LazyFrame,
    *,
    context: Context,
    days: int,
    watermarks: Mapping[str, Watermark],
) -> pl.DataFrame:
    """Time to acknowledge and to resolve, with open incidents censored and not dropped.

    Grain: hyperscaler (and `all`, always there), measure; a hyperscaler without an incident has no
    row. Each incident is answered, ended without an answer (resolved and never acknowledged), or
    open. The mean is of the answered only; median and p90 are Kaplan-Meier, null where not
    reached. An incident that ended without an acknowledgement is censored at its end, an open one
    where the feed ends, at the latest at the end of the data date. The window ends where the feed
    does; where the feed does not reach it or is later than promised, the rows of `all` are null.
    """
    looked = window(context.as_of, days, [watermarks[FEED]])
    if looked.gap:
        return _every(looked)
    until = min(context.cutoff, watermarks[FEED].at or context.cutoff)
    seen = incidents.filter(pl.col("created_at") < looked.end)
    durations = pl.concat([_durations(seen, name, until) for name in MEASURES])
    grouped = pl.concat(
        [durations.with_columns(hyperscaler=pl.lit(EVERY)), durations]
    ).with_columns(group=pl.concat_str("hyperscaler", "measure", separator=" "))
    counts = grouped.group_by("group").agg(
        pl.col("hyperscaler").first(),
        pl.col("measure").first(),
        incidents=pl.len().cast(pl.Int64),
        completed=pl.col("is_completed").sum().cast(pl.Int64),
        ended_unanswered=pl.col("is_ended").sum().cast(pl.Int64),
        open=pl.col("is_open").sum().cast(pl.Int64),
        auto_resolved=pl.col("is_auto_resolved").sum().cast(pl.Int64),
        mean_seconds=pl.col("duration").filter("is_completed").mean(),
    )
    quantiles = (
        survival_curve(grouped.collect(), "group")
        .lazy()
        .group_by("group")
        .agg(median_seconds=reached_by(0.5), p90_seconds=reached_by(0.9))
    )
    found = (
        counts.join(quantiles, on="group", how="left")
        .with_columns(
            window_first_at=pl.lit(looked.first).cast(INSTANT),
            window_end_at=pl.lit(looked.end).cast(INSTANT),
        )
        .select(IncidentResponse.column_names())
        .sort(
            pl.col("hyperscaler").replace_strict(
                {name: place for place, name in enumerate(GROUPS)}, return_dtype=pl.Int64
            ),
            "measure",
        )
        .collect()
    )
    none = dict.fromkeys(("incidents", *PARTS, "auto_resolved"), 0)
    return _every(looked, **none) if found.is_empty() else found


def _every(looked: Window, **counts: int) -> pl.DataFrame:
    """The rows of `all` with these counts, unknown where none is given."""
    row = {"window_first_at": looked.first, "window_end_at": looked.end, **counts}
    return pl.DataFrame(
        [{"hyperscaler": EVERY, "measure": name, **row} for name in MEASURES],
        schema=IncidentResponse.create_empty().schema,
    )


def _durations(incidents: pl.LazyFrame, name: str, until: dt.datetime) -> pl.LazyFrame:
    answered = pl.col("acknowledged_at" if name == "acknowledge" else "resolved_at")
    ended = pl.coalesce(answered, "resolved_at", pl.lit(until))
    is_over = pl.col("resolved_at").is_not_null()
    return incidents.select(
        "hyperscaler",
        pl.col("is_auto_resolved").fill_null(value=False),
        measure=pl.lit(name),
        duration=((ended - pl.col("created_at")).dt.total_microseconds() / 1e6).clip(0),
        is_completed=answered.is_not_null(),
        is_ended=answered.is_null() & is_over,
        is_open=answered.is_null() & ~is_over,
    )


def finding(frame: pl.DataFrame) -> str:
    """How soon half of the incidents are acknowledged and resolved."""
    every = frame.filter(hyperscaler=EVERY)
    if every["incidents"].null_count():
        return "Unknown: the incidents do not reach this window, or are late"
    if not every["incidents"].sum():
        return "No incidents in this window and these filters"
    acknowledged, resolved = (
        "not reached" if seconds is None else words.duration(seconds)
        for seconds in every["median_seconds"]
    )
    return f"Median {acknowledged} to acknowledge, {resolved} to resolve"


QUESTIONS = (
    Question(
        name="incident_response",
        asks="How fast are incidents acknowledged and resolved?",
        shape=IncidentResponse,
        reads=reads,
        answer=incident_response,
        finding=finding,
        filters="rows",
        watermarks=(FEED,),
        parameters=(DAYS,),
    ),
)
