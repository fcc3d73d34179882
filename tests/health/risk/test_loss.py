"""The loss: its interval against every outcome there is, and how often it holds what is lost."""

import itertools

import numpy as np
import pytest

from queries.health.risk.loss import drawn_losses, expected_loss
from tests.load import losses

DRAWS = np.random.default_rng(3)


def exactly(probability, arr):
    """Every loss of a few accounts and its probability: the slow road."""
    outcomes = np.array(list(itertools.product([0, 1], repeat=len(arr))))
    chances = np.where(outcomes, probability, 1 - probability).prod(axis=1)
    return outcomes @ arr, chances


@pytest.mark.parametrize("accounts", [5, 9, 12])
def test_the_interval_is_that_of_every_outcome_of_few_accounts(accounts):
    probability = DRAWS.uniform(0.1, 0.6, accounts)
    arr = np.exp(DRAWS.normal(12, 1, accounts))
    found = expected_loss(probability, np.tile(probability, (400, 1)), arr)
    lost, chance = exactly(probability, arr)
    assert chance.sum() == pytest.approx(1)
    assert found.expected_usd == pytest.approx(lost @ chance)
    # Beyond each end lies at most a fortieth, and with the end itself at least one; of 8,000
    # draws the share beyond has a standard deviation of 0.0017.
    for beyond, until in (
        (lost < found.low_usd - 1, lost < found.low_usd + 1),
        (lost > found.high_usd + 1, lost > found.high_usd - 1),
    ):
        assert chance[beyond].sum() <= 0.025 + 0.006
        assert chance[until].sum() >= 0.025 - 0.006


def test_model_and_outcome_both_count():
    draws = DRAWS.beta(4, 40, (400, 60))
    arr = np.exp(DRAWS.normal(12, 1, 60))
    lost = drawn_losses(draws, arr)
    # The law of total variance: what comes about under a draw, and how the draws differ.
    outcome, model = ((draws * (1 - draws)) @ arr**2).mean(), (draws @ arr).var()
    assert lost.var() == pytest.approx(outcome + model, rel=0.06)
    assert lost.mean() == pytest.approx((draws @ arr).mean(), rel=0.03)


def test_the_expected_loss_lies_in_its_interval_and_nobody_loses_nothing():
    unlikely = expected_loss(np.array([0.001]), np.full((400, 1), 0.001), np.array([5e6]))
    assert (unlikely.low_usd, unlikely.high_usd) == (0.0, 5_000.0)
    likely = expected_loss(np.array([0.5]), np.full((400, 1), 0.5), np.array([5e6]))
    assert (likely.low_usd, likely.expected_usd, likely.high_usd) == (0.0, 2.5e6, 5e6)
    nobody = expected_loss(np.array([]), np.zeros((400, 0)), np.array([]))
    assert (nobody.low_usd, nobody.expected_usd, nobody.high_usd) == (0.0, 0.0, 0.0)


def test_the_same_accounts_have_the_same_interval():
    draws, arr = DRAWS.beta(2, 20, (400, 30)), np.exp(DRAWS.normal(12, 1, 30))
    assert expected_loss(draws[0], draws, arr) == expected_loss(draws[0], draws, arr)


def test_in_made_up_books_the_loss_lies_in_the_interval_and_often_not_in_that_of_the_model():
    judged = losses.outcomes(losses.KINDS[0], range(25))
    assert len(judged) >= 20
    # Of so many books at 95 % fewer than nine in ten are held once in forty such tests.
    assert np.mean([one.is_covered for one in judged]) >= 0.88
    assert np.mean([one.is_covered_by_model for one in judged]) <= 0.7
