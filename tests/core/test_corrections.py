"""A corrected contract amount is a correction in the bridge: traced by hand, and by hand SQL."""

import datetime as dt

import duckdb
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from queries.core.ask import ask
from queries.shared.contracts import months_before
from tests.rows import hand_sql
from tests.shared.company import account, contract

TERMS = {"committed_tib": 10.0, "rate_usd_per_tib_month": 1.0}
AS_OF = dt.date(2026, 1, 31)
MONEY = ("nrr_share", "grr_share", "gross_revenue_churn_share", "net_revenue_churn_share")


def signed(contract_id, account_id, arr, recorded="2024-06-01", *, end="2026-06-01", **terms):
    known = {**TERMS, **terms}
    return contract(contract_id, account_id, "2024-06-01", end, arr=arr, recorded=recorded, **known)


# Over twelve months as of 31 Jan 2026. `wrong` is what was stated before a correction.
def book(*, wrong):
    return {
        "accounts": [account(one) for one in "abcdefgh"],
        "contracts": [
            # 120 by mistake, and 100 from the day it was noticed: nothing was agreed in between.
            signed("a1", "a", 120.0 if wrong else 100.0),
            signed("a1", "a", 100.0, "2025-09-01"),
            # Corrected upwards after the end had moved, and then truly extended with capacity.
            signed("b1", "b", 50.0 if wrong else 60.0, end="2025-12-01"),
            signed("b1", "b", 50.0 if wrong else 60.0, "2025-03-01"),
            signed("b1", "b", 60.0, "2025-05-01"),
            signed("b1", "b", 90.0, "2025-10-01", committed_tib=15.0),
            # Less capacity, another price, another end and unknown terms: amendments.
            signed("c1", "c", 100.0),
            signed("c1", "c", 80.0, "2025-09-01", committed_tib=8.0),
            signed("d1", "d", 100.0),
            signed("d1", "d", 90.0, "2025-09-01", rate_usd_per_tib_month=0.9),
            signed("e1", "e", 100.0),
            signed("e1", "e", 95.0, "2025-09-01", end="2027-06-01"),
            signed("f1", "f", 100.0, rate_usd_per_tib_month=None),
            signed("f1", "f", 70.0, "2025-09-01", rate_usd_per_tib_month=None),
            # Corrected, and then lost.
            signed("g1", "g", 40.0 if wrong else 30.0, end="2025-12-01"),
            signed("g1", "g", 30.0, "2025-09-01", end="2025-12-01"),
            # Corrected before the period: right at both of its ends.
            signed("h1", "h", 20.0 if wrong else 10.0),
            signed("h1", "h", 10.0, "2024-09-01"),
        ],
    }


@pytest.fixture
def corrected(warehouse):
    return warehouse(book(wrong=True))


def movements(context, **parameters):
    rows = ask("arr_movements", context, **parameters).frame.iter_rows()
    return {movement: (arr, accounts) for movement, arr, accounts in rows}


@pytest.mark.usefixtures("corrected")
def test_the_bridge_shows_a_correction_apart_from_what_was_agreed(on):
    found = movements(on(2026, 1, 31))
    assert found == {
        # 120 a, 50 b, 100 each of c d e f, 40 g, 10 h.
        "start": (620.0, 8),
        # -20 a, +10 b, -10 g.
        "correction": (-20.0, 3),
        "new": (0.0, 0),
        # b from 60 to 90.
        "expansion": (30.0, 1),
        # 20 c, 10 d, 5 e, 30 f.
        "contraction": (-65.0, 4),
        "churn": (-30.0, 1),
        "end": (535.0, 7),
    }
    assert sum(arr for name, (arr, _) in found.items() if name != "end") == found["end"][0]


@pytest.mark.usefixtures("corrected")
def test_the_start_of_a_bridge_is_the_end_that_was_told_then(on):
    assert movements(on(2026, 1, 31))["start"] == movements(on(2025, 1, 31))["end"]
    assert movements(on(2026, 1, 31), months=3)["start"] == movements(on(2025, 10, 31))["end"]


@pytest.mark.usefixtures("corrected")
def test_the_cohort_says_who_was_corrected_and_by_how_much(on):
    rows = ask("retention_cohort", on(2026, 1, 31)).frame.select(
        "account_id", "fate", "arr_start_usd", "arr_end_usd", "arr_correction_usd"
    )
    told = {account_id: tuple(rest) for account_id, *rest in rows.iter_rows()}
    assert told == {
        "a": ("unchanged", 100.0, 100.0, -20.0),
        "b": ("expansion", 60.0, 90.0, 10.0),
        "c": ("contraction", 100.0, 80.0, 0.0),
        "d": ("contraction", 100.0, 90.0, 0.0),
        "e": ("contraction", 100.0, 95.0, 0.0),
        "f": ("contraction", 100.0, 70.0, 0.0),
        "g": ("churn", 30.0, 0.0, -10.0),
        "h": ("unchanged", 10.0, 10.0, 0.0),
    }


@pytest.mark.usefixtures("corrected")
@pytest.mark.parametrize("months", [1, 3, 12, 18])
@pytest.mark.parametrize("question", ["retention", "retention_cohort"])
def test_retention_is_what_it_would_be_had_the_amount_always_been_right(
    warehouse, on, question, months
):
    found = ask(question, on(2026, 1, 31), months=months).frame
    warehouse(book(wrong=False))
    right = ask(question, on(2026, 1, 31), months=months).frame
    assert_frame_equal(
        *(frame.drop("arr_correction_usd", strict=False) for frame in (found, right))
    )


@pytest.mark.usefixtures("corrected")
def test_the_overview_changes_by_nothing_over_a_correction(on):
    # 28 days before 10 September the amount of a was still stated as 120.
    rows = ask("arr_and_consumption", on(2025, 9, 10)).frame.filter(metric="arr_usd")
    # On 10 September 100 a, 60 b, 335 of c to f, 30 g, 10 h; c to f shrank, a and g did not.
    assert rows.select("value", "change").row(0) == (535.0, -65.0)


@pytest.mark.usefixtures("corrected")
def test_the_timeline_tells_a_correction_from_an_amendment(on):
    def titles(one):
        frame = ask("account_events", on(2026, 1, 31), account=one).frame
        return [title for title in frame["title"] if title.startswith("Contract ")]

    assert titles("a") == [
        "Contract corrected: $120 to $100 a year",
        "Contract signed: $120 a year for 10 TiB on AWS until 1 Jun 2026",
    ]
    assert titles("c")[0] == "Contract amended: $100 to $80 a year; 10 to 8 TiB"
    assert titles("f")[0] == "Contract amended: $100 to $70 a year"


@pytest.mark.parametrize("months", [3, 12])
@pytest.mark.parametrize("question", ["arr_movements", "retention", "retention_cohort"])
def test_each_equals_hand_sql(corrected, on, question, months):
    answer = ask(question, on(2026, 1, 31), months=months).frame
    second = hand_sql(corrected, question, as_of=AS_OF, months=months)
    key = second.columns[0]
    if question == "retention":
        answer, second = (one.filter(pl.col("metric").is_in(MONEY)) for one in (answer, second))
    same = answer.select(second.columns).sort(key)
    assert_frame_equal(same, second.sort(key), check_dtypes=False, rel_tol=1e-12)


@pytest.mark.parametrize("as_of", [dt.date(2025, 9, 10), AS_OF])
def test_the_overview_of_the_book_equals_hand_sql(corrected, on, as_of):
    answer = ask("arr_and_consumption", on(as_of.year, as_of.month, as_of.day)).frame
    second = hand_sql(corrected, "arr_and_consumption", as_of=as_of)
    same = answer.select(second.columns).sort("metric")
    assert_frame_equal(same, second, check_dtypes=False, rel_tol=1e-12)


@pytest.mark.slow
@pytest.mark.parametrize("months", [12, 6])
def test_the_bridge_of_the_demo_equals_hand_sql_and_sums(demo, on, months):
    answer = ask("arr_movements", on(2026, 1, 31), months=months).frame
    second = hand_sql(demo, "arr_movements", as_of=AS_OF, months=months)
    assert_frame_equal(answer.select(second.columns), second, check_dtypes=False, rel_tol=1e-9)
    assert answer["arr_usd"][:-1].sum() == pytest.approx(answer["arr_usd"][-1])


@pytest.mark.slow
def test_the_typing_error_planted_in_the_demo_is_a_correction_and_no_contraction(demo, on):
    with duckdb.connect(str(demo), read_only=True) as connection:
        (truth,) = (
            pl.DataFrame(connection.sql("FROM demo_truth.corrected_contracts").to_arrow_table())
        ).to_dicts()
    # Six months before the data date the amount stood with a zero too many.
    start = months_before(AS_OF, 6)
    assert truth["mistyped_at"].date() <= start < truth["corrected_at"].date()
    too_much = truth["mistyped_arr_usd"] - truth["arr_usd"]
    bridge = {
        row["movement"]: row for row in ask("arr_movements", on(2026, 1, 31), months=6).rows()
    }
    assert bridge["correction"]["arr_usd"] == pytest.approx(-too_much)
    assert bridge["correction"]["accounts"] == 1
    cohort = ask("retention_cohort", on(2026, 1, 31), months=6)
    (row,) = cohort.rows(account_id=truth["account_id"])
    assert row["arr_correction_usd"] == pytest.approx(-too_much)
    assert row["fate"] == "unchanged"
    told = ask("account_events", on(2026, 1, 31), account=truth["account_id"]).frame["title"]
    assert [title for title in told if title.startswith("Contract corrected:")]
