"""Benchmark claims: what they decide, and how much hidden difference they bear."""

from functools import partial

from queries.definitions.benchmarks import COMPARED, OWN_UNIT, WARM_UP, defined

SHEET = (*COMPARED, "benchmark_settings", "benchmark_systems")
CLAIM, PAIR = "claim", "campaign, workload, metric, system, baseline"
KNOB = f"{PAIR}, setting"


_metric = partial(defined, grain=CLAIM, sources=SHEET)

METRICS = (
    _metric(
        "claim_version",
        "Version of the claim",
        "version",
        "place of the registration among those of the claim, by when it was written down",
        "Registrations later than the data date.",
        basis="benchmark_claims.registered_at",
    ),
    _metric(
        "noise_floor",
        "Noise floor",
        "share",
        "how far the 95 % interval of the ratio in the A/A control reaches from 1: the larger of "
        "high and 1 / low, less 1",
        "Unknown without a control of 6 sessions per arm whose systems are set up alike.",
        basis="A/A control: the same system twice, on the same workload and metric",
        good="lower",
    ),
    _metric(
        "margin_in_force",
        "Margin in force",
        "share",
        "the larger of the registered margin and the noise floor",
        "The registered margin where the noise floor is unknown; then nothing is decided.",
        basis="Registered before the runs, never below what the same system differs from itself",
    ),
    _metric(
        "hodges_lehmann",
        "Hodges–Lehmann ratio",
        "ratio",
        "exponential of the median of the pairwise differences of log session medians, with its "
        "95 % interval; the reverse where lower is better",
        f"{WARM_UP} Unknown where the units differ or a value is not positive.",
        basis="Hodges & Lehmann (1963), Estimates of location based on rank tests",
        good="higher",
    ),
    _metric(
        "permutation_p",
        "p of the rank sum",
        "probability",
        "share of all arrangements of the session medians whose rank sum lies at least as far from "
        "its mean as the one observed; ties by mid-ranks",
        f"{WARM_UP} Unknown where the units differ.",
        basis="Exact two-sided permutation test, never a doubled tail",
        good="lower",
    ),
    _metric(
        "holm_p",
        "p by Holm",
        "probability",
        "p of the rank sum, adjusted for every claim registered in the campaign",
        "Unknown where the claim's own p is; a claim without p still counts as a comparison.",
        basis="Holm (1979), A simple sequentially rejective multiple test procedure",
        good="lower",
    ),
    _metric(
        "family_size",
        "Registered comparisons",
        "comparisons",
        "count of claims registered in the campaign",
        "Earlier registrations of the same claim.",
        basis="benchmark_claims",
    ),
    _metric(
        "other_cases",
        "Other cases of the pair",
        "cases",
        "count of other workloads and metrics of the campaign that both systems were measured on",
        "How busy the accelerators were: it is no result.",
        basis="benchmark_runs; no unfavourable case is left out",
        sources=COMPARED,
    ),
    _metric(
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
    _metric(
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
    _metric(
        "tipping_factor",
        "Tipping factor",
        "ratio",
        "lower end of the 95 % interval of the ratio: one hidden difference worth it erases the "
        "claim",
        "Unknown without an interval.",
        basis="The least bias that moves the interval to 1; E-value: VanderWeele & Ding (2017)",
        good="higher",
    ),
    _metric(
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
    _metric(
        "room_left",
        "Room left after what is disclosed",
        "ratio",
        "tipping factor / credit for what is disclosed: one more, hidden difference worth it "
        "erases the claim",
        "Unknown where either is.",
        basis="What is disclosed is known to be there, so that only the rest is left to be hidden",
        good="higher",
    ),
    _metric(
        "bias_budget",
        "Bias budget",
        "ratio",
        "product of the worst cases of every unknown setting and of every disclosed difference in "
        "favour of the system; of the unit rows the largest alone",
        "Unknown where an unknown setting has no documented worst case. Rows of money.",
        basis="Parity template of the campaign type, each worst case with its source",
        good="lower",
    ),
    _metric(
        "credited_ratio",
        "Ratio after crediting the baseline",
        "ratio",
        "ratio and interval / worst case credited to the baseline",
        "Unknown where the ratio or the worst case is.",
        basis="The worst case belongs wholly to the baseline",
        grain=KNOB,
        good="higher",
    ),
    _metric(
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
    _metric(
        "credit_factor",
        "Credit in a view",
        "ratio",
        "bias budget but for the settings that the view divides by; 1 where nothing is credited",
        "Unknown where an unknown setting has no documented worst case. Rows of money.",
        basis="Every view is crossed with the credit; nothing is evened out twice",
        grain=f"{PAIR}, view, credit",
        good="lower",
    ),
    _metric(
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
    _metric(
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
    _metric(
        "price_age",
        "Age of the price",
        "days",
        "days from the day the older of both prices was read to the data date",
        "Unknown where a price has no date.",
        basis="benchmark_systems.price_date",
        grain=f"{PAIR}, view",
        good="lower",
    ),
    _metric(
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
