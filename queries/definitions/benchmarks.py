"""Benchmark runs, their medians, and the ratio of two systems."""

from queries.definitions.metric import Good, Metric

OWNER = "Field engineering"
RUNS = ("benchmark_runs",)
COMPARED = ("benchmark_runs", "benchmark_claims")
PERIOD = "every run known on the data date"
WARM_UP = "Warm-up runs: kept and shown, left out of every statistic."
ARM = "campaign, workload, metric, system"
OWN_UNIT = "the row's unit"


def defined(
    metric: str,
    name: str,
    unit: str,
    formula: str,
    excludes: str,
    *,
    basis: str,
    good: Good = "neither",
    grain: str = ARM,
    sources: tuple[str, ...] = COMPARED,
) -> Metric:
    """A metric of benchmark runs: of every run known on the data date, owned by the field."""
    return Metric(
        id=metric,
        name=name,
        unit=unit,
        formula=formula,
        grain=grain,
        period=PERIOD,
        sources=sources,
        good=good,
        excludes=excludes,
        basis=basis,
        owner=OWNER,
        why_not="a filter keeps pairs of which both systems are on it",
    )


SESSION = "One number per session: runs that share their set-up are not independent"

METRICS = (
    defined(
        "run_value",
        "Run",
        OWN_UNIT,
        "the value as measured",
        "Nothing: warm-up runs are marked.",
        basis="benchmark_runs.value",
        good="neither",
        sources=RUNS,
    ),
    defined(
        "measured_runs",
        "Measured runs",
        "runs",
        "count of runs",
        WARM_UP,
        basis="benchmark_runs",
        good="higher",
        sources=RUNS,
    ),
    defined(
        "warmup_runs",
        "Warm-up runs",
        "runs",
        "count of runs marked as warm-up",
        "Measured runs.",
        basis="benchmark_runs.is_warmup",
        good="neither",
        sources=RUNS,
    ),
    defined(
        "measured_sessions",
        "Sessions (n)",
        "sessions",
        "count of sessions with a measured run",
        WARM_UP,
        basis=SESSION,
        good="higher",
        sources=RUNS,
    ),
    defined(
        "run_extreme",
        "Least and greatest run",
        OWN_UNIT,
        "minimum and maximum over the runs",
        f"{WARM_UP} Unknown where runs differ in unit.",
        basis="benchmark_runs.value",
        good="neither",
        sources=RUNS,
    ),
    defined(
        "benchmark_median",
        "Median of sessions",
        OWN_UNIT,
        "median over sessions of the median over the session's runs; the 95 % interval takes the "
        "innermost symmetric order statistics with at least that binomial confidence",
        f"{WARM_UP} Unknown where runs differ in unit; no interval below 6 sessions.",
        basis=f"{SESSION}. Order-statistic interval as in benchstat",
        good="neither",
    ),
    defined(
        "benchmark_ratio",
        "Ratio of medians",
        "ratio",
        "median of the system / median of the baseline (the reverse where lower is better); 95 % "
        "BCa bootstrap of sessions within each system, 10,000 draws, fixed seed, log scale",
        f"{WARM_UP} Unknown where the units differ; no interval below 3 sessions per system.",
        basis="Efron (1987), Better bootstrap confidence intervals",
        good="higher",
    ),
    defined(
        "client_hosts",
        "Clients",
        "hosts",
        "number of hosts that drove the load",
        "Unknown where the source does not say, or not with one number for the whole set.",
        basis="benchmark_runs.clients",
        good="neither",
    ),
    defined(
        "matched_workloads",
        "Matched workloads",
        "workloads",
        "workloads that both systems measured in one unit, with the same known number of clients, "
        "division and category",
        f"{WARM_UP} Workloads with any difference among those.",
        basis="MLPerf Results Messaging Guidelines: state every difference in division and scale",
        good="higher",
    ),
    defined(
        "mismatched_workloads",
        "Mismatched workloads",
        "workloads",
        "workloads of either system that are not matched",
        "Matched workloads.",
        basis="MLPerf Results Messaging Guidelines: state every difference in division and scale",
        good="lower",
    ),
    defined(
        "matched_geomean",
        "Geometric mean of matched ratios",
        "ratio",
        "geometric mean of the ratios of medians over the matched workloads of two systems",
        "Every mismatched workload: it has no ratio.",
        basis="Fleming and Wallace (1986), How not to lie with statistics",
        good="higher",
    ),
)
