"""The bootstrap: what was observed is drawn again, and the draws say how far a number may be off.

Every draw starts from one fixed seed, so that the same rows give the same interval. Observations
that belong together (the months of an account, the shifts of a week) are drawn together.

Davison and Hinkley (1997), Bootstrap Methods and their Application.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr, ndtri

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]
Interval = tuple[float, float]

SEED = 20_260_131
CONFIDENCE = 0.95
ROUNDING = 1e-12  # draws closer to what was observed than this are ties with it


def generator() -> np.random.Generator:
    """Random numbers that are the same in every run."""
    return np.random.default_rng(SEED)


def resample(observed: ArrayLike, draws: int) -> Counts:
    """How often each draw takes each unit, draw × unit; `observed` counts each unit's occurrences.

    A draw takes as many as were observed in all, at least one.
    """
    times = np.asarray(observed, dtype=np.int64)
    number = int(times.sum())
    return generator().multinomial(number, times / number, draws)


def resample_clusters(clusters: NDArray[np.int64], draws: int) -> tuple[Counts, Counts]:
    """How often each draw takes each cluster, draw × cluster, and each row's place among them.

    `clusters` names the cluster of each row, of at least one.
    """
    known, place = np.unique(clusters, return_inverse=True)
    return resample(np.ones(len(known)), draws), place


def cluster_weights(clusters: NDArray[np.int64], draws: int) -> Floats:
    """How often each draw of whole clusters takes each row: draw × row."""
    counts, place = resample_clusters(clusters, draws)
    weights: Floats = counts[:, place].astype(np.float64)
    return weights


def percentile_interval(
    draws: ArrayLike, confidence: float = CONFIDENCE
) -> tuple[float, float] | tuple[None, None]:
    """The two-sided percentile interval of a drawn number; None where no draw is a number."""
    values = np.asarray(draws, dtype=np.float64)
    finite = values[np.isfinite(values)]
    if not len(finite):
        return None, None
    low, high = np.quantile(finite, _tails(confidence))
    return float(low), float(high)


def percentile_intervals(draws: Floats, confidence: float = CONFIDENCE) -> tuple[Floats, Floats]:
    """The lows and highs of many drawn numbers, from draw × number."""
    low, high = np.quantile(draws, _tails(confidence), axis=0)
    return low, high


def bca_intervals(
    observed: float, draws: Floats, influences: Sequence[Floats], confidences: Sequence[float]
) -> list[Interval]:
    """The bias-corrected and accelerated interval of a number at each confidence.

    `draws` are the number's, and `influences` hold per sample how far leaving each value out moves
    the number. Where no draw varies the interval is what was observed.

    Efron (1987), Better bootstrap confidence intervals.
    """
    ordered = np.sort(draws)
    if ordered[0] == ordered[-1]:
        return [(float(observed), float(observed))] * len(confidences)
    # Medians repeat, so half of the ties with what was observed count as below it.
    ties = np.searchsorted(ordered, [observed - ROUNDING, observed + ROUNDING])
    bias = ndtri(ties.mean() / len(ordered))
    acceleration = _acceleration(influences)
    found = []
    for confidence in confidences:
        shifted = bias + ndtri(_tails(confidence))
        low, high = np.quantile(ordered, ndtr(bias + shifted / (1 - acceleration * shifted)))
        found.append((float(low), float(high)))
    return found


def _tails(confidence: float) -> list[float]:
    return [(1 - confidence) / 2, (1 + confidence) / 2]


def _acceleration(influences: Sequence[Floats]) -> float:
    cubes = sum(float((sample**3).sum()) / len(sample) ** 3 for sample in influences)
    squares = sum(float((sample**2).sum()) / len(sample) ** 2 for sample in influences)
    return cubes / (6 * squares**1.5) if squares else 0.0
