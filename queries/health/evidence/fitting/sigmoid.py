"""The two-parameter logistic fit that turns a score into a probability."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

from queries.health.evidence.fitting.logistic import coefficient_draws, logistic, probability_draws
from queries.health.evidence.scores import SURE, Bools, Floats
from queries.shared.statistics.bootstrap import percentile_interval


def recalibrated(score: Floats, happened: Bools) -> "Sigmoid":
    """The sigmoid under which what happened is likeliest."""
    centre, scale = float(score.mean()), float(score.std()) or 1.0
    intercept, steepness = logistic(((score - centre) / scale).reshape(-1, 1), happened)
    slope = float(steepness) / scale
    return Sigmoid(float(intercept) - slope * centre, slope)


def log_odds(probability: Floats) -> Floats:
    """The log-odds of probabilities; those of 0 and 1 are finite."""
    odds: Floats = logit(np.clip(probability, SURE, 1 - SURE))
    return odds


def calibration_slope(predicted: Floats, happened: Bools) -> float:
    """The slope of a logistic fit of what happened on the predicted log-odds; 1 is calibrated.

    Below 1 predictions are too extreme, above 1 too timid. NaN where all are the same.
    """
    odds = log_odds(predicted)
    return recalibrated(odds, happened).slope if np.ptp(odds) else float("nan")


@dataclass(frozen=True)
class Sigmoid:
    """Probability = 1 / (1 + exp(−(intercept + slope · score)))."""

    intercept: float
    slope: float

    def __call__(self, score: Floats) -> Floats:
        probability: Floats = expit(self.intercept + self.slope * score)
        return probability

    def draws(
        self, score: Floats, happened: Bools, accounts: NDArray[np.int64], unseen: Floats
    ) -> Floats:
        """The probability of each row of `unseen` had other accounts been seen: draw × row."""
        return probability_draws(
            score.reshape(-1, 1),
            happened,
            accounts,
            np.array([self.intercept, self.slope]),
            unseen.reshape(-1, 1),
        )

    def slope_interval(
        self, score: Floats, happened: Bools, accounts: NDArray[np.int64]
    ) -> tuple[float | None, float | None]:
        """The 95 % interval of the slope, by drawing accounts again."""
        coefficients = np.array([self.intercept, self.slope])
        drawn = coefficient_draws(score.reshape(-1, 1), happened, accounts, coefficients)
        return percentile_interval(drawn[:, 1])
