"""Kaplan-Meier against the published vector, plain order statistics, and a brute-force count."""

import random

import polars as pl
import pytest

from queries.survival import reached_by, survival_curve


def curve(durations):
    """`durations` are seconds, with a minus sign where the event had not happened yet."""
    frame = pl.LazyFrame(
        {
            "group": ["g"] * len(durations),
            "seconds": [float(abs(value)) for value in durations],
            "is_completed": [value >= 0 for value in durations],
        }
    )
    return survival_curve(frame, "group").collect()


def reached(durations, share):
    return curve(durations).select(reached_by(share)).item()


# Acknowledged after 5, 10, 20 and 40; still open at 15 and 30.
VECTOR = [5, 10, -15, 20, -30, 40]


def test_the_published_curve():
    events = curve(VECTOR).filter(pl.col("completed") > 0)
    assert events.select("seconds", "at_risk", "completed").rows() == [
        (5.0, 6, 1),
        (10.0, 5, 1),
        (20.0, 3, 1),
        (40.0, 1, 1),
    ]
    assert events["survival"].to_list() == pytest.approx([5 / 6, 4 / 6, 4 / 9, 0.0])
    assert (reached(VECTOR, 0.5), reached(VECTOR, 0.9)) == (20.0, 40.0)


def test_without_open_ones_the_median_is_the_lower_middle():
    assert reached([5, 10, 20, 40], 0.5) == 10.0
    assert reached([5, 10, 20], 0.5) == 10.0
    assert reached(list(range(1, 11)), 0.9) == 9.0


def test_a_curve_that_stays_above_the_share_is_not_reached():
    assert reached([5, -10, -10, -10], 0.5) is None
    assert reached([-10, -20], 0.5) is None
    assert reached([5, 10, -10, -10], 0.5) == 10.0


def test_one_that_leaves_at_the_instant_of_an_event_was_at_risk_until_then():
    assert curve([10, -10])["survival"].to_list() == [0.5]


def test_a_product_that_misses_one_half_by_the_last_bit_still_reaches_it():
    # 5/6 · 4/5 · 3/4 is 0.5 but not in binary fractions.
    assert reached([1, 2, 3, 4, 5, 6], 0.5) == 3.0


def test_groups_do_not_touch_each_other():
    frame = pl.LazyFrame(
        {
            "group": ["a", "b", "a", "b"],
            "seconds": [1.0, 1.0, 2.0, 2.0],
            "is_completed": [True, False, False, True],
        }
    )
    rows = survival_curve(frame, "group").collect().select("group", "survival").rows()
    assert rows == [("a", 0.5), ("a", 0.5), ("b", 1.0), ("b", 0.0)]


def test_it_equals_a_count_by_hand_on_random_durations():
    draws = random.Random(11)  # noqa: S311 (a fixed seed, not a secret)
    durations = [draws.choice([1, 1, -1]) * draws.randrange(1, 30) for _ in range(200)]
    survival, expected = 1.0, []
    for t in sorted({abs(value) for value in durations}):
        at_risk = sum(abs(value) >= t for value in durations)
        survival *= 1 - durations.count(t) / at_risk
        expected.append(survival)
    assert curve(durations)["survival"].to_list() == pytest.approx(expected, abs=1e-12)
