"""Does a registered claim hold: verdict, parity, robustness, and what forbids publishing it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import dataframely as dy
import polars as pl

from queries.benchmarks.arms import PAIR, Verification
from queries.benchmarks.bias_budget import (
    Robustness,
    bias_budget,
    credited,
    disclosed_credit,
    robustness,
)
from queries.benchmarks.blockers import blocking, other_cases, settling_run
from queries.benchmarks.checks import checks
from queries.benchmarks.comparison import Decision, Verdict, margin_in_force
from queries.benchmarks.evidence import Evidence, Sides, claim_reads, evidence
from queries.benchmarks.metric_facts import Direction, metric_name
from queries.benchmarks.normalised import (
    Credit,
    Outcome,
    View,
    is_ahead_everywhere,
    unknown_views,
    views_of,
    weakest,
)
from queries.benchmarks.pairs import CHOICE, CLAIMED, Wanted, newest
from queries.benchmarks.parity_sheet import ParityVerdict, verdict_of
from queries.benchmarks.sentence import sentence
from queries.benchmarks.sentence import weakest as weakest_words
from queries.core import columns
from queries.core.columns import texts
from queries.core.question import Parameter, Question
from queries.shared import words
from queries.shared.statistics.family import holm
from warehouse.context import Context
from warehouse.contract.benchmarks import CAMPAIGN_TYPES
from warehouse.contract.columns import (
    LONGEST_TEXT,
    amount,
    count,
    flag,
    identifier,
    instant,
    text,
    word,
)

Row = dict[str, Any]
REGISTERED = (*PAIR, *CLAIMED, "version", "campaign_type", "planned_sessions")


class BenchmarkClaim(dy.Schema):
    """One row per claim: its newest registration known, and what becomes of it."""

    claim_id = identifier("Claim", key=True)
    version = columns.count_metric("claim_version")
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
    sessions = columns.count_metric("measured_sessions")
    baseline_sessions = columns.count_metric("measured_sessions")
    runs = columns.count_metric("measured_runs")
    baseline_runs = columns.count_metric("measured_runs")
    margin_share = amount("Difference that would not matter, as registered", "share")
    noise_floor_share = columns.metric("noise_floor", nullable=True)
    margin_in_force_share = columns.metric("margin_in_force")
    median = columns.metric("benchmark_median", nullable=True)
    baseline_median = columns.metric("benchmark_median", nullable=True)
    ratio = columns.metric("benchmark_ratio", nullable=True)
    ratio_low = columns.metric("benchmark_ratio", nullable=True)
    ratio_high = columns.metric("benchmark_ratio", nullable=True)
    hodges_lehmann = columns.metric("hodges_lehmann", nullable=True)
    hodges_lehmann_low = columns.metric("hodges_lehmann", nullable=True)
    hodges_lehmann_high = columns.metric("hodges_lehmann", nullable=True)
    p_value = columns.metric("permutation_p", nullable=True)
    p_value_holm = columns.metric("holm_p", nullable=True)
    comparisons = columns.count_metric("family_size")
    other_cases = columns.count_metric("other_cases")
    unfavourable_cases = columns.count_metric("unfavourable_cases")
    undirected_cases = columns.count_metric("undirected_cases")
    verdict = word("What the interval says against the margin in force", *Verdict)
    verdict_reasons = texts("Why it says no more; empty: nothing forbids it")
    parity = word("Whether both systems were set up alike", *ParityVerdict)
    parity_reasons = texts("The settings that make it so; empty: every one is equal")
    tipping_factor = columns.metric("tipping_factor", nullable=True)
    disclosed_credit = columns.metric("disclosed_credit", nullable=True)
    room_left = columns.metric("room_left", nullable=True)
    bias_budget = columns.metric("bias_budget", nullable=True)
    credited_ratio = columns.metric("credited_ratio", nullable=True)
    credited_low = columns.metric("credited_ratio", nullable=True)
    credited_high = columns.metric("credited_ratio", nullable=True)
    robustness = word("Whether the claim bears the bias budget", *Robustness, nullable=True)
    weakest_view = word("View of the least ratio known; null: none", *View, nullable=True)
    weakest_credit = word("Whether it is credited; null: no ratio", *Credit, nullable=True)
    weakest_ratio = columns.metric("view_ratio", nullable=True)
    weakest_low = columns.metric("view_ratio", nullable=True)
    weakest_high = columns.metric("view_ratio", nullable=True)
    weakest_outcome = word(
        "Its interval against the margin in force; null: no interval", *Outcome, nullable=True
    )
    weakest_credit_factor = columns.metric("credit_factor", nullable=True)
    is_ahead_everywhere = flag(
        "Beyond the margin in every view and credit known; null: not decided", nullable=True
    )
    is_supported = flag("Supported, so that it may be published as a headline; else refused")
    blocked_by = texts("What forbids publishing it, in short; empty: nothing")
    blocking = texts("The same with what makes it so")
    settling_run = text("The run that would settle it; null: nothing is open")
    verification = word(
        "The weakest check among the runs; null: no run", *Verification, nullable=True
    )
    sentence = text("The claim in words, from the data", nullable=False)
    inputs_sha256 = text("Hash of every row the claim rests on", nullable=False)


def benchmark_claim(
    claims: pl.LazyFrame,
    runs: pl.LazyFrame,
    controls: pl.LazyFrame,
    systems: pl.LazyFrame,
    settings: pl.LazyFrame,
    *,
    context: Context,
    claim: str | None,
    **wanted: str | None,
) -> pl.DataFrame:
    """Every claim wanted, by its newest registration: does it hold when challenged?

    Grain: claim_id; sorted by it. A claim without runs is a row with n = 0. `is_supported` takes
    a parity that is CLOSED or OPEN, a superior verdict, a robustness that stands, a registration
    before the first run, the planned sessions, and systems that took turns. It speaks of what was
    measured; the weakest of every view, with and without the bias budget credited, stands beside
    it. A filter on hyperscaler keeps the claims of which both systems are on it.
    """
    held = evidence(runs, controls, systems, settings)
    registered = newest(claims.collect())
    chosen = Wanted(**wanted).of_claims(registered, claim)
    if context.hyperscaler:
        both = pl.col("system_id", "baseline_system_id").is_in(list(held.names))
        chosen = chosen.filter(pl.all_horizontal(both))
    families = _families(registered.join(chosen, on="campaign", how="semi"), held)
    found = [
        _judged(row, held, families[row["campaign"]], context)
        for row in chosen.iter_rows(named=True)
    ]
    return pl.DataFrame(found, schema=BenchmarkClaim.create_empty().schema)


@dataclass(frozen=True)
class Family:
    """The claims of one campaign: their adjusted p-values, and the direction of each case."""

    holm: Mapping[str, float | None]
    directions: Mapping[tuple[str, str], Direction]


def _families(registered: pl.DataFrame, held: Evidence) -> dict[str, Family]:
    families = {}
    for (campaign,), claims in registered.group_by("campaign"):
        rows = claims.sort("claim_id").to_dicts()
        adjusted = holm([held.compared(row).p_value for row in rows])
        families[str(campaign)] = Family(
            holm={row["claim_id"]: p for row, p in zip(rows, adjusted, strict=True)},
            directions={(row["workload"], row["metric"]): row["direction"] for row in rows},
        )
    return families


def _judged(claim: Row, held: Evidence, family: Family, context: Context) -> Row:
    """The row of one claim."""
    sides, sheet = held.sides(claim), held.sheet(claim)
    decision = sides.decide(claim)
    margin = margin_in_force(claim["margin_share"], sides.control.noise_floor_share)
    parity = verdict_of(sheet)
    row = {
        **{name: claim[name] for name in REGISTERED},
        "metric_name": metric_name(claim["metric"]),
        **_measured(claim, sides, held),
        "noise_floor_share": sides.control.noise_floor_share,
        "margin_in_force_share": margin,
        **_numbers(decision),
        "parity": parity.parity,
        "parity_reasons": parity.reasons,
        **_borne(decision, sheet, margin),
        "p_value_holm": family.holm[claim["claim_id"]] if decision.p_value is not None else None,
        "comparisons": len(family.holm),
        "inputs_sha256": held.sha256(claim),
    }
    found = blocking(
        decision,
        sheet=parity,
        robustness=row["robustness"],
        is_preregistered=row["is_preregistered"],
        checks=list(checks(sides)),
    )
    against = list(dict.fromkeys(found))
    row |= {
        "is_supported": not against,
        "blocked_by": [one.reason for one in against],
        "blocking": [one.whole for one in against],
        "settling_run": settling_run(claim, sides, sheet) if against else None,
    }
    pair = {**row, "reasons": row["verdict_reasons"]}
    views = list(views_of(pair, sheet, context.as_of, margin))
    return _told(claim, {**row, **_weakest(views)}, held, family, views)


def _told(claim: Row, row: Row, held: Evidence, family: Family, views: list[Row]) -> Row:
    """The row with the other cases of its pair and its sentence; no text longer than a column."""
    others = other_cases(claim, held.arms, family.directions)
    row |= {
        "other_cases": others.measured,
        "unfavourable_cases": others.unfavourable,
        "undirected_cases": others.unknown,
    }
    row["sentence"] = sentence(
        row,
        sheet=held.sheet(claim),
        unknown_views=unknown_views(views),
        others=others,
        exclusions=claim["exclusions"] or "",
    )
    return {
        name: value[:LONGEST_TEXT] if isinstance(value, str) else value
        for name, value in row.items()
    }


def _measured(claim: Row, sides: Sides, held: Evidence) -> Row:
    compared = sides.compared
    units = compared.units or (claim["unit"],)
    return {
        **compared.system.columns(),
        **compared.baseline.columns("baseline_"),
        "unit": units[0] if len(units) == 1 else None,
        "system_name": held.names.get(claim["system_id"]),
        "baseline_name": held.names.get(claim["baseline_system_id"]),
        "is_preregistered": sides.is_preregistered(claim["registered_at"]),
        "verification": compared.verification,
    }


def _numbers(decision: Decision) -> Row:
    low, high = decision.interval or (None, None)
    shift = decision.shift
    return {
        "verdict": decision.verdict,
        "verdict_reasons": [str(reason) for reason in decision.reasons],
        "ratio": decision.ratio,
        "ratio_low": low,
        "ratio_high": high,
        "hodges_lehmann": shift.value if shift else None,
        "hodges_lehmann_low": shift.low if shift else None,
        "hodges_lehmann_high": shift.high if shift else None,
        "p_value": decision.p_value,
        "tipping_factor": low,
    }


def _borne(decision: Decision, sheet: list[Row], margin_share: float) -> Row:
    """How much hidden difference the claim bears."""
    budget, disclosed = bias_budget(sheet), disclosed_credit(sheet)
    low = decision.interval[0] if decision.interval else None
    credited_low, credited_high = credited(decision.interval, budget) or (None, None)
    ratio = decision.ratio
    return {
        "bias_budget": budget,
        "credited_ratio": ratio / budget if ratio is not None and budget is not None else None,
        "credited_low": credited_low,
        "credited_high": credited_high,
        "disclosed_credit": disclosed,
        "room_left": None if low is None or disclosed is None else low / disclosed,
        "robustness": robustness(low, budget, margin_share),
    }


def _weakest(views: list[Row]) -> Row:
    """The weakest view and credit of a claim, under the columns of its row."""
    found = weakest(views) or {}
    columns = ("view", "credit", "credit_factor", "ratio", "ratio_low", "ratio_high", "outcome")
    return {
        **{f"weakest_{name.removeprefix('ratio_')}": found.get(name) for name in columns},
        "is_ahead_everywhere": is_ahead_everywhere(views),
    }


def shown_order(claim: Mapping[str, Any]) -> tuple[bool, bool, str, str]:
    """The order in which claims are shown: supported, then with a ratio, then refused."""
    is_without_ratio = claim["ratio"] is None
    return not claim["is_supported"], is_without_ratio, claim["campaign"], claim["claim_id"]


def finding(frame: pl.DataFrame) -> str:
    """The claim to show first, with all that a ratio owes, and how many of several are supported.

    Supported claims come first, then those with a ratio; what is not supported has no headline.
    """
    if frame.is_empty():
        return "No claim is registered"
    first = min(frame.iter_rows(named=True), key=shown_order)
    many = ""
    if frame.height > 1:
        many = f"; {int(frame['is_supported'].sum())} of {frame.height} claims supported"
    return f"{_headline(first)}{many}"


def _headline(row: dict[str, Any]) -> str:
    system = words.system(row["system_id"], row["system_name"])
    baseline = words.system(row["baseline_system_id"], row["baseline_name"])
    if not row["is_supported"]:
        return f"Not supported: {system} over {baseline}"
    interval = words.interval(row["ratio_low"], row["ratio_high"])
    n = f"n = {row['sessions']} + {row['baseline_sessions']}"
    checked = words.name(row["verification"]).lower()
    told = f"{interval}, {n}, parity {row['parity']}, {checked}; {weakest_words(row)}"
    return f"{system} is {row['ratio']:.2f}× {baseline} {told}"


CLAIM = Parameter(name="claim", description="Claim id; left out: every one")
QUESTIONS = (
    Question(
        name="benchmark_claim",
        asks="Does a registered claim hold when challenged, and what would overturn it?",
        shape=BenchmarkClaim,
        reads=claim_reads,
        answer=benchmark_claim,
        finding=finding,
        filters="rows",
        parameters=(*CHOICE, CLAIM),
    ),
)
