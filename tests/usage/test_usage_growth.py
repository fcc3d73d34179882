"""Growth, regions and accounts of metered usage, traced by hand and against hand SQL."""

import datetime as dt

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from queries.core.ask import ask
from queries.usage import usage_growth
from tests.rows import hand_sql
from tests.usage.fleet import DATA_DATE, FLEET


@pytest.fixture
def fleet(warehouse):
    return warehouse(FLEET)


@pytest.fixture
def today(on):
    return on(DATA_DATE.year, DATA_DATE.month, DATA_DATE.day)


def rows(name, context, *key, **parameters):
    frame = ask(name, context, **parameters).frame
    return {tuple(row[column] for column in key): row for row in frame.to_dicts()}


@pytest.mark.usefixtures("fleet")
def test_growth_stands_beside_the_completeness_of_both_periods(today):
    found = rows("usage_growth", today, "hyperscaler", "dimension")
    aws = found["aws", "capacity"]
    # a1: 671 hours of 2 and the restated 66; before it 672 of 1 and e1's 168.
    assert (aws["usage_28d"], aws["usage_previous_28d"]) == (1408.0, 840.0)
    assert aws["usage_growth_share"] == pytest.approx(1408 / 840 - 1)
    assert (aws["completeness_share"], aws["completeness_previous_share"]) == (1.0, 1.0)
    azure = found["azure", "capacity"]
    # Half of March's hours are missing: the fall to a half is the gap, and the row shows it.
    # b2 serves from 12:30 on the 17th: 12 hours that day and 13 days more.
    assert azure["usage_growth_share"] == -0.5
    assert azure["completeness_previous_share"] == 1.0
    assert azure["completeness_share"] == pytest.approx(336 / (672 + 12 + 13 * 24))
    assert (aws["clusters"], azure["clusters"]) == (1, 2)


@pytest.mark.usefixtures("fleet")
def test_a_hyperscaler_without_records_is_unknown_and_not_zero(today):
    found = rows("usage_growth", today, "hyperscaler", "dimension")
    gcp = found["gcp", "capacity"]
    assert (gcp["usage_28d"], gcp["usage_growth_share"], gcp["completeness_share"]) == (
        None,
        None,
        0.0,
    )
    # On-prem recorded zeros: zero is known, and growth from nothing recorded is not.
    on_prem = found["none", "capacity"]
    assert (on_prem["usage_28d"], on_prem["usage_growth_share"]) == (0.0, None)
    ghost = found["unknown", "capacity"]
    assert (ghost["usage_28d"], ghost["clusters"], ghost["completeness_share"]) == (
        21.0,
        None,
        None,
    )
    # Only AWS reported egress, so nobody else is asked for it.
    assert [place for place, dimension in found if dimension == "egress"] == ["aws"]


@pytest.mark.usefixtures("fleet")
def test_shares_of_the_total_add_up_per_dimension(today):
    frame = ask("usage_growth", today).frame
    totals = frame.group_by("dimension").agg(pl.col("share_of_total_share").sum())
    assert totals["share_of_total_share"].to_list() == pytest.approx([1.0, 1.0])


@pytest.mark.usefixtures("fleet")
def test_a_region_without_a_name_is_unknown(today):
    found = rows("usage_by_region", today, "hyperscaler", "cloud_region", "dimension", days=28)
    assert found["azure", "eastus2", "capacity"]["quantity"] == 336 * 4.0
    unplaced = found["azure", "unknown", "capacity"]
    assert (unplaced["quantity"], unplaced["completeness_share"]) == (None, 0.0)


@pytest.mark.usefixtures("fleet")
def test_everybody_under_contract_or_with_a_cluster_is_listed_unmetered_first(today):
    frame = ask("usage_by_account", today, days=28).frame.filter(dimension="capacity")
    listed = frame.select("account_id", "hyperscaler", "is_unmetered").rows()
    assert listed == [
        ("C", "gcp", True),
        ("D", "azure", True),
        ("A", "aws", False),
        ("B", "azure", False),
        ("unknown", "unknown", False),
        ("N", "none", False),
    ]
    # E's contract ended on the data date and its cluster retired before the window.
    assert "E" not in frame["account_id"].to_list()


@pytest.mark.usefixtures("fleet")
def test_use_stands_beside_what_was_committed(today):
    found = rows("usage_by_account", today, "account_id", "dimension", days=28)
    amber = found["A", "capacity"]
    assert (amber["quantity"], amber["committed_tib"]) == (1408.0, 3.0)
    assert amber["mean_tib"] == pytest.approx(1408 / 672)
    assert amber["usage_growth_share"] == pytest.approx(1408 / 672 - 1)
    assert (found["A", "egress"]["mean_tib"], found["A", "egress"]["committed_tib"]) == (None, None)
    # One of Birch's contracts leaves its capacity open, so what it committed to is unknown; 336
    # recorded hours of 4 TiB on two clusters that served 996 of the window's 672 hours.
    birch = found["B", "capacity"]
    assert birch["committed_tib"] is None
    assert birch["mean_tib"] == pytest.approx(4 * 996 / 672)
    assert found["D", "capacity"]["quantity"] is None
    assert found["N", "capacity"]["name"] == "N"


@pytest.mark.usefixtures("fleet")
def test_an_account_that_fell_silent_is_unmetered_beside_what_it_recorded_before(on):
    # 31 March to 27 April without an hour, after 3 to 30 March.
    silent = rows("usage_by_account", on(2026, 4, 28), "account_id", "dimension", days=28)
    amber = silent["A", "capacity"]
    assert (amber["is_unmetered"], amber["quantity"], amber["unit"]) == (True, None, None)
    assert (amber["usage_growth_share"], amber["mean_tib"]) == (None, None)
    assert (amber["hours_present"], amber["hours_expected"]) == (0, 672)
    assert (amber["completeness_share"], amber["completeness_previous_share"]) == (0.0, 1.0)
    assert ("A", "egress") not in silent


@pytest.mark.usefixtures("fleet")
def test_the_findings_say_the_answer(today, on):
    assert ask("usage_growth", today).finding == "AWS grows fastest: capacity +67.6 % in 28 days"
    assert ask("usage_growth", on(2026, 3, 31, hyperscaler=("azure",))).finding == (
        "Azure capacity −50.0 % in 28 days, but completeness is unequal"
    )
    assert ask("usage_by_account", today).finding == "2 of 6 accounts recorded no capacity usage"
    # Their clusters go on and nothing was recorded since: unknown, and no zero.
    silent = on(2026, 4, 28)
    assert ask("usage_by_hyperscaler", silent, days=28).finding == (
        "Metered capacity is unknown: no hour is recorded in these filters"
    )
    assert ask("usage_by_region", silent, days=28).finding == (
        "The share of each region in metered capacity is unknown"
    )
    assert ask("usage_by_region", today).finding == ("AWS us-east-1 has 50.8 % of metered capacity")


def test_an_earlier_data_date_does_not_see_the_restatement(fleet, on):
    assert fleet.exists()
    found = rows("usage_growth", on(2026, 3, 30), "hyperscaler", "dimension")
    # As of the 30th the window is 2 to 29 March: one hour-day of 1 and 27 days of 2.
    assert found["aws", "capacity"]["usage_28d"] == 24 * 1.0 + 27 * 24 * 2.0


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("usage_growth", {}),
        ("usage_by_region", {"days": 28}),
        ("usage_by_account", {"days": 28}),
        ("usage_by_account", {"days": 7}),
        ("usage_by_hyperscaler", {"days": 56}),
    ],
)
@pytest.mark.parametrize("day", [dt.date(2026, 3, 31), dt.date(2026, 3, 20)])
def test_they_equal_hand_sql(fleet, on, name, parameters, day):
    context = on(day.year, day.month, day.day)
    answer = ask(name, context, **parameters).frame
    second = hand_sql(fleet, name, as_of=day, **parameters)
    key = answer.select(second.columns)
    if name == "usage_by_hyperscaler":
        # Hand SQL knows declared clusters only.
        key = key.filter(pl.col("hyperscaler") != "unknown")
    assert_frame_equal(key, second, rel_tol=1e-12)


def test_the_order_of_the_rows_read_changes_nothing(fleet, today):
    assert fleet.exists()
    usage = pl.DataFrame(
        {
            "hyperscaler": ["aws", "azure", None, "aws"],
            "dimension": ["capacity"] * 4,
            "usage_date": [dt.date(2026, 3, day) for day in (5, 6, 7, 8)],
            "unit": ["TiB-Hours"] * 4,
            "quantity": [1.0, 2.0, 4.0, 8.0],
            "hours_present": [1, 2, 3, 4],
        }
    )
    clusters = pl.DataFrame(
        {
            "hyperscaler": ["azure", "aws"],
            "deployed_at": [dt.datetime(2026, 3, 1, tzinfo=dt.UTC)] * 2,
            "retired_at": pl.Series([None, None], dtype=pl.Datetime("us", "UTC")),
        }
    )
    answers = [
        usage_growth.usage_growth(
            usage[order].lazy(), clusters[::step].lazy(), usage[order].lazy(), context=today
        )
        for order, step in (([0, 1, 2, 3], 1), ([3, 1, 0, 2], -1))
    ]
    assert_frame_equal(*answers)
    assert answers[0]["usage_28d"].to_list() == [9.0, 2.0, 4.0]
