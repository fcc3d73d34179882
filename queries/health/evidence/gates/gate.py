"""The gates a score has to pass, in order, and what one of them measured."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from queries.health.evidence.estimate import Estimate
from queries.health.evidence.tiers import EVENTS_FOR_PROBABILITY

Verdict = Literal["pass", "fail", "unknown"]

LEAST_AUC = 0.70
CHANCE = 0.50
LEAST_RED_LIFT = 3.0
LEAST_WARNED = 2 / 3
MOST_GREEN = 0.80
MOST_GREEN_LIFT = 0.5
LEAST_TOP_TENTH = 0.30
LEAST_LOST_ARR = 0.50
LEAST_PRECISION = 0.25
MOST_OFF = (0.80, 1.25)
SLOPES = (0.80, 1.20)
MOST_ADDITIVITY_ERROR = 1e-9
LEAST_COVERED = 0.95

# Metric to its gate and target, in the order of the page.
GATES: dict[str, tuple[str, str]] = {
    "gate_auc": ("Discrimination", "≥ 0.70, lower bound > 0.50"),
    "gate_red_lift": ("Red band", "≥ 3 times the base"),
    "gate_red_accounts": ("Red band", "at most the team's capacity"),
    "gate_early_accounts_share": ("Early warning", "≥ two thirds"),
    "gate_early_arr_share": ("Early warning", "≥ two thirds"),
    "gate_green_share": ("Green honesty", "≤ 80 %"),
    "gate_green_lift": ("Green honesty", "≤ 0.5 times the base"),
    "gate_top_tenth_share": ("Capture", "≥ 30 % of what a tenth can hold"),
    "gate_lost_arr_share": ("Capture", "≥ 50 % of what a fifth can hold"),
    "gate_red_precision": ("False alarms", "≥ 25 %: at most 3 per true one"),
    "gate_observed_over_expected": ("Calibration", "0.80 to 1.25, interval covers 1"),
    "gate_observed_over_expected_usd": ("Calibration", "0.80 to 1.25, interval covers 1"),
    "gate_observed_over_expected_above_usd": ("Calibration", "0.80 to 1.25, interval covers 1"),
    "gate_observed_over_expected_below_usd": ("Calibration", "0.80 to 1.25, interval covers 1"),
    "gate_calibration_slope": ("Calibration", "0.80 to 1.20"),
    "gate_brier_skill": ("Calibration", "> 0"),
    "gate_gain_over_base_rate": ("Baselines", "> 0"),
    "gate_gain_over_renewal": ("Baselines", "> 0"),
    "gate_gain_over_usage": ("Baselines", "> 0"),
    "gate_shuffled_auc": ("Shuffle", "interval not above 0.50"),
    "gate_planted_auc": ("Shuffle", "the planted one is caught, no input is"),
    "gate_additivity_error": ("Explanation", "≤ 1e-9"),
    "gate_scored_share": ("Coverage", "≥ 95 %"),
    "gate_absent_accounts": ("Coverage", "0"),
}


@dataclass(frozen=True, kw_only=True)
class Measured:
    """What a gate measured: a value, its 95 % interval, and whether it passes.

    `n` counts what it rests on, at least `least` of which make it evidence: distinct accounts
    that churned, or accounts scored. Without enough of them, or without a value, there is no
    verdict, whatever the value looks like.
    """

    metric: str
    value: float | None
    low: float | None = None
    high: float | None = None
    passes: bool
    n: int
    least: int = EVENTS_FOR_PROBABILITY

    @property
    def verdict(self) -> Verdict:
        if self.value is None or self.n < self.least:
            return "unknown"
        return "pass" if self.passes else "fail"


def measured(
    metric: str, found: Estimate, n: int, *, passes: Callable[[Estimate], bool]
) -> Measured:
    """What a gate measured, from an estimate; unknown where its value is no number."""
    if not math.isfinite(found.value):
        return Measured(metric=metric, value=None, passes=False, n=n)
    return Measured(
        metric=metric,
        value=found.value,
        low=found.low,
        high=found.high,
        passes=passes(found),
        n=n,
    )


def unmeasured(*metrics: str, n: int) -> list[Measured]:
    """The gates of which nothing can be measured yet."""
    return [Measured(metric=metric, value=None, passes=False, n=n) for metric in metrics]
