"""Who is in the queue and in which order: by hand, by hand SQL, and what may never change it."""

import datetime as dt
from itertools import pairwise

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from queries.health.scorecard.account_health import POINTS
from queries.triage.queue import CAUSES, in_order, placed
from tests.triage.by_hand import listed, queue_by_hand

ACCOUNT = {
    "account_id": "a",
    "arr_usd": 100.0,
    "arr_lapsed_usd": None,
    "days_lapsed": None,
    "days_to_renewal": 90,
    "score": 50.0,
    "band": "watch",
    "is_flagged": False,
    "churn_probability": None,
    "churn_probability_low": None,
    "churn_probability_high": None,
    "base_rate_share": None,
    "override_band": None,
    "snoozed_until": None,
    "snoozed_reasons": None,
    "acknowledged_reasons": None,
    "usage_points": -10.0,
    "commitment_points": -1.9,
    "breadth_points": None,
    "tickets_points": -2.0,
    "incidents_points": 0.0,
    "contact_points": 3.0,
}
TYPES = {
    name: pl.String
    if name in {"account_id", "band", "override_band"}
    else pl.List(pl.String)
    if name.endswith("_reasons")
    else pl.Date
    if name == "snoozed_until"
    else pl.Boolean
    if name == "is_flagged"
    else pl.Int64
    if name.startswith("days_")
    else pl.Float64
    for name in ACCOUNT
}
SNOOZED = {"snoozed_until": dt.date(2026, 2, 7), "snoozed_reasons": ["usage", "tickets"]}
LAPSED = {"arr_usd": 0.0, "days_lapsed": 3, "days_to_renewal": None}


def banded(score):
    return "unknown" if score is None else "at_risk" if score < 60 else "watch"


def account(**known):
    return ACCOUNT | known


def chance(account_id, probability, **known):
    """An account of 100 USD that renews in 90 days: its expected loss orders it alone."""
    return account(
        account_id=account_id, churn_probability=probability, base_rate_share=0.1, **known
    )


def frame(accounts):
    return pl.DataFrame(list(accounts), schema=TYPES)


def queue(*accounts, earlier=(), order="loss", capacity=2):
    found = placed(frame(accounts), frame(earlier), order=order, capacity=capacity)
    return found.to_dicts()


def places(rows):
    return [(row["account_id"], row["place"], row["rank"]) for row in rows]


def names(rows, place="queue"):
    return [row["account_id"] for row in rows if row["place"] == place]


def causes(rows):
    return {row["account_id"]: row["causes"] for row in rows}


def test_expected_loss_and_time_decide_over_every_account_and_the_capacity_cuts():
    rows = queue(
        chance("far", 0.5, days_to_renewal=360, is_flagged=True),  # 50 × 0.25
        chance("near", 0.1, days_to_renewal=45),  # 10 × 2
        chance("due", 0.2, days_to_renewal=1, band="healthy", score=95.0),  # 20 × 3
        chance("open", 0.15, days_to_renewal=None),  # 15 × 1
    )
    assert places(rows) == [
        ("due", "queue", 1),
        ("near", "queue", 2),
        ("open", "next", 3),
        ("far", "next", 4),
    ]
    assert [row["time_pressure"] for row in rows] == [3.0, 2.0, 1.0, 0.25]
    assert [row["expected_loss_usd"] for row in rows] == pytest.approx([20, 10, 15, 50])
    assert not any(row["is_assumed"] for row in rows)


def test_an_account_without_a_probability_is_ranked_by_the_base_rate_and_marked():
    rows = queue(
        chance("known", 0.2),  # 20
        chance("dark", None, arr_usd=150.0, band="unknown", score=None),  # 150 × 0.1
        chance("gone", None, arr_lapsed_usd=70.0, **LAPSED),  # 70 × 0.1 × 3
    )
    assert places(rows) == [("gone", "queue", 1), ("known", "queue", 2), ("dark", "next", 3)]
    assert [row["ranking_loss_usd"] for row in rows] == pytest.approx([7, 20, 15])
    assert [row["is_assumed"] for row in rows] == [True, False, True]
    # What is assumed only ranks: it is no expected loss.
    assert [row["expected_loss_usd"] for row in rows] == [None, pytest.approx(20), None]


def test_a_lapsed_account_with_a_probability_is_ranked_by_what_lapsed():
    (row,) = queue(chance("gone", 0.5, arr_lapsed_usd=70.0, **LAPSED))
    assert (row["expected_loss_usd"], row["is_assumed"], row["time_pressure"]) == (35, False, 3)


def test_without_probabilities_and_by_score_the_lowest_score_then_the_largest_arr_is_first():
    accounts = (
        account(account_id="b", score=30.0, churn_probability=0.9),
        account(account_id="a", score=20.0, churn_probability=0.1),
        account(account_id="poor", score=20.0, arr_usd=1.0, churn_probability=0.1),
        account(account_id="dark", score=10.0, band="unknown"),
    )
    by_score = queue(*accounts, order="score")
    assert names(by_score) == ["a", "poor"]
    assert causes(by_score)["a"] == ["low_score"]
    unsure = [one | {"churn_probability": None} for one in accounts]
    # Who is too little known comes after those whose score is known, and is never out.
    assert [row["account_id"] for row in queue(*unsure)] == ["a", "poor", "b", "dark"]
    assert {row["ranking_loss_usd"] for row in queue(*unsure)} == {None}


def test_each_row_says_why_it_is_there():
    rows = queue(
        chance("flagged", 0.9, is_flagged=True, band="at_risk"),
        chance("edge", 0.8, is_flagged=True),
        chance("loss", 0.7, band="healthy"),
        chance("dark", None, arr_usd=650.0, band="unknown", score=None),
        chance("gone", 0.2, arr_lapsed_usd=100.0, **LAPSED),
        chance("quiet", 0.1),
        capacity=5,
    )
    assert causes(rows) == {
        "flagged": ["flagged"],
        "edge": ["flagged"],
        "loss": ["large_loss"],
        "dark": ["unknown"],
        "gone": ["lapsed"],
        "quiet": [],
    }


def test_the_earlier_queue_keeps_its_places_within_a_quarter_more_than_the_capacity():
    now = [chance(name, 0.9 - at / 10) for at, name in enumerate("abcdefg")]
    # A week before e, f and g were on top with a: e ranks 5 of 4 × 1.25, f and g beyond.
    then = [chance(name, 0.9 if name in "aefg" else 0.1) for name in "abcdefg"]
    rows = queue(*now, earlier=then, capacity=4)
    assert places(rows) == [
        ("a", "queue", 1),
        ("b", "queue", 2),
        ("c", "queue", 3),
        ("e", "queue", 5),
        ("d", "next", 4),
        ("f", "next", 6),
        ("g", "next", 7),
    ]
    found = causes(rows)
    assert (found["e"], found["d"]) == (["kept"], ["large_loss", "held_back"])
    assert [row["account_id"] for row in rows if row["was_in_queue"]] == ["a", "e", "f", "g"]


def test_without_an_earlier_score_the_queue_is_the_top():
    now = [chance("a", 0.9), chance("b", 0.5), chance("c", 0.4)]
    then = [chance(name, None, score=None, band="unknown") for name in "cba"]
    for earlier in ((), then):
        rows = queue(*now, earlier=earlier)
        assert names(rows) == ["a", "b"]
        assert not any(row["was_in_queue"] for row in rows)


def test_who_left_since_keeps_no_place_and_who_is_listed_apart_today_frees_one_then():
    now = [chance(name, 0.9 - at / 10) for at, name in enumerate("abcde")]
    then = [chance("left", 0.9), chance("e", 0.8), chance("d", 0.7), chance("c", 0.1)]
    # Of the earlier top, left, e and d of 3, only d ranks within 3 × 1.25.
    assert names(queue(*now, earlier=then, capacity=3)) == ["a", "b", "c"]
    assert names(queue(*now[1:], earlier=then, capacity=3)) == ["b", "c", "d"]
    now[0] |= SNOOZED
    assert names(queue(*now, earlier=then, capacity=3)) == ["b", "c", "d"]
    then[0] = chance("a", 0.9)
    assert [row["was_in_queue"] for row in queue(*now, earlier=then, capacity=3)] == [
        *(False, True, True, True),
        False,
    ]


def test_snoozed_and_overridden_accounts_are_listed_apart():
    rows = queue(
        chance("asleep", 0.9, **SNOOZED),
        chance("calm", 0.8, override_band="healthy", is_flagged=True),
        chance("alarmed", 0.7, override_band="at_risk"),
        chance("both", 0.6, override_band="watch", **SNOOZED),
        chance("open", 0.1),
    )
    assert places(rows) == [
        ("open", "queue", 1),
        ("asleep", "snoozed", None),
        ("both", "snoozed", None),
        ("calm", "overridden", None),
        ("alarmed", "overridden", None),
    ]
    assert [(row["status"], row["band"]) for row in rows[-2:]] == [
        ("healthy", "watch"),
        ("at_risk", "watch"),
    ]


def test_factors_are_those_that_take_two_points_at_least():
    assert queue(account())[0]["factors"] == ["usage", "tickets"]
    none = dict.fromkeys(POINTS.values(), -1.0)
    assert queue(account(**none))[0]["factors"] == []
    all_ = dict(zip(POINTS.values(), (-2.0, -3.0, -4.0, -5.0, -6.0, -7.0), strict=True))
    assert queue(account(**all_))[0]["factors"] == ["contact", "incidents", "tickets"]


@pytest.mark.parametrize(
    ("covers", "place", "is_new"),
    [
        (["usage", "tickets"], "snoozed", False),
        (["usage", "tickets", "contact"], "snoozed", False),
        (["usage"], "queue", True),
        ([], "queue", True),
    ],
)
def test_a_snooze_holds_until_a_reason_appears_that_it_does_not_cover(covers, place, is_new):
    (row,) = queue(account(snoozed_until=dt.date(2026, 2, 7), snoozed_reasons=covers))
    assert (row["place"], row["is_new_reason"]) == (place, is_new)


def test_an_acknowledged_account_stays_and_says_when_a_reason_is_new():
    (row,) = queue(account(acknowledged_reasons=["usage", "tickets"]))
    assert (row["place"], row["is_new_reason"]) == ("queue", False)
    (row,) = queue(account(acknowledged_reasons=["usage"]))
    assert (row["place"], row["is_new_reason"]) == ("queue", True)


ROWS = st.fixed_dictionaries(
    {
        "score": st.one_of(st.none(), st.sampled_from([10.0, 50.0, 62.0, 90.0])),
        "is_flagged": st.booleans(),
        "churn_probability": st.one_of(st.none(), st.sampled_from([0.0, 0.1, 0.5])),
        "days_to_renewal": st.one_of(st.none(), st.integers(0, 700)),
        "override_band": st.sampled_from([None, None, None, "at_risk", "healthy"]),
        "arr_usd": st.sampled_from([0.0, 10.0, 20.0]),
        "days_lapsed": st.sampled_from([None, None, 4]),
    }
)


@st.composite
def books(draw, most=12):
    """The same accounts on two days; some are of one day only."""
    base_rate = draw(st.sampled_from([None, 0.07]))

    def book():
        rows = draw(st.dictionaries(st.integers(0, 14), ROWS, min_size=1, max_size=most))
        return [
            account(account_id=f"a{place}", **row)
            | {"band": banded(row["score"]), "base_rate_share": base_rate}
            | ({} if row["days_lapsed"] is None else {"arr_usd": 0.0, "arr_lapsed_usd": 15.0})
            | ({"churn_probability": None} if base_rate is None else {})
            for place, row in rows.items()
        ]

    return book(), book()


ORDERS = st.sampled_from(["loss", "score"])
CAPACITIES = st.integers(1, 9)


@settings(max_examples=60, deadline=None)
@given(books(), ORDERS, CAPACITIES)
def test_it_equals_hand_sql(days, order, capacity):
    now, earlier = map(frame, days)
    apart = pl.when(pl.col("override_band").is_not_null()).then(pl.lit("overridden"))
    second = queue_by_hand(now.with_columns(apart=apart), earlier, order=order, capacity=capacity)
    assert listed(placed(now, earlier, order=order, capacity=capacity)) == second


@settings(max_examples=100, deadline=None)
@given(books(), ORDERS, CAPACITIES, st.randoms(use_true_random=False))
def test_the_queue_has_its_places_and_every_account_one_and_a_reason(days, order, capacity, random):
    now, earlier = days
    rows = queue(*now, earlier=earlier, order=order, capacity=capacity)
    assert sorted(row["account_id"] for row in rows) == sorted(row["account_id"] for row in now)
    ranked = [row for row in rows if row["rank"] is not None]
    assert sorted(row["rank"] for row in ranked) == list(range(1, len(ranked) + 1))
    seated = [row for row in rows if row["place"] == "queue"]
    assert len(seated) == min(capacity, len(ranked))
    assert all(row["rank"] <= 1.25 * capacity for row in seated)
    assert all(row["causes"] and set(row["causes"]) <= set(CAUSES) for row in seated)
    for place in ("queue", "next"):
        ranks = [row["rank"] for row in rows if row["place"] == place]
        assert ranks == sorted(ranks)
    shuffled = [random.sample(day, len(day)) for day in days]
    again = queue(*shuffled[0], earlier=shuffled[1], order=order, capacity=capacity)
    assert again == rows


NOISE = st.lists(st.sampled_from([0.8, 0.9, 1.0, 1.1, 1.2]), min_size=20, max_size=20)


def fading(noise):
    """Twenty accounts whose losses fall by 5 % from one to the next, but for the noise."""
    return [chance(f"a{at:02}", 0.8 * 0.95**at * times) for at, times in enumerate(noise)]


def tops(book, capacity):
    return set(in_order(frame(book), order="loss")["account_id"].head(capacity))


@settings(max_examples=50, deadline=None)
@given(NOISE, NOISE)
def test_whatever_the_noise_no_more_accounts_enter_than_into_a_plain_top(before, now):
    earlier, today = fading(before), fading(now)
    was = tops(earlier, 8)
    entered = set(names(queue(*today, earlier=earlier, capacity=8))) - was
    assert entered <= tops(today, 8) - was


def test_noise_at_the_edge_moves_a_quarter_at_most_of_what_it_moves_in_a_plain_top():
    draws = 0.9 + 0.2 * (pl.Series(range(121 * 20)).hash(seed=7) % 10_000) / 10_000
    first, *looks = (fading(draws[20 * look : 20 * look + 20]) for look in range(121))
    queues = [set(names(queue(*look, earlier=first, capacity=8))) for look in looks]
    plain = [tops(look, 8) for look in looks]
    moved, moved_of_top = (
        sum(len(after - before) for before, after in pairwise(shown)) for shown in (queues, plain)
    )
    assert moved_of_top > 40
    assert moved <= moved_of_top / 4
