"""Two arms against each other: the ratio of their medians, and what may be made of it.

It is decided by the interval of the ratio against a margin, never by p.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from queries.benchmarks.arms import Arm, Verification, weakest_check
from queries.benchmarks.metric_facts import Direction
from queries.shared.statistics.bootstrap import CONFIDENCE, Interval
from queries.shared.statistics.checks import LEVEL, drift
from queries.shared.statistics.hodges_lehmann import Estimate, hodges_lehmann
from queries.shared.statistics.power import FEWEST_SESSIONS
from queries.shared.statistics.rank_test import rank_sum
from queries.shared.statistics.ratio import ratio_intervals

EQUIVALENCE = 0.90  # two one-sided tests at 5 % are one interval at 90 %


class Verdict(StrEnum):
    """What the interval of a ratio says against the margin in force."""

    SUPERIOR = "superior"
    EQUIVALENT = "equivalent"
    INFERIOR = "inferior"
    INCONCLUSIVE = "inconclusive"


class Why(StrEnum):
    """Why there is no ratio, or why no more is made of one."""

    NO_RUN = "no_run"
    UNITS = "units"
    REGISTERED_UNIT = "registered_unit"
    ZERO = "zero"
    FEW_SESSIONS = "few_sessions"
    NOT_POSITIVE = "not_positive"
    DIRECTION = "direction"
    REGISTERED_LATE = "registered_late"
    CEILING = "ceiling"
    DRIFT = "drift"
    NO_CONTROL = "no_control"
    CONTROL_UNREGISTERED = "control_unregistered"
    CONTROL_SYSTEMS = "control_systems"
    CONTROL_STRANGE = "control_strange"
    CONTROL_DIFFERS = "control_differs"
    CONTROL_SESSIONS = "control_sessions"
    CONTROL_UNITS = "control_units"
    NOISE = "noise"
    MARGIN = "margin"
    ONLY = "only"
    CLIENTS_UNKNOWN = "clients_unknown"
    CLIENTS = "clients"
    UNLIKE = "unlike"


SAID = {
    Why.NO_RUN: "no measured run of {}",
    Why.UNITS: "units differ: {}",
    Why.REGISTERED_UNIT: "registered in {}, measured in {}",
    Why.ZERO: "a median is zero",
    Why.FEW_SESSIONS: "too few sessions ({} < {})",
    Why.NOT_POSITIVE: "a value is not above zero",
    Why.DIRECTION: "direction unknown",
    Why.REGISTERED_LATE: "claim registered after its first run",
    Why.CEILING: "ceiling: the accelerators set the pace in both arms, not the storage",
    Why.DRIFT: "drift along the runs of {} (p = {:.2g})",
    Why.NO_CONTROL: "no A/A control",
    Why.CONTROL_UNREGISTERED: "no A/A control is registered",
    Why.CONTROL_SYSTEMS: "control {} has {} on this workload and metric, not 2",
    Why.CONTROL_STRANGE: "control {} measured neither system of the claim",
    Why.CONTROL_DIFFERS: "control {} is none: its systems differ in {}",
    Why.CONTROL_SESSIONS: "control {} has too few sessions ({} < {})",
    Why.CONTROL_UNITS: "control {} mixes units",
    Why.NOISE: "A/A noise: the same system twice differs as much",
    Why.MARGIN: "the interval holds values on both sides of the margin",
    Why.ONLY: "only {} measured it",
    Why.CLIENTS_UNKNOWN: "clients unknown",
    Why.CLIENTS: "client counts {} and {}",
    Why.UNLIKE: "{} differs: {} and {}",
}


@dataclass(frozen=True)
class Reason:
    """A reason as its code and what makes it so; `str` says it in a clause."""

    code: Why
    facts: tuple[object, ...] = ()

    def __str__(self) -> str:
        return SAID[self.code].format(*self.facts)


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What two arms decide: verdict and numbers; a number is None where nothing can be computed.

    `reasons` say why nothing is decided, or what else is known of a decision; most telling first.
    """

    verdict: Verdict
    reasons: tuple[Reason, ...] = ()
    ratio: float | None = None
    interval: Interval | None = None
    shift: Estimate | None = None
    p_value: float | None = None


@dataclass(frozen=True)
class Comparison:
    """Two arms on one workload and metric, and which way is better.

    Every ratio is turned so that above 1 favours the system; without a direction it is system over
    baseline.
    """

    system: Arm
    baseline: Arm
    direction: Direction | None = None

    @property
    def fewest(self) -> int:
        """The sessions of the smaller arm."""
        return min(self.system.sessions, self.baseline.sessions)

    @property
    def units(self) -> tuple[str, ...]:
        """The units of both arms, sorted."""
        return tuple(sorted({*self.system.units, *self.baseline.units}))

    @property
    def verification(self) -> Verification | None:
        """The weakest check of both arms; None where a side has no measured run."""
        checks = [arm.verification for arm in (self.system, self.baseline) if arm.runs]
        known = [check for check in checks if check is not None]
        return weakest_check(known) if len(known) == 2 else None  # noqa: PLR2004 (both arms)

    @property
    def turned(self) -> tuple[Arm, Arm]:
        """The arm above the line of the ratio, and the one below it."""
        if self.direction == "lower":
            return self.baseline, self.system
        return self.system, self.baseline

    def obstacle(self, system_id: str = "A", baseline_id: str = "B") -> Reason | None:
        """What forbids a ratio, the systems by these names; None where nothing does."""
        for arm, name in ((self.system, system_id), (self.baseline, baseline_id)):
            if not arm.values:
                return Reason(Why.NO_RUN, (name,))
        if len(self.units) > 1:
            return Reason(Why.UNITS, (" and ".join(self.units),))
        if not self.system.median or not self.baseline.median:
            return Reason(Why.ZERO)
        return None

    @cached_property
    def ratio(self) -> float | None:
        """The ratio of the medians; None where something forbids it."""
        above, below = self.turned
        if self.obstacle() is not None or above.median is None or below.median is None:
            return None
        return ratio_of(above.median, below.median)

    @cached_property
    def _intervals(self) -> tuple[Interval | None, ...]:
        if self.ratio is None:
            return None, None
        above, below = self.turned
        return ratio_intervals(above.values, below.values, (CONFIDENCE, EQUIVALENCE))

    @property
    def interval(self) -> Interval | None:
        """The 95 % interval of the ratio; None without a ratio, or below 3 sessions in an arm."""
        return self._intervals[0]

    @cached_property
    def p_value(self) -> float | None:
        """The p of the rank sum; None without values in one unit on both sides."""
        if not self.fewest or len(self.units) > 1:
            return None
        return rank_sum(self.system.values, self.baseline.values).p_value

    def few_sessions(self) -> Iterator[Reason]:
        """That an arm is too small to decide anything, where it has a session at all."""
        if 0 < self.fewest < FEWEST_SESSIONS:
            yield Reason(Why.FEW_SESSIONS, (self.fewest, FEWEST_SESSIONS))

    def decide(
        self, margin_share: float, noise_floor_share: float | None, *, has_ceiling: bool = False
    ) -> Decision:
        """The decision by the margin in force; raises `ValueError` where there is no ratio.

        `margin_share` is the difference that would not matter; `noise_floor_share` how far the
        interval of an A/A control reaches from 1, None where nobody measured one.

        Superior where the 95 % interval lies above 1 + margin, inferior where it lies below
        1 / (1 + margin), equivalent where the 90 % interval lies between (two one-sided tests),
        else inconclusive. It is inconclusive whatever the interval says below 6 sessions, under a
        ceiling, with a drift along the runs of an arm, and without an A/A control.
        """
        if self.ratio is None:
            raise ValueError("a ratio takes two medians that are not zero")
        interval, narrower = self._intervals
        margin = margin_in_force(margin_share, noise_floor_share)
        reasons = [
            *self._forbidding(),
            *([Reason(Why.CEILING)] if has_ceiling else []),
            *self._drifting(),
            *_noise(interval, margin_share, noise_floor_share),
        ]
        verdict = Verdict.INCONCLUSIVE
        if interval is not None and not reasons:
            verdict = _by(interval, narrower, margin)
            if verdict is Verdict.INCONCLUSIVE:
                reasons = [Reason(Why.MARGIN)]
        above, below = self.turned
        return Decision(
            verdict=verdict,
            reasons=tuple(reasons),
            ratio=self.ratio,
            interval=interval,
            shift=hodges_lehmann(above.values, below.values),
            p_value=self.p_value,
        )

    def _forbidding(self) -> Iterator[Reason]:
        yield from self.few_sessions()
        if self.fewest >= FEWEST_SESSIONS and self.interval is None:
            yield Reason(Why.NOT_POSITIVE)

    def _drifting(self) -> Iterator[Reason]:
        for name, arm in (("the system", self.system), ("the baseline", self.baseline)):
            chance = drift(arm.values)
            # Two arms are two looks, so each has half of the level.
            if chance is not None and chance < LEVEL / 2:
                yield Reason(Why.DRIFT, (name, chance))


def ratio_of(above: float, below: float) -> float | None:
    """The ratio of two medians: 0 over 0 is no difference, and else 0 or below has none."""
    if above == below == 0:
        return 1.0
    return above / below if above >= 0 and below > 0 else None


def margin_in_force(margin_share: float, noise_floor_share: float | None) -> float:
    """The registered margin, or the noise floor where that is larger."""
    return max(margin_share, noise_floor_share or 0.0)


def noise_floor(control: Interval | None) -> float | None:
    """How far the interval of an A/A control's ratio reaches from 1, as a share; None without one.

    Half its width where its middle is 1, and more where the same system differs from itself: a
    narrow interval beside 1 is a bias, which the claim may share. The farther end on the log
    scale, so that which of the two is called A changes nothing.
    """
    return None if control is None else max(control[1], 1 / control[0]) - 1


def is_equivalent(interval_90: Interval | None, margin_share: float) -> bool:
    """Whether the 90 % interval lies within the margin: two one-sided tests at 5 % each.

    Schuirmann (1987), A comparison of the two one-sided tests procedure.
    """
    return interval_90 is not None and (
        1 / (1 + margin_share) < interval_90[0] and interval_90[1] < 1 + margin_share
    )


def _by(interval: Interval, narrower: Interval | None, margin_share: float) -> Verdict:
    if interval[0] > 1 + margin_share:
        return Verdict.SUPERIOR
    if interval[1] < 1 / (1 + margin_share):
        return Verdict.INFERIOR
    return Verdict.EQUIVALENT if is_equivalent(narrower, margin_share) else Verdict.INCONCLUSIVE


def _noise(
    interval: Interval | None, margin_share: float, noise_floor_share: float | None
) -> Iterator[Reason]:
    """That there is no control, or that the difference lies within what the control shows."""
    if noise_floor_share is None:
        yield Reason(Why.NO_CONTROL)
    elif interval and noise_floor_share > margin_share:
        within = 1 + noise_floor_share
        if 1 / within <= interval[0] and interval[1] <= within:
            yield Reason(Why.NOISE)
