"""Measures of rows with their intervals, by drawing the rows' accounts again."""

from collections.abc import Callable

import numpy as np
import polars as pl
from numpy.typing import NDArray

from queries.health.evidence.estimate import Estimate
from queries.health.evidence.scores import Bools, Floats
from queries.shared.statistics.bootstrap import percentile_interval, resample_clusters
from queries.shared.statistics.intervals import wilson_interval

DRAWS = 200
Weighted = Callable[[Floats], float]


class AccountBootstrap:
    """The accounts of some rows, drawn again and again, as weights of the rows."""

    def __init__(self, rows: pl.DataFrame) -> None:
        self._accounts = rows["account_id"].rank("dense").cast(pl.Int64).to_numpy()
        self._counts, self._place = resample_clusters(self._accounts, DRAWS)

    def estimate(self, measure: Weighted, *, of: Bools | None = None) -> Estimate:
        """The measure of the rows as they are, and its 95 % interval over 200 draws.

        `measure` takes how often each row counts. The value is NaN where the measure is. Where it
        is 0 or 1 in every draw, as over no event, drawing says nothing of how far it may be off:
        then the interval is Wilson's, each account of the rows `of` (None: all) one trial.
        """
        value = measure(np.ones(len(self._place)))
        if not np.isfinite(value):
            return Estimate(value)
        resampled = [measure(counts[self._place].astype(np.float64)) for counts in self._counts]
        low, high = percentile_interval(resampled)
        if value in (0.0, 1.0) and low == high:
            low, high = wilson_interval(value * self._trials(of), self._trials(of))
        return Estimate(value, low, high)

    def lift(self, happened: Bools, chosen: Bools) -> Estimate:
        """`lift` with its interval; where it happened to none chosen, the base rate is taken as is.

        Then the high end is that of Wilson's interval, each chosen account one trial.
        """
        if share(happened, chosen.astype(np.float64)) == 0 and happened.any():
            _, high = wilson_interval(0, self._trials(chosen))
            return Estimate(0.0, 0.0, high / float(happened.mean()))
        return self.estimate(lambda weights: lift(happened, chosen, weights), of=chosen)

    def over_expected(self, observed: Floats, expected: Floats, *, at_stake: Floats) -> Estimate:
        """The sum of `observed` over that of `expected`; NaN where nothing is expected.

        Where nothing was observed the high end is that of Wilson's interval, each account with
        something `at_stake` one trial, as a share of all that is at stake.
        """

        def ratio(weights: Floats) -> float:
            total = weights @ expected
            return float(weights @ observed / total) if total else float("nan")

        if observed.any() or not expected.any():
            return self.estimate(ratio)
        _, high = wilson_interval(0, self._trials(at_stake > 0))
        return Estimate(0.0, 0.0, high * float(at_stake.sum() / expected.sum()))

    def _trials(self, of: Bools | None) -> int:
        return len(np.unique(self._accounts if of is None else self._accounts[of]))


def share(part: Bools | Floats, weights: Floats) -> float:
    """The weighted mean of `part`; NaN where nothing has weight."""
    total = weights.sum()
    return float(weights @ part / total) if total else float("nan")


def lift(happened: Bools, chosen: Bools, weights: Floats) -> float:
    """How many times the base rate it happened to the chosen rows; NaN over nothing."""
    base = share(happened, weights)
    return share(happened, weights * chosen) / base if base else float("nan")


def most_captured(within: float, base: float) -> float:
    """The largest share of all events that `within` of the rows can hold, one event in each.

    1 where there are fewer events than such rows; of a base rate of 20 % a tenth holds half.
    """
    return min(1.0, within / base) if base else float("nan")


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
