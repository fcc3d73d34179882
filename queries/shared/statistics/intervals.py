"""Intervals of a median, a mean and a share that assume no distribution."""

from functools import cache

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import bdtr, bdtrc

from queries.shared.statistics.bootstrap import (
    CONFIDENCE,
    Interval,
    percentile_intervals,
    resample,
)

DRAWS = 10_000


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
    low, high = percentile_intervals(resample(times, DRAWS) @ values / times.sum())
    return float(low), float(high)


def wilson_interval(count: float, of: float) -> Interval:
    """The 95 % interval of a share, `count` of `of` independent trials, at least one of them.

    An effective number of trials need not be whole.

    Wilson (1927), Probable inference, the law of succession, and statistical inference.
    """
    # A second and pandas to import, which a terminal does not wait for.
    from statsmodels.stats.proportion import proportion_confint  # noqa: PLC0415

    low, high = proportion_confint(count, of, alpha=1 - CONFIDENCE, method="wilson")
    # At 0 and 1 the last bit may lie beyond the share itself.
    share = count / of
    return min(max(0.0, float(low)), share), max(min(1.0, float(high)), share)
