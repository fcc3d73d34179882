"""Commitments that burn down: the field guide's vectors, the edges of credits, and two laws."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queries.shared.commitment import Credit, capacity_utilisation_share, draw_down, pace

START = dt.date(2026, 1, 1)


def on(day):
    """The day of the term with this number, the first being 0."""
    return START + dt.timedelta(days=day)


def credit(amount, *, since=0, until=360, kind="commitment"):
    return Credit(amount=amount, since=on(since), until=on(until), kind=kind)


def test_a_quarter_used_after_a_quarter_of_the_term_is_on_pace():
    daily = [300 / 90] * 90
    balance = draw_down([credit(1_000.0), credit(200.0, kind="rollover")], START, daily)
    assert balance.utilisation_share == pytest.approx(0.25, abs=1e-12)
    assert pace(balance.utilisation_share, elapsed_days=90, term_days=360) == pytest.approx(1.0)


def test_overage_is_what_exceeds_commitment_rollover_and_free_usage():
    granted = [credit(1_000.0), credit(100.0, kind="rollover"), credit(50.0, kind="free")]
    balance = draw_down(granted, START, [1_250.0])
    assert (balance.free, balance.burnt, balance.over) == (50.0, 1_100.0, 100.0)
    assert balance.overage_usd(2.0) == 200.0


def test_what_a_prepaid_term_did_not_use_expires_with_it_and_nothing_is_invoiced():
    # Zuora: prepaid 1,200 and 800 consumed at term end leave a balance of 0 and no invoice.
    balance = draw_down([credit(1_200.0, until=30)], START, [800.0, *[0.0] * 29])
    assert (balance.expired, balance.remaining) == (400.0, 0.0)
    assert balance.overage_usd(2.0) == 0.0


def test_free_usage_burns_first_and_counts_in_no_utilisation():
    balance = draw_down([credit(100.0), credit(40.0, kind="free")], START, [60.0])
    assert (balance.free, balance.burnt, balance.remaining) == (40.0, 20.0, 80.0)
    assert balance.utilisation_share == 0.2


def test_what_ends_soonest_burns_first_and_an_expired_rollover_does_not_count():
    granted = [credit(100.0), credit(30.0, until=2, kind="rollover")]
    balance = draw_down(granted, START, [10.0, 5.0, 40.0])
    # 15 of the rollover burnt on its two days, 15 expired, and 40 came from the commitment.
    assert (balance.burnt, balance.expired, balance.remaining) == (55.0, 15.0, 60.0)
    assert balance.utilisation_share == 55 / 115


def test_an_amendment_counts_from_its_first_day():
    granted = [credit(10.0), credit(10.0, since=2)]
    before = draw_down(granted, START, [10.0])
    assert (before.utilisation_share, before.remaining) == (1.0, 0.0)
    assert before.exhausted_date == on(0)
    # What was consumed on the second day had no credit; the amendment does not pay for it.
    after = draw_down(granted, START, [10.0, 4.0, 3.0])
    assert (after.over, after.remaining, after.exhausted_date) == (4.0, 7.0, None)


def test_the_day_it_was_exhausted_is_the_day_nothing_was_left():
    balance = draw_down([credit(30.0)], START, [10.0, 10.0, 10.0, 0.0, 7.0])
    assert (balance.exhausted_date, balance.over) == (on(2), 7.0)
    assert balance.utilisation_share == 37 / 30


def test_many_small_days_that_sum_to_the_credit_exhaust_it():
    assert draw_down([credit(1.0)], START, [0.1] * 10).exhausted_date == on(9)


def test_over_nothing_a_share_is_unknown_and_nothing_was_exhausted():
    for granted in ([], [credit(0.0)], [credit(5.0, since=10)]):
        balance = draw_down(granted, START, [3.0])
        assert balance.utilisation_share is None
        assert (balance.over, balance.exhausted_date) == (3.0, None)


def test_an_unknown_day_adds_nothing():
    assert draw_down([credit(30.0)], START, [10.0, None, 5.0]).burnt == 15.0


def test_pace_is_unknown_before_the_term_and_without_utilisation():
    assert pace(0.5, elapsed_days=0, term_days=360) is None
    assert pace(0.5, elapsed_days=10, term_days=0) is None
    assert pace(None, elapsed_days=10, term_days=360) is None
    assert pace(0.0, elapsed_days=10, term_days=360) == 0.0


def test_a_fixed_capacity_counts_its_peak_or_its_billed_percentile():
    tib = [float(value) for value in range(1, 21)]
    assert capacity_utilisation_share(tib, 40.0) == 0.5
    # Of 20 values the highest one is the 5 % left out.
    assert capacity_utilisation_share(tib, 40.0, percentile=0.95) == 19 / 40
    assert capacity_utilisation_share([None, 8.0, None], 4.0) == 2.0
    assert capacity_utilisation_share([None], 4.0) is None
    assert capacity_utilisation_share([1.0], None) is None
    assert capacity_utilisation_share([1.0], 0.0) is None


amounts = st.floats(0, 1_000)
credits_of_a_term = st.lists(
    st.builds(
        lambda amount, since, length, kind: credit(
            amount, since=since, until=since + length, kind=kind
        ),
        amounts,
        st.integers(0, 40),
        st.integers(1, 40),
        st.sampled_from(["free", "rollover", "commitment"]),
    ),
    max_size=5,
)


@given(granted=credits_of_a_term, daily=st.lists(amounts, max_size=60))
def test_every_unit_consumed_and_every_unit_granted_is_accounted_for(granted, daily):
    balance = draw_down(granted, START, daily)
    assert balance.free + balance.burnt + balance.over == pytest.approx(sum(daily), abs=1e-4)
    begun = sum(one.amount for one in granted if one.kind != "free" and one.since <= on(len(daily)))
    left = balance.burnt + balance.remaining + balance.expired
    assert left == pytest.approx(begun, abs=1e-6)


@given(daily=st.lists(amounts, min_size=1, max_size=30), more=amounts)
def test_more_consumption_never_leaves_more(daily, more):
    granted = [credit(500.0), credit(100.0, kind="free")]
    less_used, more_used = (
        draw_down(granted, START, [first, *daily[1:]]) for first in (daily[0], daily[0] + more)
    )
    assert more_used.remaining <= less_used.remaining + 1e-6
    assert more_used.over >= less_used.over - 1e-6
