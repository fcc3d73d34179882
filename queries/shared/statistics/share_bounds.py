"""One-sided bounds of a share of trials that may come in clusters."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betaincinv

from queries.shared.statistics.bootstrap import CONFIDENCE, Floats, resample

DRAWS = 10_000


@dataclass(frozen=True)
class Bounds:
    """A share lies above `low`, and it lies below `high`, each with 95 % confidence."""

    low: float
    high: float


def exact_bounds(events: int, trials: int) -> Bounds:
    """Clopper and Pearson's bounds of the share of independent trials, at least one of them.

    The lower one is 0 without an event, the upper one 1 where every trial is one.
    """
    low = betaincinv(events, trials - events + 1, 1 - CONFIDENCE) if events else 0.0
    high = betaincinv(events + 1, trials - events, CONFIDENCE) if events < trials else 1.0
    return Bounds(float(low), float(high))


def share_bounds(events: ArrayLike, trials: ArrayLike) -> Bounds:
    """The bounds of the share that hold whether or not trials of a cluster are alike.

    `events` and `trials` count per cluster, each of at least one trial. The upper bound is the
    larger, the lower the smaller, of the exact one and the one by drawing whole clusters: 10,000
    draws, fixed seed, whatever the order of the clusters. Without an event every draw is without
    one and says nothing: the exact ones.
    """
    happened, tried = np.asarray(events, dtype=np.int64), np.asarray(trials, dtype=np.int64)
    order = np.lexsort((happened, tried))
    happened, tried = happened[order], tried[order]
    exact = exact_bounds(int(happened.sum()), int(tried.sum()))
    if not happened.any():
        return exact
    drawn = _draws(len(tried))
    shares = (drawn @ happened.astype(np.float64)) / (drawn @ tried.astype(np.float64))
    low, high = np.quantile(shares, [1 - CONFIDENCE, CONFIDENCE])
    return Bounds(min(exact.low, float(low)), max(exact.high, float(high)))


@lru_cache(maxsize=32)
def _draws(clusters: int) -> Floats:
    """How often each of so many clusters is drawn, one row per draw."""
    return resample(np.ones(clusters), DRAWS).astype(np.float64)
