"""The ratio that shifts one arm onto the other: Hodges and Lehmann on the log scale."""

from dataclasses import dataclass
from math import comb

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri

from queries.shared.statistics.bootstrap import CONFIDENCE, Floats
from queries.shared.statistics.rank_test import MOST_ARRANGEMENTS, MOST_STEPS

MOST_PAIRED = 1_000_000
HALVINGS = 200  # of the range of all ratios: a float has no more digits


@dataclass(frozen=True)
class Estimate:
    """A ratio with its interval, its confidence as wanted or more; no interval: None."""

    value: float
    low: float | None
    high: float | None


def hodges_lehmann(
    values: ArrayLike, baseline: ArrayLike, confidence: float = CONFIDENCE
) -> Estimate | None:
    """The median of all ratios of a value to a baseline's, with its exact interval.

    The interval takes the innermost pair of those ratios, ranked, that the rank-sum test does not
    refuse: of ten values in each arm the 24th and the 77th of a hundred, with 95.7 % confidence.
    Arms too large to enumerate take the normal approximation of that rank.

    Returns:
        None where an arm is empty or holds a value that is not positive. Arms too small for the
        confidence have no interval.

    Hodges and Lehmann (1963), Estimates of location based on rank tests.
    """
    arms = [np.asarray(arm, dtype=np.float64) for arm in (values, baseline)]
    if not min(map(len, arms)) or min(float(arm.min()) for arm in arms) <= 0:
        return None
    logs, others = (np.sort(np.log(arm)) for arm in arms)
    pairs = len(logs) * len(others)
    rank = _rank(len(logs), len(others), confidence)
    middle = ((pairs + 1) // 2, pairs // 2 + 1)
    wanted = (*middle, *((rank, pairs + 1 - rank) if rank else ()))
    found = [float(np.exp(value)) for value in _ranked(logs, others, wanted)]
    value = float(np.sqrt(found[0] * found[1]))
    return Estimate(value, *(found[2:] or (None, None)))


def _rank(first: int, second: int, confidence: float) -> int:
    """The rank from either end of all differences that bounds their interval; 0: there is none."""
    tail = (1 - confidence) / 2
    largest = first * second
    steps = min(first, second) * largest * (first + second)
    if steps <= MOST_STEPS and comb(first + second, first) < MOST_ARRANGEMENTS:
        below = np.cumsum(_ways(first, second)) / comb(first + second, first)
        return int(np.searchsorted(below, tail, side="right"))
    spread = (largest * (first + second + 1) / 12) ** 0.5
    return max(0, int(np.floor(largest / 2 + float(ndtri(tail)) * spread)))


def _ways(first: int, second: int) -> Floats:
    """In how many arrangements of two arms U is 0, 1, …: a Gaussian binomial."""
    smaller, larger = sorted((first, second))
    ways = np.zeros((smaller + 1, first * second + 1))
    ways[0, 0] = 1.0
    # The k-th value dealt to the smaller arm has up to `larger` of the other arm below it.
    for below in range(larger + 1):
        for dealt in range(1, smaller + 1):
            if below:
                ways[dealt, below:] += ways[dealt - 1, :-below]
            else:
                ways[dealt] += ways[dealt - 1]
    counts: Floats = ways[smaller]
    return counts


def _ranked(logs: Floats, others: Floats, ranks: tuple[int, ...]) -> list[float]:
    """The differences of these ranks (from 1) among all of a log and another's."""
    if len(logs) * len(others) <= MOST_PAIRED:
        ordered = np.sort(np.subtract.outer(logs, others), axis=None)
        return [float(ordered[rank - 1]) for rank in ranks]
    return [_selected(logs, others, rank) for rank in ranks]


def _selected(logs: Floats, others: Floats, rank: int) -> float:
    """The difference of `rank`, found by halving: how many lie below a bound is a cheap count."""
    low, high = float(logs[0] - others[-1]), float(logs[-1] - others[0])
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        if (
            int(np.searchsorted(others, logs - middle, side="left").sum())
            <= len(logs) * len(others) - rank
        ):
            high = middle
        else:
            low = middle
    return high
