"""Does a registered claim hold: verdict, parity, robustness, and what forbids publishing it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from queries import words
from queries.benchmarks.blockers import blocking, settling_run
from queries.benchmarks.checks import Sides, ceiling
from queries.benchmarks.comparison import CHOICE, RUN
from queries.benchmarks.control import control_of
from queries.benchmarks.decision import Decided, decided, is_preregistered
from queries.benchmarks.input_hash import inputs_sha256
from queries.benchmarks.metric_names import metric_name
from queries.benchmarks.normalised import (
    is_ahead_everywhere,
    unknown_views,
    views_of,
    weakest,
)
from queries.benchmarks.other_cases import others_of
from queries.benchmarks.pairs import Wanted
from queries.benchmarks.registrations import newest, wanted_of
from queries.benchmarks.robustness import (
    bias_budget,
    credited,
    disclosed_credit,
    parity_of,
    robustness,
)
from queries.benchmarks.sentence import sentence
from queries.benchmarks.sentence import weakest as weakest_words
from queries.benchmarks.sessions import NO_ARM, Arm, Key, arms_of, weakest_check
from queries.benchmarks.settings import DECLARED, Cells, written
from queries.benchmarks.shapes import BenchmarkClaim
from queries.benchmarks.sheet import judged
from queries.question import Parameter, Question, read_whole
from queries.statistics.family import holm
from queries.statistics.rank_test import rank_sum
from warehouse.context import Context
from warehouse.contract.columns import LONGEST_TEXT
from warehouse.read import Read

Row = dict[str, Any]
REGISTERED = (
    "claim_id",
    "version",
    "registered_at",
    "campaign",
    "campaign_type",
    "workload",
    "metric",
    "direction",
    "system_id",
    "baseline_system_id",
    "planned_sessions",
    "margin_share",
)


@dataclass(frozen=True)
class Evidence:
    """Everything that claims are judged by, as read."""

    arms: Mapping[Key, Arm]
    cells: Cells
    names: Mapping[str, str]
    tables: Mapping[str, pl.DataFrame]

    def sides(self, claim: Row) -> Sides:
        """Both arms of a claim with its plan and its control."""
        ids = (claim["system_id"], claim["baseline_system_id"])
        place = (claim["campaign"], claim["workload"], claim["metric"])
        system, baseline = (self.arms.get((*place, one), NO_ARM) for one in ids)
        return Sides(
            system=system,
            baseline=baseline,
            planned_sessions=claim["planned_sessions"],
            run_order=claim["run_order"],
            control=control_of(claim, self.arms, self.cells),
            is_ceiling=ceiling(self.arms, claim["campaign"], claim["workload"], ids),
        )

    def sheet(self, claim: Row) -> list[Row]:
        """The parity sheet of a claim's pair."""
        ours, theirs = (
            self.cells.get(claim[name], {}) for name in ("system_id", "baseline_system_id")
        )
        return judged(claim, ours, theirs)


def claim_reads(
    context: Context,  # noqa: ARG001 (a read takes the context)
    *,
    claim: str | None = None,
    **wanted: str | None,
) -> dict[str, Read]:
    """Every claim, the runs of the campaigns wanted and of their controls, systems, settings.

    The whole campaign is read: its claims are one family, and its other cases are counted.
    """
    of = dict(Wanted(**wanted).setting)
    if claim is not None:
        of["claim_id"] = (claim,)
    columns = (*RUN, "verification")
    table = "benchmark_claims"
    campaigns = Read(table=table, columns=("campaign",), equal=of)
    controls = Read(
        table=table, columns=("control_campaign",), equal=of, known=("control_campaign",)
    )
    return {
        "claims": read_whole(table),
        "runs": Read(table="benchmark_runs", columns=columns, within={"campaign": campaigns}),
        "controls": Read(table="benchmark_runs", columns=columns, within={"campaign": controls}),
        "systems": Read(table="benchmark_systems", columns=("system_id", "name", *DECLARED)),
        "settings": read_whole("benchmark_settings"),
    }


def evidence(
    runs: pl.LazyFrame, controls: pl.LazyFrame, systems: pl.LazyFrame, settings: pl.LazyFrame
) -> Evidence:
    """What was read, by arm and by cell; a run that is read for both counts once."""
    tables = {
        "runs": pl.concat([runs, controls]).unique(("run_id", "metric")).collect(),
        "systems": systems.collect(),
        "settings": settings.collect(),
    }
    return Evidence(
        arms=arms_of(tables["runs"]),
        cells=written(tables["systems"], tables["settings"]),
        names=dict(tables["systems"].select("system_id", "name").iter_rows()),
        tables=tables,
    )


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
    chosen = wanted_of(registered, Wanted(**wanted), claim)
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
    directions: Mapping[tuple[str, str], str]


def _families(registered: pl.DataFrame, held: Evidence) -> dict[str, Family]:
    families = {}
    for (campaign,), claims in registered.group_by("campaign"):
        rows = claims.sort("claim_id").to_dicts()
        adjusted = holm([_p_value(row, held) for row in rows])
        families[str(campaign)] = Family(
            holm={row["claim_id"]: p for row, p in zip(rows, adjusted, strict=True)},
            directions={(row["workload"], row["metric"]): row["direction"] for row in rows},
        )
    return families


def _p_value(claim: Row, held: Evidence) -> float | None:
    place = (claim["campaign"], claim["workload"], claim["metric"])
    system, baseline = (
        held.arms.get((*place, claim[name]), NO_ARM) for name in ("system_id", "baseline_system_id")
    )
    if not system.values or not baseline.values or len({*system.units, *baseline.units}) != 1:
        return None
    return rank_sum(system.values, baseline.values).p_value


def _judged(claim: Row, held: Evidence, family: Family, context: Context) -> Row:
    """The row of one claim."""
    sides, sheet = held.sides(claim), held.sheet(claim)
    decision = decided(claim, sides)
    parity = parity_of(sheet)
    budget = bias_budget(sheet)
    row = {
        **{name: claim[name] for name in REGISTERED},
        "metric_name": metric_name(claim["metric"]),
        **_measured(claim, sides, held),
        **_numbers(decision, budget),
        **_room(decision, disclosed_credit(sheet)),
        "p_value_holm": family.holm[claim["claim_id"]] if decision.p_value is not None else None,
        "comparisons": len(family.holm),
        "parity": parity.verdict,
        "parity_reason": parity.reason,
        "robustness": robustness(
            decision.interval[0] if decision.interval else None,
            budget,
            decision.margin_in_force_share,
        ),
        "inputs_sha256": inputs_sha256(claim, held.tables),
    }
    blockers = blocking(
        decision,
        parity=(parity.verdict, parity.reason),
        robustness=row["robustness"],
        is_preregistered=row["is_preregistered"],
        checks=list(sides.checks()),
    )
    against = list(dict.fromkeys(blockers))
    row["is_supported"] = not against
    row["blocked_by"] = [one.reason for one in against]
    row["blocking"] = "; ".join(one.whole for one in against) or None
    row["settling_run"] = (
        settling_run(claim, decision, sheet, fewest=sides.fewest) if against else None
    )
    views = list(
        views_of(
            {**row, "reasons": [decision.reason]},
            sheet,
            context.as_of,
            decision.margin_in_force_share,
        )
    )
    row |= _weakest(views)
    others = others_of(claim, held.arms, family.directions)
    row |= {"other_cases": others.measured, "unfavourable_cases": others.unfavourable}
    row["undirected_cases"] = others.unknown
    row["sentence"] = sentence(
        row,
        sheet=sheet,
        unknown_views=unknown_views(views),
        others=others,
        exclusions=claim["exclusions"] or "",
    )
    return {
        name: value[:LONGEST_TEXT] if isinstance(value, str) else value
        for name, value in row.items()
    }


def _measured(claim: Row, sides: Sides, held: Evidence) -> Row:
    system, baseline = sides.system, sides.baseline
    units = {*system.units, *baseline.units} or {claim["unit"]}
    checks = {arm.verification for arm in (system, baseline) if arm.verification is not None}
    return {
        "unit": units.pop() if len(units) == 1 else None,
        "system_name": held.names.get(claim["system_id"]),
        "baseline_name": held.names.get(claim["baseline_system_id"]),
        "is_preregistered": is_preregistered(claim["registered_at"], sides),
        "sessions": len(system.values),
        "baseline_sessions": len(baseline.values),
        "runs": system.runs,
        "baseline_runs": baseline.runs,
        "median": system.median,
        "baseline_median": baseline.median,
        "verification": weakest_check(checks) if system.runs and baseline.runs else None,
    }


def _numbers(decision: Decided, budget: float | None) -> Row:
    low, high = decision.interval or (None, None)
    credited_low, credited_high = credited(decision.interval, budget) or (None, None)
    ratio, shift = decision.ratio, decision.shift
    return {
        "verdict": decision.verdict,
        "verdict_reason": decision.reason,
        "noise_floor_share": decision.noise_floor_share,
        "margin_in_force_share": decision.margin_in_force_share,
        "ratio": ratio,
        "ratio_low": low,
        "ratio_high": high,
        "hodges_lehmann": shift.value if shift else None,
        "hodges_lehmann_low": shift.low if shift else None,
        "hodges_lehmann_high": shift.high if shift else None,
        "p_value": decision.p_value,
        "tipping_factor": low,
        "bias_budget": budget,
        "credited_ratio": None if ratio is None or budget is None else ratio / budget,
        "credited_low": credited_low,
        "credited_high": credited_high,
    }


def _room(decision: Decided, disclosed: float | None) -> Row:
    """What is left of the tipping factor once the disclosed differences are credited."""
    low = decision.interval[0] if decision.interval else None
    left = None if low is None or disclosed is None else low / disclosed
    return {"disclosed_credit": disclosed, "room_left": left}


def _weakest(views: list[Row]) -> Row:
    """The weakest view and credit of a claim, under the columns of its row."""
    found = weakest(views) or {}
    columns = {
        "view": "view",
        "credit": "credit",
        "credit_factor": "credit_factor",
        "ratio": "ratio",
        "low": "ratio_low",
        "high": "ratio_high",
        "outcome": "outcome",
    }
    return {
        **{f"weakest_{name}": found.get(column) for name, column in columns.items()},
        "is_ahead_everywhere": is_ahead_everywhere(views),
    }


def finding(frame: pl.DataFrame) -> str:
    """The claim to show first, with all that a ratio owes, and how many of several are supported.

    Supported claims come first, then those with a ratio; what is not supported has no headline.
    """
    if frame.is_empty():
        return "No claim is registered"
    first = frame.sort(~pl.col("is_supported"), pl.col("ratio").is_null(), "campaign", "claim_id")
    many = ""
    if frame.height > 1:
        many = f"; {int(frame['is_supported'].sum())} of {frame.height} claims supported"
    return f"{_headline(first.row(0, named=True))}{many}"


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


CLAIM = Parameter(name="claim", says="Claim id; left out: every one")
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
