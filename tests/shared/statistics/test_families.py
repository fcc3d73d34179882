"""Families, geometric means, power and the checks of a series, against the guide and by hand."""

import gc
import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from queries.shared.statistics.checks import drift, is_interleaved, outliers
from queries.shared.statistics.family import geomean, holm
from queries.shared.statistics.power import detectable_ratio, sessions_needed


@pytest.fixture(scope="module", autouse=True)
def _uncollected():
    """Statsmodels collects garbage in every call: a seventh of a second each in a test process."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(gc, "collect", lambda: 0)
        yield


def test_holm_is_the_guides():
    assert holm([0.004, 0.02, 0.03]) == pytest.approx([0.012, 0.04, 0.04], rel=1e-12)
    assert holm([0.03, 0.004, 0.02]) == pytest.approx([0.04, 0.012, 0.04], rel=1e-12)
    assert holm([]) == []
    assert holm([0.9, 0.8]) == [1.0, 1.0]


def test_a_comparison_that_could_not_be_made_still_counts():
    assert holm([0.01, None, 0.02]) == pytest.approx([0.03, None, 0.04])


@given(st.lists(st.floats(0, 1), max_size=8))
def test_no_p_falls_and_their_order_stays(p_values):
    raised = holm(p_values)
    assert all(after >= before for before, after in zip(p_values, raised, strict=True))
    for (one, two), (first, second) in zip(
        itertools.combinations(p_values, 2), itertools.combinations(raised, 2), strict=True
    ):
        assert one == two or (one < two) == (first < second) or first == second


def test_the_geometric_mean_of_a_ratio_and_its_reverse_is_1():
    assert geomean([4.0, 0.25]) == pytest.approx(1.0, rel=1e-12)
    assert geomean([2.0, 8.0]) == pytest.approx(4.0, rel=1e-12)
    assert geomean([]) is None
    with pytest.raises(ValueError, match="above 0"):
        geomean([1.0, 0.0])


def test_the_sessions_for_23_percent_are_the_guides_but_never_below_6():
    assert [sessions_needed(cv, 1.23) for cv in (0.1, 0.2, 0.3)] == [6, 15, 33]
    assert sessions_needed(0.2, 1 / 1.23) == 15
    assert sessions_needed(0.1, 1.0) is None


@given(st.floats(0.01, 0.5), st.integers(6, 200))
def test_what_n_sessions_detect_takes_no_more_than_n_sessions(cv, sessions):
    assert sessions_needed(cv, detectable_ratio(cv, sessions) * (1 + 1e-9)) <= max(6, sessions)


def test_a_trend_has_the_probability_of_its_orders():
    # Of the 24 orders of 4 values, two are fully sorted.
    assert drift([1, 2, 3, 4]) == pytest.approx(2 / 24)
    assert drift([3.0, 3.0, 3.0, 3.0]) is None
    assert drift([1, 2, 3]) is None


def test_an_outlier_is_named_at_its_place_and_nothing_is_called_one_for_company():
    assert outliers([10, 11, 9, 10.5, 30]) == [False, False, False, False, True]
    assert outliers([5, 5, 5, 9]) == [False] * 4
    assert outliers([]) == []


@given(st.lists(st.integers(-50, 50), min_size=3, max_size=9), st.integers(1, 5))
def test_moving_and_scaling_all_values_names_the_same_outliers(values, scale):
    assert outliers(values) == outliers([scale * value + 1000 for value in values])


@pytest.mark.parametrize(
    ("order", "is_so"),
    [
        ("ABBABAABBAABABBAABBA", True),
        ("ABAB", True),
        ("AAAABBBB", False),
        ("AAB", False),
        ("AAAA", False),
        ("", False),
    ],
)
def test_turns_are_turns_where_the_mean_places_agree(order, is_so):
    assert is_interleaved(order) is is_so


def test_the_median_of_a_published_order_statistic_interval_is_inside():
    draws = np.random.default_rng(4).normal(size=11)
    assert not any(outliers(np.clip(draws, -1, 1)))
