"""Consumption against commitment, traced by hand, and against hand SQL."""

import datetime as dt
import math

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from queries.accounts.consumption import term
from queries.core.ask import ask
from tests.rows import build, contract_rows, hand_sql
from tests.shared.company import account, cluster, contract, metered

AZURE = {"hyperscaler": "azure"}
COMPANY = {
    "accounts": [account(f"a{number}") for number in (1, 2, 3, 4, 5)],
    "contracts": [
        # 59 days; amended on the twentieth.
        contract("c1", "a1", "2026-01-01", "2026-03-01", committed_tib=10.0),
        contract("c1", "a1", "2026-01-01", "2026-03-01", committed_tib=20.0, recorded="2026-01-20"),
        contract("c2", "a2", "2025-11-01", "2026-03-01", committed_tib=6.0),
        contract("c2b", "a2", "2026-01-01", "2026-03-01", committed_tib=8.0, **AZURE),
        contract("c3", "a3", "2025-11-01", None, committed_tib=None),
        contract("c4", "a4", "2025-11-01", "2026-03-01", committed_tib=6.0),
        contract("c5", "a5", "2025-01-01", "2026-01-01", committed_tib=6.0),
    ],
    "clusters": [
        cluster("k1", "a1", deployed="2026-01-03"),
        cluster("k2", "a2", deployed="2025-03-01"),
        cluster("k2b", "a2", deployed="2026-01-01") | AZURE,
        cluster("k3", "a3", deployed="2025-11-01"),
        cluster("k5", "a5"),
    ],
    "metering_hourly": [
        # Nothing of the tenth, and every other hour of the twelfth.
        *metered("k1", "2026-01-03", "2026-01-09", 5.0),
        *metered("k1", "2026-01-11", "2026-01-11", 5.0),
        *metered("k1", "2026-01-12", "2026-01-12", 5.0, every=2),
        *metered("k1", "2026-01-13", "2026-01-30", 5.0),
        # Metering begins a month after the term.
        *metered("k2", "2025-12-01", "2026-01-30", 9.0),
        *metered("k2b", "2026-01-01", "2026-01-28", 2.0),
    ],
}


@pytest.fixture(scope="module")
def company(tmp_path_factory):
    return build(tmp_path_factory.mktemp("terms") / "terms.duckdb", COMPANY)


@pytest.fixture
def terms(company, on, monkeypatch):
    """A function from an account to the days of its terms, by hyperscaler, on 31 January."""
    monkeypatch.setenv("BELLWETHER_WAREHOUSE", f"duckdb:///{company}")

    def of(account_id):
        answer = ask("account_consumption", on(2026, 1, 31), account=account_id)
        days = answer.frame.partition_by("hyperscaler", as_dict=True)
        return answer, {place: rows for (place,), rows in days.items()}

    of.path = company
    return of


def on_day(rows, month, day):
    return rows.row(by_predicate=pl.col("usage_date") == dt.date(2026, month, day), named=True)


def test_use_and_commitment_add_up_day_by_day(terms):
    answer, places = terms("a1")
    rows = places["aws"]
    assert rows.height == 59
    # No cluster served on the first two days, and that is known.
    assert rows["used_tib_hours"].head(3).to_list() == [0.0, 0.0, 120.0]
    assert on_day(rows, 1, 30)["used_tib_hours"] == 26 * 120
    assert on_day(rows, 1, 19)["committed_tib_hours"] == 19 * 240
    assert on_day(rows, 2, 28)["committed_tib_hours"] == 19 * 240 + 40 * 480
    assert answer.finding == "Commitment used by the end of the term: AWS 27.8 %"


def test_a_day_without_enough_hours_is_a_gap_that_adds_nothing(terms):
    rows = terms("a1")[1]["aws"]
    gaps = rows.filter(
        pl.col("used_tib_hours").is_null(), pl.col("usage_date") < dt.date(2026, 1, 31)
    )
    assert gaps["usage_date"].to_list() == [dt.date(2026, 1, 10), dt.date(2026, 1, 12)]
    assert gaps["completeness_share"].to_list() == [0.0, 0.5]
    assert on_day(rows, 1, 11)["used_tib_hours"] == on_day(rows, 1, 9)["used_tib_hours"] + 120


def test_the_projection_begins_after_the_newest_known_day_and_ends_with_the_term(terms):
    rows = terms("a1")[1]["aws"].drop_nulls("projected_tib_hours")
    assert rows["usage_date"].to_list()[0] == dt.date(2026, 1, 31)
    assert rows.height == 29
    assert rows["projected_tib_hours"].to_list()[-1] == pytest.approx(26 * 120 + 29 * 120)
    # Three whole known weeks are too few for an interval.
    assert rows["projected_low_tib_hours"].null_count() == 29


def test_a_term_older_than_its_metering_counts_from_the_first_known_day(terms):
    rows = terms("a2")[1]["aws"]
    first = rows.row(0, named=True)
    assert first["usage_date"] == dt.date(2025, 12, 1)
    assert (first["used_tib_hours"], first["committed_tib_hours"]) == (216.0, 144.0)
    last = rows.row(-1, named=True)
    # Every week was alike, so that the interval has no width; and it ends above the commitment.
    assert last["projected_low_tib_hours"] == pytest.approx(90 * 216)
    assert last["projected_high_tib_hours"] == pytest.approx(90 * 216)
    assert last["projected_tib_hours"] > last["committed_tib_hours"] == 90 * 144


def test_late_days_are_projected_from_the_newest_known_one(terms):
    rows = terms("a2")[1]["azure"].drop_nulls("projected_tib_hours")
    assert rows["usage_date"].to_list()[0] == dt.date(2026, 1, 29)


def test_without_an_end_a_commitment_or_a_record_the_rest_is_unknown(terms):
    answer, places = terms("a3")
    rows = places["aws"]
    assert rows.columns[3:] == [
        "used_tib_hours",
        "committed_tib_hours",
        "projected_tib_hours",
        "projected_low_tib_hours",
        "projected_high_tib_hours",
    ]
    assert all(rows[column].null_count() == rows.height for column in rows.columns[3:])
    assert rows["usage_date"].to_list()[-1] == dt.date(2026, 1, 30)
    assert answer.finding == "Commitment used by the end of the term: AWS –"


def test_an_account_that_nobody_declared_a_cluster_of_uses_nobody_knows_what(terms):
    rows = terms("a4")[1]["aws"]
    assert rows["used_tib_hours"].null_count() == rows.height
    assert rows["committed_tib_hours"].to_list()[-1] == 120 * 144


def test_without_a_contract_in_force_there_is_nothing_to_hold_usage_against(terms):
    answer, _ = terms("a5")
    assert answer.state == "empty"
    assert answer.finding == "No contract is in force to hold usage against"


@pytest.mark.parametrize("account_id", ["a1", "a2"])
def test_it_equals_hand_sql(terms, account_id):
    second = hand_sql(
        terms.path, "account_consumption", as_of=dt.date(2026, 1, 31), account=account_id
    )
    answer = terms(account_id)[0].frame.select(second.columns)
    assert_frame_equal(answer, second, check_dtypes=False)


def test_the_projection_passes_the_commitment_on_the_day_it_runs_out(terms):
    rows = terms("a2")[1]["aws"]
    total = rows["committed_tib_hours"][-1]
    over = rows.filter(pl.max_horizontal("used_tib_hours", "projected_tib_hours") >= total)
    days = math.ceil(total / 216.0)
    assert over["usage_date"][0] == rows["usage_date"][0] + dt.timedelta(days=days - 1)


def test_a_commitment_changes_on_the_day_its_terms_do():
    versions = [
        contract("c1", "a", "2026-01-01", "2026-01-04", committed_tib=1.0),
        contract("c1", "a", "2026-01-01", "2026-01-04", committed_tib=2.0, recorded="2026-01-03"),
        contract("c2", "a", "2026-01-05", None, committed_tib=None, recorded="2026-01-02"),
    ]
    contracts = contract_rows("contracts", versions).lazy()
    days = pl.date_range(dt.date(2026, 1, 1), dt.date(2026, 1, 6), eager=True)
    assert term.committed(contracts, days)["committed_tib"].to_list() == [1, 1, 2, 0, None, None]
