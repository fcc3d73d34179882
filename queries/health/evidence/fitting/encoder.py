"""Factors as the columns of a linear model: all numbers, all known, each of mean 0 and spread 1."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from queries.health.evidence.scores import Floats

RAREST_LEVEL_SHARE = 0.01
RARE = "(rare)"


class Encoder:
    """Learns the columns from training rows, and gives those of any rows.

    A number is its median where it is unknown, and has a second column that says so where the
    training rows lack one. A text is one column a level; levels that fewer than 1 % of the
    training rows say are one level together. Of two levels one column is enough.
    """

    def __init__(self, factors: pl.DataFrame) -> None:
        texts = [name for name, dtype in factors.schema.items() if dtype == pl.String]
        self._medians = {
            name: _median(factors[name]) for name in factors.columns if name not in texts
        }
        self._lacking = [name for name in self._medians if _is_unknown(factors[name]).any()]
        self._common = {name: _common(factors[name]) for name in texts}
        self._shown = {name: _shown(factors[name], common) for name, common in self._common.items()}
        self.names = [
            *self._medians,
            *(f"{name} unknown" for name in self._lacking),
            *(f"{name} {level}" for name, levels in self._shown.items() for level in levels),
        ]
        columns = self._columns(factors)
        self._means = columns.mean(axis=0)
        spreads = columns.std(axis=0)
        self._spreads = np.where(spreads > 0, spreads, 1.0)

    def encode(self, factors: pl.DataFrame) -> Floats:
        """Row × column, in the order of `names`; a text that training has not seen is rare."""
        encoded: Floats = (self._columns(factors) - self._means) / self._spreads
        return encoded

    def _columns(self, factors: pl.DataFrame) -> Floats:
        columns = [
            np.where(_is_unknown(factors[name]), median, factors[name].to_numpy())
            for name, median in self._medians.items()
        ]
        columns += [_is_unknown(factors[name]) for name in self._lacking]
        for name, levels in self._shown.items():
            said = factors[name]
            is_common = said.is_in(self._common[name])
            columns += [
                (~is_common if level == RARE else said == level).to_numpy() for level in levels
            ]
        return np.column_stack(columns).astype(np.float64)


def _is_unknown(number: pl.Series) -> NDArray[np.bool_]:
    unknown: NDArray[np.bool_] = np.isnan(number.to_numpy())
    return unknown


def _median(number: pl.Series) -> float:
    """The median of what is known; 0 where nothing is."""
    known = number.drop_nulls().drop_nans()
    return float(np.median(known.to_numpy())) if len(known) else 0.0


def _common(text: pl.Series) -> list[str]:
    """The levels that at least 1 % of the rows say, sorted."""
    counts = text.value_counts()
    least = RAREST_LEVEL_SHARE * len(text)
    return sorted(level for level, rows in counts.iter_rows() if rows >= least)


def _shown(text: pl.Series, common: list[str]) -> list[str]:
    """The levels that have a column: the common ones and the rare, but one of two."""
    levels = [*common, *([RARE] if not text.is_in(common).all() else [])]
    return levels[1:] if len(levels) <= 2 else levels  # noqa: PLR2004 (one says both)
