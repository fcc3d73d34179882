"""The expected loss, traced by hand: unknown without evidence, and never zero for it."""

import datetime as dt

import polars as pl
import pytest

from queries.ask import ask
from queries.churn_risk import ChurnRisk
from queries.expected_loss import QUESTIONS, ExpectedLoss, expected_loss
from tests.queries.troubled import COMPANY
from warehouse.context import Context, Scope

CONTEXT = Context(dt.date(2026, 1, 31), Scope("test"))


def lost(*accounts, tier=2, events=60):
    """The answer over accounts given as ARR and probability with its interval, or without."""
    health = pl.DataFrame(
        [(str(place), arr) for place, (arr, *_) in enumerate(accounts)],
        schema={"account_id": pl.String, "arr_selected_usd": pl.Float64},
        orient="row",
    )
    risk = pl.DataFrame(
        [
            (str(place), *(chances or [None] * 3), tier, "ridge", events, 0.07, "2025-11")
            for place, (_, *chances) in enumerate(accounts)
        ],
        schema=ChurnRisk.create_empty().schema,
        orient="row",
    )
    return ExpectedLoss.validate(
        expected_loss(health=health.lazy(), risk=risk.lazy(), context=CONTEXT)
    )


def test_it_is_the_arr_times_its_probability_and_says_what_is_left_out():
    frame = lost((1e6, 0.1, 0.05, 0.2), (2e6, 0.5, 0.25, 0.75), (400e3,), (0.0, 0.9, 0.8, 1.0))
    assert frame.drop("note").row(0) == pytest.approx((1.1e6, 550e3, 1.7e6, 400e3, 2, 60))
    assert frame["note"].item() == "$400k ARR of unknown health is left out"
    assert QUESTIONS[0].finding(frame) == (
        "ARR expected to be lost in 90 days $1.1M ($550k to $1.7M), tier 2; "
        "$400k ARR of unknown health is left out"
    )


def test_without_anything_left_out_nothing_is_said_of_it():
    frame = lost((1e6, 0.1, 0.05, 0.2), tier=1, events=20)
    assert QUESTIONS[0].finding(frame) == (
        "ARR expected to be lost in 90 days $100k ($50k to $200k), tier 1"
    )


def test_too_little_evidence_is_unknown_and_not_zero(warehouse, on):
    warehouse(COMPANY)
    answer = ask("expected_loss", on(2026, 1, 31))
    assert answer.frame.row(0) == (
        None,
        None,
        None,
        1700.0,
        0,
        0,
        "unknown: 0 churned accounts so far, 20 are needed",
    )
    assert answer.finding == (
        "ARR expected to be lost unknown: 0 churned accounts so far, 20 are needed"
    )


def test_accounts_of_which_too_little_is_known_have_no_expected_loss():
    frame = lost((1e6,), (2e6,))
    assert frame["arr_expected_loss_usd"].to_list() == [None]
    assert frame["arr_without_probability_usd"].item() == 3e6
    assert frame["note"].item() == "unknown: too little is known of every account to judge one"


def test_no_account_is_no_row():
    frame = lost()
    assert frame.is_empty()
    assert QUESTIONS[0].finding(frame) == "No account with a contract is known"
