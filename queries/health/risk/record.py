"""The record of the expected loss: what it was at past month-ends, beside what was lost."""

import datetime as dt
from dataclasses import dataclass, replace

import polars as pl

from queries.health.evidence.panel import HORIZON_DAYS, Panel
from queries.health.evidence.risk import drawn_probabilities, in_force
from queries.health.risk.loss import Loss, expected_loss
from queries.health.scorecard.score import UNKNOWN

MOST_MONTHS = 12


@dataclass(frozen=True)
class Month:
    """One month-end: the tier and model then in force, the loss expected, and what was lost."""

    day: dt.date
    tier: int
    model: str
    accounts: int
    loss: Loss
    lost_usd: float


def record(panel: Panel, shown: pl.Series) -> list[Month]:
    """The newest twelve month-ends of the panel that prove something, oldest first.

    Each is predicted by the model that the evidence put in force then, fitted to the snapshots
    whose 90 days were over by then, for the accounts `shown`. A month-end that had no model yet,
    or none of those accounts, is left out.
    """
    days = panel.unseen["snapshot_date"].unique().sort().tail(MOST_MONTHS)
    months = (_month(panel, shown, day) for day in days)
    return [month for month in months if month is not None]


def _month(panel: Panel, shown: pl.Series, day: dt.date) -> Month | None:
    over = pl.col("snapshot_date") + dt.timedelta(days=HORIZON_DAYS)
    then = replace(panel, rows=panel.rows.filter(over <= day))
    accounts = panel.rows.filter(
        pl.col("snapshot_date") == day,
        pl.col("band") != UNKNOWN,
        pl.col("account_id").is_in(shown.implode()),
    )
    risk = in_force(then)
    if risk.model is None or accounts.is_empty():
        return None
    arr = accounts["arr_usd"].to_numpy()
    loss = expected_loss(*drawn_probabilities(then, risk.model, accounts), arr)
    lost = float(accounts.filter("churned")["arr_usd"].sum())
    return Month(day, risk.tier.number, risk.model, accounts.height, loss, lost)
