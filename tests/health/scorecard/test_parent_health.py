"""The health of parents: weighted by ARR, and unknown where too little of it is."""

import datetime as dt

import polars as pl
import pytest

from queries.core.ask import ask
from queries.health.scorecard.parent_health import QUESTIONS, ParentHealth, parent_health
from tests.health.troubled import COMPANY
from warehouse.context import EVERYTHING, Context

CONTEXT = Context(dt.date(2026, 1, 31), EVERYTHING)
COLUMNS = {
    "account_id": pl.String,
    "parent_account_id": pl.String,
    "account_name": pl.String,
    "arr_usd": pl.Float64,
    "score": pl.Float64,
    "band": pl.String,
}


def family(*accounts, selected=None):
    """Accounts as (id, parent, ARR, score), of which the filters select some, by default all.

    None is an unknown score.
    """
    rows = [
        (account, parent, account.upper(), arr, score, "unknown" if score is None else "at_risk")
        for account, parent, arr, score in accounts
    ]
    health = pl.LazyFrame(rows, schema=COLUMNS, orient="row")
    kept = health if selected is None else health.filter(pl.col("account_id").is_in(selected))
    answer = parent_health(health=health, seen=health, selected=kept, context=CONTEXT)
    return ParentHealth.validate(answer).to_dicts()


def test_a_large_account_outvotes_three_small_ones():
    (row,) = family(("p", None, 70, 10), ("a", "p", 10, 5), ("b", "p", 10, 5), ("c", "p", 10, 5))
    # The plain mean would be 6.25.
    assert row == {
        "parent_account_id": "p",
        "parent_name": "P",
        "accounts": 4,
        "arr_usd": 100.0,
        "score": 8.5,
        "band": "at_risk",
        "scored_arr_share": 1.0,
        "lowest_account": "A",
    }


def test_an_unknown_account_carries_no_weight_and_below_the_floor_the_parent_is_unknown():
    most, least = family(
        ("a", "p", 60, 90), ("b", "p", 40, None), ("c", "q", 59, 90), ("d", "q", 41, None)
    )
    assert (most["score"], most["scored_arr_share"], most["band"]) == (90.0, 0.6, "healthy")
    assert (least["score"], least["scored_arr_share"], least["band"]) == (None, 0.59, "unknown")
    # The parent itself is no account in force.
    assert (most["parent_name"], most["accounts"]) == ("p", 2)


def test_a_filter_selects_parents_and_never_changes_one():
    accounts = (("p", None, 70, 10), ("a", "p", 30, 5), ("q", None, 10, 50), ("b", "q", 10, 50))
    whole = family(*accounts)
    assert family(*accounts, selected=["a"]) == [row for row in whole if row["accounts"] == 2][:1]
    assert family(*accounts, selected=["q"]) == whole[1:]
    assert family(*accounts, selected=[]) == []


@pytest.mark.parametrize("arr", [0.0, 10.0])
def test_a_parent_of_which_nothing_is_known_has_no_score(arr):
    (row,) = family(("a", "p", arr, None))
    assert (row["score"], row["band"], row["lowest_account"]) == (None, "unknown", None)


def test_who_has_no_parent_and_is_none_stays_out():
    assert family(("a", None, 70, 10)) == []


def test_it_is_answered_from_the_book(warehouse, on):
    accounts = [
        row | {"parent_account_id": "a2"} if row["account_id"] == "a1" else row
        for row in COMPANY["accounts"]
    ]
    warehouse({**COMPANY, "accounts": accounts})
    answer = ask("parent_health", on(2026, 1, 31))
    (row,) = answer.rows()
    health = {one["account_id"]: one for one in ask("account_health", on(2026, 1, 31)).rows()}
    weighted = 300 * health["a1"]["score"] + 250 * health["a2"]["score"]
    assert row["score"] == pytest.approx(weighted / 550, abs=1e-9)
    assert (row["parent_name"], row["lowest_account"]) == ("Account a2", "Account a1")
    assert answer.finding == "0 of 1 parent at risk, $0 ARR"
    assert (
        QUESTIONS[0].finding(ParentHealth.create_empty())
        == "No parent of whose accounts you may see every one"
    )
