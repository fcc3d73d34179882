"""Kaplan-Meier against the published vector, plain order statistics, and a brute-force count."""

import random

import polars as pl
import pytest

from queries.shared.statistics.survival import median_interval, reached_by, survival_curve


def frame(durations):
    """`durations` are numbers, with a minus sign where the event had not happened yet."""
    return pl.DataFrame(
        {
            "group": ["g"] * len(durations),
            "duration": [float(abs(value)) for value in durations],
            "is_completed": [value >= 0 for value in durations],
        }
    )


def curve(durations):
    return survival_curve(frame(durations), "group")


def interval(durations):
    return median_interval(frame(durations))


def reached(durations, share):
    return curve(durations).select(reached_by(share)).item()


# Acknowledged after 5, 10, 20 and 40; still open at 15 and 30.
VECTOR = [5, 10, -15, 20, -30, 40]


def test_the_published_curve():
    events = curve(VECTOR)
    assert events.select("duration", "at_risk", "completed").rows() == [
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
    frame = pl.DataFrame(
        {
            "group": ["a", "b", "a", "b"],
            "duration": [1.0, 1.0, 2.0, 2.0],
            "is_completed": [True, False, False, True],
        }
    )
    rows = survival_curve(frame, "group").select("group", "duration", "survival").rows()
    assert rows == [("a", 1.0, 0.5), ("b", 2.0, 0.0)]


def test_it_equals_a_count_by_hand_on_random_durations():
    draws = random.Random(11)  # noqa: S311 (a fixed seed, not a secret)
    durations = [draws.choice([1, 1, -1]) * draws.randrange(1, 30) for _ in range(200)]
    survival, expected = 1.0, []
    for t in sorted({abs(value) for value in durations}):
        at_risk = sum(abs(value) >= t for value in durations)
        survival *= 1 - durations.count(t) / at_risk
        if t in durations:
            expected.append((t, at_risk, durations.count(t), survival))
    found = curve(durations)
    assert found.drop("group", "survival").rows() == [one[:3] for one in expected]
    survivals = [one[3] for one in expected]
    assert found["survival"].to_list() == pytest.approx(survivals, abs=1e-12)


# Freireich (1963): weeks in remission of 21 children on 6-mercaptopurine, as printed in Kleinbaum
# and Klein, Survival Analysis, table 2.
LEUKAEMIA = [
    *(6, 6, 6, 7, 10, 13, 16, 22, 23),
    *(-6, -9, -10, -11, -17, -19, -20, -25, -32, -32, -34, -35),
]


def test_it_is_the_published_curve_of_weeks_in_remission_and_its_interval():
    events = curve(LEUKAEMIA)
    assert events["at_risk"].to_list() == [21, 17, 15, 12, 11, 7, 6]
    published = [0.8571, 0.8067, 0.7529, 0.6902, 0.6275, 0.5378, 0.4482]
    assert events["survival"].to_list() == pytest.approx(published, abs=5e-5)
    # SAS prints the same median and interval: 23 weeks, 13 to not reached.
    assert reached(LEUKAEMIA, 0.5) == 23.0
    assert interval(LEUKAEMIA) == (13.0, None)


def test_the_interval_holds_the_median_and_is_unknown_without_an_event():
    assert interval([-3, -9]) == (None, None)
    low, high = interval(list(range(1, 41)))
    assert low < reached(list(range(1, 41)), 0.5) == 20.0 < high
