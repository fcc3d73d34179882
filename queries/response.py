"""How fast are incidents acknowledged and resolved, those still open included?"""

import dataframely as dy
import polars as pl

from queries import columns, words
from queries.columns import tally
from queries.on_call import DAYS
from queries.question import Question
from queries.survival import reached_by, survival_curve
from queries.windows import first_day, last_complete_day
from warehouse.context import Context
from warehouse.contract.columns import word
from warehouse.contract.words import HYPERSCALERS
from warehouse.read import Read

EVERY = "all"
GROUPS = (EVERY, *HYPERSCALERS)
MEASURES = ("acknowledge", "resolve")


class IncidentResponse(dy.Schema):
    """One row per hyperscaler (and all of them) and measure."""

    hyperscaler = word("Hyperscaler; all: every one in the filters", *GROUPS, key=True)
    measure = word("Trigger to first acknowledgement, or to resolution", *MEASURES, key=True)
    incidents = tally("response_incidents")
    completed = tally("response_completed")
    open = tally("response_open")
    auto_resolved = tally("response_auto_resolved")
    mean_seconds = columns.measure("response_mean_seconds", nullable=True)
    median_seconds = columns.measure("response_median_seconds", nullable=True)
    p90_seconds = columns.measure("response_p90_seconds", nullable=True)


def reads(context: Context, days: int) -> dict[str, Read]:
    """The incidents triggered in the window, with what is known of their answers."""
    return {
        "incidents": Read(
            table="incidents",
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
    days: int,  # noqa: ARG001 (the reads are bounded by it)
) -> pl.DataFrame:
    """Time to acknowledge and to resolve, with open incidents censored and not dropped.

    Grain: hyperscaler (and `all`), measure; a hyperscaler without an incident has no row. The
    mean is of the answered only; median and p90 are Kaplan-Meier, null where not reached. An
    incident that ended without an acknowledgement is censored at its end, an open one at the
    end of the data date.
    """
    durations = pl.concat([_durations(incidents, name, context) for name in MEASURES])
    grouped = pl.concat(
        [durations.with_columns(hyperscaler=pl.lit(EVERY)), durations]
    ).with_columns(group=pl.concat_str("hyperscaler", "measure", separator=" "))
    counts = grouped.group_by("group").agg(
        pl.col("hyperscaler").first(),
        pl.col("measure").first(),
        incidents=pl.len().cast(pl.Int64),
        completed=pl.col("is_completed").sum().cast(pl.Int64),
        open=pl.col("is_open").sum().cast(pl.Int64),
        auto_resolved=pl.col("is_auto_resolved").sum().cast(pl.Int64),
        mean_seconds=pl.col("duration").filter("is_completed").mean(),
    )
    quantiles = (
        survival_curve(grouped, "group")
        .group_by("group")
        .agg(median_seconds=reached_by(0.5), p90_seconds=reached_by(0.9))
    )
    return (
        counts.join(quantiles, on="group")
        .select(IncidentResponse.column_names())
        .sort(
            pl.col("hyperscaler").replace_strict(
                {name: place for place, name in enumerate(GROUPS)}, return_dtype=pl.Int64
            ),
            "measure",
        )
        .collect()
    )


def _durations(incidents: pl.LazyFrame, name: str, context: Context) -> pl.LazyFrame:
    answered = pl.col("acknowledged_at" if name == "acknowledge" else "resolved_at")
    until = pl.coalesce(answered, "resolved_at", pl.lit(context.cutoff))
    return incidents.select(
        "hyperscaler",
        pl.col("is_auto_resolved").fill_null(value=False),
        measure=pl.lit(name),
        duration=((until - pl.col("created_at")).dt.total_microseconds() / 1e6).clip(0),
        is_completed=answered.is_not_null(),
        is_open=answered.is_null() & pl.col("resolved_at").is_null(),
    )


def finding(frame: pl.DataFrame) -> str:
    """How soon half of the incidents are acknowledged and resolved."""
    if frame.is_empty():
        return "No incidents in this window and these filters"
    every = frame.filter(hyperscaler=EVERY)
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
        parameters=(DAYS,),
    ),
)
