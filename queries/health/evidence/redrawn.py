"""How far a logistic fit would move had other accounts been seen: intervals by bootstrap."""

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from queries.health.evidence.scores import CONFIDENCE, Bools, Floats, account_counts

DRAWS = 400


def probability_draws(
    learned: Floats,
    happened: Bools,
    accounts: NDArray[np.int64],
    coefficients: Floats,
    unseen: Floats,
    *,
    penalty: float = 0.0,
) -> Floats:
    """The probability of each row of `unseen` had other accounts been seen: draw × row.

    `learned` and `unseen` hold the factors that `coefficients` (the intercept first) belong to,
    and `penalty` is the ridge they were fitted with.
    """
    drawn = redrawn(learned, happened, accounts, coefficients, penalty=penalty)
    probability: Floats = expit(drawn @ _with_intercept(unseen).T)
    return probability


def probability_interval(draws: Floats) -> tuple[Floats, Floats]:
    """The 95 % interval of the probability of each row, low and high, from its draws."""
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(draws, [tail, 1 - tail], axis=0)
    return low, high


def redrawn(
    learned: Floats,
    happened: Bools,
    accounts: NDArray[np.int64],
    coefficients: Floats,
    *,
    penalty: float = 0.0,
) -> Floats:
    """The coefficients had other accounts been seen: draw × coefficient, the intercept first.

    Whole accounts are drawn 400 times, fixed seed, and each draw moves the coefficients by one
    Newton step, which costs no fit.

    Kline and Santos (2012), A score based approach to wild bootstrap inference.
    """
    design = _with_intercept(learned)
    probability = expit(design @ coefficients)
    drawn, place = account_counts(accounts, DRAWS)
    slopes: Floats = np.zeros((drawn.shape[1], design.shape[1]))
    np.add.at(slopes, place, design * (happened - probability)[:, None])
    ridge = np.diag([0.0] + [penalty] * learned.shape[1])
    curvature = (design * (probability * (1 - probability))[:, None]).T @ design + ridge
    # A factor that is the same for everybody moves nothing; a plain solve would refuse it.
    steps, *_ = np.linalg.lstsq(curvature, ((drawn - 1) @ slopes).T, rcond=None)
    moved: Floats = coefficients + steps.T
    return moved


def _with_intercept(factors: Floats) -> Floats:
    return np.column_stack([np.ones(len(factors)), factors])
