"""What makes a series of sessions suspect: it is flagged, and nothing is ever dropped."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import kendalltau

LEVEL = 0.05
OUTLYING = 3.5  # modified z
NORMAL = 0.6745  # median absolute deviations in a standard deviation of a normal law


def drift(values: ArrayLike) -> float | None:
    """The two-sided p-value of a trend along the order of the runs: Kendall's tau, exact if small.

    None below 4 values, or where none varies: no order of so few is unusual.

    Kendall (1938), A new measure of rank correlation.
    """
    ordered = np.asarray(values, dtype=np.float64)
    if len(ordered) < 4 or (ordered == ordered[0]).all():  # noqa: PLR2004 (of 3, the least p is 0.33)
        return None
    return float(kendalltau(np.arange(len(ordered)), ordered).pvalue)


def outliers(values: ArrayLike) -> list[bool]:
    """Which values have a modified z-score above 3.5, by the median absolute deviation.

    Where more than half of the values are the same, nothing is called an outlier.

    Iglewicz and Hoaglin (1993), How to detect and handle outliers.
    """
    given = np.asarray(values, dtype=np.float64)
    if not len(given):
        return []
    distance = np.abs(given - np.median(given))
    spread = float(np.median(distance))
    return [bool(spread and NORMAL * far / spread > OUTLYING) for far in distance]


def is_interleaved(order: Sequence[str]) -> bool:
    """Whether two arms took turns, so that a drift of the machine meets both alike.

    `order` is the arm of each session as it ran. The mean places of both differ by at most one:
    ABBA and ABAB do, AAABBB does not.
    """
    places: dict[str, list[int]] = {}
    for place, arm in enumerate(order):
        places.setdefault(arm, []).append(place)
    if len(places) != 2:  # noqa: PLR2004 (a pair)
        return False
    first, second = (sum(one) / len(one) for one in places.values())
    return abs(first - second) <= 1
