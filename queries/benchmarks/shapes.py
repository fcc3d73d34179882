"""The shapes of the answers about a benchmark claim."""

import dataframely as dy

from queries.columns import measure, tally, texts
from warehouse.contract.benchmarks import CAMPAIGN_TYPES
from warehouse.contract.columns import amount, count, day, flag, identifier, instant, text, word

VERDICTS = ("superior", "equivalent", "inferior", "inconclusive")
PARITY_STATES = ("UNKNOWN", "DISCLOSED", "EQUAL")
PARITY_VERDICTS = ("CLOSED", "OPEN", "INVALID")
ROBUSTNESS = ("stands", "weakens", "falls")
SIDES = ("system", "baseline")
GROUPS = (
    "Compute",
    "Network",
    "Client",
    "Software",
    "Storage",
    "Data",
    "Procedure",
    "Units",
    "Money",
    "People",
    "Other",
)
VIEWS = ("raw", "per_provisioned_mbps", "per_usable_tib", "per_usd", "accelerator_hours")
CREDITS = ("uncredited", "credited")
OUTCOMES = ("ahead", "inside_margin", "behind")
CHECKS = (
    "planned_sessions",
    "few_sessions",
    "power",
    "drift",
    "order",
    "outliers",
    "warm_up",
    "ceiling",
    "control",
)
CHECK_STATES = ("pass", "fail", "inconclusive", "unknown")
VERIFICATION = ("unverified", "peer_reviewed", "verified")


class BenchmarkClaim(dy.Schema):
    """One row per claim: its newest registration known, and what becomes of it."""

    claim_id = identifier("Claim", key=True)
    version = tally("claim_version")
    registered_at = instant("Written down")
    is_preregistered = flag("Written down before its first run; null: unknown", nullable=True)
    campaign = identifier("Campaign")
    campaign_type = word(
        "Which parity sheet it owes; null: nobody said", *CAMPAIGN_TYPES, nullable=True
    )
    workload = identifier("Workload")
    metric = identifier("Metric")
    metric_name = text("What people call the metric", nullable=False)
    unit = text("Unit of the values, or as registered; null: none or several")
    direction = word("Which way is better", "higher", "lower")
    system_id = identifier("System said to be better")
    baseline_system_id = identifier("System it is compared with")
    system_name = text("Name of the system; null: not declared")
    baseline_name = text("Name of the baseline; null: not declared")
    planned_sessions = count("Sessions planned per system", nullable=True, unit="sessions")
    sessions = tally("measured_sessions")
    baseline_sessions = tally("measured_sessions")
    runs = tally("measured_runs")
    baseline_runs = tally("measured_runs")
    margin_share = amount("Difference that would not matter, as registered", "share")
    noise_floor_share = measure("noise_floor", nullable=True)
    margin_in_force_share = measure("margin_in_force")
    median = measure("benchmark_median", nullable=True)
    baseline_median = measure("benchmark_median", nullable=True)
    ratio = measure("benchmark_ratio", nullable=True)
    ratio_low = measure("benchmark_ratio", nullable=True)
    ratio_high = measure("benchmark_ratio", nullable=True)
    hodges_lehmann = measure("hodges_lehmann", nullable=True)
    hodges_lehmann_low = measure("hodges_lehmann", nullable=True)
    hodges_lehmann_high = measure("hodges_lehmann", nullable=True)
    p_value = measure("permutation_p", nullable=True)
    p_value_holm = measure("holm_p", nullable=True)
    comparisons = tally("family_size")
    other_cases = tally("other_cases")
    unfavourable_cases = tally("unfavourable_cases")
    undirected_cases = tally("undirected_cases")
    verdict = word("What the interval says against the margin in force", *VERDICTS)
    verdict_reason = text("Why it says no more; null: nothing forbids it")
    parity = word("Whether both systems were set up alike", *PARITY_VERDICTS)
    parity_reason = text("The settings that make it so; null: every one is equal")
    tipping_factor = measure("tipping_factor", nullable=True)
    disclosed_credit = measure("disclosed_credit", nullable=True)
    room_left = measure("room_left", nullable=True)
    bias_budget = measure("bias_budget", nullable=True)
    credited_ratio = measure("credited_ratio", nullable=True)
    credited_low = measure("credited_ratio", nullable=True)
    credited_high = measure("credited_ratio", nullable=True)
    robustness = word("Whether the claim bears the bias budget", *ROBUSTNESS, nullable=True)
    weakest_view = word("View of the least ratio known; null: none", *VIEWS, nullable=True)
    weakest_credit = word("Whether it is credited; null: no ratio", *CREDITS, nullable=True)
    weakest_ratio = measure("view_ratio", nullable=True)
    weakest_low = measure("view_ratio", nullable=True)
    weakest_high = measure("view_ratio", nullable=True)
    weakest_outcome = word(
        "Its interval against the margin in force; null: no interval", *OUTCOMES, nullable=True
    )
    weakest_credit_factor = measure("credit_factor", nullable=True)
    is_ahead_everywhere = flag(
        "Beyond the margin in every view and credit known; null: not decided", nullable=True
    )
    is_supported = flag("Supported, so that it may be published as a headline; else refused")
    blocked_by = texts("What forbids publishing it, in short; empty: nothing")
    blocking = text("The same with what makes it so; null: nothing")
    settling_run = text("The run that would settle it; null: nothing is open")
    verification = word(
        "The weakest check among the runs; null: no run", *VERIFICATION, nullable=True
    )
    sentence = text("The claim in words, from the data", nullable=False)
    inputs_sha256 = text("Hash of every row the claim rests on", nullable=False)


class BenchmarkSettingsCompared(dy.Schema):
    """One row per pair of systems and setting."""

    system_id = identifier("System", key=True)
    baseline_system_id = identifier("System it is compared with", key=True)
    setting = identifier("Setting", key=True)
    value = text("Value of the system; null: unknown")
    unit = text("Unit of value")
    source = text("Where the value comes from")
    baseline_value = text("Value of the baseline; null: unknown")
    baseline_unit = text("Unit of the baseline's value")
    baseline_source = text("Where the baseline's value comes from")
    parity = word("Equal, a disclosed difference, or unknown on a side", *PARITY_STATES)
    campaign_type = word("Whose template asks; null: none", *CAMPAIGN_TYPES, nullable=True)
    setting_group = word("Group of the parity sheet", *GROUPS)
    is_under_test = flag("Belongs to what is compared, so that it may differ")
    favours = word("Whom the difference favours; null: nobody", *SIDES, nullable=True)
    worst_case_factor = measure("worst_case_factor", nullable=True)
    worst_case_source = text("Where the worst case comes from; null: no published bound")
    is_in_budget = flag("Counts against the claim: unknown, or a difference in its favour")
    is_unbounded = flag("May count against the claim, and has no documented worst case")
    broken_rule = text("The rule of the template it breaks; null: none")
    description = text("What the row asks; null: no template asks it")


class BenchmarkBiasBudget(dy.Schema):
    """One row per pair of systems on a workload and metric, and setting with a worst case."""

    campaign = identifier("Campaign", key=True)
    workload = identifier("Workload", key=True)
    metric = identifier("Metric", key=True)
    system_id = identifier("System", key=True)
    baseline_system_id = identifier("System it is compared with", key=True)
    knob = identifier("Setting", key=True)
    knob_group = word("Group of the parity sheet", *GROUPS)
    factor = measure("worst_case_factor")
    source = text("Where the worst case comes from", nullable=False)
    parity = word("Equal, a disclosed difference, or unknown on a side", *PARITY_STATES)
    is_in_budget = flag("Counts against the claim: unknown, or a difference in its favour")
    overturns = flag(
        "With what is disclosed worth the tipping factor; null: no interval", nullable=True
    )
    credited_ratio = measure("credited_ratio", nullable=True)
    credited_low = measure("credited_ratio", nullable=True)
    credited_high = measure("credited_ratio", nullable=True)


class BenchmarkViews(dy.Schema):
    """One row per pair of systems on a workload and metric, view and credit."""

    campaign = identifier("Campaign", key=True)
    workload = identifier("Workload", key=True)
    metric = identifier("Metric", key=True)
    system_id = identifier("System", key=True)
    baseline_system_id = identifier("System it is compared with", key=True)
    metric_name = text("What people call the metric", nullable=False)
    view = word("What the median is divided by", *VIEWS, key=True)
    credit = word("Whether the bias budget is credited to the baseline", *CREDITS, key=True)
    credit_factor = measure("credit_factor", nullable=True)
    value = measure("view_value", nullable=True)
    baseline_value = measure("view_value", nullable=True)
    value_unit = text("Unit of both values; null: unknown")
    ratio = measure("view_ratio", nullable=True)
    ratio_low = measure("view_ratio", nullable=True)
    ratio_high = measure("view_ratio", nullable=True)
    outcome = word(
        "The interval against the margin in force; null: no claim or interval",
        *OUTCOMES,
        nullable=True,
    )
    price_date = day("Day the older price was read; null: no dated price", nullable=True)
    price_age_days = tally("price_age", nullable=True)
    is_price_stale = flag("Price older than 90 days; null: no dated price", nullable=True)
    reason = text("What is missing; null: nothing")


class BenchmarkChecks(dy.Schema):
    """One row per pair of systems on a workload and metric, side and check."""

    campaign = identifier("Campaign", key=True)
    workload = identifier("Workload", key=True)
    metric = identifier("Metric", key=True)
    system_id = identifier("System", key=True)
    baseline_system_id = identifier("System it is compared with", key=True)
    system_role = word("Whose sessions", *SIDES, "both", key=True)
    check = word("What is checked", *CHECKS, key=True)
    state = word("Whether it passes; what fails stays in every statistic", *CHECK_STATES)
    sentence = text("The finding in one sentence", nullable=False)
    n = tally("check_count", nullable=True)
