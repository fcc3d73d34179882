"""Who is in the queue and in which order, traced by hand; what may never change it."""

import datetime as dt

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from queries.account_health import POINTS, decks
from queries.triage.queue import flagged, ranked, sparks

AS_OF = dt.date(2026, 1, 31)
DECK = decks()[-1]
KNOWN = {"account_id": pl.String, "score": pl.Float64, "band": pl.String}
WRITTEN = KNOWN | {"as_of": pl.Date, "card_version": pl.String}
ACCOUNT = {
    "account_id": "a",
    "arr_usd": 100.0,
    "arr_lapsed_usd": None,
    "days_lapsed": None,
    "days_to_renewal": 90,
    "score": 50.0,
    "band": "at_risk",
    "is_flagged": True,
    "churn_probability": None,
    "churn_probability_low": None,
    "churn_probability_high": None,
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


def banded(score):
    return "unknown" if score is None else "at_risk" if score < 60 else "watch"


def written(scores):
    """Rows of score history: account to score per day of January, None for an unknown one."""
    rows = [
        {
            "account_id": account,
            "as_of": dt.date(2026, 1, day),
            "score": score,
            "band": banded(score),
            "card_version": "2025-11",
        }
        for account, days in scores.items()
        for day, score in days.items()
    ]
    return pl.LazyFrame(rows, schema=WRITTEN)


def today(**scores):
    rows = [(account, score, banded(score)) for account, score in scores.items()]
    return pl.LazyFrame(rows, schema=KNOWN, orient="row")


def state(history, health):
    found = flagged(history, health, DECK, AS_OF).collect()
    return {account: tuple(rest) for account, *rest in found.iter_rows()}


def test_being_at_risk_is_entered_below_sixty_and_left_at_sixty_five():
    history = written(
        {
            "edge": {10: 59.9, 17: 62.0, 24: 64.9},
            "left": {10: 55.0, 17: 65.0},
            "again": {3: 50.0, 10: 70.0, 17: 59.0},
            "silent": {10: 55.0, 17: None},
        }
    )
    health = today(edge=63.0, left=62.0, again=64.0, silent=None, new=40.0, fine=60.0, nobody=None)
    assert state(history, health) == {
        "edge": (True, dt.date(2026, 1, 10), None),
        "left": (False, None, dt.date(2026, 1, 17)),
        "again": (True, dt.date(2026, 1, 17), None),
        "silent": (True, dt.date(2026, 1, 10), None),
        "new": (True, AS_OF, None),
        "fine": (False, None, None),
        "nobody": (False, None, None),
    }


def test_scores_written_of_the_data_date_or_later_do_not_speak_for_today():
    history = written({"a": {31: 20.0}})
    assert state(history, today(a=80.0)) == {"a": (False, None, None)}


@pytest.mark.parametrize("version", ["2025-01", "9"])
def test_of_a_day_only_the_scorecard_in_force_on_it_counts(version):
    history = written({"a": {10: 50.0}})
    other = history.with_columns(
        score=pl.lit(70.0), band=pl.lit("watch"), card_version=pl.lit(version)
    )
    entered = {"a": (True, dt.date(2026, 1, 10), None)}
    assert state(pl.concat([other, history]), today(a=61.0)) == entered
    assert state(other, today(a=61.0)) == {"a": (False, None, None)}


def test_a_spark_is_one_bar_a_week_with_the_gap_said():
    history = written({"a": {3: 0.0, 9: 0.0, 10: 100.0, 24: 50.0}})
    found = sparks(history, today(a=10.0, b=None), AS_OF).collect()
    # Weeks end on the data date and its weekdays before: the 9th and 10th are of one week.
    assert dict(found.iter_rows()) == {"a": "···▁█·▅▁", "b": "········"}


def account(**known):
    return ACCOUNT | known


def queue(*accounts, order="loss", capacity=2):
    frame = pl.LazyFrame(list(accounts), schema=TYPES)
    return ranked(frame, order=order, capacity=capacity).collect().to_dicts()


def places(rows):
    return [(row["account_id"], row["place"], row["rank"]) for row in rows]


def test_expected_loss_and_time_decide_and_the_capacity_cuts():
    rows = queue(
        account(account_id="far", churn_probability=0.5, days_to_renewal=360),  # 50 × 0.25
        account(account_id="near", churn_probability=0.1, days_to_renewal=45),  # 10 × 2
        account(account_id="due", churn_probability=0.2, days_to_renewal=1),  # 20 × 3
        account(account_id="open", churn_probability=0.15, days_to_renewal=None),  # 15 × 1
        account(account_id="unsure", churn_probability=None, score=1.0),
    )
    assert places(rows) == [
        ("due", "queue", 1),
        ("near", "queue", 2),
        ("open", "next", 3),
        ("far", "next", 4),
        ("unsure", "next", 5),
    ]
    assert [row["time_pressure"] for row in rows] == [3.0, 2.0, 1.0, 0.25, 1.0]
    assert [row["expected_loss_usd"] for row in rows] == pytest.approx([20, 10, 15, 50, None])


def test_without_probabilities_and_by_score_the_lowest_score_comes_first():
    accounts = (
        account(account_id="b", score=30.0, churn_probability=0.9),
        account(account_id="a", score=20.0, churn_probability=0.1),
        account(account_id="poor", score=20.0, arr_usd=1.0, churn_probability=0.1),
        account(account_id="dark", score=10.0, band="unknown", is_flagged=False),
    )
    assert places(queue(*accounts, order="score"))[0] == ("a", "queue", 1)
    unsure = [one | {"churn_probability": None} for one in accounts]
    names = [row["account_id"] for row in queue(*unsure)]
    # Who is not known well enough comes after those who are known to be at risk, and is never out.
    assert names == ["a", "poor", "b", "dark"]


def test_who_is_not_at_risk_is_clear_but_unknown_and_lapsed_accounts_are_to_be_called():
    rows = queue(
        account(account_id="fine", band="healthy", is_flagged=False),
        account(account_id="edge", band="watch", is_flagged=True, score=61.0),
        account(account_id="dark", band="unknown", is_flagged=False, score=None),
        account(
            account_id="gone",
            band="healthy",
            is_flagged=False,
            score=90.0,
            arr_usd=0.0,
            arr_lapsed_usd=70.0,
            days_lapsed=3,
            days_to_renewal=None,
        ),
        capacity=9,
    )
    assert places(rows) == [
        ("edge", "queue", 1),
        ("gone", "queue", 2),
        ("dark", "queue", 3),
        ("fine", "clear", None),
    ]
    assert rows[1]["time_pressure"] == 3.0


def test_an_override_is_a_layer_over_the_score_that_moves_the_account():
    calm, alarmed = queue(
        account(account_id="calm", override_band="watch"),
        account(account_id="alarmed", band="healthy", is_flagged=False, override_band="at_risk"),
    )[::-1]
    assert (calm["account_id"], calm["place"], calm["status"]) == ("calm", "clear", "watch")
    assert (alarmed["place"], alarmed["status"], alarmed["band"]) == ("queue", "at_risk", "healthy")


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


books = st.lists(
    st.fixed_dictionaries(
        {
            "score": st.one_of(st.none(), st.sampled_from([10.0, 50.0, 62.0, 90.0])),
            "is_flagged": st.booleans(),
            "churn_probability": st.one_of(st.none(), st.sampled_from([0.0, 0.1, 0.5])),
            "days_to_renewal": st.one_of(st.none(), st.integers(0, 700)),
            "override_band": st.sampled_from([None, "at_risk", "healthy"]),
            "arr_usd": st.sampled_from([0.0, 10.0, 20.0]),
        }
    ),
    min_size=1,
    max_size=8,
).map(
    lambda rows: [
        account(account_id=f"a{place}", **row, band=banded(row["score"]))
        for place, row in enumerate(rows)
    ]
)


@settings(max_examples=100, deadline=None)
@given(books, st.randoms(use_true_random=False), st.sampled_from(["loss", "score"]))
def test_every_account_has_one_place_whatever_order_the_rows_come_in(book, random, order):
    rows = queue(*book, order=order)
    assert sorted(row["account_id"] for row in rows) == sorted(row["account_id"] for row in book)
    ranks = [row["rank"] for row in rows if row["rank"] is not None]
    assert ranks == list(range(1, len(ranks) + 1))
    assert [row["place"] for row in rows].count("queue") == min(2, len(ranks))
    shuffled = random.sample(book, len(book))
    assert queue(*shuffled, order=order) == rows
