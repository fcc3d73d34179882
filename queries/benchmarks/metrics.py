"""The metrics of benchmark runs and claims: medians and ratios, and what hidden differences do."""

from functools import partial

from queries.core.metric import Good, Metric

RUNS = ("benchmark_runs",)
COMPARED = ("benchmark_runs", "benchmark_claims")
WARM_UP = "Warm-up runs: kept and shown, left out of every statistic."
ARM = "campaign, workload, metric, system"
OWN_UNIT = "the row's unit"
SESSION = "One number per session: runs that share their set-up are not independent"
SHEET = (*COMPARED, "benchmark_settings", "benchmark_systems")
PAIR = "campaign, workload, metric, system, baseline"
KNOB = f"{PAIR}, setting"


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
        period="every run known on the data date",
        sources=sources,
        good=good,
        excludes=excludes,
        basis=basis,
        owner="Field engineering",
        why_not="a filter keeps pairs of which both systems are on it",
    )


of_runs = partial(defined, sources=RUNS)
of_claims = partial(defined, grain="claim", sources=SHEET)

METRICS = (
    of_runs(
        "run_value",
        "Run",
        OWN_UNIT,
        "the value as measured",
        "Nothing: warm-up runs are marked.",
        basis="benchmark_runs.value",
    ),
    of_runs(
        "measured_runs",
        "Measured runs",
        "runs",
        "count of runs",
        WARM_UP,
        basis="benchmark_runs",
        good="higher",
    ),
    of_runs(
        "warmup_runs",
        "Warm-up runs",
        "runs",
        "count of runs marked as warm-up",
        "Measured runs.",
        basis="benchmark_runs.is_warmup",
    ),
    of_runs(
        "measured_sessions",
        "Sessions (n)",
        "sessions",
        "count of sessions with a measured run",
        WARM_UP,
        basis=SESSION,
        good="higher",
    ),
    of_runs(
        "run_extreme",
        "Least and greatest run",
        OWN_UNIT,
        "minimum and maximum over the runs",
        f"{WARM_UP} Unknown where runs differ in unit.",
        basis="benchmark_runs.value",
    ),
    defined(
        "benchmark_median",
        "Median of sessions",
        OWN_UNIT,
        "median over sessions of the median over the session's runs; the 95 % interval takes the "
        "innermost symmetric order statistics with at least that binomial confidence",
        f"{WARM_UP} Unknown where runs differ in unit; no interval below 6 sessions.",
        basis=f"{SESSION}. Order-statistic interval as in benchstat",
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
    of_claims(
        "claim_version",
        "Version of the claim",
        "version",
        "place of the registration among those of the claim, by when it was written down",
        "Registrations later than the data date.",
        basis="benchmark_claims.registered_at",
    ),
    of_claims(
        "noise_floor",
        "Noise floor",
        "share",
        "how far the 95 % interval of the ratio in the A/A control reaches from 1: the larger of "
        "high and 1 / low, less 1",
        "Unknown without a control of 6 sessions per arm whose systems are set up alike.",
        basis="A/A control: the same system twice, on the same workload and metric",
        good="lower",
    ),
    of_claims(
        "margin_in_force",
        "Margin in force",
        "share",
        "the larger of the registered margin and the noise floor",
        "The registered margin where the noise floor is unknown; then nothing is decided.",
        basis="Registered before the runs, never below what the same system differs from itself",
    ),
    of_claims(
        "hodges_lehmann",
        "Hodges–Lehmann ratio",
        "ratio",
        "exponential of the median of the pairwise differences of log session medians, with its "
        "95 % interval; the reverse where lower is better",
        f"{WARM_UP} Unknown where the units differ or a value is not positive.",
        basis="Hodges & Lehmann (1963), Estimates of location based on rank tests",
        good="higher",
    ),
    of_claims(
        "permutation_p",
        "p of the rank sum",
        "probability",
        "share of all arrangements of the session medians whose rank sum lies at least as far from "
        "its mean as the one observed; ties by mid-ranks",
        f"{WARM_UP} Unknown where the units differ.",
        basis="Exact two-sided permutation test, never a doubled tail",
        good="lower",
    ),
    of_claims(
        "holm_p",
        "p by Holm",
        "probability",
        "p of the rank sum, adjusted for every claim registered in the campaign",
        "Unknown where the claim's own p is; a claim without p still counts as a comparison.",
        basis="Holm (1979), A simple sequentially rejective multiple test procedure",
        good="lower",
    ),
    of_claims(
        "family_size",
        "Registered comparisons",
        "comparisons",
        "count of claims registered in the campaign",
        "Earlier registrations of the same claim.",
        basis="benchmark_claims",
    ),
    of_claims(
        "other_cases",
        "Other cases of the pair",
        "cases",
        "count of other workloads and metrics of the campaign that both systems were measured on",
        "How busy the accelerators were: it is no result.",
        basis="benchmark_runs; no unfavourable case is left out",
        sources=COMPARED,
    ),
    of_claims(
        "unfavourable_cases",
        "Unfavourable cases of the pair",
        "cases",
        "other cases whose ratio of medians is below 1, by the registered direction or by that of "
        "the unit",
        "Cases whose direction is unknown, in two units, or with a median of 0.",
        basis="benchmark_runs; no unfavourable case is left out",
        good="lower",
        sources=COMPARED,
    ),
    of_claims(
        "undirected_cases",
        "Other cases of the pair without a direction",
        "cases",
        "other cases of which nobody can say whether they are favourable: no direction, two units, "
        "or a median of 0",
        "Cases that are favourable or unfavourable.",
        basis="benchmark_runs; no unfavourable case is left out",
        good="lower",
        sources=COMPARED,
    ),
    of_claims(
        "tipping_factor",
        "Tipping factor",
        "ratio",
        "lower end of the 95 % interval of the ratio: one hidden difference worth it erases the "
        "claim",
        "Unknown without an interval.",
        basis="The least bias that moves the interval to 1; E-value: VanderWeele & Ding (2017)",
        good="higher",
    ),
    of_claims(
        "disclosed_credit",
        "Credit for what is disclosed",
        "ratio",
        "product of the worst cases of every disclosed difference in favour of the system; of the "
        "unit rows the largest alone",
        "Unknown without a template. What differs without a documented worst case: it is named "
        "beside the number, not counted as 1. Rows of money.",
        basis="Parity template of the campaign type, each worst case with its source",
        good="lower",
    ),
    of_claims(
        "room_left",
        "Room left after what is disclosed",
        "ratio",
        "tipping factor / credit for what is disclosed: one more, hidden difference worth it "
        "erases the claim",
        "Unknown where either is.",
        basis="What is disclosed is known to be there, so that only the rest is left to be hidden",
        good="higher",
    ),
    of_claims(
        "bias_budget",
        "Bias budget",
        "ratio",
        "product of the worst cases of every unknown setting and of every disclosed difference in "
        "favour of the system; of the unit rows the largest alone",
        "Unknown where an unknown setting has no documented worst case. Rows of money.",
        basis="Parity template of the campaign type, each worst case with its source",
        good="lower",
    ),
    of_claims(
        "credited_ratio",
        "Ratio after crediting the baseline",
        "ratio",
        "ratio and interval / worst case credited to the baseline",
        "Unknown where the ratio or the worst case is.",
        basis="The worst case belongs wholly to the baseline",
        grain=KNOB,
        good="higher",
    ),
    of_claims(
        "worst_case_factor",
        "Worst case of a setting",
        "ratio",
        "documented factor by which the setting can move the result; of a disclosed difference in "
        "something provisioned, the ratio of both values",
        "Unknown where no bound is published.",
        basis="Parity template of the campaign type",
        grain="pair of systems, setting",
        good="lower",
    ),
    of_claims(
        "credit_factor",
        "Credit in a view",
        "ratio",
        "bias budget but for the settings that the view divides by; 1 where nothing is credited",
        "Unknown where an unknown setting has no documented worst case. Rows of money.",
        basis="Every view is crossed with the credit; nothing is evened out twice",
        grain=f"{PAIR}, view, credit",
        good="lower",
    ),
    of_claims(
        "view_value",
        "Normalised median",
        OWN_UNIT,
        "median of the system / what it was given (times it where lower is better); "
        "accelerator-hours: bytes / median / 3600 × accelerators; of the baseline, where credited, "
        "better by the credit",
        "Unknown where the unit or what is divided by is unknown on a side.",
        basis="Views side by side, none alone",
        grain=f"{PAIR}, view, credit",
    ),
    of_claims(
        "view_ratio",
        "Ratio in a view",
        "ratio",
        "normalised median of the system / that of the baseline, turned so that above 1 favours "
        "the system, / the credit; the interval of the ratio, moved by the same factor",
        "Unknown where a normalised median is.",
        basis="What is divided by and what is credited are constants: the interval moves with them",
        grain=f"{PAIR}, view, credit",
        good="higher",
    ),
    of_claims(
        "price_age",
        "Age of the price",
        "days",
        "days from the day the older of both prices was read to the data date",
        "Unknown where a price has no date.",
        basis="benchmark_systems.price_date",
        grain=f"{PAIR}, view",
        good="lower",
    ),
    of_claims(
        "check_count",
        "Counted by a check",
        "count",
        "sessions that the check looked at; for outliers and warm-ups those that it flags",
        "Unknown where there is nothing to look at.",
        basis="benchmark_runs",
        grain=f"{PAIR}, side, check",
        sources=COMPARED,
    ),
)
