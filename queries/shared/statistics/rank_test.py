"""The rank test that enumerates: the p-value of a rank sum, ties and all."""

from dataclasses import dataclass
from math import comb

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr
from scipy.stats import rankdata

Integers = NDArray[np.int64]

# Counts of arrangements are exact in a float up to here, and worth their time up to there.
MOST_ARRANGEMENTS = 2**53
MOST_STEPS = 20_000_000


@dataclass(frozen=True)
class RankTest:
    """The two-sided p-value, and whether it was enumerated or approximated."""

    p_value: float
    is_exact: bool


def rank_sum(values: ArrayLike, baseline: ArrayLike) -> RankTest:
    """Whether one arm tends to lie above the other: Mann–Whitney's U by its permutation law.

    Every way to deal the observed ranks, shared ones included, to arms of these sizes is counted:
    the two-sided p-value is the share of them whose rank sum lies at least as far from its mean,
    which is never a tail doubled. Two arms of up to 28 are exact, with or without ties, and so are
    2 values beside 213, since unequal arms take longer to count; beyond, the normal approximation
    with the corrections for ties and continuity stands in.
    One value per session. Arms that hold nothing but one same value have p = 1.

    Raises:
        ValueError: an arm is empty.

    Mann and Whitney (1947); Streitberg and Röhmel (1986) for the shifts that count.
    """
    first, second = (np.asarray(arm, dtype=np.float64) for arm in (values, baseline))
    if not len(first) or not len(second):
        raise ValueError("a rank test needs a value in each arm")
    ranks = np.rint(2 * rankdata(np.concatenate([first, second]))).astype(np.int64)
    found = int(ranks[: len(first)].sum())
    if _steps(ranks, len(first)) <= MOST_STEPS and comb(len(ranks), len(first)) < MOST_ARRANGEMENTS:
        return _enumerated(ranks, len(first), found)
    return _approximated(ranks, len(first), found)


def _steps(ranks: Integers, dealt: int) -> int:
    # Each rank passes once over every sum of every number dealt, so unequal arms cost its cube.
    return len(ranks) * min(dealt, len(ranks) - dealt) * int(ranks.sum())


def _enumerated(ranks: Integers, dealt: int, found: int) -> RankTest:
    """The p-value of the doubled rank sum `found` of `dealt` values, by counting."""
    total = int(ranks.sum())
    smaller = min(dealt, len(ranks) - dealt)
    # The arm left over has the rest of the ranks: the smaller one is cheaper to deal.
    observed = found if dealt == smaller else total - found
    ways = np.zeros((smaller + 1, total + 1))
    ways[0, 0] = 1.0
    for rank in ranks:
        ways[1:, rank:] += ways[:-1, :-rank]
    counts = ways[smaller]
    all_ways = counts.sum()
    sums = np.arange(total + 1)
    mean = smaller * (len(ranks) + 1)
    far = counts[np.abs(sums - mean) >= abs(observed - mean)].sum()
    return RankTest(float(far / all_ways), is_exact=True)


def _approximated(ranks: Integers, dealt: int, found: int) -> RankTest:
    number = len(ranks)
    other = number - dealt
    _, ties = np.unique(ranks, return_counts=True)
    shared = float((ties.astype(np.float64) ** 3 - ties).sum()) / (number * (number - 1))
    spread = (dealt * other / 12 * (number + 1 - shared)) ** 0.5
    if not spread:
        return RankTest(1.0, is_exact=False)
    off = abs(found / 2 - dealt * (number + 1) / 2)
    return RankTest(min(1.0, 2 * float(ndtr((0.5 - off) / spread))), is_exact=False)
