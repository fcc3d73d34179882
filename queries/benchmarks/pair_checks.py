"""What makes a comparison suspect: the checks of every pair, claimed or not."""

import polars as pl

from queries import words
from queries.benchmarks.checks import Check, Sides
from queries.benchmarks.claim import claim_reads, evidence
from queries.benchmarks.comparison import CHOICE
from queries.benchmarks.pairs import PAIR, SETTING, Wanted, arms, pairs
from queries.benchmarks.registrations import newest, wanted_of
from queries.benchmarks.shapes import CHECKS, BenchmarkChecks
from queries.question import Question
from warehouse.context import Context
from warehouse.read import Read

ROLES = ("both", "system", "baseline")
UNREGISTERED = ("planned_sessions", "run_order", "control_campaign", "campaign_type")


def checks_reads(context: Context, **wanted: str | None) -> dict[str, Read]:
    """What claims read, and the runs of the campaign and workload wanted, claimed or not."""
    reads = claim_reads(context, **wanted)
    runs = reads["runs"]
    place = {name: Wanted(**wanted).setting.get(name) for name in SETTING if name != "metric"}
    equal = {name: values for name, values in place.items() if values is not None}
    return {**reads, "runs": Read(table=runs.table, columns=runs.columns, equal=equal)}


def benchmark_checks(
    claims: pl.LazyFrame,
    runs: pl.LazyFrame,
    controls: pl.LazyFrame,
    systems: pl.LazyFrame,
    settings: pl.LazyFrame,
    *,
    context: Context,
    **wanted: str | None,
) -> pl.DataFrame:
    """Every check of every pair compared: what was planned, and what the sessions look like.

    Grain: campaign, workload, metric, system_id, baseline_system_id, system_role, check; the
    checks in the order of `CHECKS`. What fails stays in every statistic. What was planned is the
    pair's newest registration; without one it is unknown. Where a system has no measured session
    every check is unknown.
    """
    asked = Wanted(**wanted)
    held = evidence(runs, controls, systems, settings)
    registered = newest(claims.collect())
    measured = runs.filter(
        *(pl.col(name).is_in(list(values)) for name, values in asked.setting.items())
    )
    chosen = pairs(arms(measured), wanted_of(registered, asked, None), asked)
    if context.hyperscaler:
        both = pl.col("system_id", "baseline_system_id").is_in(list(held.names))
        chosen = chosen.filter(pl.all_horizontal(both))
    plans = registered.select("claim_id", *UNREGISTERED)
    found = [
        {**{name: row[name] for name in PAIR}, **check.row}
        for row in chosen.join(plans, on="claim_id", how="left").iter_rows(named=True)
        for check in _in_order(held.sides(row))
    ]
    return pl.DataFrame(found, schema=BenchmarkChecks.create_empty().schema)


def _in_order(sides: Sides) -> list[Check]:
    return sorted(
        sides.checks(),
        key=lambda one: (CHECKS.index(one.check), ROLES.index(one.system_role)),
    )


def finding(frame: pl.DataFrame) -> str:
    """How many checks fail, leave open, and cannot be made."""
    if frame.is_empty():
        return "No pair of systems to check"
    failed, undecided, unknown = (
        frame.filter(state=state).height for state in ("fail", "inconclusive", "unknown")
    )
    of = words.plural(frame.height, "check")
    return f"{failed} of {of} failed, {undecided} inconclusive, {unknown} unknown"


QUESTIONS = (
    Question(
        name="benchmark_checks",
        asks="What makes the sessions of a comparison suspect?",
        shape=BenchmarkChecks,
        reads=checks_reads,
        answer=benchmark_checks,
        finding=finding,
        filters="rows",
        parameters=CHOICE,
    ),
)
