"""The expected loss, traced by hand: unknown without evidence, and never zero for it."""

import datetime as dt

import polars as pl
import pytest

from queries.core.ask import ask
from queries.core.columns import in_words
from queries.health.risk.churn_risk import ChurnRisk, churn_risk
from queries.health.risk.expected_loss import QUESTIONS, ExpectedLoss, expected_loss
from queries.shared import words
from tests.health.evidence.simulated import IN_FORCE, book, history_of, outcomes_of
from tests.health.risk.test_churn_risk import ACCOUNTS
from tests.health.troubled import COMPANY
from warehouse.context import EVERYTHING, Context

CONTEXT = Context(dt.date(2026, 4, 30), EVERYTHING)


def lost(*accounts, tier=0, events=0):
    """The answer over accounts given by their ARR, none of which has a probability."""
    health = pl.DataFrame(
        [(str(place), arr) for place, arr in enumerate(accounts)],
        schema={"account_id": pl.String, "arr_selected_usd": pl.Float64},
        orient="row",
    )
    risk = pl.DataFrame(
        [
            (str(place), None, None, None, tier, "ridge", events, 0.07, "2025-11")
            for place in range(len(accounts))
        ],
        schema=ChurnRisk.create_empty().schema,
        orient="row",
    )
    return answer(health.lazy(), risk.lazy(), outcomes_of(), history_of())


def answer(health, risk, outcomes, history):
    return ExpectedLoss.validate(
        expected_loss(health=health, risk=risk, outcomes=outcomes, history=history, context=CONTEXT)
    )


@pytest.fixture(scope="module")
def learned():
    """A book whose score tells, its accounts today, and their probabilities."""
    history, outcomes_known = book(months=16, seed=3)
    history = history.with_columns(card_version=pl.lit(IN_FORCE))
    health = ACCOUNTS.with_columns(arr_selected_usd=pl.Series([1e6, 1e6, 5e5, 4e5]))
    risk = churn_risk(health, outcomes_known, history, context=CONTEXT)
    return health, risk.lazy(), outcomes_known, history


def test_it_is_the_arr_times_its_probability_and_says_what_is_left_out(learned):
    frame = answer(*learned)
    row = frame.row(0, named=True)
    risk = learned[1].collect()
    chances = dict(risk.select("account_id", "churn_probability").iter_rows())
    by_hand = 1e6 * chances["good"] + 1e6 * chances["bad"] + 5e5 * chances["due"]
    assert row["arr_expected_loss_usd"] == pytest.approx(by_hand)
    assert (row["arr_without_probability_usd"], row["tier"], row["events"]) == (400e3, 2, 60)
    # The book ends in January and the data date lies in April.
    left_out = "$400k ARR of unknown health is left out; scores are written to 31 Jan 2026 so far"
    assert in_words(frame, ExpectedLoss)["note"].item() == left_out
    loss, low, high = (
        words.money(row[f"arr_expected_loss{end}_usd"]) for end in ("", "_low", "_high")
    )
    assert QUESTIONS[0].finding(frame) == (
        f"Expected loss, 90 days: {loss} ({low} to {high}), tier 2; {left_out}"
    )


def test_the_interval_is_of_the_loss_and_not_of_the_probabilities(learned):
    row = answer(*learned).row(0, named=True)
    known = learned[1].collect().drop_nulls("churn_probability")
    # Three accounts lose one of eight sums; the interval ends on two of them.
    sums = {0.0, 5e5, 1e6, 1.5e6, 2e6, 2.5e6}
    assert row["arr_expected_loss_low_usd"] == 0.0
    assert row["arr_expected_loss_high_usd"] in sums
    by_model = float(known["churn_probability_high"].to_numpy() @ [1e6, 1e6, 5e5])
    assert row["arr_expected_loss_high_usd"] > by_model


def test_too_little_evidence_is_unknown_and_not_zero(warehouse, on):
    warehouse(COMPANY)
    answer = ask("expected_loss", on(2026, 1, 31))
    assert answer.in_words().row(0) == (
        None,
        None,
        None,
        1700.0,
        0,
        0,
        "unknown: 0 churned accounts so far, 20 are needed; no score is written yet",
    )
    assert answer.finding == (
        "Expected loss, 90 days, unknown: 0 churned accounts so far, 20 are needed; "
        "no score is written yet"
    )


def test_accounts_of_which_too_little_is_known_have_no_expected_loss():
    frame = lost(1e6, 2e6, tier=2, events=60)
    assert frame["arr_expected_loss_usd"].to_list() == [None]
    assert frame["arr_without_probability_usd"].item() == 3e6
    assert in_words(frame, ExpectedLoss)["note"].item() == (
        "unknown: too little is known of every account to judge one; no score is written yet"
    )


def test_no_account_is_no_row():
    frame = lost()
    assert frame.is_empty()
    assert QUESTIONS[0].finding(frame) == "No account with a contract is known"
