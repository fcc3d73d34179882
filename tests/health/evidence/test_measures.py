"""Intervals where drawing shows no spread, and what a tenth can hold at a base rate."""

import datetime as dt

import numpy as np
import polars as pl
import pytest
from scipy.stats import binomtest

from queries.health.evidence.curve import curve
from queries.health.evidence.gates.gate import GATES, LEAST_TOP_TENTH
from queries.health.evidence.gates.ranking import ranking_gates
from queries.health.evidence.measures import AccountBootstrap, most_captured, share
from queries.health.evidence.scores import Ranking
from tests.health.evidence.simulated import book, history_of, outcome, outcomes_of, panel, snapshot

AS_OF = dt.date(2026, 4, 30)


def rows(accounts, months=3):
    return pl.DataFrame({"account_id": [f"a{n}" for n in range(accounts) for _ in range(months)]})


@pytest.mark.parametrize("happens", [False, True])
def test_a_share_of_nothing_or_all_has_the_interval_of_its_accounts(happens):
    drawn = AccountBootstrap(rows(10))
    happened = np.full(30, happens)
    found = drawn.estimate(lambda weights: share(happened, weights))
    exact = binomtest(10 if happens else 0, 10).proportion_ci(method="wilson")
    assert (found.low, found.high) == pytest.approx((exact.low, exact.high))
    # Of four accounts less is known than of ten.
    few = np.arange(30) < 12
    part = drawn.estimate(lambda weights: share(happened, weights * few), of=few)
    exact = binomtest(4 if happens else 0, 4).proportion_ci(method="wilson")
    assert (part.low, part.high) == pytest.approx((exact.low, exact.high))


def test_a_lift_of_nothing_reaches_up_to_the_share_that_may_be_behind_it():
    happened = np.arange(60) < 6
    chosen = np.arange(60) >= 48
    found = AccountBootstrap(rows(20)).lift(happened, chosen)
    exact = binomtest(0, 4).proportion_ci(method="wilson")
    assert (found.value, found.low) == (0.0, 0.0)
    assert found.high == pytest.approx(exact.high / 0.1)


@pytest.mark.parametrize(
    ("base", "most"), [(0.05, 1.0), (0.1, 1.0), (0.2, 0.5), (0.4, 0.25), (1.0, 0.1)]
)
def test_a_tenth_holds_at_most_one_event_a_row(base, most):
    assert most_captured(0.1, base) == pytest.approx(most)


def gates_of(history, outcomes):
    return {one.metric: one for one in ranking_gates(panel(history, outcomes, AS_OF))}


def test_capture_is_judged_against_what_a_tenth_can_hold():
    """Two in five snapshots precede a churn: the lowest tenth is full of them, a quarter of all."""
    accounts = [f"a{n:03d}" for n in range(100)]
    history = history_of(
        *(snapshot(name, "2025-06-30", float(n)) for n, name in enumerate(accounts))
    )
    outcomes = outcomes_of(
        *(outcome(name, "2025-08-01" if n < 40 else None) for n, name in enumerate(accounts))
    )
    found = gates_of(history, outcomes)["gate_top_tenth_share"]
    assert (found.value, found.verdict) == (pytest.approx(1.0), "pass")
    # By the share of all churns it would miss its bar, which no ranking could reach.
    perfect = Ranking(-np.arange(100.0), np.arange(100) < 40)
    assert perfect.captured(0.1) == pytest.approx(0.25)
    assert perfect.captured(0.1) < LEAST_TOP_TENTH


def test_no_gate_and_no_fifth_has_an_interval_without_width():
    history, outcomes = book(accounts=150, churners=40, months=16, seed=3)
    # No churn follows a score at risk: its lift and its precision are zero.
    never = history.with_columns(
        band=pl.when(pl.col("score") < 50).then(pl.lit("healthy")).otherwise("band")
    )
    leaves = outcomes.filter(pl.col("churned_date").is_not_null()).collect()["account_id"]
    never = never.with_columns(
        band=pl.when(pl.col("account_id").is_in(leaves.to_list()) & (pl.col("band") == "at_risk"))
        .then(pl.lit("watch"))
        .otherwise("band")
    )
    found = gates_of(never, outcomes)
    assert found["gate_red_lift"].value == found["gate_red_precision"].value == 0
    for one in found.values():
        assert one.metric in GATES
        assert one.low < one.high, one.metric
    fifths = curve(panel(*book(churners=40, months=16, shift=4.0, seed=3), AS_OF))
    assert (fifths["observed_share_low"] < fifths["observed_share_high"]).all()
    assert fifths["observed_share"].min() == 0
