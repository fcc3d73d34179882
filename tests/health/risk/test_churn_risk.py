"""Churn risk: a probability where the evidence allows one, and nothing made up where not."""

import datetime as dt

import duckdb
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from ledger.scores import write
from queries.core.ask import ask, ledger
from queries.health.risk.churn_risk import ChurnRisk, churn_risk, finding
from tests.health.evidence.simulated import IN_FORCE, book, company, frozen, history_of, outcomes_of
from warehouse.context import ALL, EVERYTHING, Context, Scope

AS_OF = dt.date(2026, 4, 30)
CONTEXT = Context(AS_OF, EVERYTHING)
HEALTH = {
    "lifecycle_stage": "adopted",
    "usage_change_share": 0.0,
    "commitment_pace": 0.9,
    "feature_breadth_share": 0.9,
    "severe_tickets_90d": 0,
    "incidents_28d": 0,
    "days_since_contact": 10,
    "days_to_renewal": 200,
    "arr_usd": 150.0,
}


def health(*rows):
    types = {"account_id": pl.String} | {
        name: {str: pl.String, float: pl.Float64, int: pl.Int64}[type(value)]
        for name, value in HEALTH.items()
    }
    return pl.LazyFrame([HEALTH | row for row in rows], schema=types)


ACCOUNTS = health(
    {"account_id": "good"},
    {"account_id": "bad", "usage_change_share": -0.5, "days_since_contact": 90},
    {"account_id": "due", "days_to_renewal": 30, "usage_change_share": -0.5},
    # Two of six inputs known: below the floor of 60 %.
    {
        "account_id": "dark",
        "usage_change_share": None,
        "commitment_pace": None,
        "feature_breadth_share": None,
        "days_since_contact": None,
    },
)


def base_rate(history, outcomes):
    """By hand SQL: the share of the snapshots with a band that a churn followed in 90 days."""
    with duckdb.connect() as connection:
        connection.register("history", history.collect().to_arrow())
        connection.register("outcomes", outcomes.collect().to_arrow())
        (share,) = connection.execute(
            """
            WITH monthly AS (
                SELECT * FROM history
                WHERE band <> 'unknown'
                QUALIFY as_of = max(as_of) OVER (PARTITION BY date_trunc('month', as_of))
            )
            SELECT count(*) FILTER (churned_date <= as_of + 90) / count(*)
            FROM monthly JOIN outcomes USING (account_id)
            WHERE as_of + 90 <= $day AND (churned_date IS NULL OR churned_date > as_of)
              AND (lapsed_date IS NULL OR lapsed_date > as_of + 90)
            """,
            {"day": AS_OF},
        ).fetchone()
    return pytest.approx(share)


def versioned(history, version=IN_FORCE):
    return history.with_columns(card_version=pl.lit(version))


def test_every_account_gets_its_probability_and_the_dark_one_none():
    history, outcomes = book(months=16, seed=3)
    frame = ChurnRisk.validate(churn_risk(ACCOUNTS, outcomes, versioned(history), context=CONTEXT))
    assert frame["account_id"].to_list() == ["good", "bad", "due", "dark"]
    chance = dict(frame.select("account_id", "churn_probability").iter_rows())
    assert chance["dark"] is None
    assert chance["good"] < chance["bad"] < chance["due"]
    assert frame.select("tier", "model", "events", "card_version").unique().rows() == [
        (2, "ridge_arr", 60, IN_FORCE)
    ]
    assert frame["base_rate_share"].unique().to_list() == [base_rate(history, outcomes)]
    total = sum(value for value in chance.values() if value)
    assert finding(frame).endswith(
        "churns expected in 90 days: tier 2, 60 churned accounts; 1 account without a probability"
    )
    assert finding(frame.filter(account_id="dark")) == (
        "Churns expected in 90 days are unknown: tier 2, 60 churned accounts"
    )
    assert finding(frame).startswith(f"{total:.2f}"[:4].rstrip("0"))


def test_without_enough_evidence_nothing_is_made_up():
    history, outcomes = book(months=16, churners=19, seed=3)
    frame = ChurnRisk.validate(churn_risk(ACCOUNTS, outcomes, versioned(history), context=CONTEXT))
    assert frame["churn_probability"].null_count() == frame.height == 4
    assert frame.select("tier", "model", "events").unique().rows() == [(0, None, 19)]
    assert frame["base_rate_share"].null_count() == 4
    assert finding(frame) == "No probability yet: 19 churned accounts, 20 are needed"


@pytest.mark.parametrize("history", [history_of(), versioned(book(months=16)[0], "not shipped")])
def test_a_history_of_no_shipped_card_is_none(history):
    frame = churn_risk(ACCOUNTS, book(months=16)[1], history, context=CONTEXT)
    assert frame.select("tier", "events", "card_version").unique().rows() == [(0, 0, None)]
    assert finding(ChurnRisk.create_empty()) == "No account with a contract is known"
    nobody = churn_risk(health(), outcomes_of(), history_of(), context=CONTEXT)
    assert ChurnRisk.validate(nobody).height == 0


def test_no_filter_changes_what_is_said_of_an_account(warehouse, on):
    history, outcomes = book(accounts=120, churners=30, months=16, seed=3)
    warehouse(company(outcomes.collect(), newest="2026-04-30"))
    write(ledger(), frozen(history).collect())
    everybody = ask("churn_risk", on(2026, 4, 30)).frame
    assert everybody.select("tier", "events").unique().rows() == [(1, 30)]
    some = ask("churn_risk", on(2026, 4, 30, region=("apac",))).frame
    assert 0 < some.height < everybody.height
    assert_frame_equal(some, everybody.filter(pl.col("account_id").str.ends_with("7")))
    # Who may see no account with a contract is told of none, whatever was learned.
    nobody = ask("churn_risk", on(2026, 4, 30, scope=Scope(questions=ALL, owner_ids=("p2",))))
    assert (nobody.state, nobody.frame.height) == ("empty", 0)
