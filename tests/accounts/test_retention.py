"""Retention and adoption: the field guide's vectors, rows traced by hand, and hand SQL."""

import datetime as dt

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from queries.accounts.retention.retention import annualised
from queries.core.ask import ask
from queries.shared.contracts import Retention
from tests.rows import build, hand_sql
from tests.shared.company import account, cluster, contract, feature, metered


def egress(cluster_id, day, quantity):
    (row,) = metered(cluster_id, day, day, quantity, every=24)
    return row | {"dimension": "egress", "unit": "TiB", "record_id": f"{cluster_id} egress {day}"}


# Over twelve months as of 31 Jan 2026 the cohort is a, b and e; d was lost in 2024 and came back.
COMPANY = {
    "people": [{"person_id": "p1", "name": "Ada"}],
    "accounts": [
        *(account(one) for one in "acdefghij"),
        account("b", churned_date=dt.date(2025, 6, 1), churn_reason="price"),
    ],
    "contracts": [
        contract("a1", "a", "2023-06-01", "2025-06-01", arr=100.0, committed_tib=10.0),
        contract("a2", "a", "2025-06-01", "2026-06-01", arr=150.0, committed_tib=10.0),
        contract("b1", "b", "2024-06-01", "2025-06-01", arr=100.0, committed_tib=10.0),
        contract("c1", "c", "2025-09-01", "2026-09-01", arr=40.0, committed_tib=20.0),
        contract("d1", "d", "2023-01-01", "2024-01-01", arr=5.0, committed_tib=1.0),
        contract("d2", "d", "2025-10-01", "2026-10-01", arr=20.0),
        contract("e1", "e", "2024-06-01", None, arr=100.0, committed_tib=10.0),
        contract("e1", "e", "2024-06-01", None, arr=90.0, committed_tib=9.0, recorded="2025-07-01"),
        contract("f1", "f", "2026-01-15", "2027-01-15", arr=10.0),
        contract("g1", "g", "2025-02-05", "2026-02-05", arr=1.0),
        contract("h1", "h", "2025-03-01", "2025-09-01", arr=1.0),
        contract("i1", "i", "2025-12-01", "2026-12-01", arr=1.0),
        contract("j1", "j", "2025-06-01", "2026-06-01", arr=1.0),
    ],
    "clusters": [
        cluster("ka", "a", deployed="2024-01-01"),
        cluster("kb", "b", deployed="2024-01-01", retired="2025-06-01"),
        *(cluster(f"k{one}", one) for one in "cde"),
    ],
    "metering_hourly": [
        *metered("ka", "2024-01-31", "2024-02-09", 8.0, every=24),
        *metered("kb", "2024-02-27", "2024-02-27", 100.0, every=24),
        # One day after the first month, so e is no member; the last and the first day of the turn.
        *metered("ke", "2024-02-28", "2024-02-28", 7.0, every=24),
        *metered("ka", "2025-01-30", "2025-01-30", 20.0, every=24),
        *metered("ka", "2025-01-31", "2025-01-31", 40.0, every=24),
        *metered("ka", "2026-01-03", "2026-01-30", 5.0),
        *metered("kc", "2026-01-03", "2026-01-30", 10.0),
        # Every other hour was lost: too little to say anything of the mean.
        *metered("ke", "2026-01-03", "2026-01-30", 9.0, every=2),
        egress("kc", "2026-01-20", 2.0),
        egress("kc", "2026-01-21", 2.0),
        egress("kc", "2026-01-22", 0.0),
        egress("kd", "2026-01-10", 1.0),
    ],
    "feature_usage_daily": [
        feature("b", "snapshots", "2025-02-10", 1),
        feature("a", "snapshots", "2026-01-05", 5),
        feature("a", "snapshots", "2026-01-06", 5),
        feature("a", "quota", "2026-01-05", 0),
        feature("a", "ai_gateway", "2026-01-07", 3, entitled=False),
        feature("c", "snapshots", "2026-01-20", 1),
        feature("c", "tiering", "2026-01-20", 1),
        feature("e", "quota", "2026-01-12", 0),
        feature("f", "snapshots", "2026-01-20", 1),
        # A trial before the contract: value from the first day.
        feature("j", "snapshots", "2025-05-20", 1),
    ],
}


@pytest.fixture
def answer(warehouse, on):
    warehouse(COMPANY)
    return ask("retention", on(2026, 1, 31))


def values(answer):
    return dict(answer.frame.select("metric", "value").iter_rows())


def test_contracted_and_consumed_are_traced_by_hand(answer):
    assert answer.problem is None
    rows = answer.frame.select("metric", "value", "numerator", "denominator", "accounts").rows()
    assert rows[:7] == [
        # a 100 -> 150, b 100 -> 0, e 100 -> 90.
        ("nrr_share", 0.8, 240.0, 300.0, 3),
        ("grr_share", 190 / 300, 190.0, 300.0, 3),
        ("logo_churn_share", 1 / 3, 1.0, 3.0, 3),
        ("logo_churn_annual_share", pytest.approx(1 / 3), 1.0, 3.0, 3),
        ("gross_revenue_churn_share", 110 / 300, 110.0, 300.0, 3),
        # Churn 100 and contraction 10, less expansion 50 and the 20 of d, which came back.
        ("net_revenue_churn_share", 40 / 300, 40.0, 300.0, 3),
        # a and b: 80 + 20 and 100 in the 366 days of a leap year before; a alone in the 365 days
        # after, one day of 40 and a month of 5.
        (
            "consumption_nrr_share",
            pytest.approx(((40 + 28 * 24 * 5) / 365) / (200 / 366)),
            (40 + 28 * 24 * 5) / 365,
            200 / 366,
            2,
        ),
    ]
    assert answer.finding == "NRR 80.0 %, GRR 63.3 %: $190 of $300 kept"


def test_adoption_is_traced_by_hand(answer):
    rows = answer.frame.select("metric", "value", "numerator", "denominator", "accounts").rows()
    assert rows[7:] == [
        # a 1 of 2, c 2 of 2, e 0 of 1, f 1 of 1; what a was not sold does not count.
        ("adoption_breadth_share", 4 / 6, 4.0, 6.0, 4),
        # a uses 5 of 10 TiB, c 10 of 20; e's hours and d's commitment are unknown.
        ("adoption_depth_share", 0.5, 15.0, 30.0, 2),
        # a 3 days, c 2, d 1 by egress alone, e none; f is too young and g to j are not known.
        ("active_days_share", 6 / (4 * 28), 6.0, 4.0 * 28, 4),
        # j 0, f 5, i still without after 61, c 141, h left without after 184.
        ("time_to_value_days", 141.0, 3.0, 5.0, 5),
    ]
    time_to_value = answer.frame.row(-1, named=True)
    assert (time_to_value["low"], time_to_value["high"]) == (0.0, None)
    assert time_to_value["unit"] == "days"


def test_each_value_says_its_period(answer):
    notes = dict(answer.in_words().select("metric", "note").iter_rows())
    assert notes["nrr_share"] == "31 Jan 2025 to 31 Jan 2026"
    assert notes["consumption_nrr_share"] == "from 31 Jan 2025 against from 31 Jan 2024"
    assert notes["active_days_share"] == "3 Jan 2026 to 30 Jan 2026"


def test_another_period_has_another_cohort(warehouse, on):
    warehouse(COMPANY)
    # On 31 Oct a 150, c 40, d 20, e 90, g 1 and j 1 were in force; all are as they were.
    quarter = ask("retention", on(2026, 1, 31), months=3)
    found = values(quarter)
    assert (found["nrr_share"], found["logo_churn_annual_share"]) == (1.0, 0.0)
    assert quarter.frame.row(0, named=True)["denominator"] == 302.0


FEEDS = ("metering_hourly", "feature_usage_daily")
YOUNG = {"contracts": [contract("f1", "f", "2026-01-15", "2027-01-15")]}


@pytest.mark.parametrize(
    ("feeds", "notes"),
    [
        (
            dict.fromkeys(FEEDS, ()),
            {
                "grr_share": "unknown: no ARR on 31 Jan 2025",
                "consumption_nrr_share": "unknown: nothing was metered in the 28 days from 31 Jan "
                "2024",
                "adoption_depth_share": "unknown: use or commitment of every account, 3 Jan 2026 "
                "to 30 Jan 2026",
                "active_days_share": "unknown: no telemetry, 3 Jan 2026 to 30 Jan 2026",
                "time_to_value_days": "unknown: half of those who started have not got there, "
                "31 Jan 2025 to 31 Jan 2026",
            },
        ),
        (
            {},
            {
                "consumption_nrr_share": "unknown: nothing says how far the metered hours reach",
                "adoption_breadth_share": "unknown: nothing says how far the records of feature "
                "use reach",
                "time_to_value_days": "unknown: nothing says how far the records of feature use "
                "reach; unknown: nothing says how far the metered hours reach",
            },
        ),
    ],
)
def test_what_is_unknown_is_null_and_says_why(warehouse, on, feeds, notes):
    warehouse(YOUNG | feeds)
    answer = ask("retention", on(2026, 1, 31))
    assert answer.frame["value"].to_list() == [None] * 11
    assert dict(answer.in_words().select("metric", "note").iter_rows()).items() >= notes.items()
    assert answer.finding == "NRR and GRR are unknown: no ARR at the start"


def reaching(until):
    """A company that goes on as ever, as far as its feeds had brought by the instant `until`."""
    ran = metered("ka", "2025-11-01", "2026-01-31", 3.0)
    used = [feature("a", "snapshots", f"2026-01-{day:02}", 1) for day in range(1, 32)]
    used.append(feature("d", "snapshots", "2026-01-24", 1))
    return {
        "accounts": [account(one) for one in "abcd"],
        "contracts": [
            contract("a1", "a", "2025-11-01", "2026-11-01", committed_tib=3.0),
            contract("b1", "b", "2026-01-20", "2027-01-20"),
            contract("c1", "c", "2026-01-30", "2027-01-30"),
            contract("d1", "d", "2026-01-15", "2027-01-15"),
        ],
        "clusters": [cluster("ka", "a", deployed="2025-11-01")],
        "metering_hourly": [hour for hour in ran if hour["hour_start"] < until],
        "feature_usage_daily": [use for use in used if use["usage_date"] <= until.date()],
    }


METERING_IS_LATE = "unknown: the metered hours are later than promised"
TELEMETRY_IS_LATE = "unknown: the records of feature use are later than promised"


@pytest.mark.parametrize(
    ("until", "consumed", "active", "to_value"),
    [
        (
            "2026-01-31T00:00",
            (1.0, "from 31 Dec 2025 against from 30 Nov 2025"),
            (1.0, "3 Jan 2026 to 30 Jan 2026"),
            (9.0, 3, "31 Dec 2025 to 31 Jan 2026"),
        ),
        # Half of 29 January is there, and belongs to no whole day; c started when nobody saw.
        (
            "2026-01-29T12:00",
            (1.0, "from 31 Dec 2025 to 28 Jan 2026 against from 30 Nov 2025"),
            (1.0, "3 Jan 2026 to 28 Jan 2026"),
            (9.0, 2, "31 Dec 2025 to 29 Jan 2026"),
        ),
        (
            "2026-01-28T12:00",
            (None, METERING_IS_LATE),
            (None, METERING_IS_LATE),
            (None, 0, METERING_IS_LATE),
        ),
        (
            "2026-01-20T00:00",
            (None, METERING_IS_LATE),
            (None, f"{TELEMETRY_IS_LATE}; {METERING_IS_LATE}"),
            (None, 0, f"{TELEMETRY_IS_LATE}; {METERING_IS_LATE}"),
        ),
        (
            "2025-12-31T00:00",
            (None, "unknown: the metered hours ended before the window began"),
            None,
            None,
        ),
    ],
)
def test_a_window_ends_where_its_feeds_do(*, warehouse, on, until, consumed, active, to_value):
    at = dt.datetime.fromisoformat(until).replace(tzinfo=dt.UTC)
    path = warehouse(reaching(at), watermark=at)
    answer = ask("retention", on(2026, 1, 31), months=1)
    said = {row["metric"]: row for row in answer.in_words().to_dicts()}
    for metric, expected in (("consumption_nrr_share", consumed), ("active_days_share", active)):
        if expected:
            assert (said[metric]["value"], said[metric]["note"]) == expected
    if to_value:
        found = said["time_to_value_days"]
        assert (found["value"], found["accounts"], found["note"]) == to_value
    second = hand_sql(path, "retention", as_of=dt.date(2026, 1, 31), months=1)
    first = answer.frame.select(second.columns)
    same = (one.sort("metric") for one in (first, second))
    assert_frame_equal(*same, check_dtypes=False, rel_tol=1e-12)


def test_no_contract_at_all_is_empty(warehouse, on):
    warehouse({"accounts": [account("a")]})
    for question in ("retention", "retention_cohort"):
        assert ask(question, on(2026, 1, 31)).state == "empty", question


def test_two_per_cent_a_month_is_a_fifth_a_year():
    assert annualised(0.02, 1) == pytest.approx(0.215, abs=5e-4)
    assert annualised(0.02, 12) == pytest.approx(0.02, abs=1e-12)
    assert (annualised(1.0, 6), annualised(0.0, 6), annualised(None, 6)) == (1.0, 0.0, None)


arr = st.integers(0, 10**6).map(float)


@given(pairs=st.lists(st.tuples(arr, arr), min_size=1, max_size=30))
def test_gross_retention_never_exceeds_one_nor_net_retention(pairs):
    columns = {"arr_start_usd": pl.Float64, "arr_end_usd": pl.Float64}
    kept = Retention.of(pl.LazyFrame(pairs, schema=columns, orient="row"))
    if kept.accounts:
        assert 0 <= kept.grr_share <= min(1.0, kept.nrr_share) + 1e-12
    else:
        assert (kept.grr_share, kept.nrr_share) == (None, None)


def test_the_cohort_keeps_who_left_with_nothing_a_date_and_a_reason(warehouse, on):
    warehouse(COMPANY)
    cohort = ask("retention_cohort", on(2026, 1, 31))
    rows = cohort.frame.select(
        *("account_id", "fate", "arr_start_usd", "arr_end_usd", "arr_kept_usd", "arr_change_usd"),
        *("lost_date", "churn_reason"),
    ).rows()
    assert rows == [
        ("b", "churn", 100.0, 0.0, 0.0, -100.0, dt.date(2025, 6, 1), "price"),
        ("e", "contraction", 100.0, 90.0, 90.0, -10.0, None, None),
        ("a", "expansion", 100.0, 150.0, 100.0, 50.0, None, None),
    ]
    assert cohort.finding == "1 of 3 accounts left; $110 of $300 lost"


def test_the_cohort_sums_to_the_money_behind_retention(warehouse, on):
    warehouse(COMPANY)
    for months in (1, 12):
        numbers = ask("retention", on(2026, 1, 31), months=months).frame
        cohort = ask("retention_cohort", on(2026, 1, 31), months=months).frame
        nrr, grr = numbers.row(0, named=True), numbers.row(1, named=True)
        assert cohort["arr_start_usd"].sum() == nrr["denominator"] == grr["denominator"]
        assert cohort["arr_end_usd"].sum() == nrr["numerator"]
        assert cohort["arr_kept_usd"].sum() == grr["numerator"]


@pytest.mark.parametrize("months", [12, 3])
@pytest.mark.parametrize("question", ["retention", "retention_cohort"])
def test_both_equal_hand_sql_whatever_the_order_of_rows(
    *, warehouse, on, tmp_path, monkeypatch, question, months
):
    path = warehouse(COMPANY)
    answer = ask(question, on(2026, 1, 31), months=months).frame
    second = hand_sql(path, question, as_of=dt.date(2026, 1, 31), months=months)
    key = second.columns[0]
    same = answer.select(second.columns).sort(key)
    assert_frame_equal(same, second.sort(key), check_dtypes=False, rel_tol=1e-12)
    turned = build(tmp_path / "turned.duckdb", {name: rows[::-1] for name, rows in COMPANY.items()})
    monkeypatch.setenv("BELLWETHER_WAREHOUSE", f"duckdb:///{turned}")
    assert_frame_equal(ask(question, on(2026, 1, 31), months=months).frame, answer)


# Months of 28 days against 31 and 31 against 28; halves of 184 against 181; a year.
PERIODS = [
    (dt.date(2025, 3, 15), 1),
    (dt.date(2025, 3, 31), 1),
    (dt.date(2025, 8, 31), 6),
    (dt.date(2026, 1, 31), 6),
    (dt.date(2026, 1, 31), 12),
]


@pytest.mark.parametrize(
    ("as_of", "months"), [*PERIODS, (dt.date(2024, 3, 1), 1), (dt.date(2024, 3, 31), 1)]
)
def test_constant_consumption_is_kept_in_full_whatever_the_lengths_of_the_months(
    warehouse, on, as_of, months
):
    first = (as_of - dt.timedelta(days=800)).isoformat()
    # One record a day is enough: what the hours between hold is not estimated.
    hours = metered("ka", first, as_of.isoformat(), 3.0, every=24)
    warehouse(
        {
            "accounts": [account("a")],
            "contracts": [contract("a1", "a", first, None)],
            "clusters": [cluster("ka", "a", deployed=first)],
            "metering_hourly": hours,
        }
    )
    found = values(ask("retention", on(as_of.year, as_of.month, as_of.day), months=months))
    assert found["consumption_nrr_share"] == 1.0


@pytest.mark.slow
@pytest.mark.parametrize(("as_of", "months"), PERIODS)
def test_the_demo_equals_hand_sql(demo, on, as_of, months):
    for question in ("retention", "retention_cohort"):
        answer = ask(question, on(as_of.year, as_of.month, as_of.day), months=months).frame
        second = hand_sql(demo, question, as_of=as_of, months=months)
        key = second.columns[0]
        kept = ["adoption_depth_share"]  # its scaling for lost hours is traced in test_churn
        if question == "retention":
            answer, second = (one.filter(~pl.col(key).is_in(kept)) for one in (answer, second))
        same = answer.select(second.columns).sort(key)
        assert_frame_equal(same, second.sort(key), check_dtypes=False, rel_tol=1e-9)


def book(**accounts):
    """Contracts that carry each account from its ARR in 2024 to that of 2025; 0 is none."""
    contracts = []
    for one, (before, after) in accounts.items():
        contracts.append(contract(f"{one}1", one, "2024-06-01", "2025-06-01", arr=float(before)))
        if after:
            follows = contract(f"{one}2", one, "2025-06-01", "2026-06-01", arr=float(after))
            contracts.append(follows)
    return {"contracts": contracts}


def test_loss_of_one_account_is_not_hidden_by_growth_of_another(warehouse, on):
    warehouse(book(a=(100, 150), b=(100, 0)))
    found = values(ask("retention", on(2026, 1, 31)))
    # Capping totals instead of accounts would say 75 % twice.
    assert (found["nrr_share"], found["grr_share"]) == (0.75, 0.5)


def test_gross_and_net_churn_are_those_of_the_published_example(warehouse, on):
    # ChartMogul: start 100, churn 10, contraction 10, expansion 10.
    warehouse(book(a=(10, 0), b=(30, 20), c=(60, 70)))
    found = values(ask("retention", on(2026, 1, 31)))
    assert found["gross_revenue_churn_share"] == pytest.approx(0.2)
    assert found["net_revenue_churn_share"] == pytest.approx(0.1)
