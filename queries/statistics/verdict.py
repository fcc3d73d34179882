"""Whether one arm is better: decided by the interval of the ratio against a margin, never by p."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

from queries.statistics.checks import LEVEL, drift
from queries.statistics.hodges_lehmann import Estimate, hodges_lehmann
from queries.statistics.intervals import CONFIDENCE, Interval
from queries.statistics.power import FEWEST_SESSIONS
from queries.statistics.rank_test import rank_sum
from queries.statistics.ratio import ratio_intervals

Direction = Literal["higher", "lower"]
Verdict = Literal["superior", "equivalent", "inferior", "inconclusive"]
EQUIVALENCE = 0.90  # two one-sided tests at 5 % are one interval at 90 %


@dataclass(frozen=True)
class Decision:
    """The ratio of two arms, above 1 where it favours the first, and what may be made of it.

    `reasons` say why nothing is decided, or what else is known of a decision; most telling first.
    Intervals are None where an arm is too small or has a value that is not positive.
    """

    verdict: Verdict
    reasons: tuple[str, ...]
    ratio: float
    interval: Interval | None
    interval_90: Interval | None
    shift: Estimate | None
    p_value: float


@dataclass(frozen=True)
class Comparison:
    """Two arms, one value per session in the order of their runs, and what is known of both.

    `margin_share` is the difference that would not matter; `noise_floor_share` how far the interval
    of an A/A control reaches from 1, None where nobody measured one. The larger is in force.
    """

    values: tuple[float, ...]
    baseline: tuple[float, ...]
    direction: Direction
    margin_share: float
    noise_floor_share: float | None
    has_ceiling: bool = False

    @cached_property
    def margin_in_force_share(self) -> float:
        """The registered margin, or the noise floor where that is larger."""
        return max(self.margin_share, self.noise_floor_share or 0.0)

    def decide(self) -> Decision:
        """The decision; raises `ValueError` for an arm without a value or a median of 0.

        Superior where the 95 % interval lies above 1 + margin, inferior where it lies below
        1 / (1 + margin), equivalent where the 90 % interval lies between (two one-sided tests),
        else inconclusive. It is inconclusive whatever the interval says below 6 sessions, under a
        ceiling, with a drift along the runs of an arm, and without an A/A control.
        """
        above, below = self.values, self.baseline
        if self.direction == "lower":
            above, below = below, above
        if not above or not below or not (np.median(above) and np.median(below)):
            raise ValueError("a ratio takes two medians that are not zero")
        interval, narrower = ratio_intervals(above, below, (CONFIDENCE, EQUIVALENCE))
        reasons = tuple(self._forbids(interval))
        verdict = "inconclusive" if reasons or not interval else self._by(interval, narrower)
        if verdict == "inconclusive" and not reasons:
            reasons = ("the interval holds values on both sides of the margin",)
        return Decision(
            verdict=verdict,
            reasons=reasons,
            ratio=float(np.median(above) / np.median(below)),
            interval=interval,
            interval_90=narrower,
            shift=hodges_lehmann(above, below),
            p_value=rank_sum(above, below).p_value,
        )

    def _by(self, interval: Interval, narrower: Interval | None) -> Verdict:
        margin = 1 + self.margin_in_force_share
        if interval[0] > margin:
            return "superior"
        if interval[1] < 1 / margin:
            return "inferior"
        return "equivalent" if is_equivalent(narrower, margin - 1) else "inconclusive"

    def _forbids(self, interval: Interval | None) -> Iterator[str]:
        fewest = min(len(self.values), len(self.baseline))
        if fewest < FEWEST_SESSIONS:
            yield f"too few sessions ({fewest} < {FEWEST_SESSIONS})"
        elif interval is None:
            yield "a value is not above zero"
        if self.has_ceiling:
            yield "ceiling: the accelerators set the pace in both arms, not the storage"
        for name, arm in (("the system", self.values), ("the baseline", self.baseline)):
            chance = drift(arm)
            # Two arms are two looks, so each has half of the level.
            if chance is not None and chance < LEVEL / 2:
                yield f"drift along the runs of {name} (p = {chance:.2g})"
        if self.noise_floor_share is None:
            yield "no A/A control"
        elif (
            interval
            and self.noise_floor_share > self.margin_share
            and _is_within(interval, self.noise_floor_share)
        ):
            yield "A/A noise: the same system twice differs as much"


def is_equivalent(interval_90: Interval | None, margin_share: float) -> bool:
    """Whether the 90 % interval lies within the margin: two one-sided tests at 5 % each.

    Schuirmann (1987), A comparison of the two one-sided tests procedure.
    """
    return interval_90 is not None and (
        1 / (1 + margin_share) < interval_90[0] and interval_90[1] < 1 + margin_share
    )


def noise_floor(control: Interval | None) -> float | None:
    """How far the interval of an A/A control's ratio reaches from 1, as a share; None without one.

    Half its width where its middle is 1, and more where the same system differs from itself: a
    narrow interval beside 1 is a bias, which the claim may share. The farther end on the log
    scale, so that which of the two is called A changes nothing.
    """
    return None if control is None else max(control[1], 1 / control[0]) - 1


def _is_within(interval: Interval, share: float) -> bool:
    return 1 / (1 + share) <= interval[0] and interval[1] <= 1 + share
