"""Logistic regression by Newton's method: a few columns fitted exactly, and many times a second."""

import numpy as np
from scipy.special import expit

from queries.health.evidence.scores import Bools, Floats

MOST_STEPS = 50
# Mean gradient per row at which a fit is done; of outcomes that separate it ends the climb, too.
FLAT = 1e-9


def logistic(columns: Floats, happened: Bools, *, penalty: float = 0.0) -> Floats:
    """The intercept and the coefficient of each column under which what happened is likeliest.

    `penalty` is the ridge λ of −log-likelihood + ½ λ Σ coefficient², which spares the intercept.
    A column of zeros gets 0. Where the columns separate the outcomes and
    nothing is penalised there is no likeliest fit; then the coefficients are finite and steep.
    """
    design = np.column_stack([np.ones(len(columns)), columns])
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


def _cost(odds: Floats, outcome: Floats) -> float:
    """−log-likelihood of log-odds."""
    return float((np.logaddexp(0, odds) - outcome * odds).sum())
