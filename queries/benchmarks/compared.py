"""Two systems on one workload: their medians, the ratio of these, and with what uncertainty."""

from typing import Any

import polars as pl

from queries.benchmarks.arms import NO_ARM, PAIR, Arm, Key, Verification, arms
from queries.benchmarks.comparison import Comparison, Reason, Why
from queries.benchmarks.metric_facts import direction_of, metric_name
from queries.benchmarks.pairs import CHOICE, PairKey, Wanted, on_the_filter, pairs
from queries.benchmarks.runs import RUN
from queries.core.columns import count_metric, metric, texts
from queries.core.question import Question
from queries.shared import words
from queries.shared.statistics.power import FEWEST_SESSIONS
from warehouse.context import Context
from warehouse.contract.columns import amount, flag, identifier, text, word
from warehouse.read import Read

Row = dict[str, Any]


class BenchmarkComparison(PairKey):
    """One row per campaign, workload, metric and pair of systems."""

    metric_name = text("What people call the metric", nullable=False)
    system_name = text("Name of the system; null: not declared")
    baseline_name = text("Name of the baseline; null: not declared")
    claim_id = identifier("Registered claim; null: none", nullable=True)
    direction = word("Which way is better; null: unknown", "higher", "lower", nullable=True)
    margin_share = amount("Difference that would not matter", "share", nullable=True)
    unit = text("Unit of the system's values; null: none or several")
    baseline_unit = text("Unit of the baseline's values; null: none or several")
    runs = count_metric("measured_runs")
    baseline_runs = count_metric("measured_runs")
    sessions = count_metric("measured_sessions")
    baseline_sessions = count_metric("measured_sessions")
    median = metric("benchmark_median", nullable=True)
    median_low = metric("benchmark_median", nullable=True)
    median_high = metric("benchmark_median", nullable=True)
    baseline_median = metric("benchmark_median", nullable=True)
    baseline_median_low = metric("benchmark_median", nullable=True)
    baseline_median_high = metric("benchmark_median", nullable=True)
    ratio = metric("benchmark_ratio", nullable=True)
    ratio_low = metric("benchmark_ratio", nullable=True)
    ratio_high = metric("benchmark_ratio", nullable=True)
    interval_excludes_one = flag(
        "Interval of the ratio lies beside 1; null: not decided", nullable=True
    )
    reasons = texts("What forbids reading more into the ratio; empty: nothing known")
    verification = word("The weakest check among the runs", *Verification, nullable=True)


def comparison_reads(**wanted: str | None) -> dict[str, Read]:
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
    are compared is said in `benchmarks.pairs.pairs`. The direction is the claim's; without one,
    that of the metric's unit. A filter on hyperscaler keeps the pairs of which both systems are on
    it. A pair without runs is a row with n = 0. `interval_excludes_one` is null below 6 sessions
    in an arm, whatever the interval says.
    """
    measured = arms(runs)
    names = dict(systems.select("system_id", "name").collect().iter_rows())
    chosen = pairs(measured, claims.collect(), Wanted(**wanted))
    rows = [
        {
            **_compared(row, measured),
            "system_name": names.get(row["system_id"]),
            "baseline_name": names.get(row["baseline_system_id"]),
        }
        for row in on_the_filter(chosen, names, context)
    ]
    return pl.DataFrame(rows, schema=BenchmarkComparison.create_empty().schema)


def _compared(pair: Row, measured: dict[Key, Arm]) -> Row:
    """One pair with both arms, the ratio of their medians, and what forbids reading more."""
    setting = tuple(pair[name] for name in PAIR[:3])
    system, baseline = (
        measured.get((*setting, pair[name]), NO_ARM) for name in ("system_id", "baseline_system_id")
    )
    direction = pair["direction"] or direction_of(pair["metric"], system.unit)
    compared = Comparison(system, baseline, direction)
    low, high = compared.interval or (None, None)
    is_beside_one = None
    if low is not None and high is not None and compared.fewest >= FEWEST_SESSIONS:
        is_beside_one = low > 1 or high < 1
    return {
        **pair,
        **system.columns(),
        **baseline.columns("baseline_"),
        "metric_name": metric_name(pair["metric"]),
        "direction": direction,
        "ratio": compared.ratio,
        "ratio_low": low,
        "ratio_high": high,
        "interval_excludes_one": is_beside_one,
        "reasons": [str(reason) for reason in _reasons(pair, compared)],
        "verification": compared.verification,
    }


def _reasons(pair: Row, compared: Comparison) -> list[Reason]:
    """The reasons not to read more into the ratio of one pair, most telling first."""
    obstacle = compared.obstacle(pair["system_id"], pair["baseline_system_id"])
    found = [*([obstacle] if obstacle else []), *compared.few_sessions()]
    if compared.direction is None:
        found.append(Reason(Why.DIRECTION))
    starts = [arm.first_start for arm in (compared.system, compared.baseline)]
    registered = pair["registered_at"]
    if registered and any(start and start < registered for start in starts):
        found.append(Reason(Why.REGISTERED_LATE))
    return found


def finding(frame: pl.DataFrame) -> str:
    """The ratio of the one comparison, or how many of several are decided."""
    if frame.height == 1:
        return _sentence(frame.row(0, named=True))
    if frame.is_empty():
        return "No claim is registered; choose a campaign to compare its systems"
    decided = int(frame["interval_excludes_one"].sum())
    undecided = frame["interval_excludes_one"].null_count()
    return f"{decided} of {frame.height} ratio intervals exclude 1; {undecided} not decided"


def _sentence(row: Row) -> str:
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


QUESTIONS = (
    Question(
        name="benchmark_comparison",
        asks="How do two systems compare on one workload, and with what uncertainty?",
        shape=BenchmarkComparison,
        reads=comparison_reads,
        answer=benchmark_comparison,
        finding=finding,
        filters="rows",
        parameters=CHOICE,
    ),
)
