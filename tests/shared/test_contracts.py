"""Contracts in force, retention and ARR movements: the published vectors and the edges of days."""

import datetime as dt

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from queries.core.ask import ask
from queries.shared.contracts import Retention, cohort, in_force, lapsed, months_before, renewals
from tests.rows import build, contract_rows, hand_sql
from tests.shared.company import account, contract


def frame(*rows):
    return contract_rows("contracts", list(rows)).lazy()


def ids(lazy):
    return sorted(lazy.collect()["contract_id"])


def retention(*pairs):
    columns = {"arr_start_usd": pl.Float64, "arr_end_usd": pl.Float64}
    return Retention.of(pl.LazyFrame(list(pairs), schema=columns, orient="row"))


def test_loss_of_one_account_is_not_hidden_by_growth_of_another():
    kept = retention((100, 150), (100, 0))
    assert (kept.nrr_share, kept.grr_share, kept.logo_churn_share) == (0.75, 0.5, 0.5)


def test_churn_contraction_and_expansion_of_ten_each_on_a_hundred():
    # ChartMogul: gross churn (10 + 10) / 100 = 20 %, net churn (10 + 10 - 10) / 100 = 10 %.
    kept = retention((10, 0), (30, 20), (60, 70))
    assert kept.start_usd == 100
    assert (1 - kept.grr_share, 1 - kept.nrr_share) == (pytest.approx(0.2), pytest.approx(0.1))


def test_new_accounts_are_no_part_of_retention():
    kept = retention((100, 100), (0, 900))
    assert (kept.accounts, kept.nrr_share, kept.grr_share) == (1, 1.0, 1.0)


def test_retention_of_nothing_is_unknown_and_not_zero():
    kept = retention((0, 50))
    assert (kept.nrr_share, kept.grr_share, kept.logo_churn_share) == (None, None, None)


def test_a_contract_is_in_force_from_its_first_day_until_the_day_before_its_end():
    contracts = frame(contract("c", "a", "2026-01-10", "2026-02-10"))
    for day, expected in ((9, []), (10, ["c"]), (31, ["c"])):
        assert ids(in_force(contracts, dt.date(2026, 1, day))) == expected
    assert ids(in_force(contracts, dt.date(2026, 2, 9))) == ["c"]
    assert ids(in_force(contracts, dt.date(2026, 2, 10))) == []


def test_a_termination_ends_a_contract_on_the_day_it_was_recorded():
    early = contract(
        "c", "a", "2025-01-01", "2027-01-01", status="terminated", recorded="2026-01-15"
    )
    assert ids(in_force(frame(early), dt.date(2026, 1, 14))) == ["c"]
    assert ids(in_force(frame(early), dt.date(2026, 1, 15))) == []
    # Written down after the end, the end stands.
    late = contract("c", "a", "2025-01-01", "2026-01-10", status="expired", recorded="2026-01-15")
    assert ids(in_force(frame(late), dt.date(2026, 1, 10))) == []


def test_an_amendment_counts_from_the_day_it_was_recorded_where_every_version_is_read():
    contracts = frame(
        contract(
            "c", "a", "2025-01-01", "2027-01-01", arr=1.0, status="draft", recorded="2024-11-01"
        ),
        contract("c", "a", "2025-01-01", "2027-01-01", arr=100.0, recorded="2024-12-20"),
        contract("c", "a", "2025-01-01", "2027-01-01", arr=150.0, recorded="2025-07-01"),
        # Recorded only after its first day: it still was in force then.
        contract("late", "b", "2025-01-01", None, arr=10.0, recorded="2025-09-01"),
    )
    both = cohort(contracts, dt.date(2025, 6, 30), dt.date(2025, 7, 1)).sort("account_id").collect()
    assert both.rows() == [("a", 100.0, 150.0, 100.0), ("b", 10.0, 10.0, 10.0)]


def test_drafts_never_count():
    draft = contract("c", "a", "2025-01-01", None, status="draft")
    assert ids(in_force(frame(draft), dt.date(2026, 1, 31))) == []


def test_a_signed_successor_moves_the_renewal_date():
    running = contract("c1", "a", "2025-03-01", "2026-03-01")
    signed = contract("c2", "a", "2026-03-01", "2028-03-01", recorded="2026-01-20")
    elsewhere = contract("c3", "a", "2026-03-01", "2029-03-01", hyperscaler="gcp")
    beside = contract("c4", "a", "2026-02-10", "2029-02-10")
    expired = contract("c5", "a", "2026-03-01", "2030-03-01", status="terminated")
    as_of = dt.date(2026, 1, 31)

    def date(*rows):
        return renewals(frame(*rows), as_of).collect()["renewal_date"].to_list()

    assert date(running) == [dt.date(2026, 3, 1)]
    assert date(running, signed) == [dt.date(2028, 3, 1)]
    assert date(running, elsewhere, beside, expired) == [dt.date(2026, 3, 1)]
    assert date(contract("c6", "a", "2025-03-01", None)) == [None]


def test_a_lapse_carries_the_arr_that_ended_last():
    contracts = frame(
        contract("c1", "a", "2024-01-01", "2025-01-01", arr=1.0),
        contract("c2", "a", "2025-01-01", "2026-01-01", arr=20.0),
        contract("c3", "a", "2025-02-01", "2026-01-01", arr=3.0),
        contract("c4", "b", "2025-01-01", "2026-01-31"),
        contract("c5", "c", "2025-01-01", "2026-01-01"),
        contract("c6", "c", "2026-01-01", "2027-01-01"),
    )
    rows = lapsed(contracts, dt.date(2026, 1, 30)).collect().rows()
    assert rows == [("a", dt.date(2026, 1, 1), 23.0, 23.0)]


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        ("2026-01-31", 12, "2025-01-31"),
        ("2024-02-29", 12, "2023-02-28"),
        ("2026-03-31", 1, "2026-02-28"),
        ("2026-01-31", 1, "2025-12-31"),
        ("2026-12-15", 24, "2024-12-15"),
    ],
)
def test_months_before_keeps_the_day_or_takes_the_last(day, months, expected):
    assert months_before(dt.date.fromisoformat(day), months) == dt.date.fromisoformat(expected)


BOOK = {
    "accounts": [account(one) for one in "abcdef"],
    "contracts": [
        contract("c1", "a", "2024-06-01", "2025-06-01", arr=100.0, recorded="2024-06-01"),
        contract("c2", "a", "2025-06-01", "2026-06-01", arr=150.0),
        contract("c3", "b", "2024-06-01", "2025-06-01", arr=100.0, hyperscaler="azure"),
        contract("c4", "c", "2025-09-01", "2026-09-01", arr=40.0, hyperscaler="gcp"),
        contract("c5", "d", "2024-06-01", None, arr=60.0, hyperscaler="azure"),
        contract("c6", "d", "2024-06-01", "2025-07-01", arr=30.0),
        contract("c7", "e", "2024-06-01", None, arr=10.0, hyperscaler="none"),
        # Ended before the year and came back inside it: new.
        contract("c8", "f", "2023-01-01", "2024-01-01", arr=5.0),
        contract("c9", "f", "2025-10-01", "2026-10-01", arr=7.0, hyperscaler="gcp"),
    ],
}


def test_movements_sum_exactly_from_start_to_end(warehouse, on):
    warehouse(BOOK)
    answer = ask("arr_movements", on(2026, 1, 31))
    assert answer.frame.rows() == [
        ("start", 300.0, 4),
        ("correction", 0.0, 0),
        ("new", 47.0, 2),
        ("expansion", 50.0, 1),
        ("contraction", -30.0, 1),
        ("churn", -100.0, 1),
        ("end", 267.0, 5),
    ]
    assert answer.frame["arr_usd"][:-1].sum() == answer.frame["arr_usd"][-1]
    assert answer.finding == "Churn changed ARR most: −$100, 1 account"


def test_arr_by_hyperscaler_is_largest_first(warehouse, on):
    warehouse(BOOK)
    answer = ask("arr_by_hyperscaler", on(2026, 1, 31))
    assert answer.frame.rows() == [
        ("aws", 150.0, 150 / 267, 1),
        ("azure", 60.0, 60 / 267, 1),
        ("gcp", 47.0, 47 / 267, 2),
        ("none", 10.0, 10 / 267, 1),
    ]
    assert answer.finding == "AWS carries 56.2 % of ARR"


@pytest.mark.parametrize(
    ("question", "values"), [("arr_by_hyperscaler", {}), ("arr_movements", {"months": 12})]
)
def test_both_equal_hand_sql_whatever_the_order_of_rows(
    *, warehouse, on, tmp_path, monkeypatch, question, values
):
    path = warehouse(BOOK)
    answer = ask(question, on(2026, 1, 31), **values).frame
    second = hand_sql(path, question, as_of=dt.date(2026, 1, 31), **values)
    assert_frame_equal(answer.select(second.columns), second, check_dtypes=False)
    turned = build(tmp_path / "turned.duckdb", {name: rows[::-1] for name, rows in BOOK.items()})
    monkeypatch.setenv("BELLWETHER_WAREHOUSE", f"duckdb:///{turned}")
    assert_frame_equal(ask(question, on(2026, 1, 31), **values).frame, answer)


def test_no_contract_at_all_is_empty_and_not_zero(warehouse, on):
    warehouse({"accounts": [account("a")]})
    for question in ("arr_movements", "arr_by_hyperscaler", "overview", "churn_indicators"):
        assert ask(question, on(2026, 1, 31)).state == "empty", question
