"""How good predictions are: discrimination, lift, calibration, skill, each by its definition."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
TENTH = 0.1
SURE = 1e-6  # probabilities are kept this far from 0 and 1, so that one miss costs a finite loss


class Ranking:
    """Predictions of one repeat, ranked once, so that drawing accounts again costs no sorting."""

    def __init__(self, predicted: Floats, happened: Bools) -> None:
        values, self._place = np.unique(predicted, return_inverse=True)
        self._happened = happened.astype(np.float64)
        self._predicted = predicted
        self._groups = len(values)

    def auc(self, weights: Floats | None = None) -> float:
        """The chance that one it happened to is ranked above one it did not; ties count half.

        `weights` count each row as often. NaN where all or none happened.
        """
        positive, rows = self._counted(weights)
        negative = rows - positive
        total = positive.sum() * negative.sum()
        below = np.cumsum(negative) - negative
        return float((positive * (below + negative / 2)).sum() / total) if total else float("nan")

    def captured(self, share: float, weights: Floats | None = None) -> float:
        """The share of all it happened to that stands in the `share` of rows ranked highest.

        Rows that tie at the edge count in part. NaN where it happened to nobody.
        """
        positive, rows = (counts[::-1] for counts in self._counted(weights))
        room = share * rows.sum() - (np.cumsum(rows) - rows)
        taken = np.clip(np.divide(room, rows, out=np.zeros_like(room), where=rows > 0), 0, 1)
        total = positive.sum()
        return float((taken * positive).sum() / total) if total else float("nan")

    def top_decile_lift(self, weights: Floats | None = None) -> float:
        """The share it happened to in the tenth ranked highest, over the share in all rows."""
        return self.captured(TENTH, weights) / TENTH

    def observed_over_expected(self, weights: Floats | None = None) -> float:
        """How many it happened to over how many were expected; 1 is calibrated in the large."""
        if weights is None:
            return float(self._happened.sum() / self._predicted.sum())
        return float((weights @ self._happened) / (weights @ self._predicted))

    def _counted(self, weights: Floats | None) -> tuple[Floats, Floats]:
        counts = np.ones(len(self._happened)) if weights is None else weights
        positive = np.bincount(self._place, counts * self._happened, self._groups)
        rows = np.bincount(self._place, counts, self._groups)
        return positive.astype(np.float64), rows.astype(np.float64)


def auc(predicted: Floats, happened: Bools) -> float:
    """`Ranking.auc` of one set of predictions."""
    return Ranking(predicted, happened).auc()


def auc_within(predicted: Floats, happened: Bools, parts: NDArray[np.int64]) -> float:
    """The AUC over the pairs of rows that lie in the same part; NaN without such a pair."""
    won = pairs = 0.0
    for part in np.unique(parts):
        rows = parts == part
        positive = int(happened[rows].sum())
        count = positive * (int(rows.sum()) - positive)
        if count:
            won += count * auc(predicted[rows], happened[rows])
            pairs += count
    return won / pairs if pairs else float("nan")


def log_loss(predicted: Floats, happened: Bools) -> float:
    """Mean of −log of the probability given to what came about."""
    return float(log_losses(predicted, happened).mean())


def log_losses(predicted: Floats, happened: Bools) -> Floats:
    """−log of the probability given to what came about, row by row."""
    sure = np.clip(predicted, SURE, 1 - SURE)
    losses: Floats = -np.log(np.where(happened, sure, 1 - sure))
    return losses


def brier_skill(predicted: Floats, happened: Bools, base: Floats | float) -> float:
    """1 − Brier score / Brier score of the base rate known beforehand; above 0 beats it."""
    return float(1 - ((predicted - happened) ** 2).mean() / ((base - happened) ** 2).mean())
