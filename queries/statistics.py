"""Medians and their ratio, with intervals that assume no distribution."""

from functools import cache

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import bdtr, ndtr, ndtri

Floats = NDArray[np.float64]
Interval = tuple[float, float]

CONFIDENCE = 0.95
DRAWS = 10_000
SEED = 20_260_131
FEWEST = 3  # values per arm for an interval of the ratio
ROUNDING = 1e-12  # log ratios closer than this are the same ratio


@cache
def median_ranks(count: int, confidence: float = CONFIDENCE) -> tuple[int, int] | None:
    """The ranks (from 1) of the order statistics that enclose the median with `confidence`.

    The innermost symmetric pair whose binomial confidence is at least the one wanted; None where
    even the smallest and the largest of `count` values do not reach it (below 6 at 95 %).
    """
    lower = [rank for rank in range(1, count // 2 + 1) if coverage(rank, count) >= confidence]
    return (lower[-1], count + 1 - lower[-1]) if lower else None


def coverage(rank: int, count: int) -> float:
    """The confidence with which the values of `rank` from either end enclose the median."""
    return float(1 - 2 * bdtr(rank - 1, count, 0.5))


def median_interval(values: ArrayLike, confidence: float = CONFIDENCE) -> Interval | None:
    """The order-statistic interval of the median; None for too few values."""
    ordered = np.sort(np.asarray(values, dtype=np.float64))
    ranks = median_ranks(len(ordered), confidence)
    return None if ranks is None else (float(ordered[ranks[0] - 1]), float(ordered[ranks[1] - 1]))


def mean_interval(counts: ArrayLike) -> Interval:
    """The 95 % percentile interval of the mean of `counts`, at least one: bootstrap of the whole.

    It assumes no distribution, so that counts which cluster widen it. 10,000 draws, fixed seed.
    """
    values, times = np.unique(np.asarray(counts, dtype=np.float64), return_counts=True)
    number = int(times.sum())
    drawn = np.random.default_rng(SEED).multinomial(number, times / number, DRAWS)
    low, high = np.quantile(drawn @ values / number, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    return float(low), float(high)


def wilson_interval(count: int, of: int) -> Interval:
    """The 95 % interval of a share, `count` of `of` independent trials, at least one of them.

    Wilson (1927), Probable inference, the law of succession, and statistical inference.
    """
    z = float(ndtri((1 + CONFIDENCE) / 2))
    spread = z * (count * (of - count) / of + z**2 / 4) ** 0.5
    centre = count + z**2 / 2
    return max(0.0, (centre - spread) / (of + z**2)), min(1.0, (centre + spread) / (of + z**2))


def ratio_interval(values: ArrayLike, baseline: ArrayLike) -> Interval | None:
    """The 95 % interval of median(values) / median(baseline): BCa bootstrap within each arm.

    10,000 draws from a fixed seed, on the log scale, so that exchanging the arms gives the
    reciprocal interval and a change of unit nothing at all. One value per session: steps of one
    session are not independent.

    Returns:
        None where an arm has fewer than 3 values or one that is not positive. Where no value
        varies the interval is the ratio itself.

    Efron (1987), Better bootstrap confidence intervals.
    """
    arms = [np.sort(np.asarray(arm, dtype=np.float64)) for arm in (values, baseline)]
    if min(map(len, arms)) < FEWEST or min(float(arm[0]) for arm in arms) <= 0:
        return None
    # The draws follow the data and not the role, which makes exchanging the arms exact.
    is_swapped = (len(arms[1]), *arms[1]) < (len(arms[0]), *arms[0])
    first, second = reversed(arms) if is_swapped else arms
    low, high = _bca_log_ratio(first, second)
    if is_swapped:
        low, high = -high, -low
    return float(np.exp(low)), float(np.exp(high))


def _bca_log_ratio(first: Floats, second: Floats) -> Interval:
    """The BCa interval of log(median(first) / median(second)); both sorted and positive."""
    generator = np.random.default_rng(SEED)
    observed = _log_median(first) - _log_median(second)
    draws = np.sort(
        _log_median(_resampled(first, generator)) - _log_median(_resampled(second, generator))
    )
    if draws[0] == draws[-1]:
        return float(observed), float(observed)
    # Medians repeat, so half of the ties with the observed ratio count as below it.
    ties = np.searchsorted(draws, [observed - ROUNDING, observed + ROUNDING])
    below = ties.mean()
    bias = ndtri(below / DRAWS)
    acceleration = _acceleration(_jackknife(first), -_jackknife(second))
    shifted = bias + ndtri([(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    levels = ndtr(bias + shifted / (1 - acceleration * shifted))
    low, high = np.quantile(draws, levels)
    return float(low), float(high)


def _log_median(values: Floats) -> Floats:
    logs: Floats = np.log(np.median(values, axis=-1))
    return logs


def _resampled(values: Floats, generator: np.random.Generator) -> Floats:
    return values[generator.integers(0, len(values), (DRAWS, len(values)))]


def _jackknife(values: Floats) -> Floats:
    """How far leaving each value out moves the log median from the mean of doing so."""
    kept = np.array([np.delete(values, place) for place in range(len(values))])
    medians = _log_median(kept)
    moved: Floats = (len(values) - 1) * (medians.mean() - medians)
    return moved


def _acceleration(*influences: Floats) -> float:
    cubes = sum(float((arm**3).sum()) / len(arm) ** 3 for arm in influences)
    squares = sum(float((arm**2).sum()) / len(arm) ** 2 for arm in influences)
    return cubes / (6 * squares**1.5) if squares else 0.0
