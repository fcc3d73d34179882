"""What makes the sessions of a comparison suspect; what fails a check is never dropped."""

import math
import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from queries import words
from queries.benchmarks.control import Control
from queries.benchmarks.metric_names import CEILINGS
from queries.benchmarks.sessions import Arm, Key, turns
from queries.statistics.checks import LEVEL, drift, is_interleaved, outliers
from queries.statistics.power import FEWEST_SESSIONS, detectable_ratio, sessions_needed

PASS, FAIL, INCONCLUSIVE, UNKNOWN = "pass", "fail", "inconclusive", "unknown"
ADVISED_SESSIONS = 10
FEWEST_SPREAD = 3  # sessions of which one can lie far from the others
NOTHING_MEASURED = "a side has no measured session, so there is nothing to check"


@dataclass(frozen=True, kw_only=True)
class Check:
    """One check of a comparison: whose sessions, what it found in a clause, and of how many."""

    system_role: str
    check: str
    state: str
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


@dataclass(frozen=True)
class Sides:
    """Both arms of a comparison, with what was registered about them."""

    system: Arm
    baseline: Arm
    planned_sessions: int | None
    run_order: str | None
    control: Control
    is_ceiling: bool | None

    def checks(self) -> Iterator[Check]:
        """Every check of the comparison.

        Without a measured session in each arm there is nothing to check, and every one is unknown.
        """
        for check in self._made():
            if self.fewest:
                yield check
            else:
                yield replace(check, state=UNKNOWN, finding=NOTHING_MEASURED)

    def _made(self) -> Iterator[Check]:
        yield _check("both", "planned_sessions", *self._planned())
        for role, arm in (("system", self.system), ("baseline", self.baseline)):
            for check, find in PER_ARM.items():
                yield _check(role, check, *find(arm))
        yield _check("both", "power", *self._power())
        yield _check("both", "order", *self._order())
        yield _check("both", "ceiling", *self._ceiling())
        yield _check("both", "control", *self._control())

    @property
    def fewest(self) -> int:
        """The sessions of the smaller arm."""
        return min(len(self.system.values), len(self.baseline.values))

    def _planned(self) -> "Found":
        planned = self.planned_sessions
        most = max(len(self.system.values), len(self.baseline.values))
        if planned is None:
            return UNKNOWN, "nobody registered how many sessions were planned", self.fewest
        if self.fewest < planned:
            return FAIL, f"{self.fewest} of {planned} planned sessions per system", self.fewest
        if most > planned:
            return FAIL, f"{most} sessions of a system where {planned} were planned", most
        return PASS, f"all {planned} planned sessions of both systems ran", self.fewest

    def _power(self) -> "Found":
        median, baseline = self.system.median or 0.0, self.baseline.median or 0.0
        varied = [_variation(arm.values) for arm in (self.system, self.baseline)]
        is_known = None not in varied and self.system.units == self.baseline.units
        if not is_known or median <= 0 or baseline <= 0:
            return UNKNOWN, "how much sessions vary, or the ratio, is not known", self.fewest
        cv = math.sqrt(math.fsum(float(one or 0) ** 2 for one in varied) / len(varied))
        if not cv:
            return UNKNOWN, "no session differs from another", self.fewest
        ratio = median / baseline
        seen = f"{self.fewest} per system see {detectable_ratio(cv, self.fewest):.2f}×"
        needed = sessions_needed(cv, ratio)
        said = f"sessions vary by {words.share(cv)}: {seen} with 80 % power"
        if needed is None:
            return UNKNOWN, f"{said}; a ratio of 1 takes endless sessions", self.fewest
        state = PASS if self.fewest >= needed else INCONCLUSIVE
        return state, f"{said}; {ratio:.2f}× takes {needed}", self.fewest

    def _order(self) -> "Found":
        order = turns(self.system, self.baseline)
        if order is None:
            return UNKNOWN, "the order of the sessions of both systems is not known", None
        n = len(order)
        if not is_interleaved(order):
            return FAIL, f"the systems did not take turns: {order}", n
        if self.run_order and not _follows(order, self.run_order):
            return FAIL, f"the sessions ran as {order}, registered was {self.run_order}", n
        return PASS, f"the systems took turns: {order}", n

    def _ceiling(self) -> "Found":
        if self.is_ceiling is None:
            return UNKNOWN, "no run says how busy the accelerators were", None
        if self.is_ceiling:
            return FAIL, "the accelerators set the pace in both arms, not the storage", None
        return (
            PASS,
            "the accelerators waited in at least one arm: the storage is measured",
            None,
        )

    def _control(self) -> "Found":
        if self.control.arms is None:
            return FAIL, f"there is no noise floor: {self.control.problem}", None
        sessions = sum(len(arm.values) for arm in self.control.arms)
        return PASS, f"the same system was measured twice, in {sessions} sessions", sessions


Found = tuple[str, str, int | None]


def ceiling(
    arms: Mapping[Key, Arm], campaign: str, workload: str, systems: tuple[str, str]
) -> bool | None:
    """Whether the accelerators of both systems were as busy as can be; None where unknown."""
    for metric, full in CEILINGS.items():
        medians = [
            arm.median
            for arm in (arms.get((campaign, workload, metric, one)) for one in systems)
            if arm is not None
        ]
        known = [value for value in medians if value is not None]
        if len(known) == len(systems):
            return min(known) >= full
    return None


def _variation(values: Sequence[float]) -> float | None:
    """The coefficient of variation between sessions; None below two, or about zero."""
    if len(values) < 2 or not statistics.mean(values):  # noqa: PLR2004 (one session does not vary)
        return None
    return statistics.stdev(values) / abs(statistics.mean(values))


def _few(arm: Arm) -> Found:
    n = len(arm.values)
    if n < FEWEST_SESSIONS:
        return (
            FAIL,
            f"{words.plural(n, 'session')}: fewer than {FEWEST_SESSIONS} decide nothing",
            n,
        )
    return PASS, f"{n} sessions; {FEWEST_SESSIONS} are the fewest, {ADVISED_SESSIONS} advised", n


def _drift(arm: Arm) -> Found:
    n = len(arm.values)
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
    if len(arm.values) < FEWEST_SPREAD:
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


PER_ARM: Mapping[str, Callable[[Arm], Found]] = {
    "few_sessions": _few,
    "drift": _drift,
    "outliers": _outliers,
    "warm_up": _warm_up,
}


def _follows(order: str, registered: str) -> bool:
    """Whether the sessions ran in the registered order, which may be a pattern that repeats."""
    letters = "".join(letter for letter in registered.upper() if letter in "AB")
    if not letters:
        return True
    return order == (letters * (len(order) // len(letters) + 1))[: len(order)]


def _check(role: str, check: str, state: str, finding: str, n: int | None) -> Check:
    return Check(system_role=role, check=check, state=state, finding=finding, n=n)
