"""Measures of prediction: traced by hand, and held against scikit-learn's own."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit
from sklearn.metrics import log_loss as reference_loss
from sklearn.metrics import roc_auc_score

from queries.health.evidence.fitting.sigmoid import calibration_slope, recalibrated
from queries.health.evidence.scores import (
    Ranking,
    auc,
    brier_skill,
    log_loss,
)

YES = np.array([True, True, False, False, False])


def ranking(*predicted):
    return Ranking(np.array(predicted, dtype=float), YES)


def test_auc_counts_pairs_and_half_of_ties():
    # Pairs of (0.9, 0.5) against (0.5, 0.4, 0.1): five won, one tied, of six.
    assert ranking(0.9, 0.5, 0.5, 0.4, 0.1).auc() == pytest.approx(5.5 / 6)
    assert ranking(1, 1, 1, 1, 1).auc() == 0.5
    assert ranking(0, 0, 1, 1, 1).auc() == 0.0


def test_a_weight_counts_a_row_as_often():
    weights = np.array([1.0, 1.0, 2.0, 0.0, 1.0])
    # Against (0.5, 0.5, 0.1): 0.9 wins three, 0.5 ties two and wins one.
    assert ranking(0.9, 0.5, 0.5, 0.4, 0.1).auc(weights) == pytest.approx(5 / 6)


def test_without_both_outcomes_there_is_no_auc():
    assert np.isnan(auc(np.array([1.0, 2.0]), np.array([True, True])))


@given(
    st.lists(st.tuples(st.integers(0, 6), st.booleans()), min_size=2, max_size=60).filter(
        lambda rows: len({happened for _, happened in rows}) == 2
    )
)
def test_auc_is_scikit_learns(rows):
    predicted, happened = (np.array(column) for column in zip(*rows, strict=True))
    assert auc(predicted.astype(float), happened) == pytest.approx(
        roc_auc_score(happened, predicted)
    )


def test_what_the_top_holds_takes_ties_at_its_edge_in_part():
    # The top two fifths are the first row and half of the two that tie below it.
    assert ranking(0.9, 0.5, 0.5, 0.4, 0.1).captured(0.4) == pytest.approx(0.75)
    assert ranking(0.9, 0.8, 0.5, 0.4, 0.1).captured(0.4) == 1.0
    assert ranking(1, 1, 1, 1, 1).captured(0.1) == pytest.approx(0.1)


def test_lift_is_the_rate_of_the_top_tenth_over_the_rate_of_all():
    predicted = np.arange(20, dtype=float)
    happened = predicted >= 15
    # Two rows in the tenth, both happened: rate 1 over rate 0.25.
    assert Ranking(predicted, happened).top_decile_lift() == pytest.approx(4.0)


def test_observed_over_expected():
    predicted = np.array([0.5, 0.5, 0.2, 0.2, 0.2])
    assert Ranking(predicted, YES).observed_over_expected() == pytest.approx(2 / 1.6)
    weights = np.array([0.0, 1.0, 1.0, 1.0, 1.0])
    assert Ranking(predicted, YES).observed_over_expected(weights) == pytest.approx(1 / 1.1)


def test_loss_and_skill():
    predicted = np.array([0.9, 0.6, 0.3, 0.2, 0.1])
    assert log_loss(predicted, YES) == pytest.approx(reference_loss(YES, predicted))
    assert log_loss(np.array([0.0]), np.array([True])) == pytest.approx(-np.log(1e-6))
    # Squared misses 0.01 + 0.16 + 0.09 + 0.04 + 0.01 against the base rate's 5 × 0.24.
    assert brier_skill(predicted, YES, 0.4) == pytest.approx(1 - 0.31 / 1.2)
    assert brier_skill(np.full(5, 0.4), YES, 0.4) == 0.0


def test_recalibration_finds_the_two_parameters_that_made_the_outcomes():
    generator = np.random.default_rng(1)
    score = generator.normal(3.0, 2.0, 40_000)
    happened = generator.random(40_000) < expit(-4.0 + 0.8 * score)
    found = recalibrated(score, happened)
    assert found.intercept == pytest.approx(-4.0, abs=0.1)
    assert found.slope == pytest.approx(0.8, abs=0.02)
    assert found(score).mean() == pytest.approx(happened.mean(), abs=1e-4)


def test_the_slope_tells_too_extreme_from_too_timid():
    generator = np.random.default_rng(2)
    odds = generator.normal(0.0, 1.5, 40_000)
    happened = generator.random(40_000) < expit(odds)
    for factor in (0.5, 1.0, 2.0):
        slope = calibration_slope(expit(factor * odds), happened)
        assert slope == pytest.approx(1 / factor, rel=0.03)
    assert np.isnan(calibration_slope(np.full(5, 0.4), YES))
