"""The overview's numbers against rows traced by hand, hand SQL and the other questions."""

import datetime as dt

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from queries.ask import ask
from tests.queries.company import account, cluster, contact, contract, incident, metered
from tests.rows import build, hand_sql

COMPANY = {
    "accounts": [account(one) for one in "abcd"],
    "contracts": [
        # A 100 -> 150 and B 100 -> 0 over the year; C is new since 10 January.
        contract("c1", "a", "2024-06-01", "2025-06-01", arr=100.0),
        contract("c2", "a", "2025-06-01", "2026-05-01", arr=150.0, committed_tib=10.0),
        contract("c3", "b", "2024-06-01", "2025-06-01", arr=100.0),
        contract("c4", "c", "2026-01-10", "2027-01-10", arr=40.0, committed_tib=10.0),
        contract("c5", "d", "2025-12-01", "2027-12-01", arr=10.0, committed_tib=10.0),
    ],
    "clusters": [cluster("ka", "a"), cluster("kd", "d")],
    "metering_hourly": [
        *metered("ka", "2025-12-06", "2026-01-02", 8.0),
        *metered("ka", "2026-01-03", "2026-01-30", 10.0),
    ],
    "incidents": [
        incident("i1", "a", "2026-01-20T10:00"),
        incident("i2", "a", "2026-01-21T10:00"),
        incident("i3", "a", "2026-01-22T10:00"),
        incident("i4", "d", "2026-01-23T10:00"),
    ],
    "contacts": [
        contact("n1", "a", "2025-12-01T10:00"),
        contact("n2", "c", "2026-01-26T10:00"),
        contact("n3", "d", "2026-01-26T10:00"),
    ],
}


@pytest.fixture
def answer(warehouse, on):
    warehouse(COMPANY)
    return ask("overview", on(2026, 1, 31))


def test_every_value_is_traced_by_hand(answer):
    rows = answer.frame.select(
        "metric", "value", "earlier_value", "change", "numerator", "denominator", "accounts"
    ).rows()
    hours = 28 * 24
    assert rows == [
        # On 3 January C had not begun.
        ("arr_usd", 200.0, 160.0, 40.0, None, None, 3),
        ("nrr_share", 0.75, 0.75, 0.0, 150.0, 200.0, 2),
        ("grr_share", 0.5, 0.5, 0.0, 100.0, 200.0, 2),
        ("logo_churn_share", 0.5, 0.5, 0.0, 1.0, 2.0, 2),
        # A: three incidents, no contact for 61 d. It renews in 90 days, on 1 May.
        ("arr_flagged_usd", 150.0, None, None, None, None, 1),
        ("arr_exposed_usd", 150.0, None, None, None, None, 1),
        ("arr_expected_loss_usd", None, None, None, None, None, None),
        ("consumption_growth_share", 0.25, None, None, 10.0 * hours, 8.0 * hours, None),
        ("accounts_at_risk", 1.0, None, None, None, 3.0, 1),
        ("accounts_watch", 0.0, None, None, None, 3.0, 0),
        ("accounts_healthy", 0.0, None, None, None, 3.0, 0),
        ("accounts_unknown", 2.0, None, None, None, 3.0, 2),
    ]
    assert answer.finding == "$200 ARR, NRR 75 %, $150 of it at risk"


def test_what_is_unknown_says_why(answer):
    notes = dict(answer.frame.select("metric", "note").iter_rows())
    assert notes["arr_expected_loss_usd"] == (
        "unknown: needs a calibrated score (not before 20 churn events are scored)"
    )
    assert notes["accounts_unknown"].startswith("earlier: unknown")
    assert "known on the data date" in notes["nrr_share"]


def test_a_renewal_in_91_days_is_flagged_and_not_exposed(warehouse, on):
    warehouse(COMPANY)
    values = dict(ask("overview", on(2026, 1, 30)).frame.select("metric", "value").iter_rows())
    assert (values["arr_flagged_usd"], values["arr_exposed_usd"]) == (150.0, 0.0)


def test_without_a_year_of_history_retention_is_unknown(warehouse, on):
    warehouse({**COMPANY, "contracts": COMPANY["contracts"][3:], "metering_hourly": []})
    answer = ask("overview", on(2026, 1, 31))
    values = dict(answer.frame.select("metric", "value").iter_rows())
    unknown = ("nrr_share", "grr_share", "logo_churn_share", "consumption_growth_share")
    assert [values[metric] for metric in unknown] == [None] * 4
    assert answer.finding == "$50 ARR, NRR –, at risk unknown"


def test_what_is_at_risk_is_unknown_and_not_zero_where_contracts_are_all_that_is_known(
    warehouse, on
):
    warehouse({"accounts": COMPANY["accounts"], "contracts": COMPANY["contracts"]})
    answer = ask("overview", on(2026, 1, 31))
    at_risk = answer.frame.filter(pl.col("metric").is_in(["arr_flagged_usd", "arr_exposed_usd"]))
    unjudged = "unknown: too little is known of every account to judge one"
    assert at_risk.select("value", "accounts", "note").rows() == [(None, None, unjudged)] * 2
    assert answer.finding == "$200 ARR, NRR 75 %, at risk unknown"


def test_money_and_counts_agree_with_the_questions_behind_them(answer, on):
    values = dict(answer.frame.select("metric", "value").iter_rows())
    health = ask("churn_indicators", on(2026, 1, 31)).frame
    assert health["arr_usd"].sum() == values["arr_usd"]
    counts = [values[f"accounts_{status}"] for status in ("at_risk", "watch", "healthy", "unknown")]
    assert sum(counts) == health.height == 3
    movements = dict(
        ask("arr_movements", on(2026, 1, 31)).frame.select("movement", "arr_usd").rows()
    )
    assert movements["end"] == values["arr_usd"]


def test_it_equals_hand_sql_whatever_the_order_of_rows(answer, on, tmp_path, monkeypatch):
    turned = build(tmp_path / "turned.duckdb", {name: rows[::-1] for name, rows in COMPANY.items()})
    second = hand_sql(turned, "overview", as_of=dt.date(2026, 1, 31))
    assert second.height == 5
    same = answer.frame.join(second.select("metric"), on="metric", how="semi").sort("metric")
    assert_frame_equal(same.select(second.columns), second, check_dtypes=False)
    monkeypatch.setenv("BELLWETHER_WAREHOUSE", f"duckdb:///{turned}")
    assert_frame_equal(ask("overview", on(2026, 1, 31)).frame, answer.frame)


@pytest.mark.slow
def test_the_demo_equals_hand_sql(demo, on):
    answer = ask("overview", on(2026, 1, 31)).frame
    second = hand_sql(demo, "overview", as_of=dt.date(2026, 1, 31))
    same = answer.join(second.select("metric"), on="metric", how="semi").sort("metric")
    assert same.height == 5
    assert_frame_equal(
        same.select(second.columns), second, check_dtypes=False, check_exact=False, rel_tol=1e-9
    )
    assert answer.filter(pl.col("metric") == "arr_flagged_usd")["value"].item() > 0
