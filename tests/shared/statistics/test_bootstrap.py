"""The bootstrap: what a draw takes, what it leaves together, and where it says nothing."""

import numpy as np
import pytest

from queries.shared.statistics.bootstrap import (
    bca_intervals,
    cluster_weights,
    percentile_interval,
    percentile_intervals,
    resample,
)


def test_a_draw_takes_as_many_as_were_observed_and_the_same_in_every_run():
    drawn = resample([3, 0, 1], 500)
    assert (drawn.sum(axis=1) == 4).all()
    assert not drawn[:, 1].any()
    assert drawn[:, 0].mean() == pytest.approx(3.0, abs=0.1)
    assert (drawn == resample([3, 0, 1], 500)).all()


def test_draws_take_whole_clusters():
    weights = cluster_weights(np.array([7, 7, 3, 9]), 1_000)
    assert (weights[:, 0] == weights[:, 1]).all()
    assert (weights[:, 1:].sum(axis=1) == 3).all()
    assert weights[:, 2].mean() == pytest.approx(1.0, abs=0.1)


def test_an_interval_leaves_out_what_could_not_be_computed():
    assert percentile_interval(np.array([np.nan, *np.arange(101.0)])) == pytest.approx((2.5, 97.5))
    assert percentile_interval(np.array([np.nan])) == (None, None)
    assert percentile_interval(np.array([np.nan, np.nan])) == (None, None)


def test_many_numbers_are_judged_each_by_its_own_draws():
    draws = np.column_stack([np.arange(101.0), np.arange(101.0) * 10])
    low, high = percentile_intervals(draws)
    assert low.tolist() == pytest.approx([2.5, 25.0])
    assert high.tolist() == pytest.approx([97.5, 975.0])


def test_without_bias_or_skew_the_accelerated_interval_is_that_of_the_percentiles():
    draws = np.linspace(-1.0, 1.0, 10_001)
    even = np.array([-1.0, 0.0, 1.0])
    wide, narrow = bca_intervals(0.0, draws, (even,), (0.95, 0.5))
    assert wide == pytest.approx((-0.95, 0.95), abs=1e-3)
    assert narrow == pytest.approx((-0.5, 0.5), abs=1e-3)
    assert bca_intervals(2.0, np.full(10, 2.0), (even,), (0.95,)) == [(2.0, 2.0)]
