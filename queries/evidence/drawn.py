"""Measures of rows with their intervals, by drawing the rows' accounts again."""

from collections.abc import Callable

import numpy as np
import polars as pl
from numpy.typing import NDArray

from queries.evidence.estimate import Estimate
from queries.evidence.scores import Bools, Floats, account_counts, interval

DRAWS = 200
Weighted = Callable[[Floats], float]


class Drawn:
    """The accounts of some rows, drawn again and again, as weights of the rows."""

    def __init__(self, rows: pl.DataFrame) -> None:
        accounts = rows["account_id"].rank("dense").cast(pl.Int64).to_numpy()
        self._counts, self._place = account_counts(accounts, DRAWS)

    def estimate(self, measure: Weighted) -> Estimate:
        """The measure of the rows as they are, and its 95 % interval over 200 draws.

        `measure` takes how often each row counts. The value is NaN where the measure is.
        """
        value = measure(np.ones(len(self._place)))
        if not np.isfinite(value):
            return Estimate(value)
        drawn = [measure(counts[self._place].astype(np.float64)) for counts in self._counts]
        return Estimate(value, *interval(np.array(drawn)))


def share(part: Bools | Floats, weights: Floats) -> float:
    """The weighted mean of `part`; NaN where nothing has weight."""
    total = weights.sum()
    return float(weights @ part / total) if total else float("nan")


def lift(happened: Bools, chosen: Bools, weights: Floats) -> float:
    """How many times the base rate it happened to the chosen rows; NaN over nothing."""
    base = share(happened, weights)
    return share(happened, weights * chosen) / base if base else float("nan")


def captured_amount(
    expected: Floats, lost: Floats, within: float, weights: Floats | None = None
) -> float:
    """The share of the amount lost that stands in the `within` of rows expected to lose most.

    A row at the edge counts in part. NaN where nothing was lost.
    """
    order: NDArray[np.int64] = np.argsort(-expected, kind="stable")
    rows = (np.ones(len(expected)) if weights is None else weights)[order]
    room = within * rows.sum() - (np.cumsum(rows) - rows)
    taken = np.clip(np.divide(room, rows, out=np.zeros_like(room), where=rows > 0), 0, 1)
    amounts = rows * lost[order]
    total = amounts.sum()
    return float(taken @ amounts / total) if total else float("nan")
