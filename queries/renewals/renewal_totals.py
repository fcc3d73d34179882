"""Renewals added up: what is due in parts that sum to it, for title, tiles and figure alike."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from queries.shared import words

# What becomes of what is due, as a reader says it.
PARTS = {
    "won": "won",
    "forecast": "forecast",
    "not_reviewed": "forecast not reviewed",
    "no_forecast": "without a forecast",
    "lost": "lost or reduced",
}


@dataclass(frozen=True, kw_only=True)
class Totals:
    """The renewals of a period added up, USD per year.

    due = won + forecast + not_reviewed + no_forecast + lost. `forecast` is what somebody judged,
    `not_reviewed` a forecast that stands as the deal was made with; `lost` is what was lost and
    what contracts won or forecast fall short of. `committed` = won + forecast. The statistical
    amounts are those of the contracts of which one is known, whose due is `foreseen`; None where
    some are undecided and none of these has one.
    """

    due: float
    won: float
    forecast: float
    not_reviewed: float
    no_forecast: float
    lost: float
    committed: float
    foreseen: float
    statistical: float | None

    @property
    def amounts(self) -> dict[str, float]:
        """What is due in its parts, by name."""
        return {part: getattr(self, part) for part in PARTS}

    @classmethod
    def of(cls, renewals: pl.DataFrame) -> "Totals":
        """The totals of rows of `renewals`, capped per contract; zero over none."""
        state, due = pl.col("state"), pl.col("due_usd")
        known, is_decided = pl.col("statistical_usd").is_not_null(), state.is_in(["won", "lost"])
        is_told = (known & ~is_decided).any() | (is_decided.all() & (pl.len() > 0))

        row = renewals.select(
            due=due.sum(),
            **parts(),
            committed=pl.col("committed_usd").sum(),
            foreseen=due.filter(known).sum(),
            statistical=pl.when(is_told).then(pl.col("statistical_usd").filter(known).sum()),
        ).row(0, named=True)
        return cls(**row)


def parts() -> dict[str, pl.Expr]:
    """What is due in parts that sum to it, by name: each the sum over rows of `renewals`."""
    due, won, forecast, none = (
        pl.col(f"{name}_usd") for name in ("due", "won", "forecast", "no_forecast")
    )
    told = won.sum() + forecast.sum() + none.sum()
    return {
        "won": won.sum(),
        "forecast": forecast.filter("is_reviewed").sum(),
        "not_reviewed": forecast.filter(~pl.col("is_reviewed")).sum(),
        "no_forecast": none.sum(),
        "lost": (due.sum() - told).round(2),
    }


def in_parts(amounts: Mapping[str, float]) -> dict[str, float]:
    """Parts of an amount, USD and none below 0, rounded so that they sum to it in three figures.

    The largest remainders are rounded up, so none is off by a unit of the third figure. A part of
    less than such a unit may become 0.
    """
    due = sum(amounts.values())
    unit = 10.0 ** (math.floor(math.log10(due)) - 2) if due else 1.0
    units = {part: math.floor(usd / unit) for part, usd in amounts.items()}
    by_remainder = sorted(units, key=lambda part: units[part] - amounts[part] / unit)
    for part in by_remainder[: round(due / unit) - sum(units.values())]:
        units[part] += 1
    return {part: count * unit for part, count in units.items()}


def said(amounts: Mapping[str, float]) -> dict[str, str]:
    """Each part as the title says it; one too small for the title, by itself."""
    rounded = in_parts(amounts)
    return {part: words.money(rounded[part] or usd) for part, usd in amounts.items()}
