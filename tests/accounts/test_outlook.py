"""When a commitment runs out: the field guide's vector, the closest rival's gaps, and the band."""

import datetime as dt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from queries.accounts.consumption.outlook import band, outlook, rate
from queries.shared.commitment import Credit

START = dt.date(2026, 1, 1)
SUNDAYS = [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 70.0]


def on(day):
    return START + dt.timedelta(days=day)


def commitment(amount, *, until=365):
    return [Credit(amount=amount, since=START, until=on(until))]


def looked_out(amount, daily, *, until=365):
    return outlook(commitment(amount, until=until), START, on(until), daily)


def test_a_week_used_on_one_day_counts_all_its_seven():
    # 70 a week of 700 remaining last 70 days; a rate over active days would say 10.
    found = looked_out(770.0, SUNDAYS)
    assert found.rate.per_day == 10.0
    assert found.exhaustion_date == on(7 + 70 - 1)
    assert (found.exhaustion_date - on(6)).days == 70


def test_the_weekday_on_which_it_is_used_decides_the_day():
    # 105 remaining: the second Sunday from now passes it, not the tenth or eleventh day.
    assert looked_out(175.0, SUNDAYS).exhaustion_date == on(6 + 14)


def test_nothing_used_is_never_at_the_current_rate_and_under_used():
    found = looked_out(100.0, [5.0] * 14 + [0.0] * 56)
    assert (found.rate.per_day, found.exhaustion_date) == (0.0, None)
    assert (found.is_under_used, found.sentence) == (True, "never at current rate")
    assert found.shortfall == 30.0


def test_a_customer_that_stopped_does_not_keep_its_old_rate():
    used = looked_out(10_000.0, [10.0] * 56)
    stopped = looked_out(10_000.0, [10.0] * 56 + [0.0] * 28)
    assert (used.rate.per_day, stopped.rate.per_day) == (10.0, 5.0)


def test_beyond_the_term_it_is_not_before_its_end():
    found = looked_out(4_000.0, [10.0] * 70)
    assert (found.exhaustion_date, found.sentence) == (None, "not before term end")
    assert found.shortfall == 4_000.0 - 365 * 10


def test_exhausted_already_is_the_day_it_happened():
    found = looked_out(100.0, [10.0] * 30)
    assert (found.exhaustion_date, found.is_exhausted) == (on(9), True)
    assert found.sentence == "exhausted on 10 Jan 2026"
    assert (found.earliest_date, found.latest_date, found.shortfall) == (on(9), on(9), 0.0)
    assert not found.is_under_used


def test_late_days_are_grey_and_taken_at_the_rate():
    found = looked_out(1_000.0, [10.0] * 56 + [None] * 3)
    assert (found.unknown_days, found.is_grey) == (3, True)
    assert found.exhaustion_date == on(99)
    assert not looked_out(1_000.0, [10.0] * 56).is_grey


def test_a_week_with_a_day_unknown_says_nothing_of_the_rate():
    assert rate([10.0] * 7 + [1.0, None, *[1.0] * 5]).weeks == (70.0,)
    assert rate([1.0] * 6) is None
    assert rate([None] * 30) is None
    found = looked_out(100.0, [None, 3.0])
    assert (found.sentence, found.is_grey) == ("unknown: no whole week is recorded", True)
    assert (found.exhaustion_date, found.shortfall) == (None, None)


def test_one_odd_week_is_drawn_in_to_the_next():
    weeks = [10.0, 11.0, 12.0, 13.0, 900.0]
    daily = [value for week in weeks for value in [week, *[0.0] * 6]]
    assert rate(daily).per_day == (11 + 11 + 12 + 13 + 13) / 5 / 7


def test_only_the_last_eight_weeks_count():
    assert rate([90.0] * 70 + [1.0] * 56).weeks == (7.0,) * 8


def test_an_even_rate_has_an_interval_of_one_day_and_few_weeks_have_none():
    even = looked_out(1_000.0, [10.0] * 56)
    assert (even.earliest_date, even.exhaustion_date, even.latest_date) == (on(99),) * 3
    few = looked_out(1_000.0, [10.0] * 21)
    assert (few.earliest_date, few.exhaustion_date, few.latest_date) == (None, on(99), None)


def test_an_uneven_rate_has_an_earlier_and_a_later_date():
    weeks = [40.0, 100.0, 60.0, 80.0, 40.0, 100.0, 60.0, 80.0]
    found = looked_out(2_000.0, [week / 7 for week in weeks for _ in range(7)])
    assert found.rate.per_day == pytest.approx(10.0)
    assert found.exhaustion_date == on(199)
    assert found.earliest_date < found.exhaustion_date < found.latest_date
    assert found.shortfall_low == found.shortfall == 0.0


def test_the_shortfall_at_the_end_of_the_term_has_its_interval():
    weeks = [40.0, 100.0, 60.0, 80.0, 40.0, 100.0, 60.0, 80.0]
    found = looked_out(5_000.0, [week / 7 for week in weeks for _ in range(7)])
    assert found.shortfall == pytest.approx(5_000 - 3_650)
    assert found.shortfall_low < found.shortfall < found.shortfall_high


def test_at_the_end_of_the_term_nothing_more_ends_unused():
    found = looked_out(1_200.0, [*[80.0] * 10, *[0.0] * 20], until=30)
    assert (found.shortfall, found.exhaustion_date) == (0.0, None)


def test_on_the_eve_of_the_end_the_last_day_counts_by_its_weekday():
    # Whole weeks of 560, 160, 0 and 0: 180 on average, of which 160 / 720 falls on this weekday.
    eve = looked_out(1_200.0, [*[80.0] * 10, *[0.0] * 19], until=30)
    assert eve.shortfall == pytest.approx(400 - 180 * 160 / 720)


@settings(deadline=None, max_examples=30)
@given(
    weeks=st.lists(st.floats(0, 1_000), min_size=4, max_size=8),
    days=st.integers(1, 120),
)
def test_the_band_never_falls_and_its_estimate_keeps_the_rate(weeks, days):
    found = rate([week / 7 for week in weeks for _ in range(7)])
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
        found = rate([week / 7 for week in weeks[:8] for _ in range(7)])
        ahead = band(found, 70)
        inside += ahead.low[-1] <= weeks[8:].sum() <= ahead.high[-1]
    assert inside / 1_000 == pytest.approx(0.75, abs=0.05)
