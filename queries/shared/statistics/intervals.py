"""Intervals of a median, a mean and a share that assume no distribution."""

from functools import cache

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import bdtr, bdtrc, ndtri

Floats = NDArray[np.float64]
Interval = tuple[float, float]

CONFIDENCE = 0.95
DRAWS = 10_000
SEED = 20_260_131


@cache
def quantile_ranks(
    count: int, quantile: float, confidence: float = CONFIDENCE
) -> tuple[int, int] | None:
    """The ranks (from 1) of the order statistics that enclose a quantile with `confidence`.

    The innermost pair that leaves at most half of the rest on each side by the binomial law; None
    where even the smallest and the largest of `count` values leave more.
    """
    tail = (1 - confidence) / 2
    fewer = np.arange(count)
    below = np.flatnonzero(bdtr(fewer, count, quantile) <= tail)
    above = np.flatnonzero(bdtrc(fewer, count, quantile) <= tail)
    return (int(below[-1]) + 1, int(above[0]) + 1) if len(below) and len(above) else None


def median_ranks(count: int, confidence: float = CONFIDENCE) -> tuple[int, int] | None:
    """The ranks (from 1) of the order statistics that enclose the median with `confidence`.

    None below 6 values at 95 %.
    """
    return quantile_ranks(count, 0.5, confidence)


def coverage(rank: int, count: int) -> float:
    """The confidence with which the values of `rank` from either end enclose the median."""
    return float(1 - 2 * bdtr(rank - 1, count, 0.5))


def quantile_interval(
    values: ArrayLike, quantile: float, confidence: float = CONFIDENCE
) -> Interval | None:
    """The order-statistic interval of a quantile; None for too few values."""
    ordered = np.sort(np.asarray(values, dtype=np.float64))
    ranks = quantile_ranks(len(ordered), quantile, confidence)
    return None if ranks is None else (float(ordered[ranks[0] - 1]), float(ordered[ranks[1] - 1]))


def median_interval(values: ArrayLike, confidence: float = CONFIDENCE) -> Interval | None:
    """The order-statistic interval of the median; None for too few values."""
    return quantile_interval(values, 0.5, confidence)


def mean_interval(counts: ArrayLike) -> Interval:
    """The 95 % percentile interval of the mean of `counts`, at least one: bootstrap of the whole.

    It assumes no distribution, so that counts which cluster widen it. 10,000 draws, fixed seed.
    """
    values, times = np.unique(np.asarray(counts, dtype=np.float64), return_counts=True)
    number = int(times.sum())
    drawn = np.random.default_rng(SEED).multinomial(number, times / number, DRAWS)
    low, high = np.quantile(drawn @ values / number, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    return float(low), float(high)


def wilson_interval(count: float, of: float) -> Interval:
    """The 95 % interval of a share, `count` of `of` independent trials, at least one of them.

    An effective number of trials need not be whole.

    Wilson (1927), Probable inference, the law of succession, and statistical inference.
    """
    z = float(ndtri((1 + CONFIDENCE) / 2))
    spread = z * (count * (of - count) / of + z**2 / 4) ** 0.5
    centre = count + z**2 / 2
    return max(0.0, (centre - spread) / (of + z**2)), min(1.0, (centre + spread) / (of + z**2))
