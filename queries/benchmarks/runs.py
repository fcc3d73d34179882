"""Every run of the systems measured, and the median of each with its interval."""

import dataframely as dy
import polars as pl

from queries.benchmarks.arms import ARM, Verification, arms
from queries.benchmarks.metric_facts import metric_name, metric_names
from queries.benchmarks.pairs import CHOICE, Wanted
from queries.core import columns
from queries.core.question import Question
from queries.shared import words
from warehouse.context import Context
from warehouse.contract.columns import count, flag, identifier, instant, text, word
from warehouse.read import Read

RUN = (*ARM, "run_id", "session_id", "sequence", "unit", "value", "is_warmup", "started_at")


class BenchmarkRuns(dy.Schema):
    """One row per run and metric."""

    run_id = identifier("Run", key=True)
    metric = identifier("Metric", key=True)
    campaign = identifier("Campaign")
    workload = identifier("Workload")
    metric_name = text("What people call the metric", nullable=False)
    system_id = identifier("System")
    system_name = text("Name of the system; null: not declared")
    session_id = identifier("Session; runs of one session share their set-up")
    sequence = count("Position in the order of runs", unit="position")
    value = columns.metric("run_value")
    unit = text("Unit of value", nullable=False)
    is_warmup = flag("Warm-up run: left out of statistics")
    started_at = instant("Started; null: the source does not say", nullable=True)
    verification = word("Who checked it", *Verification)


class BenchmarkMedians(dy.Schema):
    """One row per campaign, workload, metric and system."""

    campaign = identifier("Campaign", key=True)
    workload = identifier("Workload", key=True)
    metric = identifier("Metric", key=True)
    system_id = identifier("System", key=True)
    metric_name = text("What people call the metric", nullable=False)
    system_name = text("Name of the system; null: not declared")
    unit = text("Unit of the values; null: none or several")
    runs = columns.count_metric("measured_runs")
    warmup_runs = columns.count_metric("warmup_runs")
    sessions = columns.count_metric("measured_sessions")
    median = columns.metric("benchmark_median", nullable=True)
    median_low = columns.metric("benchmark_median", nullable=True)
    median_high = columns.metric("benchmark_median", nullable=True)
    minimum = columns.metric("run_extreme", nullable=True)
    maximum = columns.metric("run_extreme", nullable=True)
    verification = word("The weakest check among the runs", *Verification)


def run_reads(**wanted: str | None) -> dict[str, Read]:
    """The runs of the campaign, workload and metric given, and the systems."""
    return {
        "runs": Read(
            table="benchmark_runs",
            columns=(*RUN, "verification"),
            equal=Wanted(**wanted).setting,
        ),
        "systems": Read(table="benchmark_systems", columns=("system_id", "name")),
    }


def benchmark_runs(
    runs: pl.LazyFrame, systems: pl.LazyFrame, *, context: Context, **wanted: str | None
) -> pl.DataFrame:
    """Every run, warm-ups included, of the systems wanted (all where none is given).

    Grain: run_id, metric; sorted by campaign, workload, metric, system, sequence, run_id.
    """
    return (
        _named(_of_systems(runs, Wanted(**wanted)), systems, context)
        .with_columns(metric_names())
        .select(BenchmarkRuns.column_names())
        .sort(*ARM, "sequence", "run_id")
        .collect()
    )


def benchmark_medians(
    runs: pl.LazyFrame, systems: pl.LazyFrame, *, context: Context, **wanted: str | None
) -> pl.DataFrame:
    """Runs, sessions, median with its interval, and range, of each system measured.

    Grain: campaign, workload, metric, system_id; sorted by them.
    """
    rows = [
        {
            **dict(zip(ARM, place, strict=True)),
            **arm.columns(),
            "metric_name": metric_name(place[2]),
            "warmup_runs": arm.warm_ups,
            "minimum": arm.minimum if arm.unit is not None else None,
            "maximum": arm.maximum if arm.unit is not None else None,
            "verification": arm.verification,
        }
        for place, arm in arms(_of_systems(runs, Wanted(**wanted))).items()
    ]
    schema = BenchmarkMedians.create_empty().drop("system_name").schema
    return (
        _named(pl.LazyFrame(rows, schema=schema), systems, context)
        .select(BenchmarkMedians.column_names())
        .sort(ARM)
        .collect()
    )


def _of_systems(runs: pl.LazyFrame, wanted: Wanted) -> pl.LazyFrame:
    systems = [one for one in (wanted.system, wanted.baseline) if one is not None]
    return runs.filter(pl.col("system_id").is_in(systems)) if systems else runs


def _named(rows: pl.LazyFrame, systems: pl.LazyFrame, context: Context) -> pl.LazyFrame:
    """`rows` with the name of their system; under a filter only those of the systems read."""
    return rows.join(
        systems.rename({"name": "system_name"}),
        on="system_id",
        how="inner" if context.hyperscaler else "left",
    )


def runs_finding(frame: pl.DataFrame) -> str:
    """How many runs there are, how many of them warm-ups, and how many unverified."""
    if frame.is_empty():
        return "No runs recorded for this choice"
    runs = frame.unique("run_id")
    warm = int(runs["is_warmup"].sum())
    unverified = runs.filter(verification="unverified").height
    return f"{words.plural(runs.height, 'run')}, {warm} of them warm-ups, {unverified} unverified"


def medians_finding(frame: pl.DataFrame) -> str:
    """How many medians carry an interval."""
    if frame.is_empty():
        return "No runs recorded for this choice"
    wide = frame["median_low"].is_not_null().sum()
    return f"{wide} of {frame.height} medians rest on 6 or more sessions"


QUESTIONS = (
    Question(
        name="benchmark_runs",
        asks="What did every run measure?",
        shape=BenchmarkRuns,
        reads=run_reads,
        answer=benchmark_runs,
        finding=runs_finding,
        filters="rows",
        parameters=CHOICE,
    ),
    Question(
        name="benchmark_medians",
        asks="What is the median of each system, and how sure is it?",
        shape=BenchmarkMedians,
        reads=run_reads,
        answer=benchmark_medians,
        finding=medians_finding,
        filters="rows",
        parameters=CHOICE,
    ),
)
