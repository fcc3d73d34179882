"""Logistic regression by Newton's method: a few columns fitted exactly, and many times a second.

And how far the fit would move had other accounts been seen.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from queries.health.evidence.scores import Bools, Floats
from queries.shared.statistics.bootstrap import resample_clusters

MOST_STEPS = 50
DRAWS = 400
# Mean gradient per row at which a fit is done; of outcomes that separate it ends the climb, too.
FLAT = 1e-9


def logistic(columns: Floats, happened: Bools, *, penalty: float = 0.0) -> Floats:
    """The intercept and the coefficient of each column under which what happened is likeliest.

    `penalty` is the ridge λ of −log-likelihood + ½ λ Σ coefficient², which spares the intercept.
    A column of zeros gets 0. Where the columns separate the outcomes and
    nothing is penalised there is no likeliest fit; then the coefficients are finite and steep.
    """
    design = _with_intercept(columns)
    ridge = np.full(design.shape[1], penalty)
    ridge[0] = 0.0
    outcome = happened.astype(np.float64)
    fitted: Floats = np.zeros(design.shape[1])
    cost = _cost(design @ fitted, outcome)
    for _ in range(MOST_STEPS):
        probability = expit(design @ fitted)
        slope = design.T @ (probability - outcome) + ridge * fitted
        if np.abs(slope).max() <= FLAT * len(outcome):
            break
        curvature = (design * (probability * (1 - probability))[:, None]).T @ design
        step, *_ = np.linalg.lstsq(curvature + np.diag(ridge), slope, rcond=None)
        size = 1.0
        while size > FLAT:
            tried = fitted - size * step
            lower = _cost(design @ tried, outcome) + 0.5 * float(ridge @ tried**2)
            if lower <= cost:
                break
            size /= 2
        else:
            break
        fitted, cost = tried, lower
    return fitted


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
    resampled = coefficient_draws(learned, happened, accounts, coefficients, penalty=penalty)
    probability: Floats = expit(resampled @ _with_intercept(unseen).T)
    return probability


def coefficient_draws(
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
    resampled, place = resample_clusters(accounts, DRAWS)
    slopes: Floats = np.zeros((resampled.shape[1], design.shape[1]))
    np.add.at(slopes, place, design * (happened - probability)[:, None])
    ridge = np.diag([0.0] + [penalty] * learned.shape[1])
    curvature = (design * (probability * (1 - probability))[:, None]).T @ design + ridge
    # A factor that is the same for everybody moves nothing; a plain solve would refuse it.
    steps, *_ = np.linalg.lstsq(curvature, ((resampled - 1) @ slopes).T, rcond=None)
    moved: Floats = coefficients + steps.T
    return moved


def _with_intercept(factors: Floats) -> Floats:
    return np.column_stack([np.ones(len(factors)), factors])


def _cost(odds: Floats, outcome: Floats) -> float:
    """−log-likelihood of log-odds."""
    return float((np.logaddexp(0, odds) - outcome * odds).sum())
