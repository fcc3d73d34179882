"""The same comparison per throughput, capacity, dollar and accelerator-hour, traced by hand."""

import datetime as dt

import pytest
from polars.testing import assert_frame_equal

from queries.ask import ask
from queries.benchmarks.views import turned, views_of
from tests.queries.benchmarks.lab import lab
from tests.rows import hand_sql

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
    "reason": None,
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
        **facts,
    }


SHEET = [
    cell("provisioned_mbps", "20000", "5000", "MBps"),
    cell("provisioned_tib", "40", "40", "TiB"),
    cell("price_usd_per_hour", "30", "10", "USD per hour"),
    cell("price_date", "2025-11-02", "2026-01-05"),
    cell("accelerator_count", "256", "256", "chips"),
    cell("checkpoint_bytes", "1024", "1024", "GiB"),
]


def views(pair=PAIR, sheet=SHEET, as_of=AS_OF):
    return {row["view"]: row for row in views_of(pair, sheet, as_of)}


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
    assert {row["reason"] for row in found.values()} == {None}
    assert turned(list(found.values())) == ["per_provisioned_mbps", "per_usd"]
    per_usd = found["per_usd"]
    assert (per_usd["ratio_low"], per_usd["ratio_high"]) == pytest.approx((1.9 / 3, 2.2 / 3))


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
    assert row["reason"] == reason


def test_usable_capacity_goes_before_provisioned():
    sheet = [*SHEET, cell("usable_tib", "32", "16", "TiB")]
    assert views(sheet=sheet)["per_usable_tib"]["ratio"] == 1.0


def test_an_unknown_row_of_money_is_said_beside_the_ratio():
    discounts = cell("discounts", "0", None, setting_group="Money", parity="UNKNOWN")
    per_usd = views(sheet=[*SHEET, discounts])["per_usd"]
    assert (per_usd["reason"], per_usd["ratio"]) == ("discounts unknown", pytest.approx(2 / 3))


def test_samples_per_second_are_no_accelerator_hours():
    row = views({**PAIR, "unit": "samples/s"})["accelerator_hours"]
    assert row["reason"] == "samples/s is neither a duration nor bytes per second"


def test_without_a_ratio_no_view_has_one():
    found = views({**PAIR, "ratio": None, "reason": "units differ: MB/s and MiB/s"})
    assert {row["ratio"] for row in found.values()} == {None}
    assert {row["reason"] for row in found.values()} == {"units differ: MB/s and MiB/s"}
    assert turned(list(found.values())) == []


def test_it_equals_hand_sql(warehouse, on):
    systems = lab()["benchmark_systems"]
    systems[2] |= {"price_usd_per_hour": 8.0, "price_date": dt.date(2025, 10, 1)}
    path = warehouse(lab(theirs={"provisioned_mbps": "16000"}, benchmark_systems=systems))
    answer = ask("benchmark_views", on(2026, 1, 31))
    second = hand_sql(path, "benchmark_views", as_of=AS_OF)
    assert_frame_equal(answer.frame.select(second.columns), second, rel_tol=1e-12, abs_tol=0.0)
    assert answer.frame.height == 5
    assert answer.finding == "4 views of 5 known, 2 turn the sign"
