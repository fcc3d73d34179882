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
    """U of the first arm, its p-values, and whether they were enumerated or approximated.

    `p_value` is two-sided; `less` and `greater` are of the first arm lying lower and higher.
    """

    u: float
    p_value: float
    less: float
    greater: float
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
    u = found / 2 - len(first) * (len(first) + 1) / 2
    if _steps(ranks, len(first)) <= MOST_STEPS and comb(len(ranks), len(first)) < MOST_ARRANGEMENTS:
        return _enumerated(u, ranks, len(first), found)
    return _approximated(u, ranks, len(first))


def _steps(ranks: Integers, dealt: int) -> int:
    # Each rank passes once over every sum of every number dealt, so unequal arms cost its cube.
    return len(ranks) * min(dealt, len(ranks) - dealt) * int(ranks.sum())


def _enumerated(u: float, ranks: Integers, dealt: int, found: int) -> RankTest:
    """The p-values of the doubled rank sum `found` of `dealt` values, by counting."""
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
    below, above = counts[sums <= observed].sum(), counts[sums >= observed].sum()
    if dealt != smaller:
        below, above = above, below
    far = counts[np.abs(sums - mean) >= abs(observed - mean)].sum()
    p_value, less, greater = (float(part / all_ways) for part in (far, below, above))
    return RankTest(u, p_value, less, greater, is_exact=True)


def _approximated(u: float, ranks: Integers, dealt: int) -> RankTest:
    number = len(ranks)
    other = number - dealt
    _, ties = np.unique(ranks, return_counts=True)
    shared = float((ties.astype(np.float64) ** 3 - ties).sum()) / (number * (number - 1))
    spread = (dealt * other / 12 * (number + 1 - shared)) ** 0.5
    centre = dealt * other / 2
    if not spread:
        return RankTest(u, 1.0, 1.0, 1.0, is_exact=False)
    less = float(ndtr((u - centre + 0.5) / spread))
    greater = float(ndtr((centre - u + 0.5) / spread))
    both = 2 * float(ndtr((0.5 - abs(u - centre)) / spread))
    return RankTest(u, min(1.0, both), less, greater, is_exact=False)
