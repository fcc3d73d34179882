"""Several comparisons at once: p-values that answer for all of them, and one mean of ratios."""

from collections.abc import Sequence

import numpy as np


def holm(p_values: Sequence[float | None]) -> list[float | None]:
    """The p-values of a family, raised so that all of them together err with their level.

    In their order: the smallest times their number, the next times one fewer, never below one
    before it, at most 1. A comparison that could not be made (None) stays None and counts: it was
    registered.

    Holm (1979), A simple sequentially rejective multiple test procedure.
    """
    known = sorted((value, place) for place, value in enumerate(p_values) if value is not None)
    raised: list[float | None] = [None] * len(p_values)
    highest = 0.0
    for rank, (value, place) in enumerate(known):
        highest = max(highest, min(1.0, value * (len(p_values) - rank)))
        raised[place] = highest
    return raised


def geomean(ratios: Sequence[float]) -> float | None:
    """The geometric mean of ratios above 0; None of none.

    Fleming and Wallace (1986), How not to lie with statistics.

    Raises:
        ValueError: a ratio is not above 0.
    """
    if any(ratio <= 0 for ratio in ratios):
        raise ValueError("a geometric mean takes ratios above 0")
    return float(np.exp(np.mean(np.log(ratios)))) if ratios else None
