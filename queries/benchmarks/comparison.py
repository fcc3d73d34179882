"""Does a benchmark claim hold: every run, the medians, and the ratio of two systems."""

from typing import Any

import dataframely as dy
import polars as pl

from queries import words
from queries.benchmarks.metric_names import metric_names
from queries.benchmarks.pairs import ARM, PAIR, Wanted, arms, compared, pairs
from queries.columns import measure, tally, texts
from queries.question import Parameter, Question
from warehouse.context import Context
from warehouse.contract.columns import amount, count, flag, identifier, instant, text, word
from warehouse.read import Read

VERIFICATION = ("unverified", "peer_reviewed", "verified")
RUN = (*ARM, "run_id", "session_id", "sequence", "unit", "value", "is_warmup", "started_at")


class BenchmarkComparison(dy.Schema):
    """One row per campaign, workload, metric and pair of systems."""

    campaign = identifier("Campaign", key=True)
    workload = identifier("Workload", key=True)
    metric = identifier("Metric", key=True)
    system_id = identifier("System", key=True)
    baseline_system_id = identifier("System it is compared with", key=True)
    metric_name = text("What people call the metric", nullable=False)
    system_name = text("Name of the system; null: not declared")
    baseline_name = text("Name of the baseline; null: not declared")
    claim_id = identifier("Registered claim; null: none", nullable=True)
    direction = word("Which way is better; null: unknown", "higher", "lower", nullable=True)
    margin_share = amount("Difference that would not matter", "share", nullable=True)
    unit = text("Unit of the system's values; null: none or several")
    baseline_unit = text("Unit of the baseline's values; null: none or several")
    runs = tally("measured_runs")
    baseline_runs = tally("measured_runs")
    sessions = tally("measured_sessions")
    baseline_sessions = tally("measured_sessions")
    median = measure("benchmark_median", nullable=True)
    median_low = measure("benchmark_median", nullable=True)
    median_high = measure("benchmark_median", nullable=True)
    baseline_median = measure("benchmark_median", nullable=True)
    baseline_median_low = measure("benchmark_median", nullable=True)
    baseline_median_high = measure("benchmark_median", nullable=True)
    ratio = measure("benchmark_ratio", nullable=True)
    ratio_low = measure("benchmark_ratio", nullable=True)
    ratio_high = measure("benchmark_ratio", nullable=True)
    interval_excludes_one = flag(
        "Interval of the ratio lies beside 1; null: not decided", nullable=True
    )
    reasons = texts("What forbids reading more into the ratio; empty: nothing known")
    verification = word("The weakest check among the runs", *VERIFICATION, nullable=True)


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
    value = measure("run_value")
    unit = text("Unit of value", nullable=False)
    is_warmup = flag("Warm-up run: left out of statistics")
    started_at = instant("Started; null: the source does not say", nullable=True)
    verification = word("Who checked it", *VERIFICATION)


class BenchmarkMedians(dy.Schema):
    """One row per campaign, workload, metric and system."""

    campaign = identifier("Campaign", key=True)
    workload = identifier("Workload", key=True)
    metric = identifier("Metric", key=True)
    system_id = identifier("System", key=True)
    metric_name = text("What people call the metric", nullable=False)
    system_name = text("Name of the system; null: not declared")
    unit = text("Unit of the values; null: none or several")
    runs = tally("measured_runs")
    warmup_runs = tally("warmup_runs")
    sessions = tally("measured_sessions")
    median = measure("benchmark_median", nullable=True)
    median_low = measure("benchmark_median", nullable=True)
    median_high = measure("benchmark_median", nullable=True)
    minimum = measure("run_extreme", nullable=True)
    maximum = measure("run_extreme", nullable=True)
    verification = word("The weakest check among the runs", *VERIFICATION)


def comparison_reads(context: Context, **wanted: str | None) -> dict[str, Read]:  # noqa: ARG001 (a read takes the context)
    """The runs and claims of the campaign, workload and metric given, and the systems."""
    setting = Wanted(**wanted).setting
    return {
        "runs": Read(table="benchmark_runs", columns=(*RUN, "verification"), equal=setting),
        "claims": Read(
            table="benchmark_claims",
            columns=(*PAIR, "claim_id", "direction", "margin_share", "registered_at"),
            equal=setting,
        ),
        "systems": Read(table="benchmark_systems", columns=("system_id", "name")),
    }


def run_reads(context: Context, **wanted: str | None) -> dict[str, Read]:
    """The runs wanted and the systems."""
    reads = comparison_reads(context, **wanted)
    return {name: reads[name] for name in ("runs", "systems")}


def benchmark_comparison(
    runs: pl.LazyFrame,
    claims: pl.LazyFrame,
    systems: pl.LazyFrame,
    *,
    context: Context,
    **wanted: str | None,
) -> pl.DataFrame:
    """Two systems on one workload: medians with intervals, their ratio with its interval.

    Grain: campaign, workload, metric, system_id, baseline_system_id; sorted by them. Which pairs
    are compared is said in `benchmarks.pairs.pairs`. A filter on hyperscaler keeps the pairs
    of which both systems are on it. A pair without runs is a row with n = 0.
    """
    measured = arms(runs)
    chosen = pairs(measured, claims.collect(), Wanted(**wanted))
    named = systems.collect()
    if context.hyperscaler:
        for column in ("system_id", "baseline_system_id"):
            chosen = chosen.join(named, left_on=column, right_on="system_id", how="semi")
    return (
        compared(chosen, measured)
        .join(named.rename({"name": "system_name"}), on="system_id", how="left")
        .join(
            named.rename({"system_id": "baseline_system_id", "name": "baseline_name"}),
            on="baseline_system_id",
            how="left",
        )
        .with_columns(metric_names())
        .select(BenchmarkComparison.column_names())
        .sort(PAIR)
    )


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
    return (
        _named(arms(_of_systems(runs, Wanted(**wanted))).lazy(), systems, context)
        .with_columns(metric_names())
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


def comparison_finding(frame: pl.DataFrame) -> str:
    """The ratio of the one comparison, or how many of several are decided."""
    if frame.height == 1:
        return _sentence(frame.row(0, named=True))
    if frame.is_empty():
        return "No claim is registered; choose a campaign to compare its systems"
    decided = int(frame["interval_excludes_one"].sum())
    undecided = frame["interval_excludes_one"].null_count()
    return f"{decided} of {frame.height} ratio intervals exclude 1; {undecided} not decided"


def _sentence(row: dict[str, Any]) -> str:
    system = words.system(row["system_id"], row["system_name"])
    baseline = words.system(row["baseline_system_id"], row["baseline_name"])
    if row["ratio"] is None:
        return f"No ratio, {row['reasons'][0]}"
    better, than = (baseline, system) if row["direction"] == "lower" else (system, baseline)
    interval = words.interval(row["ratio_low"], row["ratio_high"])
    n = f"n = {row['sessions']} + {row['baseline_sessions']}"
    turned = ", lower is better" if row["direction"] == "lower" else ""
    decided = "" if row["interval_excludes_one"] is not None else ", undecided"
    return f"{better} is {row['ratio']:.2f}× {than} {interval}, {n}{turned}{decided}"


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


CHOICE = tuple(
    Parameter(name=name, says=says)
    for name, says in (
        ("campaign", "Campaign; left out: every registered claim"),
        ("workload", "Workload; left out: every one"),
        ("metric", "Metric; left out: every one"),
        ("system", "System id; left out: the claim's, or the highest median"),
        ("baseline", "System id to compare with; left out: the claim's, or every other"),
    )
)
QUESTIONS = (
    Question(
        name="benchmark_comparison",
        asks="How do two systems compare on one workload, and with what uncertainty?",
        shape=BenchmarkComparison,
        reads=comparison_reads,
        answer=benchmark_comparison,
        finding=comparison_finding,
        filters="rows",
        parameters=CHOICE,
    ),
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
