"""How often accounts churned after each band: rates per snapshot, and what separates two bands.

A snapshot is one trial and its account the unit that is drawn: months of one account are alike.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from queries.health.evidence.estimate import Estimate
from queries.health.evidence.scores import Floats
from queries.health.scorecard.definition import BANDS
from queries.health.scorecard.score import UNKNOWN
from queries.shared.statistics.bootstrap import percentile_interval, resample
from queries.shared.statistics.intervals import wilson_interval

DRAWS = 2_000
COUNTED = (*BANDS, UNKNOWN)


@dataclass(frozen=True)
class BandRate:
    """The snapshots of one band: how many, of how many accounts, and how many churned after.

    `rate` is None where the band has no snapshot.
    """

    snapshots: int
    churned_snapshots: int
    accounts: int
    churned_accounts: int
    rate: Estimate | None

    @property
    def is_all_alike(self) -> bool:
        """Whether every snapshot was followed by a churn, or none: drawing shows no spread."""
        return self.churned_snapshots in (0, self.snapshots)


class BandRates:
    """The rates of a panel's rows, and their differences, over the same draws of accounts.

    `rows` hold account_id, band and churned, one row per account and snapshot. Accounts are drawn
    2,000 times with a fixed seed, all bands together, since one account may be in several.
    """

    def __init__(self, rows: pl.DataFrame) -> None:
        accounts = rows["account_id"].rank("dense").cast(pl.Int64).to_numpy() - 1
        number = int(accounts.max()) + 1 if rows.height else 0
        band = rows["band"].to_numpy()
        churned = rows["churned"].to_numpy()
        self._snapshots = {
            name: np.bincount(accounts[band == name], minlength=number) for name in COUNTED
        }
        self._events = {
            name: np.bincount(accounts[(band == name) & churned], minlength=number)
            for name in COUNTED
        }
        self._draws: NDArray[np.int64] = (
            resample(np.ones(number), DRAWS) if number else np.zeros((0, 0), np.int64)
        )
        self._drawn = {name: self._rate(name) for name in COUNTED}

    def of(self, band: str) -> BandRate:
        """The churns within 90 days of a snapshot in the band, over those snapshots.

        The interval is that of drawing whole accounts. Over no event every draw gives 0: then it
        is Wilson's, with each account seen in the band one trial, since the months of an account
        may all tell the same; likewise where every snapshot was followed by a churn.
        """
        snapshots, events = self._snapshots[band], self._events[band]
        total, happened = int(snapshots.sum()), int(events.sum())
        accounts, churned = int((snapshots > 0).sum()), int((events > 0).sum())
        if not total:
            return BandRate(0, 0, 0, 0, None)
        rate = happened / total
        low, high = (
            wilson_interval(rate * accounts, accounts)
            if happened in (0, total)
            else percentile_interval(self._drawn[band])
        )
        return BandRate(total, happened, accounts, churned, Estimate(rate, low, high))

    def difference(self, worse: str, better: str) -> Estimate | None:
        """The rate of one band less that of another; None where either has no snapshot.

        Both rates are taken from the same draw of accounts. Where all snapshots of a band went
        alike, its draws have no spread: then the intervals of the two rates are combined by
        Newcombe (1998), Interval estimation for the difference between independent proportions,
        method 10.
        """
        above, below = self.of(worse), self.of(better)
        if above.rate is None or below.rate is None:
            return None
        value = above.rate.value - below.rate.value
        if above.is_all_alike or below.is_all_alike:
            return Estimate(value, *_newcombe(above.rate, below.rate))
        return Estimate(value, *percentile_interval(self._drawn[worse] - self._drawn[better]))

    def _rate(self, band: str) -> Floats:
        """The rate of the band in every draw; NaN in one that drew none of its accounts."""
        snapshots, events = self._draws @ self._snapshots[band], self._draws @ self._events[band]
        rates: Floats = np.full(len(snapshots), np.nan)
        np.divide(events, snapshots, out=rates, where=snapshots > 0)
        return rates


def _newcombe(above: Estimate, below: Estimate) -> tuple[float, float]:
    value = above.value - below.value
    down = np.hypot(above.value - _end(above.low), _end(below.high) - below.value)
    up = np.hypot(_end(above.high) - above.value, below.value - _end(below.low))
    return float(value - down), float(value + up)


def _end(end: float | None) -> float:
    return float("nan") if end is None else end
