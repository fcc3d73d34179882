"""The Hodges–Lehmann ratio against the guide's, against all pairs by hand, and its laws."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import mannwhitneyu

from queries.shared.statistics import hodges_lehmann as module
from queries.shared.statistics.hodges_lehmann import hodges_lehmann
from queries.shared.statistics.ratio import MOST_RESAMPLED
from tests.published import published
from tests.shared.statistics.ratio_interval import ratio_interval

POSITIVE = st.lists(st.integers(1, 1000), min_size=1, max_size=8)


def test_the_published_go_benchmark_is_shifted_by_the_guides_ratio():
    old, new = (
        [float(value) for value in re.findall(r"format=json-48.*?(\d+) ns/op", published(name))]
        for name in ("benchstat/old.txt", "benchstat/new.txt")
    )
    found = hodges_lehmann(old, new)
    rounded = [round(one, 4) for one in (found.value, found.low, found.high)]
    assert rounded == [1.2098, 1.1996, 1.2203]


def test_the_interval_holds_the_shifts_that_the_exact_rank_test_does_not_refuse():
    draws = np.random.default_rng(8)
    for sizes in ((6, 6), (10, 10), (7, 12)):
        values, baseline = (np.exp(draws.normal(0, 0.1, size)) for size in sizes)
        found = hodges_lehmann(values, baseline)
        for end, inside in ((found.low, 1 + 1e-9), (found.high, 1 - 1e-9)):
            kept = mannwhitneyu(values, baseline * end * inside, method="exact").pvalue
            refused = mannwhitneyu(values, baseline * end / inside, method="exact").pvalue
            assert refused <= 0.05 < kept


def test_arms_too_small_for_the_confidence_have_a_ratio_and_no_interval():
    found = hodges_lehmann([2.0, 4.0], [1.0, 2.0])
    # The ratios are 1, 2, 2 and 4.
    assert (found.value, found.low, found.high) == (pytest.approx(2.0), None, None)
    assert hodges_lehmann([], [1.0]) is None
    assert hodges_lehmann([0.0, 1.0], [1.0]) is None


@given(POSITIVE, POSITIVE)
def test_the_value_is_the_median_of_all_ratios_and_its_reverse_reversed(values, baseline):
    ratios = np.log(np.divide.outer(np.array(values, float), np.array(baseline, float)))
    found = hodges_lehmann(values, baseline).value
    assert found == pytest.approx(np.exp(np.median(ratios)), rel=1e-9)
    assert hodges_lehmann(baseline, values).value == pytest.approx(1 / found, rel=1e-9)


def test_ratios_too_many_to_sort_are_selected_the_same(monkeypatch):
    draws = np.random.default_rng(3)
    values, baseline = np.exp(draws.normal(0, 0.1, 60)), np.exp(draws.normal(0.02, 0.1, 50))
    sorted_all = hodges_lehmann(values, baseline)
    monkeypatch.setattr(module, "MOST_PAIRED", 1)
    selected = hodges_lehmann(values, baseline)
    for name in ("value", "low", "high"):
        assert getattr(selected, name) == pytest.approx(getattr(sorted_all, name), rel=1e-12)


def test_the_middles_of_resamples_have_the_law_of_resampling():
    draws = np.random.default_rng(6)
    for size in (MOST_RESAMPLED + 1, MOST_RESAMPLED + 2):
        values, baseline = np.exp(draws.normal(0.2, 0.1, size)), np.exp(draws.normal(0, 0.1, size))
        drawn = ratio_interval(values, baseline)
        resampled = np.sort(
            np.log(np.median(values[draws.integers(0, size, (20_000, size))], axis=1))
            - np.log(np.median(baseline[draws.integers(0, size, (20_000, size))], axis=1))
        )
        low, high = np.exp(np.quantile(resampled, (0.025, 0.975)))
        assert drawn == pytest.approx((low, high), rel=0.006)
