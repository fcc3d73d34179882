"""Snapshots of scores beside what became of the accounts: one row per account and month.

Every column but the outcome is as the snapshot froze it. Scores of one card version compare with
each other and with no others, so a panel is of one.
"""

import datetime as dt
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from queries.health.indicators.health_inputs import INPUTS
from queries.health.scorecard.definition import ScorecardVersion
from queries.health.scorecard.score import UNKNOWN
from queries.shared.statistics.bootstrap import SEED

HORIZON_DAYS = 90
FIRST_YEAR_DAYS = 365
MOST_ACCOUNTS = 5_000
EARLY_DAYS = (90, 124)  # five weeks, so that one of the monthly snapshots lies in it
# What a panel takes of the score history; the points of each factor are for the gates alone.
TAKEN = (
    "account_id",
    "as_of",
    "card_version",
    "score",
    "band",
    "arr_usd",
    "days_to_renewal",
    "inputs",
)
# What the snapshots froze beside the score, of the many inputs a card may have.
FROZEN = (INPUTS["usage"], INPUTS["tickets"])
FROZEN_TYPE = pl.Struct(dict.fromkeys(FROZEN, pl.Float64()))


@dataclass(frozen=True)
class Panel:
    """What can be said of one card version on the data date.

    `newest` holds the newest snapshot, `rows` the monthly snapshots whose 90 days are over, with
    `churned`: whether the account did within them. The bands were set on outcomes up to the data
    date `set_through`, None where on no outcomes.
    """

    card_version: str
    newest: pl.DataFrame
    rows: pl.DataFrame
    set_through: dt.date | None = None

    @cached_property
    def scored(self) -> pl.DataFrame:
        """The rows with a band; of the others too little was known to predict anything.

        A probability learns from all of them. Of more than 5,000 accounts so many are drawn, with
        a fixed seed: that is evidence enough, and bounds what a fit takes.
        """
        return _bounded(self.rows.filter(pl.col("band") != UNKNOWN))

    @cached_property
    def unseen(self) -> pl.DataFrame:
        """Of `rows` those that prove something: later than the outcomes the bands were set on."""
        return self.later(self.rows)

    @cached_property
    def proof(self) -> pl.DataFrame:
        """Of `scored` those that prove something."""
        return self.later(self.scored)

    @cached_property
    def unbanded(self) -> pl.DataFrame:
        """Of the rows without a band those that lie after `set_through`; of as many accounts."""
        return self.later(_bounded(self.rows.filter(pl.col("band") == UNKNOWN)))

    def later(self, rows: pl.DataFrame) -> pl.DataFrame:
        """The snapshots of `rows` that lie after `set_through`; all where it is None."""
        if self.set_through is None:
            return rows
        return rows.filter(pl.col("snapshot_date") > self.set_through)

    @property
    def events(self) -> int:
        """Distinct accounts that churned within 90 days of a snapshot with a band."""
        return self.scored.filter("churned")["account_id"].n_unique()

    @property
    def base_rate(self) -> float | None:
        """Share of the snapshots with a band that a churn followed within 90 days; null: none."""
        rows = self.scored.height
        return self.scored.filter("churned").height / rows if rows else None

    @property
    def accounts(self) -> int:
        """Distinct accounts with a band and a known outcome."""
        return self.scored["account_id"].n_unique()


def panel(
    history: pl.LazyFrame,
    outcomes: pl.LazyFrame,
    as_of: dt.date,
    scorecards: ScorecardVersion,
) -> Panel | None:
    """The panel of a version of the scorecard on the data date; None where no score is written.

    A snapshot whose 90 days are not over is left out, whatever happened since: its outcome is
    open, not retained. So is one of an account that had churned already, or whose last contract
    ended within the 90 days while nobody recorded a churn.

    Args:
        history: rows of `score_history` up to the data date, of any version.
        outcomes: the answer to `outcomes` on the data date; accounts without a row are left out.
        as_of: the data date.
        scorecards: the version; what another one showed is not said of it.
    """
    day = pl.col("as_of")
    known = (
        history.filter(pl.col("card_version") == scorecards.version)
        .filter(day == day.max().over(day.dt.truncate("1mo")))
        .join(outcomes.drop("arr_usd"), on="account_id")
        .with_columns(
            pl.col("inputs").str.json_decode(FROZEN_TYPE).struct.unnest(),
            is_renewing=is_renewing(),
            is_first_year=is_first_year(day),
            days_to_churn=(pl.col("churned_date") - day).dt.total_days(),
        )
        .rename({"as_of": "snapshot_date"})
        .collect()
    )
    if known.is_empty():
        return None
    newest = known.filter(pl.col("snapshot_date") == pl.col("snapshot_date").max())
    return Panel(scorecards.version, newest, _labelled(known, as_of), scorecards.set_through)


def _bounded(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows of at most `MOST_ACCOUNTS` accounts, drawn with a fixed seed."""
    accounts = rows["account_id"].unique().sort()
    if len(accounts) <= MOST_ACCOUNTS:
        return rows
    sampled = accounts.sample(MOST_ACCOUNTS, seed=SEED)
    return rows.filter(pl.col("account_id").is_in(sampled.to_list()))


def _labelled(snapshots: pl.DataFrame, as_of: dt.date) -> pl.DataFrame:
    day = pl.col("snapshot_date")
    over = day + dt.timedelta(days=HORIZON_DAYS)
    days = pl.col("days_to_churn")
    lapsed = pl.col("lapsed_date")
    return (
        snapshots.filter(
            over <= as_of,
            days.is_null() | (days > 0),
            lapsed.is_null() | (lapsed > over),
        )
        .with_columns(churned=(days <= HORIZON_DAYS).fill_null(value=False))
        .sort("snapshot_date", "account_id")
    )


def is_renewing() -> pl.Expr:
    """Whether a renewal is due within the 90 days; null where its date is unknown."""
    return pl.col("days_to_renewal").is_between(0, HORIZON_DAYS)


def is_first_year(day: pl.Expr) -> pl.Expr:
    """Whether the account is a customer for less than a year on `day`."""
    return (day - pl.col("customer_since_date")).dt.total_days() < FIRST_YEAR_DAYS


def early_warnings(rows: pl.DataFrame) -> pl.DataFrame:
    """Of each churned account the snapshot 90 days before, or up to five weeks earlier.

    Grain: account_id. Churned accounts without such a snapshot have no row.
    """
    return (
        rows.filter(pl.col("days_to_churn").is_between(*EARLY_DAYS))
        .sort("account_id", "days_to_churn")
        .unique("account_id", keep="first", maintain_order=True)
    )
