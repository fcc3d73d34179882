"""Median and ratio intervals against published ranks, golden values, scipy and symmetry."""

import json
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from queries.shared.statistics.bootstrap import SEED
from queries.shared.statistics.intervals import (
    coverage,
    mean_interval,
    median_interval,
    median_ranks,
    quantile_interval,
    quantile_ranks,
    wilson_interval,
)
from tests.published import published
from tests.shared.statistics.ratio_interval import ratio_interval

A = [1.21, 1.25, 1.19, 1.24, 1.30, 1.22, 1.27, 1.23, 1.18, 1.26]
B = [1.02, 0.97, 1.00, 1.05, 0.99, 1.01, 0.95, 1.03]


@pytest.mark.parametrize(
    ("count", "ranks", "confidence"),
    [
        (6, (1, 6), 0.969),
        (8, (1, 8), 0.992),
        (10, (2, 9), 0.979),
        (12, (3, 10), 0.961),
        (15, (4, 12), 0.965),
        (20, (6, 15), 0.959),
    ],
)
def test_the_published_ranks_of_the_median_interval(count, ranks, confidence):
    assert median_ranks(count) == ranks
    assert round(coverage(ranks[0], count), 3) == confidence


@pytest.mark.parametrize("count", range(6))
def test_below_six_values_no_interval_reaches_95_percent(count):
    assert median_ranks(count) is None
    assert median_interval([1.0] * count) is None


def test_the_golden_median_intervals():
    golden = json.loads(published("golden_stats/golden.json"))
    for case in golden["median_ci"]:
        expected = None if case["lo"] is None else (case["lo"], case["hi"])
        assert median_interval(case["x"], case["conf"]) == expected
        assert np.median(case["x"]) == case["center"]


def test_the_golden_quantile_intervals():
    golden = json.loads(published("golden_stats/golden.json"))["quantile_ci_R"]
    ranks = {0.2: (1, 5), 0.5: (4, 9), 0.8: (8, 12)}
    for quantile, expected in ranks.items():
        name = f"q{quantile * 100:.0f}"
        assert quantile_ranks(12, quantile, golden["conf"]) == expected
        found = quantile_interval(golden["x"], quantile, golden["conf"])
        assert found == pytest.approx(golden[f"ci_{name}"], abs=1e-6)
        assert np.quantile(golden["x"], quantile) == pytest.approx(golden[name], abs=1e-6)


def log_ratio(values, baseline, axis):
    difference = np.log(np.median(values, axis=axis)) - np.log(np.median(baseline, axis=axis))
    return np.round(difference, 12)  # so that scipy, too, sees equal ratios as ties


@pytest.mark.parametrize(
    ("values", "baseline"),
    [
        (B, A),
        ([0.8, 1.0, 1.1], [1.0, 1.05, 0.9, 1.2]),
        ([3.0, 1.0, 2.0, 2.0, 9.0, 2.5], [1.5, 2.0, 2.0, 4.0, 30.0, 2.0]),
    ],
)
def test_the_ratio_interval_equals_scipys_bca_on_the_same_draws(values, baseline):
    from scipy.stats import bootstrap

    # The arm with fewer, or else smaller, values draws first; each case here is in that order.
    reference = bootstrap(
        (np.sort(values), np.sort(baseline)),
        log_ratio,
        n_resamples=10_000,
        method="BCa",
        rng=np.random.default_rng(SEED),
    ).confidence_interval
    assert ratio_interval(values, baseline) == pytest.approx(np.exp(reference), rel=2e-12)


def test_exchanging_the_arms_gives_the_reciprocal_interval():
    low, high = ratio_interval(A, B)
    assert ratio_interval(B, A) == pytest.approx((1 / high, 1 / low), rel=1e-12)
    assert low < np.median(A) / np.median(B) < high


def test_a_change_of_unit_changes_nothing():
    scaled = ratio_interval([1.048576 * value for value in A], [1.048576 * value for value in B])
    assert scaled == pytest.approx(ratio_interval(A, B), rel=1e-12)


def test_the_order_of_the_values_changes_nothing():
    assert ratio_interval(A[::-1], sorted(B)) == ratio_interval(A, B)


def test_no_interval_below_three_values_or_with_a_zero():
    assert ratio_interval([1.0, 2.0], B) is None
    assert ratio_interval(A, [1.0, 2.0]) is None
    assert ratio_interval(A, [0.0, *B]) is None


def test_values_that_never_vary_give_the_ratio_itself():
    assert ratio_interval([3.0] * 4, [2.0] * 4) == pytest.approx((1.5, 1.5), rel=1e-12)


def test_the_interval_covers_a_true_ratio_about_as_often_as_it_says():
    draws = np.random.default_rng(5)
    covered = 0
    for _ in range(200):
        low, high = ratio_interval(draws.normal(1.23, 0.05, 10), draws.normal(1.0, 0.05, 10))
        covered += low <= 1.23 <= high
    # The bootstrap of medians of ten is known to fall a little short of 95 %.
    assert 176 <= covered <= 198


def test_the_published_go_benchmark_is_faster_by_its_published_ratio():
    old, new = (
        [float(value) for value in re.findall(r"format=json-48.*?(\d+) ns/op", published(name))]
        for name in ("benchstat/old.txt", "benchstat/new.txt")
    )
    assert (len(old), len(new)) == (10, 10)
    assert np.median(old) / np.median(new) == pytest.approx(1.2077, abs=5e-5)
    low, high = ratio_interval(old, new)
    # Published beside it by another method (Hodges-Lehmann): [1.1996, 1.2203].
    assert 1.19 < low < 1.2077 < high < 1.23


def test_the_interval_of_a_mean_is_as_wide_as_its_standard_error_says():
    counts = [0] * 300 + [4] * 100
    # Mean 1, standard deviation sqrt(3), 400 shifts: 1 ± 1.96 · 0.0866.
    assert mean_interval(counts) == pytest.approx((0.83, 1.17), abs=0.01)
    assert mean_interval(counts[::-1]) == mean_interval(counts)
    assert mean_interval([2, 2, 2]) == (2.0, 2.0)


@pytest.mark.parametrize(
    ("count", "of", "low", "high"),
    [(3, 10, 11, 60), (6, 20, 15, 52), (8, 30, 14, 44), (10, 30, 19, 51)],
)
def test_wilsons_interval_is_the_field_guides(count, of, low, high):
    found = wilson_interval(count, of)
    assert tuple(round(100 * end) for end in found) == (low, high)


@given(st.integers(1, 500).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of))))
def test_wilsons_interval_is_scipys_and_stays_a_share(trials):
    count, of = trials
    low, high = wilson_interval(count, of)
    theirs = binomtest(count, of).proportion_ci(method="wilson")
    assert (low, high) == pytest.approx((theirs.low, theirs.high), abs=1e-12)
    assert 0 <= low <= count / of <= high <= 1
