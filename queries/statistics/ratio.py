"""The ratio of two medians, with an interval that assumes no distribution."""

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr, ndtri

from queries.statistics.intervals import CONFIDENCE, DRAWS, SEED, Floats, Interval

FEWEST = 3  # values per arm for an interval of the ratio
ROUNDING = 1e-12  # log ratios closer than this are the same ratio


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
