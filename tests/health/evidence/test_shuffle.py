"""The shuffle: deals that keep what they promise, an interval by scipy, alarms and leaks."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from queries.health.evidence.fitting.validation import blocks_of
from queries.health.evidence.gates.shuffle import Ranked, deals, is_leak, shuffled_auc
from queries.health.evidence.scores import auc, auc_within
from tests.load import shuffles


def test_pairs_are_compared_within_a_part_alone():
    predicted = np.array([0.9, 0.2, 0.3, 0.8, 0.8])
    happened = np.array([True, False, True, False, True])
    # Part 0: 1 of 1 pair; part 1: 0.3 below 0.8 loses, 0.8 against 0.8 ties: ½ of 2.
    assert auc_within(predicted, happened, np.array([0, 0, 1, 1, 1])) == pytest.approx(1.5 / 3)
    assert auc_within(predicted, happened, np.zeros(5)) == auc(predicted, happened)
    assert np.isnan(auc_within(predicted, happened, np.arange(5)))


def test_a_base_rate_that_differs_from_part_to_part_ranks_nothing():
    parts = np.repeat([0, 1], 500)
    happened = np.concatenate([np.arange(500) < 50, np.arange(500) < 250])
    predicted = parts.astype(float)
    assert auc(predicted, happened) > 0.7
    assert auc_within(predicted, happened, parts) == 0.5


def test_a_deal_keeps_the_outcomes_of_each_block_and_the_months_of_an_account_together():
    accounts = np.repeat(np.arange(12), 3)
    blocks = np.where(np.arange(36) < 18, 0, 1)
    happened = np.isin(accounts, [1, 4, 8])
    for dealt in deals(happened, accounts, blocks):
        assert [dealt[blocks == block].sum() for block in (0, 1)] == [6, 3]
        # Runs of three, cut in two at most once a block, by where the dealing begins.
        assert np.abs(np.diff(dealt.astype(int))).sum() <= 2 * 3 + 2
    assert len({dealt.tobytes() for dealt in deals(happened, accounts, blocks)}) == 20


def test_every_outcome_is_as_likely_on_every_row_whatever_the_size_of_the_account():
    accounts = np.repeat(np.arange(5), [1, 2, 3, 4, 10])
    happened = accounts == 4
    blocks = np.zeros_like(accounts)
    counts = np.sum(
        [dealt for seed in range(50) for dealt in deals(happened, accounts, blocks, seed=seed)],
        axis=0,
    )
    # 1,000 deals, each row true in half of them: six standard deviations are 95.
    assert np.abs(counts - 500).max() < 95


def test_the_interval_is_that_of_a_mean_by_the_spread_of_the_deals():
    draws = np.random.default_rng(5)
    accounts = np.arange(60)
    dealt = list(deals(accounts < 20, accounts, np.zeros_like(accounts)))
    predicted = draws.normal(0, 1, 60)
    found = shuffled_auc(iter(dealt), lambda one: Ranked(predicted, one, np.zeros_like(accounts)))
    aucs = [auc(predicted, one) for one in dealt]
    low, high = stats.t.interval(0.95, 19, np.mean(aucs), stats.sem(aucs))
    assert (found.value, found.low, found.high) == pytest.approx((np.mean(aucs), low, high))


def test_nothing_ranked_is_no_leak():
    accounts = np.arange(4)
    none = shuffled_auc(
        deals(accounts < 0, accounts, np.zeros_like(accounts)),
        lambda one: Ranked(accounts.astype(float), one, np.zeros_like(accounts)),
    )
    assert np.isnan(none.value)
    assert (none.low, is_leak(none)) == (None, False)


def test_a_row_lies_in_the_block_of_its_time():
    # Eight moments in seven blocks, the first of two.
    known = shuffles.table(accounts=1, months=8)
    assert blocks_of(known).tolist() == [0, 0, 1, 2, 3, 4, 5, 6]
    few = replace(known, times=np.array([10, 20, 30, 80, 70, 10, 10, 10]))
    assert blocks_of(few).tolist() == [0, 1, 2, 4, 3, 0, 0, 0]
    assert set(blocks_of(replace(known, times=None))) == {0}


def test_of_a_hundred_shuffles_without_a_leak_few_alarm():
    assert shuffles.alarms_of_backtest(range(100)) <= shuffles.MOST_ALARMS[100]
    assert shuffles.alarms_of_gates(range(100)) <= shuffles.MOST_ALARMS[100]


def test_of_a_hundred_leaks_nearly_all_are_found():
    assert shuffles.leaks_found_by_backtest(range(100)) >= shuffles.LEAST_FOUND
    assert shuffles.leaks_found_out_of_time(range(100)) >= shuffles.LEAST_FOUND
    assert shuffles.leaks_found_by_gates(range(100)) >= shuffles.LEAST_FOUND
