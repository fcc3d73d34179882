"""Churn indicators against rows traced by hand, hand SQL and the demo's planted truth."""

import datetime as dt

import duckdb
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from queries.core.ask import ask
from queries.health.indicators.churn_indicators import QUESTIONS, ChurnIndicators
from queries.health.indicators.reasons import sentence
from queries.health.indicators.signals import judged
from tests.health.troubled import COMPANY
from tests.rows import build, hand_sql
from tests.shared.company import activity, contact, instant


@pytest.fixture
def rows(warehouse, on):
    warehouse(COMPANY)
    answer = ask("churn_indicators", on(2026, 1, 31))
    assert answer.problem is None
    return {row["account_id"]: row for row in answer.in_words().to_dicts()}


def test_accounts_under_contract_or_in_limbo_are_in_sorted_by_arr_touched(rows):
    # Churned, draft only and not yet started are out; touched 500, 300, 200, 50, then by ARR.
    assert list(rows) == ["a5", "a1", "a4", "a9", "a3", "a2"]
    assert [row["arr_touched_usd"] for row in rows.values()] == [500, 300, 200, 50, 0, 0]
    assert [row["arr_usd"] for row in rows.values()] == [0, 300, 200, 50, 900, 250]


def test_a_filter_changes_no_row_it_lets_through(on, rows):
    # No account of EMEA had an incident or a severe ticket but a2, and that is still known.
    quiet = ask("churn_indicators", on(2026, 1, 31, region=("emea",))).in_words().to_dicts()
    assert [row["account_id"] for row in quiet] == ["a5", "a4", "a9", "a3", "a2"]
    assert [row["incidents_28d"] for row in quiet] == [0, 0, 0, 0, 0]
    assert quiet == [row for row in rows.values() if row["region"] == "emea"]


def test_every_indicator_of_a_troubled_account_is_traced_by_hand(rows):
    row = rows["a1"]
    assert (row["segment"], row["region"], row["owner_name"]) == ("unknown", "unknown", None)
    assert row["usage_28d_tib_hours"] == 28 * 24 * 60
    assert row["usage_previous_84d_tib_hours_per_28d"] == 28 * 24 * 80
    assert row["usage_change_share"] == -0.25
    assert row["commitment_pace"] == 0.6
    assert (row["features_used"], row["features_entitled"]) == (1, 4)
    assert row["feature_breadth_share"] == 0.25
    # The ticket solved on 1 Feb is still open on the data date.
    assert (row["open_severe_tickets"], row["oldest_severe_ticket_days"]) == (2, 9)
    assert row["incidents_28d"] == 3
    assert row["days_since_contact"] == 34
    assert (row["renewal_date"], row["days_to_renewal"]) == (dt.date(2026, 3, 1), 29)
    assert (row["signals"], row["inputs_known"], row["stale"]) == (6, 7, [])
    # Times over: renewal 60/29, features 1.33, tickets 9/7, contact 34/30, usage and incidents 1.
    assert dict(zip(row["signalling"], row["reasons"], strict=True)) == {
        "renewal": "renews in 29 d",
        "breadth": "1 of 4 features used",
        "tickets": "2 severe tickets, oldest 9 d",
        "contact": "no two-way contact for 34 d",
        "usage": "usage −25 % in 28 d",
        "incidents": "3 incidents in 28 d",
    }
    assert row["signalling"][:3] == ["renewal", "breadth", "tickets"]


def test_a_customer_on_commitment_that_moved_clusters_shows_no_signal(rows):
    row = rows["a2"]
    assert row["usage_change_share"] == 0.0
    # 100 TiB in use of 100 committed: a fixed capacity has no burn-down, so pace is 1.00.
    assert row["commitment_pace"] == 1.0
    assert row["hyperscalers"] == ["aws", "azure"]
    # The AWS contract is renewed to 2027, so Azure's end comes first.
    assert row["renewal_date"] == dt.date(2026, 12, 1)
    assert (row["open_severe_tickets"], row["oldest_severe_ticket_days"]) == (0, None)
    assert (row["signalling"], row["reasons"], row["signals"]) == ([], [], 0)


def test_an_account_without_any_usage_row_is_unknown_and_never_zero(rows):
    row = rows["a3"]
    assert row["usage_28d_tib_hours"] is None
    assert (row["commitment_pace"], row["usage_change_share"]) == (None, None)
    assert (row["renewal_date"], row["days_to_renewal"]) == (None, None)
    assert row["days_since_contact"] is None
    assert (row["signals"], row["inputs_known"], row["inputs_total"]) == (0, 2, 7)


def test_half_the_hours_lost_make_the_trend_unknown_not_a_fall(rows):
    row = rows["a4"]
    assert row["usage_28d_tib_hours"] == 28 * 12 * 7
    assert (row["usage_change_share"], row["commitment_pace"]) == (None, None)
    assert row["signalling"] == ["contact"]


def test_a_lapsed_contract_that_is_still_metered_comes_first(rows):
    row = rows["a5"]
    assert (row["arr_usd"], row["days_to_renewal"], row["hyperscalers"]) == (0.0, None, [])
    # Its cluster has two days of service before the window: no trend.
    assert row["usage_change_share"] is None
    assert row["reasons"] == ["contract ended 10 d ago"]


def test_a_customer_whose_clusters_are_all_retired_is_known_to_use_nothing(rows):
    row = rows["a9"]
    assert (row["usage_28d_tib_hours"], row["usage_change_share"]) == (0.0, -1.0)
    assert row["commitment_pace"] == 0.0
    assert row["reasons"] == ["uses 0 % of its commitment", "usage −100 % in 28 d"]


COUNTED = ("open_severe_tickets", "incidents_28d")


def test_a_feed_that_nobody_vouches_for_is_unknown_and_never_zero(warehouse, on):
    warehouse({name: COMPANY[name] for name in COMPANY if name not in {"tickets", "incidents"}})
    frame = ask("churn_indicators", on(2026, 1, 31)).frame
    assert frame.height == 6
    assert all(frame[name].null_count() == 6 for name in COUNTED)


def test_a_live_feed_without_a_row_is_zero(warehouse, on):
    warehouse({**COMPANY, "tickets": [], "incidents": []})
    frame = ask("churn_indicators", on(2026, 1, 31)).frame
    assert [set(frame[name]) for name in COUNTED] == [{0}, {0}]


@pytest.mark.parametrize(("day", "is_known"), [("2026-01-24", True), ("2026-01-23", False)])
def test_a_feed_later_than_promised_is_unknown_whatever_it_holds(warehouse, on, day, is_known):
    # Tickets and incidents promise 168 hours, features 72.
    warehouse(COMPANY, watermark=instant(day))
    frame = ask("churn_indicators", on(2026, 1, 31)).frame
    counted = (*COUNTED, "oldest_severe_ticket_days")
    assert [frame[name].null_count() < 6 for name in counted] == [is_known] * 3
    assert frame["feature_breadth_share"].null_count() == 6


@pytest.mark.parametrize(("day", "known"), [("2026-01-29", True), ("2026-01-28", False)])
def test_metering_later_than_promised_tells_no_usage(warehouse, on, day, known):
    # Metered hours promise 48 hours: whatever arrived, nobody is told to be well.
    warehouse(COMPANY, watermark=instant(day))
    frame = ask("churn_indicators", on(2026, 1, 31)).frame
    for column in ("usage_28d_tib_hours", "usage_change_share", "commitment_pace"):
        assert (frame[column].null_count() < frame.height) == known
    profile = ask("account_profile", on(2026, 1, 31), account="a1").rows()[0]
    assert (profile["usage_28d_tib_hours"] is not None) == known
    assert (profile["commitment_pace"] is not None) == known


def test_an_earlier_data_date_does_not_know_what_came_later(warehouse, on):
    warehouse(COMPANY)
    rows = {
        row["account_id"]: row for row in ask("churn_indicators", on(2026, 1, 20)).frame.to_dicts()
    }
    # The renewal of a2 was signed on the 20th; the contracts of a5 and a6 still run for a day.
    assert {"a5", "a6"} <= rows.keys()
    assert rows["a6"]["arr_usd"] == 700.0
    assert (rows["a1"]["open_severe_tickets"], rows["a2"]["days_since_contact"]) == (0, None)


@pytest.mark.parametrize(
    ("day", "kept", "days"),
    [
        ((2026, 1, 9), True, None),
        ((2026, 1, 20), True, 10),
        ((2026, 2, 9), True, 0),
        # Without activities only the last contact is known.
        ((2026, 1, 20), False, None),
        ((2026, 2, 9), False, 0),
    ],
)
def test_contacts_on_day_10_and_day_40_are_known_as_of_any_day(warehouse, on, day, kept, days):
    spoken = [activity("v1", "a2", "2026-01-10T10:00"), activity("v2", "a2", "2026-02-09T10:00")]
    newest = [contact("n1", "a2", "2026-02-09T10:00")]
    warehouse({**COMPANY, "contacts": newest, "activities": spoken if kept else []})
    rows = ask("churn_indicators", on(*day)).frame
    assert rows.filter(account_id="a2")["days_since_contact"].to_list() == [days]


def test_permuted_rows_change_nothing(warehouse, on, tmp_path, monkeypatch):
    warehouse(COMPANY)
    answer = ask("churn_indicators", on(2026, 1, 31)).frame
    turned = build(tmp_path / "turned.duckdb", {name: rows[::-1] for name, rows in COMPANY.items()})
    monkeypatch.setenv("BELLWETHER_WAREHOUSE", f"duckdb:///{turned}")
    assert_frame_equal(ask("churn_indicators", on(2026, 1, 31)).frame, answer)


def test_it_equals_hand_sql(warehouse, on):
    path = warehouse(COMPANY)
    answer = ask("churn_indicators", on(2026, 1, 31)).frame
    second = hand_sql(path, "churn_indicators", as_of=dt.date(2026, 1, 31))
    assert second["account_id"].to_list() == ["a1", "a2", "a3", "a4", "a9"]
    # a9 has no hour to average: known by its retired clusters, and traced by hand above.
    same = answer.filter(pl.col("account_id").is_in(["a1", "a2", "a3", "a4"])).sort("account_id")
    assert_frame_equal(
        same.select(second.columns),
        second.filter(pl.col("account_id") != "a9"),
        check_dtypes=False,
        rel_tol=1e-12,
    )


QUIET = {
    "account_id": "x",
    "usage_28d_tib_hours": 1.0,
    "usage_change_share": 0.0,
    "commitment_pace": 0.8,
    "customer_days": 400,
    "features_used": 3,
    "features_entitled": 3,
    "feature_breadth_share": 1.0,
    "open_severe_tickets": 0,
    "oldest_severe_ticket_days": None,
    "incidents_28d": 0,
    "days_since_contact": 3,
    "days_to_renewal": 200,
    "days_lapsed": None,
    "stale": [],
}
TYPES = {
    name: pl.String if name == "account_id" else type(value)
    for name, value in QUIET.items()
    if value is not None
} | {"oldest_severe_ticket_days": int, "days_lapsed": int, "stale": pl.List(pl.String)}


def judge(**changed):
    frame = pl.LazyFrame([QUIET | changed], schema=TYPES)
    return judged(frame).collect().row(0, named=True)


@pytest.mark.parametrize(
    ("just_over", "just_under"),
    [
        ({"usage_change_share": -0.25}, {"usage_change_share": -0.2499}),
        ({"commitment_pace": 0.4999}, {"commitment_pace": 0.5}),
        ({"commitment_pace": 1.1001}, {"commitment_pace": 1.1}),
        (
            {"commitment_pace": 0.3, "customer_days": 180},
            {"commitment_pace": 0.3, "customer_days": 179},
        ),
        ({"feature_breadth_share": 0.3333}, {"feature_breadth_share": 1 / 3}),
        ({"open_severe_tickets": 2}, {"open_severe_tickets": 1}),
        (
            {"open_severe_tickets": 1, "oldest_severe_ticket_days": 7},
            {"open_severe_tickets": 1, "oldest_severe_ticket_days": 6},
        ),
        ({"incidents_28d": 3}, {"incidents_28d": 2}),
        ({"days_since_contact": 30}, {"days_since_contact": 29}),
        ({"days_to_renewal": None, "days_lapsed": 0}, {"days_to_renewal": 0}),
    ],
)
def test_each_threshold_has_one_edge(just_over, just_under):
    assert (judge(**just_over)["signals"], judge(**just_under)["signals"]) == (1, 0)


def test_a_near_renewal_signals_only_beside_a_doubt():
    assert judge(days_to_renewal=60)["signalling"] == []
    assert judge(days_to_renewal=60, incidents_28d=3)["signalling"] == ["incidents", "renewal"]
    assert judge(days_to_renewal=61, incidents_28d=3)["signalling"] == ["incidents"]
    silent = judge(days_to_renewal=60, usage_28d_tib_hours=None, usage_change_share=None)
    assert list(map(sentence, silent["reasons"])) == ["renews in 60 d"]
    unmetered = {"usage_28d_tib_hours": None, "usage_change_share": None, "stale": ["usage"]}
    assert judge(days_to_renewal=60, **unmetered)["signals"] == 0


def test_an_unknown_indicator_is_not_counted_and_never_signals():
    unknown = {"usage_change_share": None, "days_since_contact": None}
    assert (judge(**unknown)["inputs_known"], judge(**unknown)["signals"]) == (5, 0)
    # What is known to be wrong is said even when little is known.
    assert judge(**unknown, incidents_28d=3)["signalling"] == ["incidents"]


def test_the_finding_counts_the_accounts_with_a_signal_and_their_money(warehouse, on):
    warehouse(COMPANY)
    answer = ask("churn_indicators", on(2026, 1, 31))
    assert answer.finding == "4 of 6 accounts show a signal, $1.05k ARR"
    quiet = answer.frame.filter(pl.col("signals") == 0)
    assert QUESTIONS[0].finding(quiet) == "None of 2 accounts shows a signal"
    stale = quiet.with_columns(stale=pl.lit(["usage", "commitment"]))
    assert QUESTIONS[0].finding(stale) == (
        "None of 2 accounts shows a signal; stale for all: usage, commitment"
    )
    # Of an account on two hyperscalers a filter counts the part that is selected.
    halved = answer.frame.with_columns(pl.col("arr_touched_selected_usd") / 2)
    assert QUESTIONS[0].finding(halved) == "4 of 6 accounts show a signal, $525 ARR"
    # Nobody known is not nobody who signals.
    nobody = ChurnIndicators.create_empty()
    assert QUESTIONS[0].finding(nobody) == "No account with a contract is known"


@pytest.mark.slow
def test_the_planted_trouble_of_the_demo_shows_two_signals_with_few_false_alarms(demo, on):
    frame = ask("churn_indicators", on(2026, 1, 31)).frame
    with duckdb.connect(str(demo), read_only=True) as connection:
        troubled = connection.sql("SELECT account_id FROM demo_truth.troubled_accounts").fetchall()
        silent = connection.sql("SELECT account_id FROM demo_truth.no_usage_accounts").fetchall()
    found = set(frame.filter(pl.col("signals") > 1)["account_id"])
    planted = {account for (account,) in troubled}
    assert planted
    assert planted <= found
    assert len(found - planted) <= 7
    without = frame.filter(pl.col("usage_28d_tib_hours").is_null())
    assert sorted(without["account_id"]) == sorted(account for (account,) in silent)
    assert frame["stale"].list.len().sum() == 0


@pytest.mark.slow
def test_the_demo_equals_hand_sql(demo, on):
    answer = ask("churn_indicators", on(2026, 1, 31)).frame
    second = hand_sql(demo, "churn_indicators", as_of=dt.date(2026, 1, 31))
    assert_frame_equal(
        answer.sort("account_id").select(second.columns),
        second,
        check_dtypes=False,
        rel_tol=1e-9,
    )


@pytest.mark.slow
def test_the_demo_knows_180_days_ago_the_contacts_of_who_stayed_and_of_who_left(demo, on):
    day = dt.date(2025, 8, 4)
    answer = ask("churn_indicators", on(2025, 8, 4)).frame.filter(pl.col("arr_usd") > 0)
    with duckdb.connect(str(demo), read_only=True) as connection:
        churned = connection.sql("SELECT account_id FROM demo_truth.churned_accounts").fetchall()
    leaves = answer["account_id"].is_in([account for (account,) in churned])
    known = answer["days_since_contact"].is_not_null()
    left = sum(account in set(answer["account_id"]) for (account,) in churned)
    assert leaves.sum() == left > 20
    assert known.all()
    second = hand_sql(demo, "churn_indicators", as_of=day)
    columns = ["account_id", "days_since_contact"]
    assert_frame_equal(
        answer.sort("account_id").select(columns), second.select(columns), check_dtypes=False
    )
