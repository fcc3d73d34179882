"""The ratio of two medians, with an interval that assumes no distribution."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from queries.shared.statistics.bootstrap import (
    Floats,
    Interval,
    bca_intervals,
    generator,
)
from queries.shared.statistics.intervals import DRAWS

FEWEST = 3  # values per arm for an interval of the ratio
MOST_RESAMPLED = 100  # values of an arm, beyond which only the middle of a resample is drawn


def ratio_intervals(
    values: ArrayLike, baseline: ArrayLike, confidences: Sequence[float]
) -> tuple[Interval | None, ...]:
    """Intervals of median(values) / median(baseline), one per confidence, from the same draws.

    BCa bootstrap within each arm: 10,000 draws from a fixed seed, on the log scale, so that
    exchanging the arms gives the reciprocal interval and a change of unit nothing at all. One
    value per session: steps of one session are not independent.

    Returns:
        None where an arm has fewer than 3 values or one that is not positive. Where no value
        varies the interval is the ratio itself.

    Efron (1987), Better bootstrap confidence intervals.
    """
    arms = [np.sort(np.asarray(arm, dtype=np.float64)) for arm in (values, baseline)]
    if min(map(len, arms)) < FEWEST or min(float(arm[0]) for arm in arms) <= 0:
        return (None,) * len(confidences)
    # The draws follow the data and not the role, which makes exchanging the arms exact.
    is_swapped = (len(arms[1]), *arms[1]) < (len(arms[0]), *arms[0])
    first, second = reversed(arms) if is_swapped else arms
    ends = _bca_log_ratio(first, second, confidences)
    return tuple(
        (float(np.exp(-high)), float(np.exp(-low)))
        if is_swapped
        else (float(np.exp(low)), float(np.exp(high)))
        for low, high in ends
    )


def _bca_log_ratio(first: Floats, second: Floats, confidences: Sequence[float]) -> list[Interval]:
    """The BCa intervals of log(median(first) / median(second)); both sorted and positive."""
    chance = generator()
    draws = _drawn_log_medians(first, chance) - _drawn_log_medians(second, chance)
    observed = float(_log_median(first) - _log_median(second))
    return bca_intervals(observed, draws, (_jackknife(first), -_jackknife(second)), confidences)


def _log_median(values: Floats) -> Floats:
    logs: Floats = np.log(np.median(values, axis=-1))
    return logs


def _drawn_log_medians(values: Floats, chance: np.random.Generator) -> Floats:
    """The log medians of `DRAWS` resamples of sorted `values`."""
    if len(values) > MOST_RESAMPLED:
        return _drawn_middles(values, chance)
    return _log_median(values[chance.integers(0, len(values), (DRAWS, len(values)))])


def _drawn_middles(values: Floats, chance: np.random.Generator) -> Floats:
    """The same without drawing the resamples: only their middle values.

    A value's place in a resample is the floor of n times a uniform number, so the middle values
    of one lie where the middle order statistics of n uniform numbers do, which are beta numbers:
    the same law as resampling, at a cost that does not grow with n.
    """
    count, middle = len(values), (len(values) + 1) // 2
    below = chance.beta(middle, count - middle + 1, DRAWS)
    lower = values[_places(below, count)]
    if count % 2:
        return np.asarray(np.log(lower))
    above = below + (1 - below) * chance.beta(1, count - middle, DRAWS)
    return np.asarray(np.log((lower + values[_places(above, count)]) / 2))


def _places(uniform: Floats, count: int) -> NDArray[np.int64]:
    # Rounding may make a number just below 1 times n reach n.
    places: NDArray[np.int64] = np.minimum((uniform * count).astype(np.int64), count - 1)
    return places


def _jackknife(values: Floats) -> Floats:
    """How far leaving each of sorted `values` out moves the log median from their mean."""
    count, half = len(values), len(values) // 2
    if count % 2:
        without = np.full(count, (values[half - 1] + values[half]) / 2)
        without[:half] = (values[half] + values[half + 1]) / 2
        without[half] = (values[half - 1] + values[half + 1]) / 2
    else:
        without = np.full(count, values[half - 1])
        without[:half] = values[half]
    medians = np.log(without)
    moved: Floats = (count - 1) * (medians.mean() - medians)
    return moved
