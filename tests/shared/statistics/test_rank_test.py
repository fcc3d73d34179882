"""The rank test against a peer's goldens, against counting by hand, and its laws."""

import itertools
import json
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import mannwhitneyu, rankdata, ttest_ind, ttest_rel

from queries.shared.statistics.rank_test import rank_sum
from tests.published import published

FEW = st.lists(st.integers(0, 6), min_size=1, max_size=5)


def goldens(name):
    return json.loads(published("golden_stats/golden.json"))[name]


def counted(values, baseline):
    """The share of all arrangements whose rank sum lies at least as far from its mean."""
    ranks = rankdata([*values, *baseline])
    sums = [sum(dealt) for dealt in itertools.combinations(ranks, len(values))]
    mean = len(values) * (len(ranks) + 1) / 2
    found = abs(sum(ranks[: len(values)]) - mean)
    return sum(abs(one - mean) >= found - 1e-9 for one in sums) / len(sums)


def test_every_golden_of_the_peer_comes_out_or_what_counting_says_where_the_peer_is_wrong():
    for golden in goldens("mann_whitney"):
        found = rank_sum(golden["x"], golden["y"])
        assert found.is_exact
        assert found.p_value == pytest.approx(golden["two_sided"], rel=1e-12)


def test_ties_that_leave_one_arrangement_out_there_have_its_probability_and_not_zero():
    # The peer's own test asserts p = 0 here. Of 126 arrangements 6 lie at least as far out.
    assert rank_sum([2, 1, 3, 5], [1] * 5).p_value == pytest.approx(6 / 126, rel=1e-12)
    assert counted([2, 1, 3, 5], [1] * 5) == 6 / 126


def test_arms_too_large_to_count_take_the_corrected_normal_law():
    arms = {
        "l1": [2 * i for i in range(500)],
        "l2": [2 * i - 41 for i in range(600)],
    }
    arms["l3"] = arms["l1"][:30] + arms["l2"][30:]
    for golden in goldens("mann_whitney_large")["cases"]:
        found = rank_sum(arms[golden["x"]], arms[golden["y"]])
        assert not found.is_exact
        assert found.p_value == pytest.approx(golden["two_sided"], rel=1e-12)


def test_the_least_p_of_n_values_in_each_arm_is_the_published_one():
    for size, least in goldens("u_test_min_p_by_n").items():
        n = int(size)
        apart = rank_sum(range(n), range(100, 100 + n))
        assert apart.p_value == pytest.approx(least, rel=1e-12)


def test_the_published_go_benchmark_differs_with_the_p_that_its_printer_hides():
    old, new = (
        [float(value) for value in re.findall(r"format=json-48.*?(\d+) ns/op", published(name))]
        for name in ("benchstat/old.txt", "benchstat/new.txt")
    )
    assert rank_sum(old, new).p_value == pytest.approx(1.0825e-05, rel=1e-4)


@given(FEW, FEW)
def test_the_p_value_is_what_counting_every_arrangement_says(values, baseline):
    found = rank_sum(values, baseline)
    assert found.is_exact
    assert found.p_value == pytest.approx(counted(values, baseline), rel=1e-12)


@given(FEW, FEW)
def test_exchanging_the_arms_changes_nothing(values, baseline):
    one, other = rank_sum(values, baseline), rank_sum(baseline, values)
    assert one.p_value == pytest.approx(other.p_value, rel=1e-12)


def test_without_ties_it_is_scipys_exact_test_up_to_the_largest_arms_it_counts():
    draws = np.random.default_rng(11)
    for size in (10, 20, 28):
        arms = draws.normal(size=(2, size))
        found = rank_sum(*arms)
        assert found.is_exact
        assert found.p_value == pytest.approx(mannwhitneyu(*arms, method="exact").pvalue, rel=1e-9)
    assert not rank_sum(*draws.normal(size=(2, 29))).is_exact


def test_unequal_arms_are_counted_while_that_is_quick_and_approximated_beyond():
    for dealt, most in ((1, 270), (2, 213), (10, 115)):
        for others, is_exact in ((most, True), (most + 1, False)):
            values, baseline = np.arange(dealt) * 1.0, np.arange(others) + 0.5
            assert rank_sum(values, baseline).is_exact is is_exact
            assert rank_sum(baseline, values).is_exact is is_exact
    # Below all 213 others or above them: two of the 215 * 214 / 2 ways to deal two values.
    assert rank_sum([-2.0, -1.0], range(213)).p_value == pytest.approx(2 / 23_005, rel=1e-12)


def test_arms_of_one_same_value_do_not_differ():
    assert rank_sum([3.0] * 5, [3.0] * 7).p_value == 1
    assert rank_sum([3.0] * 200, [3.0] * 200).p_value == 1


def test_a_rank_test_of_nothing_is_refused():
    with pytest.raises(ValueError, match="a value in each arm"):
        rank_sum([], [1.0])


def test_scipy_gives_the_peers_t_tests_which_nothing_here_uses():
    welch, paired = goldens("welch_t"), goldens("paired_t")
    found = ttest_ind(welch["x"], welch["y"], equal_var=False)
    assert found.statistic == pytest.approx(welch["t"], rel=1e-12)
    assert found.df == pytest.approx(welch["dof"], rel=1e-12)
    assert found.pvalue == pytest.approx(welch["two_sided"], rel=1e-12)
    found = ttest_rel(paired["x"], paired["y"])
    assert found.statistic == pytest.approx(paired["t"], rel=1e-12)
    assert found.pvalue == pytest.approx(paired["two_sided"], rel=1e-12)
