"""Books of scores whose truth is known: who churns when, and how far the score tells it."""

import datetime as dt
import json

import numpy as np
import polars as pl

from ledger.scores import SCHEMA
from queries.health.evidence import panel as panels
from queries.health.indicators.health_inputs import INPUTS
from queries.health.scorecard.definition import in_force, shipped
from tests.shared.company import account, contract, ticket

FIRST = dt.date(2024, 10, 31)
# A shipped version whose bands were set on no outcomes, and the one in force in January 2026.
SCORECARD = next(scorecards for scorecards in shipped(INPUTS) if scorecards.set_through is None)
IN_FORCE = in_force(shipped(INPUTS), dt.date(2026, 1, 31)).version
HISTORY = {
    "account_id": pl.String,
    "as_of": pl.Date,
    "card_version": pl.String,
    "score": pl.Float64,
    "band": pl.String,
    "coverage_share": pl.Float64,
    "contributions": pl.String,
    "inputs": pl.String,
    "arr_usd": pl.Float64,
    "days_to_renewal": pl.Int64,
}
OUTCOMES = {
    "account_id": pl.String,
    "account_name": pl.String,
    "customer_since_date": pl.Date,
    "outcome": pl.String,
    "churned_date": pl.Date,
    "churn_reason": pl.String,
    "lapsed_date": pl.Date,
    "last_renewal_date": pl.Date,
    "arr_usd": pl.Float64,
    "arr_lost_usd": pl.Float64,
}


def snapshot(account_id, as_of, score=70.0, **known):
    """One row of score history; the band follows the score."""
    band = "unknown" if score is None else "at_risk" if score < 60 else "watch"
    inputs = {"usage_change_share": known.pop("usage", 0.0), "severe_tickets_90d": 0}
    return {
        "account_id": account_id,
        "as_of": dt.date.fromisoformat(as_of) if isinstance(as_of, str) else as_of,
        "card_version": SCORECARD.version,
        "score": score,
        "band": "healthy" if score is not None and score >= 80 else band,
        "coverage_share": 1.0,
        "contributions": "{}",
        "inputs": json.dumps(inputs),
        "arr_usd": 100.0,
        "days_to_renewal": 200,
    } | known


def outcome(account_id, churned=None, **known):
    """One row of outcomes: open, or churned on a day."""
    return {
        "account_id": account_id,
        "account_name": f"Account {account_id}",
        "customer_since_date": dt.date(2022, 1, 1),
        "outcome": "churned" if churned else "open",
        "churned_date": churned and dt.date.fromisoformat(str(churned)),
        "churn_reason": None,
        "lapsed_date": None,
        "last_renewal_date": None,
        "arr_usd": 0.0 if churned else 100.0,
        "arr_lost_usd": 100.0 if churned else None,
    } | known


def history_of(*rows):
    return pl.LazyFrame(list(rows), schema=HISTORY)


def outcomes_of(*rows):
    return pl.LazyFrame(list(rows), schema=OUTCOMES)


def panel(history, outcomes, as_of, scorecards=SCORECARD):
    """The panel of a version, of the one whose snapshots all count where none is given."""
    return panels.panel(history, outcomes, as_of, scorecards)


def month_ends(number):
    """The last days of months from October 2024 on."""
    firsts = [dt.date(2024 + (10 + n) // 12, (10 + n) % 12 + 1, 1) for n in range(number)]
    return [first - dt.timedelta(days=1) for first in firsts]


def book(accounts=240, churners=60, months=14, *, shift=1.2, seed=1):
    """Month-end snapshots of accounts of which `churners` leave, one after the other.

    Scores are normal around 75 with a deviation of 10; in the 90 days before its churn an account
    scores `shift` deviations less, so that the AUC of rows is Φ(shift / √2). A renewal is due
    every year from a day of its own; churn falls on it.
    """
    generator = np.random.default_rng(seed)
    days = month_ends(months)
    span = (days[-1] - days[0]).days
    history, outcomes = [], []
    for number in range(accounts):
        leaves = number < churners
        due = days[0] + dt.timedelta(days=int(5 + (span - 5) * (number + 0.5) / churners % span))
        name = f"a{number:05d}"
        outcomes.append(outcome(name, due if leaves else None))
        for day in days:
            if leaves and day >= due:
                break
            near = leaves and (due - day).days <= 90
            score = float(np.clip(generator.normal(75 - 10 * shift * near, 10), 0, 100))
            renewal = (due - day).days % 365
            history.append(
                snapshot(
                    name,
                    day,
                    score,
                    usage=float(generator.normal(0, 0.1)),
                    days_to_renewal=renewal,
                    arr_usd=float(100 + number),
                )
            )
    return history_of(*history), outcomes_of(*outcomes)


def company(outcomes, *, newest):
    """Accounts and contracts with these outcomes, in data that reach to the day `newest`."""
    rows = outcomes.to_dicts()
    return {
        "accounts": [
            account(
                row["account_id"],
                name=f"Account *{row['account_id']}*",
                region="apac" if row["account_id"].endswith("7") else "emea",
                churned_date=row["churned_date"],
                churn_reason=row["churned_date"] and "Left <b>us</b>",
            )
            for row in rows
        ],
        "contracts": [
            contract(
                f"c-{row['account_id']}",
                row["account_id"],
                "2022-01-01",
                str(row["churned_date"] or "2027-01-01"),
            )
            for row in rows
        ],
        "tickets": [ticket("t1", rows[0]["account_id"], "3", f"{newest}T10:00")],
    }


def frozen(history):
    """The history as the ledger holds it, of the card version in force."""
    return history.with_columns(
        pl.lit(IN_FORCE).alias("card_version"),
        pl.col("as_of").alias("oldest_input_date"),
        pl.lit(dt.datetime(2026, 4, 30, tzinfo=dt.UTC)).alias("written_at"),
    ).select(SCHEMA.names())
