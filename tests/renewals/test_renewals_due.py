"""What is due for renewal: every state traced by hand, the period's edges, and hand SQL."""

import datetime as dt

import pytest
from polars.testing import assert_frame_equal

from queries.core.ask import ask
from queries.renewals.renewals_due import period
from tests.renewals.renewing import CALLED, COMPANY, deal
from tests.rows import build, hand_sql
from tests.shared.company import account, contract

MONEY = ("state", "due_usd", "won_usd", "forecast_usd", "is_reviewed")


@pytest.fixture
def answer(warehouse, on):
    warehouse(COMPANY)
    return ask("renewals_due", on(2026, 1, 31))


def rows_of(answer, *columns):
    picked = answer.frame.select("contract_id", *columns).rows()
    return {contract_id: tuple(rest) for contract_id, *rest in picked}


def test_every_state_is_traced_by_hand(answer):
    assert answer.problem is None
    assert rows_of(answer, *MONEY) == {
        "i1": ("no_forecast", 5.0, 0.0, None, None),
        # The signed contract counts and not the deal; of 80 only 50 were signed for.
        "s1": ("won", 80.0, 50.0, None, None),
        "l1": ("lost", 40.0, 0.0, None, None),
        # 150 were signed for 100: growth hides no loss.
        "w1": ("won", 100.0, 100.0, None, None),
        "u1": ("open", 90.0, 0.0, 90.0, False),
        "o1": ("open", 200.0, 0.0, 200.0, True),
        "g1": ("lost", 30.0, 0.0, None, None),
        "n1": ("no_forecast", 60.0, 0.0, None, None),
        # One deal of 80 for the two contracts that end on one day.
        "m1": ("open", 60.0, 0.0, 48.0, True),
        "m2": ("open", 40.0, 0.0, 32.0, True),
        # 20 are won, and of the 50 forecast no more than 40 are left to win.
        "p1": ("open", 60.0, 20.0, 40.0, True),
        "z1": ("no_forecast", 70.0, 0.0, None, None),
    }
    assert answer.finding == "$835 of 12 contracts due in H1 FY2026, $135 without a forecast"


def test_they_stand_in_the_order_of_their_dates_and_then_of_money(answer):
    assert answer.frame["contract_id"].to_list() == [
        *("i1", "s1", "l1", "w1", "u1", "o1", "g1", "n1", "m1", "m2", "p1", "z1")
    ]
    days = dict(answer.frame.select("contract_id", "days_to_renewal").iter_rows())
    assert (days["i1"], days["w1"], days["z1"]) == (-30, 10, 150)


def test_who_left_stays_with_a_date_and_a_reason(answer):
    rows = rows_of(answer, "lost_date", "churn_reason", "next_step")
    assert rows["l1"] == (dt.date(2026, 1, 20), "price", None)
    assert rows["g1"] == (dt.date(2026, 4, 15), None, None)
    assert rows["o1"] == (None, None, "Send the paper")


def test_a_filter_changes_no_row_it_lets_through(answer, on):
    everything = {row["contract_id"]: row for row in answer.rows()}
    azure = ask("renewals_due", on(2026, 1, 31, hyperscaler=("azure",))).rows()
    assert azure == [everything["m2"]]
    apac = ask("renewals_due", on(2026, 1, 31, region=("apac",))).rows()
    assert apac == [everything["l1"]]


def test_an_earlier_data_date_does_not_know_what_came_later(warehouse, on):
    warehouse(COMPANY)
    rows = rows_of(ask("renewals_due", on(2026, 1, 4)), *MONEY)
    # Neither w2 nor the loss of g was recorded; the deal of m was still the one first made.
    assert rows["w1"] == ("won", 100.0, 10.0, None, None)
    assert rows["g1"] == ("open", 30.0, 0.0, 30.0, False)
    assert rows["m1"] == ("open", 60.0, 0.0, 60.0, False)
    assert rows["l1"] == ("no_forecast", 40.0, 0.0, None, None)


def test_months_ahead_begin_on_the_data_date(warehouse, on):
    warehouse(COMPANY)
    ahead = ask("renewals_due", on(2026, 1, 31), months=3)
    assert ahead.frame["contract_id"].to_list() == ["w1", "u1", "o1", "g1"]
    assert ahead.finding == (
        "$420 of 4 contracts due in 31 Jan 2026 to 30 Apr 2026, $0 without a forecast"
    )


@pytest.mark.parametrize(
    ("as_of", "months", "expected"),
    [
        ("2026-01-01", 0, ("2026-01-01", "2026-07-01", "H1 FY2026")),
        ("2026-06-30", 0, ("2026-01-01", "2026-07-01", "H1 FY2026")),
        ("2026-07-01", 0, ("2026-07-01", "2027-01-01", "H2 FY2026")),
        ("2026-12-31", 0, ("2026-07-01", "2027-01-01", "H2 FY2026")),
        ("2026-10-31", 4, ("2026-10-31", "2027-02-28", "31 Oct 2026 to 28 Feb 2027")),
    ],
)
def test_the_period_is_half_open(as_of, months, expected):
    first, until, name = period(dt.date.fromisoformat(as_of), months)
    assert (first.isoformat(), until.isoformat(), name) == expected


@pytest.mark.parametrize(
    ("close", "called"),
    [
        # 60 days from either end: the earlier one.
        ("2026-04-02", (70.0, None)),
        ("2026-04-03", (None, 70.0)),
        ("2025-08-02", (70.0, None)),
        ("2025-08-01", (None, None)),
    ],
)
def test_a_deal_is_about_the_nearest_end_within_half_a_year(warehouse, on, close, called):
    ends = [
        contract("c1", "a", "2025-02-01", "2026-02-01"),
        contract("c2", "a", "2025-06-01", "2026-06-01", hyperscaler="azure"),
    ]
    deals = [deal("d", "a", close, 70.0, **CALLED)]
    warehouse({"accounts": [account("a")], "contracts": ends, "opportunities": deals})
    rows = rows_of(ask("renewals_due", on(2026, 1, 31)), "forecast_usd")
    assert (*rows["c1"], *rows["c2"]) == called


def test_a_termination_is_due_on_the_day_it_ended_and_lost(warehouse, on):
    early = contract(
        "c", "a", "2025-01-01", "2027-01-01", status="terminated", recorded="2026-01-15"
    )
    warehouse({"accounts": [account("a")], "contracts": [early]})
    rows = rows_of(ask("renewals_due", on(2026, 1, 31)), "state", "renewal_date", "lost_date")
    assert rows == {"c": ("lost", dt.date(2026, 1, 15), dt.date(2026, 1, 15))}


def test_nothing_due_is_said_and_no_contract_at_all_is_empty(warehouse, on):
    warehouse({"contracts": COMPANY["contracts"]})
    assert ask("renewals_due", on(2024, 1, 31)).state == "empty"


@pytest.mark.parametrize("months", [0, 12])
def test_it_equals_hand_sql_whatever_the_order_of_rows(
    warehouse, on, tmp_path, monkeypatch, months
):
    path = warehouse(COMPANY)
    answer = ask("renewals_due", on(2026, 1, 31), months=months).frame
    first, until, _ = period(dt.date(2026, 1, 31), months)
    second = hand_sql(path, "renewals_due", as_of=dt.date(2026, 1, 31), first=first, until=until)
    same = answer.select(second.columns).sort("contract_id")
    assert_frame_equal(same, second.sort("contract_id"), check_dtypes=False, rel_tol=1e-12)
    turned = build(tmp_path / "turned.duckdb", {name: rows[::-1] for name, rows in COMPANY.items()})
    monkeypatch.setenv("BELLWETHER_WAREHOUSE", f"duckdb:///{turned}")
    assert_frame_equal(ask("renewals_due", on(2026, 1, 31), months=months).frame, answer)
