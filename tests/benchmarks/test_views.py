"""The same comparison per throughput, capacity, dollar and accelerator-hour, traced by hand."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from queries.benchmarks.normalised import (
    View,
    is_ahead_everywhere,
    outcome,
    unknown_views,
    views_of,
    weakest,
)
from queries.core.ask import ask
from tests.benchmarks.lab import OURS, THEIRS, lab
from tests.rows import hand_sql
from tests.shared.statistics.ratio_interval import ratio_interval

AS_OF = dt.date(2026, 1, 31)
PAIR = {
    "campaign": "lab",
    "workload": "read",
    "metric": "m",
    "system_id": "a",
    "baseline_system_id": "b",
    "direction": "higher",
    "unit": "MiB/s",
    "median": 2048.0,
    "baseline_median": 1024.0,
    "ratio": 2.0,
    "ratio_low": 1.9,
    "ratio_high": 2.2,
    "reasons": [],
}


def cell(setting, ours, theirs, unit=None, **facts):
    return {
        "setting": setting,
        "value": ours,
        "baseline_value": theirs,
        "unit": unit,
        "baseline_unit": unit,
        "setting_group": "Storage",
        "parity": "DISCLOSED",
        "campaign_type": "tpu_checkpoint",
        "is_under_test": False,
        "favours": None,
        "worst_case_factor": None,
        **facts,
    }


GIVEN = {"provisioned_mbps": "MBps", "provisioned_tib": "TiB", "price_usd_per_hour": "USD per hour"}
SHEET = [
    cell("provisioned_mbps", "20000", "5000", "MBps"),
    cell("provisioned_tib", "40", "40", "TiB"),
    cell("price_usd_per_hour", "30", "10", "USD per hour"),
    cell("price_date", "2025-11-02", "2026-01-05"),
    cell("accelerator_count", "256", "256", "chips"),
    cell("checkpoint_bytes", "1024", "1024", "GiB"),
]


MTU = cell("mtu", "8896", "1460", "bytes", favours="system", worst_case_factor=1.1)


def crossed(pair=PAIR, sheet=SHEET, as_of=AS_OF, margin=0.01):
    return list(views_of(pair, sheet, as_of, margin))


def views(pair=PAIR, sheet=SHEET, as_of=AS_OF):
    """The views of which nothing is credited."""
    return {
        row["view"]: row for row in crossed(pair, sheet, as_of) if row["credit"] == "uncredited"
    }


def test_each_view_divides_by_what_each_system_was_given():
    found = views()
    assert {
        name: (row["value"], row["baseline_value"], row["value_unit"], row["ratio"])
        for name, row in found.items()
    } == {
        "raw": (2048.0, 1024.0, "MiB/s", 2.0),
        "per_provisioned_mbps": (
            pytest.approx(0.1024),
            pytest.approx(0.2048),
            "MiB/s per MBps",
            pytest.approx(0.5),
        ),
        "per_usable_tib": (51.2, 25.6, "MiB/s per TiB", 2.0),
        "per_usd": (
            pytest.approx(2048 / 30),
            pytest.approx(102.4),
            "MiB/s per USD per hour",
            pytest.approx(2 / 3),
        ),
        # 1 TiB at 2 GiB/s is 512 s, of 256 accelerators.
        "accelerator_hours": (
            pytest.approx(256 * 512 / 3600),
            pytest.approx(256 * 1024 / 3600),
            "accelerator-hours",
            2.0,
        ),
    }
    assert [row["reasons"] for row in found.values()] == [[]] * 5
    per_usd = found["per_usd"]
    assert (per_usd["ratio_low"], per_usd["ratio_high"]) == pytest.approx((1.9 / 3, 2.2 / 3))


def test_every_view_is_crossed_with_the_credit():
    rows = crossed(sheet=[*SHEET, MTU])
    assert [(row["view"], row["credit"]) for row in rows] == [
        (view, credit) for view in View for credit in ("uncredited", "credited")
    ]
    found = {(row["view"], row["credit"]): row for row in rows}
    per_usd = found["per_usd", "credited"]
    # 30 against 10 USD per hour, and 1.1 for the MTU: 2 / 3 / 1.1.
    assert per_usd["credit_factor"] == 1.1
    assert per_usd["ratio"] == pytest.approx(2 / 3 / 1.1)
    ends = (per_usd["ratio_low"], per_usd["ratio_high"])
    assert ends == pytest.approx((1.9 / 3.3, 2.2 / 3.3))
    # The baseline's value is what moves: its 102.4 MiB/s per dollar become 112.64.
    assert per_usd["value"] == found["per_usd", "uncredited"]["value"]
    assert per_usd["baseline_value"] == pytest.approx(112.64)
    hours = found["accelerator_hours", "credited"]
    assert hours["baseline_value"] == pytest.approx(256 * 1024 / 3600 / 1.1)
    assert hours["value"] / hours["baseline_value"] == pytest.approx(1 / hours["ratio"])


def test_what_a_view_divides_by_is_not_credited_once_more():
    provisioned = cell(
        "provisioned_mbps", "20000", "5000", "MBps", favours="system", worst_case_factor=4.0
    )
    rows = crossed(sheet=[provisioned, *SHEET[1:], MTU])
    credited = {row["view"]: row for row in rows if row["credit"] == "credited"}
    assert credited["raw"]["credit_factor"] == pytest.approx(4.4)
    per_mbps = credited["per_provisioned_mbps"]
    assert (per_mbps["credit_factor"], per_mbps["ratio"]) == (1.1, pytest.approx(0.5 / 1.1))


def test_a_credit_without_a_bound_leaves_the_credited_view_unknown_and_says_why():
    kernel = cell("kernel", None, "6.6", parity="UNKNOWN", setting_group="Client")
    rows = crossed(sheet=[*SHEET, MTU, kernel])
    for row in rows:
        if row["credit"] == "credited":
            assert (row["ratio"], row["credit_factor"], row["outcome"]) == (None, None, None)
            assert row["reasons"] == ["unknown without a bound: kernel"]
        else:
            assert row["ratio"] is not None
    assert unknown_views(rows) == []


@pytest.mark.parametrize(
    ("low", "high", "margin", "said"),
    [
        (1.02, 1.2, 0.01, "ahead"),
        (1.01, 1.2, 0.01, "inside_margin"),
        (0.99, 1.05, 0.024, "inside_margin"),
        (0.5, 1 / 1.01, 0.01, "inside_margin"),
        (0.5, 0.99, 0.01, "behind"),
        (1.02, 1.2, None, None),
        (None, None, 0.01, None),
    ],
)
def test_an_outcome_is_the_whole_interval_against_the_margin(low, high, margin, said):
    assert outcome(low, high, margin) == said


def test_the_weakest_is_the_least_ratio_of_all_and_ahead_everywhere_takes_every_one():
    rows = crossed(sheet=[*SHEET, MTU])
    least = weakest(rows)
    assert (least["view"], least["credit"]) == ("per_provisioned_mbps", "credited")
    assert is_ahead_everywhere(rows) is False
    alike = [cell(name, "8", "8", unit) for name, unit in GIVEN.items()]
    rows = crossed(sheet=[*alike, MTU])
    # All that is known is 2 or 2 / 1.1, and 1.9 / 1.1 lies beyond the margin.
    least = weakest(rows)
    assert (least["view"], least["credit"], least["ratio"]) == ("raw", "credited", 2 / 1.1)
    assert is_ahead_everywhere(rows) is True
    assert unknown_views(rows) == ["accelerator_hours"]
    without = {**PAIR, "ratio_low": None, "ratio_high": None}
    assert is_ahead_everywhere(crossed(without, [*alike, MTU])) is None


@given(st.floats(1.0, 10.0), st.floats(1.0, 10.0), st.floats(0.1, 10.0), st.floats(0.01, 3.0))
def test_no_known_view_is_weaker_than_the_weakest(price, mbps, ratio, width):
    pair = {**PAIR, "ratio": ratio, "ratio_low": ratio / (1 + width), "ratio_high": ratio * 2}
    sheet = [
        cell("provisioned_mbps", f"{mbps:.6f}", "1.5", "MBps"),
        cell("price_usd_per_hour", f"{price:.6f}", "2", "USD per hour"),
        MTU,
    ]
    rows = [row for row in crossed(pair, sheet) if row["ratio"] is not None]
    least = weakest(rows)
    for row in rows:
        assert least["ratio"] <= row["ratio"]
        assert least["ratio_low"] <= row["ratio_low"] * (1 + 1e-12)
        # Divisors and credits are constants: an interval is as wide in every view.
        assert row["ratio_high"] / row["ratio_low"] == pytest.approx(2 * (1 + width))


def test_a_price_is_stale_after_ninety_days():
    day_90 = views(as_of=dt.date(2026, 1, 31))["per_usd"]
    assert (day_90["price_date"], day_90["price_age_days"]) == (dt.date(2025, 11, 2), 90)
    assert day_90["is_price_stale"] is False
    day_91 = views(as_of=dt.date(2026, 2, 1))["per_usd"]
    assert (day_91["price_age_days"], day_91["is_price_stale"]) == (91, True)
    assert day_91["ratio"] == pytest.approx(2 / 3)


def test_where_lower_is_better_what_was_given_is_multiplied():
    slower = {**PAIR, "direction": "lower", "unit": "s", "median": 10.0, "baseline_median": 20.0}
    found = views(slower)
    per_usd = found["per_usd"]
    assert (per_usd["value"], per_usd["baseline_value"]) == (300.0, 200.0)
    assert (per_usd["value_unit"], per_usd["ratio"]) == (
        "s × USD per hour",
        pytest.approx(2 / 3),
    )
    hours = found["accelerator_hours"]
    assert (hours["value"], hours["ratio"]) == (pytest.approx(256 * 10 / 3600), 2.0)


@pytest.mark.parametrize(
    ("changed", "view", "reason"),
    [
        (
            cell("provisioned_mbps", "20000", None, "MBps"),
            "per_provisioned_mbps",
            "provisioned_mbps unknown in MBps on a side",
        ),
        (
            cell("provisioned_mbps", "20", "5", "GBps"),
            "per_provisioned_mbps",
            "provisioned_mbps unknown in MBps on a side",
        ),
        (
            cell("provisioned_tib", "0", "40", "TiB"),
            "per_usable_tib",
            "usable_tib unknown in TiB on a side",
        ),
        (
            cell("accelerator_count", None, "256"),
            "accelerator_hours",
            "accelerator_count unknown on a side",
        ),
        (
            cell("checkpoint_bytes", "1024", "1024", "chunks"),
            "accelerator_hours",
            "checkpoint_bytes unknown on a side",
        ),
    ],
)
def test_a_view_that_cannot_be_computed_says_why(changed, view, reason):
    sheet = [row for row in SHEET if row["setting"] != changed["setting"]] + [changed]
    row = views(sheet=sheet)[view]
    assert (row["ratio"], row["value"], row["value_unit"]) == (None, None, None)
    assert row["reasons"] == [reason]


def test_usable_capacity_goes_before_provisioned():
    sheet = [*SHEET, cell("usable_tib", "32", "16", "TiB")]
    assert views(sheet=sheet)["per_usable_tib"]["ratio"] == 1.0


def test_an_unknown_row_of_money_is_said_beside_the_ratio():
    discounts = cell("discounts", "0", None, setting_group="Money", parity="UNKNOWN")
    per_usd = views(sheet=[*SHEET, discounts])["per_usd"]
    assert (per_usd["reasons"], per_usd["ratio"]) == (["discounts unknown"], pytest.approx(2 / 3))
    bounded = discounts | {"worst_case_factor": 1.02}
    reasons = views(sheet=[*SHEET, bounded])["per_usd"]["reasons"]
    assert reasons == ["discounts unknown, up to ×1.02"]


def test_samples_per_second_are_no_accelerator_hours():
    row = views({**PAIR, "unit": "samples/s"})["accelerator_hours"]
    assert row["reasons"] == ["samples/s is neither a duration nor bytes per second"]


def test_without_a_ratio_no_view_has_one():
    found = views({**PAIR, "ratio": None, "reasons": ["units differ: MB/s and MiB/s"]})
    assert {row["ratio"] for row in found.values()} == {None}
    assert [row["reasons"] for row in found.values()] == [["units differ: MB/s and MiB/s"]] * 5
    rows = crossed({**PAIR, "ratio": None, "reasons": ["units differ: MB/s and MiB/s"]})
    assert (weakest(rows), is_ahead_everywhere(rows)) == (None, None)
    assert len(unknown_views(rows)) == 5


def test_it_equals_hand_sql(warehouse, on):
    systems = lab()["benchmark_systems"]
    systems[2] |= {"price_usd_per_hour": 8.0, "price_date": dt.date(2025, 10, 1)}
    theirs = {"provisioned_mbps": "16000", "mtu": "1460", "throughput_unit": None}
    path = warehouse(lab(theirs=theirs, benchmark_systems=systems))
    answer = ask("benchmark_views", on(2026, 1, 31))
    # The interval and the margin are the bootstrap's, which SQL does not draw: numpy's own road.
    low, high = ratio_interval(OURS, THEIRS)
    control = ratio_interval(OURS, OURS[::-1])
    margin = max(control[1], 1 / control[0]) - 1
    second = hand_sql(path, "benchmark_views", as_of=AS_OF, low=low, high=high, margin=margin)
    assert_frame_equal(answer.frame.select(second.columns), second, rel_tol=1e-12, abs_tol=0.0)
    assert answer.frame.height == 10
    assert set(answer.frame["outcome"]) == {"ahead", "inside_margin", "behind", None}
    assert answer.finding == (
        "8 of 10 views and credits known, 2 inside the margin, 4 with the baseline ahead"
    )
