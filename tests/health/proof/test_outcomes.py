"""What became of each customer: traced by hand, and held against hand-written SQL."""

import datetime as dt

import duckdb
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from queries.core.ask import ask
from queries.health.proof.outcomes import AccountOutcomes, finding
from tests.rows import hand_sql
from tests.shared.company import account, contract, instant

ENDED = contract("left", "gone", "2024-03-01", "2025-03-01", arr=80.0)
COMPANY = {
    "accounts": [
        account("gone", churned_date=dt.date(2025, 9, 1), churn_reason="Acquired"),
        account("leaving", churned_date=dt.date(2026, 3, 1)),
        account("lapsed"),
        account("kept"),
        account("target"),
        account("coming"),
    ],
    "contracts": [
        ENDED,
        ENDED | {"recorded_at": instant("2025-03-01T01:00"), "status": "expired"},
        contract("left-2", "gone", "2025-03-01", "2026-03-01", arr=90.0),
        # Told in August that it ends on 1 September, half a year before what was signed.
        contract("left-2", "gone", "2025-03-01", "2025-09-01", arr=95.0, recorded="2025-08-01"),
        contract("stays", "leaving", "2025-03-01", "2026-03-01", arr=50.0),
        contract("over", "lapsed", "2024-05-01", "2025-05-01", arr=40.0),
        contract("over-2", "lapsed", "2024-06-01", "2025-11-01", arr=30.0, hyperscaler="gcp"),
        contract("first", "kept", "2024-01-01", "2025-01-01", arr=100.0),
        contract("second", "kept", "2025-01-01", "2026-01-01", arr=110.0),
        contract("third", "kept", "2026-01-01", None, arr=120.0),
        # Beside the other, not after it: nothing was renewed on that day.
        contract("beside", "kept", "2026-01-15", "2027-01-15", arr=5.0, hyperscaler="azure"),
        contract("drafted", "target", "2025-01-01", "2026-01-01", status="draft"),
        contract("signed", "coming", "2026-03-01", "2027-03-01", recorded="2026-01-02"),
        contract("unnamed", "nobody", "2025-01-01", "2027-01-01", arr=7.0),
    ],
}


@pytest.fixture
def rows(warehouse, on):
    warehouse(COMPANY)
    return {row["account_id"]: row for row in ask("outcomes", on(2026, 1, 31)).rows()}


def test_everybody_who_ever_was_a_customer_is_in(rows):
    assert {account_id: row["outcome"] for account_id, row in rows.items()} == {
        "gone": "churned",
        "kept": "open",
        "lapsed": "lapsed",
        "leaving": "open",
        "nobody": "open",
    }
    assert rows["nobody"]["account_name"] == "nobody"


def test_a_churned_account_says_when_why_and_how_much(rows):
    assert rows["gone"] == {
        "account_id": "gone",
        "account_name": "Account gone",
        "customer_since_date": dt.date(2024, 3, 1),
        "outcome": "churned",
        "churned_date": dt.date(2025, 9, 1),
        "churn_reason": "Acquired",
        "lapsed_date": None,
        "last_renewal_date": dt.date(2025, 3, 1),
        "arr_usd": 0.0,
        "arr_lost_usd": 95.0,
    }


def test_a_lapse_is_the_end_of_the_last_contract_and_no_churn(rows):
    row = rows["lapsed"]
    assert (row["lapsed_date"], row["churned_date"]) == (dt.date(2025, 11, 1), None)
    assert (row["arr_usd"], row["arr_lost_usd"], row["last_renewal_date"]) == (0.0, None, None)


def test_a_renewal_follows_a_contract_of_its_own_line(rows):
    assert rows["kept"]["last_renewal_date"] == dt.date(2026, 1, 1)
    assert (rows["kept"]["arr_usd"], rows["kept"]["arr_lost_usd"]) == (125.0, None)


def test_a_churn_to_come_is_not_known_yet(warehouse, on):
    warehouse(COMPANY)
    before = {row["account_id"]: row for row in ask("outcomes", on(2025, 8, 31)).rows()}
    assert (before["gone"]["outcome"], before["gone"]["churn_reason"]) == ("open", None)
    after = {row["account_id"]: row for row in ask("outcomes", on(2026, 3, 1)).rows()}
    assert (after["leaving"]["outcome"], after["leaving"]["arr_lost_usd"]) == ("churned", 50.0)
    assert after["coming"]["customer_since_date"] == dt.date(2026, 3, 1)


def test_the_finding_counts_who_left(warehouse, on):
    warehouse(COMPANY)
    assert ask("outcomes", on(2026, 1, 31)).finding == "1 of 5 customers churned, $95 ARR lost"
    assert finding(AccountOutcomes.create_empty()) == "No customer is known"


def test_the_finding_adds_no_unknown_loss_as_zero(warehouse, on):
    warehouse(COMPANY)
    # By then `gone` had left with 95 and `leaving` with 50.
    frame = ask("outcomes", on(2026, 3, 1)).frame
    assert finding(frame) == "2 of 6 customers churned, $145 ARR lost"
    is_unknown = pl.col("account_id") == "gone"
    some = pl.when(~is_unknown).then("arr_lost_usd").alias("arr_lost_usd")
    assert finding(frame.with_columns(some)) == (
        "2 of 6 customers churned, $50 ARR lost; unknown of 1 of them"
    )
    none = pl.lit(None, pl.Float64).alias("arr_lost_usd")
    assert finding(frame.with_columns(none)) == "2 of 6 customers churned, ARR lost unknown"


def test_it_equals_hand_sql(warehouse, on):
    path = warehouse(COMPANY)
    for day in (dt.date(2026, 1, 31), dt.date(2025, 8, 31), dt.date(2026, 3, 1)):
        answer = ask("outcomes", on(day.year, day.month, day.day)).frame
        second = hand_sql(path, "outcomes", as_of=day)
        assert_frame_equal(answer, second.select(answer.columns), check_dtypes=False)


@pytest.mark.slow
def test_the_demo_equals_hand_sql_and_knows_who_left(demo, on):
    answer = ask("outcomes", on(2026, 1, 31)).frame
    second = hand_sql(demo, "outcomes", as_of=dt.date(2026, 1, 31))
    assert_frame_equal(answer, second.select(answer.columns), check_dtypes=False, rel_tol=1e-12)
    with duckdb.connect(str(demo), read_only=True) as connection:
        planted = connection.sql(
            "SELECT account_id, churned_date, reason FROM demo_truth.churned_accounts ORDER BY 1"
        ).fetchall()
    churned = answer.filter(outcome="churned")
    assert churned.select("account_id", "churned_date", "churn_reason").rows() == planted
    assert len(planted) == 72
