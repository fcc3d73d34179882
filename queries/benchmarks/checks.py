"""What makes the sessions of a comparison suspect; what fails a check is never dropped."""

import math
import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from queries import words
from queries.benchmarks.control import Control
from queries.benchmarks.metric_names import CEILINGS
from queries.benchmarks.sessions import Arm, Key, turns
from queries.statistics.checks import LEVEL, drift, is_interleaved, outliers
from queries.statistics.power import FEWEST_SESSIONS, detectable_ratio, sessions_needed

PASS, FAIL, INCONCLUSIVE, UNKNOWN = "pass", "fail", "inconclusive", "unknown"
FEWEST_SPREAD = 3  # sessions of which one can lie far from the others
NOTHING_MEASURED = "A side has no measured session, so there is nothing to check."


@dataclass(frozen=True)
class Sides:
    """Both arms of a comparison, with what was registered about them."""

    system: Arm
    baseline: Arm
    planned_sessions: int | None
    run_order: str | None
    control: Control
    is_ceiling: bool | None

    def checks(self) -> Iterator[dict[str, Any]]:
        """Every check of the comparison: system_role, check, state, says and n.

        Without a measured session in each arm there is nothing to check, and every one is unknown.
        """
        for row in self._made():
            if self.fewest:
                yield row
            else:
                yield row | {"state": UNKNOWN, "says": NOTHING_MEASURED}

    def _made(self) -> Iterator[dict[str, Any]]:
        yield _row("both", "planned_sessions", *self._planned())
        for role, arm in (("system", self.system), ("baseline", self.baseline)):
            for check, find in PER_ARM.items():
                yield _row(role, check, *find(arm))
        yield _row("both", "power", *self._power())
        yield _row("both", "order", *self._order())
        yield _row("both", "ceiling", *self._ceiling())
        yield _row("both", "control", *self._control())

    @property
    def fewest(self) -> int:
        """The sessions of the smaller arm."""
        return min(len(self.system.values), len(self.baseline.values))

    def _planned(self) -> "Found":
        planned, most = (
            self.planned_sessions,
            max(len(self.system.values), len(self.baseline.values)),
        )
        if planned is None:
            return UNKNOWN, "Nobody registered how many sessions were planned.", self.fewest
        if self.fewest < planned:
            return FAIL, f"{self.fewest} of {planned} planned sessions per system.", self.fewest
        if most > planned:
            return FAIL, f"{most} sessions of a system where {planned} were planned.", most
        return PASS, f"All {planned} planned sessions of both systems ran.", self.fewest

    def _power(self) -> "Found":
        medians = self.system.median, self.baseline.median
        varied = [_variation(arm.values) for arm in (self.system, self.baseline)]
        if None in {*medians, *varied} or self.system.units != self.baseline.units:
            return UNKNOWN, "How much sessions vary, or the ratio, is not known.", self.fewest
        cv = math.sqrt(math.fsum(float(one or 0) ** 2 for one in varied) / len(varied))
        if not cv:
            return (
                UNKNOWN,
                "No session differs from another.",
                self.fewest,
            )
        ratio = float(medians[0] or 0) / float(medians[1] or 0)
        seen = f"{self.fewest} per system see {detectable_ratio(cv, self.fewest):.2f}×"
        needed = sessions_needed(cv, ratio)
        said = f"Sessions vary by {words.share(cv)}: {seen} with 80 % power"
        if needed is None:
            return UNKNOWN, f"{said}; a ratio of 1 takes endless sessions.", self.fewest
        state = PASS if self.fewest >= needed else INCONCLUSIVE
        return state, f"{said}; {ratio:.2f}× takes {needed}.", self.fewest

    def _order(self) -> "Found":
        order = turns(self.system, self.baseline)
        if order is None:
            return UNKNOWN, "The order of the sessions of both systems is not known.", None
        n = len(order)
        if not is_interleaved(order):
            return FAIL, f"The systems did not take turns: {order}.", n
        if self.run_order and not _follows(order, self.run_order):
            return FAIL, f"The sessions ran as {order}, registered was {self.run_order}.", n
        return PASS, f"The systems took turns: {order}.", n

    def _ceiling(self) -> "Found":
        if self.is_ceiling is None:
            return UNKNOWN, "No run says how busy the accelerators were.", None
        if self.is_ceiling:
            return FAIL, "The accelerators set the pace in both arms, not the storage.", None
        return (
            PASS,
            "The accelerators waited in at least one arm: the storage is measured.",
            None,
        )

    def _control(self) -> "Found":
        if self.control.arms is None:
            return FAIL, f"There is no noise floor: {self.control.problem}.", None
        sessions = sum(len(arm.values) for arm in self.control.arms)
        return PASS, f"The same system was measured twice, in {sessions} sessions.", sessions


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
            f"{words.plural(n, 'session')}: fewer than {FEWEST_SESSIONS} decide nothing.",
            n,
        )
    return PASS, f"{n} sessions; {FEWEST_SESSIONS} are the fewest, 10 advised.", n


def _drift(arm: Arm) -> Found:
    n = len(arm.values)
    chance = drift(arm.values)
    if chance is None:
        return UNKNOWN, "Too few sessions, or too alike, to show a drift.", n
    # Two arms are two looks, so each has half of the level.
    if chance < LEVEL / 2:
        return FAIL, f"The values drift along the order of the runs (p = {chance:.2g}).", n
    return PASS, f"No drift along the order of the runs (p = {chance:.2g}).", n


def _outliers(arm: Arm) -> Found:
    if not arm.values:
        return UNKNOWN, "No session was measured.", None
    if len(arm.values) < FEWEST_SPREAD:
        return UNKNOWN, "Too few sessions to tell whether one lies far from the others.", None
    n = sum(outliers(arm.values))
    if n:
        return FAIL, f"{words.plural(n, 'outlying session')}, kept in every statistic.", n
    return PASS, "No session lies far from the others.", 0


def _warm_up(arm: Arm) -> Found:
    n = arm.warm_ups
    if not n:
        return UNKNOWN, "No run is marked as a warm-up.", 0
    return PASS, f"{words.plural(n, 'warm-up run')}, shown and in no statistic.", n


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


def _row(role: str, check: str, state: str, says: str, n: int | None) -> dict[str, Any]:
    return {"system_role": role, "check": check, "state": state, "says": says, "n": n}
