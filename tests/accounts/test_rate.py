"""The rate of consumption by whole weeks, and the band of what it adds up to."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from queries.accounts.consumption.rate import band, rate


def weekly(weeks):
    """Each week's total, consumed evenly over its days."""
    return [week / 7 for week in weeks for _ in range(7)]


def test_a_week_used_on_one_day_counts_all_its_seven():
    # A rate over active days would say 70.
    assert rate([0.0] * 6 + [70.0]).per_day == 10.0


def test_the_weekday_on_which_it_is_used_decides_the_day():
    ahead = band(rate([0.0] * 6 + [70.0]), 14)
    assert ahead.middle.tolist() == [*[0.0] * 6, *[70.0] * 7, 140.0]


def test_a_customer_that_stopped_does_not_keep_its_old_rate():
    assert rate([10.0] * 56).per_day == 10.0
    assert rate([10.0] * 56 + [0.0] * 28).per_day == 5.0
    assert rate([5.0] * 14 + [0.0] * 56).per_day == 0.0


def test_late_days_are_left_out():
    assert rate([10.0] * 56 + [None] * 3) == rate([10.0] * 56)


def test_a_week_with_a_day_unknown_says_nothing_of_the_rate():
    assert rate([10.0] * 7 + [1.0, None, *[1.0] * 5]).weeks == (70.0,)
    assert rate([1.0] * 6) is None
    assert rate([None] * 30) is None
    assert rate([None, 3.0]) is None


def test_one_odd_week_is_drawn_in_to_the_next():
    weeks = [10.0, 11.0, 12.0, 13.0, 900.0]
    daily = [value for week in weeks for value in [week, *[0.0] * 6]]
    assert rate(daily).per_day == (11 + 11 + 12 + 13 + 13) / 5 / 7


def test_only_the_last_eight_weeks_count():
    assert rate([90.0] * 70 + [1.0] * 56).weeks == (7.0,) * 8


def test_an_even_rate_has_no_width_and_few_weeks_have_no_interval():
    even = band(rate([10.0] * 56), 44)
    assert even.low.tolist() == pytest.approx(even.middle.tolist())
    assert even.high.tolist() == pytest.approx(even.middle.tolist())
    assert even.middle[-1] == pytest.approx(440.0)
    few = band(rate([10.0] * 21), 44)
    assert (few.low, few.high) == (None, None)
    assert few.middle[-1] == pytest.approx(440.0)


def test_an_uneven_rate_has_less_and_more():
    found = rate(weekly([40.0, 100.0, 60.0, 80.0, 40.0, 100.0, 60.0, 80.0]))
    ahead = band(found, 70)
    assert found.per_day == pytest.approx(10.0)
    assert ahead.middle[-1] == pytest.approx(700.0)
    assert ahead.low[-1] < 700.0 < ahead.high[-1]


def test_on_the_eve_of_the_end_the_last_day_counts_by_its_weekday():
    # Whole weeks of 560, 160, 0 and 0: 180 on average, of which 160 / 720 falls on this weekday.
    eve = band(rate([*[80.0] * 10, *[0.0] * 19]), 1)
    assert eve.middle.tolist() == pytest.approx([180 * 160 / 720])


@settings(deadline=None, max_examples=30)
@given(
    weeks=st.lists(st.floats(0, 1_000), min_size=4, max_size=8),
    days=st.integers(1, 120),
)
def test_the_band_never_falls_and_its_estimate_keeps_the_rate(weeks, days):
    found = rate(weekly(weeks))
    ahead = band(found, days)
    for path in (ahead.low, ahead.middle, ahead.high):
        assert np.all(np.diff(path) >= -1e-9)
    assert np.all(ahead.low <= ahead.high + 1e-9)
    whole = days // 7 * 7
    if whole:
        assert ahead.middle[whole - 1] == pytest.approx(found.per_day * whole)


def test_the_band_covers_what_comes_of_the_same_weeks():
    """Eight weeks seen and ten ahead, drawn 1,000 times alike: how many sums lie in P10 to P90."""
    generator = np.random.default_rng(7)
    inside = 0
    for _ in range(1_000):
        weeks = generator.gamma(4.0, 25.0, 18)
        found = rate(weekly(weeks[:8]))
        ahead = band(found, 70)
        inside += ahead.low[-1] <= weeks[8:].sum() <= ahead.high[-1]
    assert inside / 1_000 == pytest.approx(0.75, abs=0.05)
