"""Intervals of probabilities: against refits of every draw, and what they must not depend on."""

import numpy as np
import polars as pl
import pytest
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

from queries.health.evidence.fitting.models import Boosting, Ridge, UnitWeightScore
from queries.health.evidence.fitting.sigmoid import recalibrated
from queries.shared.statistics.bootstrap import (
    cluster_weights,
    percentile_interval,
    percentile_intervals,
)

ACCOUNTS, ROWS = 300, 4
NEW = np.array([-2.0, 0.0, 2.0])


def book(seed=4):
    """Accounts of four rows each; the score is that of the account, so its rows go together."""
    generator = np.random.default_rng(seed)
    accounts = np.repeat(np.arange(ACCOUNTS), ROWS)
    score = np.repeat(generator.normal(0, 1, ACCOUNTS), ROWS) + generator.normal(0, 0.2, 1_200)
    return accounts, score, generator.random(1_200) < expit(-2.0 - score)


def refits(accounts, score, happened):
    """The slow road: a fit for every draw of accounts."""
    fit = LogisticRegression(C=np.inf, solver="newton-cholesky")
    drawn = [
        fit.fit(score[:, None], happened, sample_weight=draw).predict_proba(NEW[:, None])[:, 1]
        for draw in cluster_weights(accounts, 300)
    ]
    return np.array([percentile_interval(one) for one in np.array(drawn).T])


def test_the_interval_is_that_of_a_refit_for_every_draw():
    accounts, score, happened = book()
    draws = recalibrated(score, happened).draws(score, happened, accounts, NEW)
    low, high = percentile_intervals(draws)
    slow = refits(accounts, score, happened)
    widths = slow[:, 1] - slow[:, 0]
    assert np.abs(low - slow[:, 0]) == pytest.approx(0, abs=0.12 * widths.max())
    assert np.abs(high - slow[:, 1]) == pytest.approx(0, abs=0.12 * widths.max())
    point = recalibrated(score, happened)(NEW)
    assert ((low < point) & (point < high)).all()


def test_rows_of_one_account_are_no_further_evidence():
    accounts, score, happened = book()
    sigmoid = recalibrated(score, happened)
    once = percentile_intervals(sigmoid.draws(score, happened, accounts, NEW))
    tiled = (np.tile(one, 5) for one in (score, happened, accounts))
    again = percentile_intervals(sigmoid.draws(*tiled, NEW))
    assert np.array(again) == pytest.approx(np.array(once), abs=1e-12)
    alone = np.tile(np.arange(len(score)), 5) + len(score) * np.repeat(np.arange(5), len(score))
    draws = sigmoid.draws(np.tile(score, 5), np.tile(happened, 5), alone, NEW)
    narrower = percentile_intervals(draws)
    assert (np.subtract(*narrower[::-1]) < np.subtract(*once[::-1])).all()


@pytest.mark.parametrize("model", ["score", "ridge", "boosting"])
def test_every_model_gives_an_interval_around_its_probability(model):
    accounts, score, happened = book()
    factors = pl.DataFrame({"score": score, "noise": np.random.default_rng(6).normal(0, 1, 1_200)})
    splits = [(np.arange(600), np.arange(600, 1_200)), (np.arange(600, 1_200), np.arange(600))]
    fit = {
        "score": lambda: UnitWeightScore(factors, happened),
        "ridge": lambda: Ridge(factors, happened, splits=splits, most_parameters=2),
        "boosting": lambda: Boosting(factors, happened, splits=splits),
    }[model]()
    new = pl.DataFrame({"score": NEW, "noise": np.zeros(3)})
    low, high = percentile_intervals(fit.draws(factors, happened, accounts, new))
    assert (low < high).all()
    truth = expit(-2.0 - NEW[1])
    assert (low[1], high[1]) == pytest.approx((truth, truth), abs=0.06)
    point = fit.predict(new)
    assert ((low < point) & (point < high)).all()


def test_a_score_that_is_the_same_for_everybody_gives_everybody_the_base_rate():
    accounts, _, happened = book()
    same = pl.DataFrame({"score": np.full(len(happened), 70.0)})
    fit = UnitWeightScore(same, happened)
    low, high = percentile_intervals(fit.draws(same, happened, accounts, same[:1]))
    base = happened.mean()
    assert fit.predict(same[:1]) == pytest.approx([base], abs=1e-4)
    shares = cluster_weights(accounts, 1_000) @ happened / len(happened)
    assert (low[0], high[0]) == pytest.approx(percentile_interval(shares), abs=0.005)
