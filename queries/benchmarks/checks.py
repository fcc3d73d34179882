"""What makes the sessions of a comparison suspect; what fails a check is never dropped."""

import math
import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import polars as pl

from queries.benchmarks.arms import SETTING, Arm, arms, turns
from queries.benchmarks.comparison import Comparison
from queries.benchmarks.evidence import Sides, claim_reads, evidence
from queries.benchmarks.pairs import CHOICE, PairKey, Wanted, newest, on_the_filter, pairs
from queries.core.columns import count_metric
from queries.core.question import Question
from queries.shared import words
from queries.shared.statistics.checks import LEVEL, drift, is_interleaved, outliers
from queries.shared.statistics.power import FEWEST_SESSIONS, detectable_ratio, sessions_needed
from warehouse.context import Context
from warehouse.contract.columns import text, word
from warehouse.read import Read

ADVISED_SESSIONS = 10
FEWEST_SPREAD = 3  # sessions of which one can lie far from the others
NOTHING_MEASURED = "a side has no measured session, so there is nothing to check"
# What nobody registered of a pair without a claim.
NO_PLAN = dict.fromkeys(("planned_sessions", "run_order", "control_campaign", "campaign_type"))


class CheckName(StrEnum):
    """What is checked, in the order of the answer."""

    PLANNED_SESSIONS = "planned_sessions"
    FEW_SESSIONS = "few_sessions"
    POWER = "power"
    DRIFT = "drift"
    ORDER = "order"
    OUTLIERS = "outliers"
    WARM_UP = "warm_up"
    CEILING = "ceiling"
    CONTROL = "control"


class CheckState(StrEnum):
    """Whether a check passes; what fails stays in every statistic."""

    PASS = "pass"  # noqa: S105 (a state, not a secret)
    FAIL = "fail"
    INCONCLUSIVE = "inconclusive"
    UNKNOWN = "unknown"


class Role(StrEnum):
    """Whose sessions are checked."""

    SYSTEM = "system"
    BASELINE = "baseline"
    BOTH = "both"


Found = tuple[CheckState, str, int | None]
PASS, FAIL, INCONCLUSIVE, UNKNOWN = CheckState


class BenchmarkChecks(PairKey):
    """One row per pair of systems on a workload and metric, side and check."""

    system_role = word("Whose sessions", *Role, key=True)
    check = word("What is checked", *CheckName, key=True)
    state = word("Whether it passes; what fails stays in every statistic", *CheckState)
    sentence = text("The finding in one sentence", nullable=False)
    n = count_metric("check_count", nullable=True)


@dataclass(frozen=True, kw_only=True)
class Check:
    """One check of a comparison: whose sessions, what it found in a clause, and of how many."""

    system_role: Role
    check: CheckName
    state: CheckState
    finding: str
    n: int | None

    @property
    def row(self) -> dict[str, Any]:
        """The columns of `BenchmarkChecks`, the finding as a sentence."""
        sentence = f"{self.finding[0].upper()}{self.finding[1:]}."
        return {
            "system_role": self.system_role,
            "check": self.check,
            "state": self.state,
            "sentence": sentence,
            "n": self.n,
        }


def checks_reads(**wanted: str | None) -> dict[str, Read]:
    """What claims read, and the runs of the campaign and workload wanted, claimed or not."""
    reads = claim_reads(**wanted)
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
    checks in the order of `CheckName`. What fails stays in every statistic. What was planned is the
    pair's newest registration; without one it is unknown. Where a system has no measured session
    every check is unknown.
    """
    asked = Wanted(**wanted)
    held = evidence(runs, controls, systems, settings)
    registered = newest(claims.collect())
    measured = runs.filter(
        *(pl.col(name).is_in(list(values)) for name, values in asked.setting.items())
    )
    chosen = pairs(arms(measured), asked.of_claims(registered), asked)
    plans = registered.rows_by_key("claim_id", named=True, unique=True)
    found = [
        {**row, **check.row}
        for row in on_the_filter(chosen, held.names, context)
        for check in checks(held.sides({**NO_PLAN, **plans.get(row["claim_id"], {}), **row}))
    ]
    return pl.DataFrame(found, schema=BenchmarkChecks.create_empty().schema)


def checks(sides: Sides) -> Iterator[Check]:
    """Every check of a comparison, in the order of `CheckName`, the system before the baseline.

    Without a measured session in each arm there is nothing to check, and every one is unknown.
    """
    for check in _made(sides):
        if sides.compared.fewest:
            yield check
        else:
            yield replace(check, state=UNKNOWN, finding=NOTHING_MEASURED)


def _made(sides: Sides) -> Iterator[Check]:
    roles = {Role.SYSTEM: sides.compared.system, Role.BASELINE: sides.compared.baseline}
    for check in CheckName:
        if check in OF_BOTH:
            yield _check(Role.BOTH, check, OF_BOTH[check](sides))
        else:
            yield from (_check(role, check, OF_ARM[check](arm)) for role, arm in roles.items())


def _check(role: Role, check: CheckName, found: Found) -> Check:
    state, finding, n = found
    return Check(system_role=role, check=check, state=state, finding=finding, n=n)


def _planned(sides: Sides) -> Found:
    planned, fewest = sides.planned_sessions, sides.compared.fewest
    most = max(sides.compared.system.sessions, sides.compared.baseline.sessions)
    if planned is None:
        return UNKNOWN, "nobody registered how many sessions were planned", fewest
    if fewest < planned:
        return FAIL, f"{fewest} of {planned} planned sessions per system", fewest
    if most > planned:
        return FAIL, f"{most} sessions of a system where {planned} were planned", most
    return PASS, f"all {planned} planned sessions of both systems ran", fewest


def _power(sides: Sides) -> Found:
    arms_of_both, fewest = (sides.compared.system, sides.compared.baseline), sides.compared.fewest
    varied = [_variation(arm.values) for arm in arms_of_both]
    ratio = Comparison(*arms_of_both).ratio
    if None in varied or ratio is None:
        return UNKNOWN, "how much sessions vary, or the ratio, is not known", fewest
    cv = math.sqrt(math.fsum(float(one or 0) ** 2 for one in varied) / len(varied))
    if not cv:
        return UNKNOWN, "no session differs from another", fewest
    seen = f"{fewest} per system see {detectable_ratio(cv, fewest):.2f}×"
    needed = sessions_needed(cv, ratio)
    said = f"sessions vary by {words.share(cv)}: {seen} with 80 % power"
    if needed is None:
        return UNKNOWN, f"{said}; a ratio of 1 takes endless sessions", fewest
    state = PASS if fewest >= needed else INCONCLUSIVE
    return state, f"{said}; {ratio:.2f}× takes {needed}", fewest


def _order(sides: Sides) -> Found:
    order = turns(sides.compared.system, sides.compared.baseline)
    if order is None:
        return UNKNOWN, "the order of the sessions of both systems is not known", None
    n = len(order)
    if not is_interleaved(order):
        return FAIL, f"the systems did not take turns: {order}", n
    if sides.run_order and not _follows(order, sides.run_order):
        return FAIL, f"the sessions ran as {order}, registered was {sides.run_order}", n
    return PASS, f"the systems took turns: {order}", n


def _ceiling(sides: Sides) -> Found:
    if sides.is_ceiling is None:
        return UNKNOWN, "no run says how busy the accelerators were", None
    if sides.is_ceiling:
        return FAIL, "the accelerators set the pace in both arms, not the storage", None
    return (
        PASS,
        "the accelerators waited in at least one arm: the storage is measured",
        None,
    )


def _control(sides: Sides) -> Found:
    compared = sides.control.compared
    if compared is None:
        return FAIL, f"there is no noise floor: {sides.control.problem}", None
    sessions = compared.system.sessions + compared.baseline.sessions
    return PASS, f"the same system was measured twice, in {sessions} sessions", sessions


def _variation(values: Sequence[float]) -> float | None:
    """The coefficient of variation between sessions; None below two, or about zero."""
    if len(values) < 2 or not statistics.mean(values):  # noqa: PLR2004 (one session does not vary)
        return None
    return statistics.stdev(values) / abs(statistics.mean(values))


def _few(arm: Arm) -> Found:
    n = arm.sessions
    if n < FEWEST_SESSIONS:
        return (
            FAIL,
            f"{words.plural(n, 'session')}: fewer than {FEWEST_SESSIONS} decide nothing",
            n,
        )
    return PASS, f"{n} sessions; {FEWEST_SESSIONS} are the fewest, {ADVISED_SESSIONS} advised", n


def _drift(arm: Arm) -> Found:
    n = arm.sessions
    chance = drift(arm.values)
    if chance is None:
        return UNKNOWN, "too few sessions, or too alike, to show a drift", n
    # Two arms are two looks, so each has half of the level.
    if chance < LEVEL / 2:
        return FAIL, f"the values drift along the order of the runs (p = {chance:.2g})", n
    return PASS, f"no drift along the order of the runs (p = {chance:.2g})", n


def _outliers(arm: Arm) -> Found:
    if not arm.values:
        return UNKNOWN, "no session was measured", None
    if arm.sessions < FEWEST_SPREAD:
        return UNKNOWN, "too few sessions to tell whether one lies far from the others", None
    n = sum(outliers(arm.values))
    if n:
        return FAIL, f"{words.plural(n, 'outlying session')}, kept in every statistic", n
    return PASS, "no session lies far from the others", 0


def _warm_up(arm: Arm) -> Found:
    n = arm.warm_ups
    if not n:
        return UNKNOWN, "no run is marked as a warm-up", 0
    return PASS, f"{words.plural(n, 'warm-up run')}, shown and in no statistic", n


def _follows(order: str, registered: str) -> bool:
    """Whether the sessions ran in the registered order, which may be a pattern that repeats."""
    letters = "".join(letter for letter in registered.upper() if letter in "AB")
    if not letters:
        return True
    return order == (letters * (len(order) // len(letters) + 1))[: len(order)]


OF_ARM: Mapping[CheckName, Callable[[Arm], Found]] = {
    CheckName.FEW_SESSIONS: _few,
    CheckName.DRIFT: _drift,
    CheckName.OUTLIERS: _outliers,
    CheckName.WARM_UP: _warm_up,
}
OF_BOTH: Mapping[CheckName, Callable[[Sides], Found]] = {
    CheckName.PLANNED_SESSIONS: _planned,
    CheckName.POWER: _power,
    CheckName.ORDER: _order,
    CheckName.CEILING: _ceiling,
    CheckName.CONTROL: _control,
}


def finding(frame: pl.DataFrame) -> str:
    """How many checks fail, leave open, and cannot be made."""
    if frame.is_empty():
        return "No pair of systems to check"
    failed, undecided, unknown = (
        frame.filter(state=state).height for state in (FAIL, INCONCLUSIVE, UNKNOWN)
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
