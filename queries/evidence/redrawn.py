"""How far a logistic fit would move had other accounts been seen: intervals by bootstrap."""

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from queries.evidence.scores import CONFIDENCE, SEED, Bools, Floats

DRAWS = 400


def probability_interval(
    learned: Floats,
    happened: Bools,
    accounts: NDArray[np.int64],
    coefficients: Floats,
    unseen: Floats,
    *,
    penalty: float = 0.0,
) -> tuple[Floats, Floats]:
    """The 95 % interval of the probability of each row of `unseen`, low and high.

    `learned` and `unseen` hold the factors that `coefficients` (the intercept first) belong to,
    and `penalty` is the ridge they were fitted with. Whole accounts are drawn 400 times, fixed
    seed, and each draw moves the coefficients by one Newton step, which costs no fit.

    Kline and Santos (2012), A score based approach to wild bootstrap inference.
    """
    design = _with_intercept(learned)
    probability = expit(design @ coefficients)
    slopes = _sums_by_account(design * (happened - probability)[:, None], accounts)
    ridge = np.diag([0.0] + [penalty] * learned.shape[1])
    curvature = (design * (probability * (1 - probability))[:, None]).T @ design + ridge
    number = len(slopes)
    drawn = np.random.default_rng(SEED).multinomial(number, np.full(number, 1 / number), DRAWS)
    moved = coefficients + np.linalg.solve(curvature, ((drawn - 1) @ slopes).T).T
    tail = (1 - CONFIDENCE) / 2
    odds = np.quantile(_with_intercept(unseen) @ moved.T, [tail, 1 - tail], axis=1)
    low, high = expit(odds)
    return low, high


def _with_intercept(factors: Floats) -> Floats:
    return np.column_stack([np.ones(len(factors)), factors])


def _sums_by_account(values: Floats, accounts: NDArray[np.int64]) -> Floats:
    known, place = np.unique(accounts, return_inverse=True)
    sums: Floats = np.zeros((len(known), values.shape[1]))
    np.add.at(sums, place, values)
    return sums
