"""Comparisons, medians and runs on campaigns traced by hand, against hand SQL and real results."""

import csv
import datetime as dt
import math
import os
import random
import statistics
from pathlib import Path

import duckdb
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from queries.benchmarks.arms import arms
from queries.benchmarks.template import shipped
from queries.core.ask import ask
from tests.rows import contract_rows, hand_sql

RESULTS = Path(__file__).parents[2] / "../shared/data/mlperf_storage_v1.0/runs.csv"
JANUARY = dt.datetime(2026, 1, 10, tzinfo=dt.UTC)


def runs(campaign, system, sessions, *, unit="MiB/s", metric="write_mib_per_s", warm=None):
    """One list of values per session; `warm` is a warm-up value put before each."""
    rows = []
    for session, values in enumerate(sessions):
        measured = [*([] if warm is None else [warm]), *values]
        for place, value in enumerate(measured):
            number = len(rows)
            rows.append(
                {
                    "run_id": f"{campaign}-{system}-{number}",
                    "metric": metric,
                    "campaign": campaign,
                    "system_id": system,
                    "workload": "checkpoint",
                    "session_id": f"{system}-{session}",
                    "sequence": number,
                    "unit": unit,
                    "value": float(value),
                    "is_warmup": warm is not None and place == 0,
                    "started_at": JANUARY,
                    "verification": "unverified",
                }
            )
    return rows


def claim(campaign, system="a", baseline="b", *, metric="write_mib_per_s", **facts):
    return {
        "claim_id": f"claim-{campaign}",
        "campaign": campaign,
        "workload": "checkpoint",
        "metric": metric,
        "system_id": system,
        "baseline_system_id": baseline,
        "direction": "higher",
        "margin_share": 0.01,
        "registered_at": JANUARY - dt.timedelta(days=1),
        **facts,
    }


COMPANY = {
    "benchmark_systems": [
        {"system_id": "a", "name": "Tessera on TPU", "hyperscaler": "gcp"},
        {"system_id": "b", "name": "Managed Lustre", "hyperscaler": "gcp"},
        {"system_id": "c", "name": "Third", "hyperscaler": "azure"},
    ],
    "benchmark_runs": [
        # Session medians 120 … 125 and 100 … 105; the warm-ups would pull them down.
        *runs("good", "a", [(v - 1, v, v + 7) for v in range(120, 126)], warm=10),
        *runs("good", "b", [(v,) for v in range(100, 106)]),
        *runs("units", "a", [(130,)] * 4),
        *runs("units", "b", [(100,)] * 4, unit="MB/s"),
        *runs("slow", "a", [(10,), (11,), (12,), (11,)], unit="s", metric="restore"),
        *runs("slow", "b", [(20,), (22,), (21,), (23,)], unit="s", metric="restore"),
        # Nobody claimed anything on these three.
        *runs("open", "a", [(50,), (51,), (52,)]),
        *runs("open", "b", [(40,), (41,), (42,)]),
        *runs("open", "c", [(60,), (61,), (62,)]),
        *runs("loss", "a", [(3,), (4,), (5,)], unit="points", metric="score"),
        *runs("loss", "b", [(2,), (2,), (2,)], unit="points", metric="score"),
    ],
    "benchmark_claims": [
        claim("good"),
        claim("units"),
        claim(
            "slow",
            metric="restore",
            direction="lower",
            registered_at=JANUARY + dt.timedelta(days=1),
        ),
        claim("empty"),
    ],
    "benchmark_settings": [
        {"system_id": system, "setting": setting, "value": value, "unit": unit, "source": "log"}
        for system, setting, value, unit in (
            ("a", "mtu", "8896", "bytes"),
            ("b", "mtu", "1460", "bytes"),
            ("a", "zone", "us-east1-d", None),
            ("b", "zone", "us-east1-d", None),
            ("a", "vcpus", None, None),
            ("b", "vcpus", None, None),
            ("a", "clients", "16", None),
            ("a", "capacity", "100", "TiB"),
            ("b", "capacity", "100", "TB"),
            ("a", "fill", "80", "percent"),
            ("b", "fill", "80", None),
            ("c", "mtu", "8896", "bytes"),
        )
    ],
}


def compared(on, **choice):
    filters = choice.pop("filters", {})
    return ask("benchmark_comparison", on(2026, 1, 31, **filters), **choice)


def only(on, **choice):
    (row,) = compared(on, **choice).frame.to_dicts()
    return row


def test_a_claim_is_answered_with_medians_ratio_and_n(warehouse, on):
    warehouse(COMPANY)
    row = only(on, campaign="good")
    assert (row["claim_id"], row["direction"], row["margin_share"]) == (
        "claim-good",
        "higher",
        0.01,
    )
    assert (row["runs"], row["sessions"], row["baseline_sessions"]) == (18, 6, 6)
    assert (row["median"], row["median_low"], row["median_high"]) == (122.5, 120.0, 125.0)
    assert (row["baseline_median"], row["baseline_median_low"]) == (102.5, 100.0)
    assert row["ratio"] == 122.5 / 102.5
    assert 120 / 105 <= row["ratio_low"] < row["ratio"] < row["ratio_high"] <= 1.25
    assert (row["interval_excludes_one"], row["reasons"]) == (True, [])
    assert row["verification"] == "unverified"


def test_the_finding_is_the_sentence_of_the_claim(warehouse, on):
    warehouse(COMPANY)
    row = only(on, campaign="good")
    # The ends are rounded outwards, so that the interval never claims more.
    low, high = math.floor(row["ratio_low"] * 100), math.ceil(row["ratio_high"] * 100)
    interval = f"[{low / 100:.2f}, {high / 100:.2f}]"
    sentence = f"Tessera on TPU is 1.20× Managed Lustre {interval}, n = 6 + 6"
    assert compared(on, campaign="good").finding == sentence
    assert compared(on).finding == "1 of 4 ratio intervals exclude 1; 3 not decided"


def test_unlike_units_give_no_ratio_but_keep_both_medians(warehouse, on):
    warehouse(COMPANY)
    row = only(on, campaign="units")
    assert (row["median"], row["baseline_median"]) == (130.0, 100.0)
    assert (row["unit"], row["baseline_unit"]) == ("MiB/s", "MB/s")
    assert (row["ratio"], row["ratio_low"], row["interval_excludes_one"]) == (None, None, None)
    assert row["reasons"] == ["units differ: MB/s and MiB/s", "too few sessions (4 < 6)"]


def test_where_lower_is_better_the_ratio_is_turned_to_favour_the_system(warehouse, on):
    warehouse(COMPANY)
    answer = compared(on, campaign="slow")
    (row,) = answer.frame.to_dicts()
    assert row["ratio"] == pytest.approx(21.5 / 11, rel=1e-12)
    assert 20 / 12 <= row["ratio_low"] < row["ratio"] < row["ratio_high"] <= 2.3
    # Four sessions decide nothing, however far the interval lies from 1.
    assert row["interval_excludes_one"] is None
    assert row["reasons"] == ["too few sessions (4 < 6)", "claim registered after its first run"]
    assert answer.finding.startswith("Managed Lustre is 1.95× Tessera on TPU [")
    assert answer.finding.endswith("n = 4 + 4, lower is better, undecided")


def test_a_claim_without_runs_is_still_a_row(warehouse, on):
    warehouse(COMPANY)
    answer = compared(on, campaign="empty")
    (row,) = answer.frame.to_dicts()
    assert (row["runs"], row["sessions"], row["median"], row["ratio"]) == (0, 0, None, None)
    assert row["verification"] is None
    assert answer.finding == "No ratio, no measured run of a"


PAIRS = [
    # Nothing given: the claims.
    ({}, [("empty", "a", "b"), ("good", "a", "b"), ("slow", "a", "b"), ("units", "a", "b")]),
    # No claim on it: the highest median against every other.
    ({"campaign": "open"}, [("open", "c", "a"), ("open", "c", "b")]),
    ({"campaign": "open", "system": "a", "baseline": "b"}, [("open", "a", "b")]),
    ({"campaign": "open", "system": "b"}, [("open", "b", "a"), ("open", "b", "c")]),
    ({"campaign": "open", "baseline": "a"}, [("open", "b", "a"), ("open", "c", "a")]),
    ({"campaign": "loss"}, [("loss", "a", "b")]),
    # A pair that nobody claimed, on a campaign with a claim.
    ({"campaign": "good", "system": "b", "baseline": "a"}, [("good", "b", "a")]),
    ({"campaign": "nowhere"}, []),
    ({"campaign": "open", "system": "a", "baseline": "a"}, []),
]


def test_which_pairs_are_compared(warehouse, on):
    warehouse(COMPANY)
    for choice, expected in PAIRS:
        frame = compared(on, **choice).frame
        found = frame.select("campaign", "system_id", "baseline_system_id").rows()
        assert found == expected, choice


def test_without_a_claim_what_is_counted_per_second_is_better_higher(warehouse, on):
    warehouse(COMPANY)
    rate = only(on, campaign="open", system="a", baseline="b")
    assert (rate["direction"], rate["claim_id"]) == ("higher", None)
    score = only(on, campaign="loss")
    assert (score["direction"], score["ratio"]) == (None, 2.0)
    assert score["reasons"] == ["too few sessions (3 < 6)", "direction unknown"]


def test_of_a_claim_written_twice_the_newest_known_counts(warehouse, on):
    later = claim("good", claim_id="v2", margin_share=0.02, registered_at=JANUARY)
    warehouse({**COMPANY, "benchmark_claims": [later, claim("good")]})
    assert only(on, campaign="good")["margin_share"] == 0.02
    (earlier,) = ask("benchmark_comparison", on(2026, 1, 9), campaign="good").frame.to_dicts()
    assert (earlier["margin_share"], earlier["runs"]) == (0.01, 0)


def test_a_filter_keeps_pairs_with_both_systems_on_the_hyperscaler(warehouse, on):
    warehouse(COMPANY)
    frame = compared(on, campaign="open", filters={"hyperscaler": ("gcp",)}).frame
    assert frame.height == 0
    gcp = compared(on, campaign="good", filters={"hyperscaler": ("gcp",)}).frame
    assert gcp.height == 1
    medians = ask("benchmark_medians", on(2026, 1, 31, hyperscaler=("azure",)), campaign="open")
    assert medians.frame["system_id"].to_list() == ["c"]


def test_medians_count_warmups_apart_and_give_the_range_of_runs(warehouse, on):
    warehouse(COMPANY)
    answer = ask("benchmark_medians", on(2026, 1, 31), campaign="good", system="a")
    (row,) = answer.frame.to_dicts()
    assert (row["runs"], row["warmup_runs"], row["sessions"]) == (18, 6, 6)
    assert (row["minimum"], row["median"], row["maximum"]) == (119.0, 122.5, 132.0)
    assert answer.finding == "1 of 1 medians rest on 6 or more sessions"
    assert answer.frame["verification"].to_list() == ["unverified"]


def test_runs_in_two_units_have_no_median(warehouse, on):
    mixed = runs("mixed", "a", [(1,)]) + [
        {**row, "run_id": "other", "session_id": "other"}
        for row in runs("mixed", "a", [(2,)], unit="MB/s")
    ]
    warehouse({"benchmark_runs": mixed})
    (row,) = ask("benchmark_medians", on(2026, 1, 31)).frame.to_dicts()
    assert (row["runs"], row["unit"], row["median"], row["minimum"]) == (2, None, None, None)


def test_every_run_is_listed_warmups_included(warehouse, on):
    warehouse(COMPANY)
    answer = ask("benchmark_runs", on(2026, 1, 31), campaign="good")
    assert answer.frame.height == 30
    assert answer.frame.row(0, named=True)["value"] == 10.0
    assert answer.finding == "30 runs, 6 of them warm-ups, 30 unverified"
    pair = ask("benchmark_runs", on(2026, 1, 31), campaign="open", system="c", baseline="b").frame
    assert pair["system_id"].unique().sort().to_list() == ["b", "c"]


def test_settings_missing_on_a_side_are_unknown_and_come_first(warehouse, on):
    warehouse(COMPANY)
    answer = ask("benchmark_settings_compared", on(2026, 1, 31), campaign="good")
    assert answer.frame.select("setting", "parity").rows() == [
        ("clients", "UNKNOWN"),
        ("fill", "UNKNOWN"),
        ("vcpus", "UNKNOWN"),
        ("capacity", "DISCLOSED"),
        ("mtu", "DISCLOSED"),
        ("zone", "EQUAL"),
    ]
    assert answer.finding == "Of 6 settings: 3 unknown on a side, 2 disclosed differences"


def test_settings_of_several_comparisons_are_listed_once_per_pair(warehouse, on):
    warehouse(COMPANY)
    frame = ask("benchmark_settings_compared", on(2026, 1, 31), campaign="open").frame
    assert frame.select("system_id", "baseline_system_id").unique().sort(pl.all()).rows() == [
        ("c", "a"),
        ("c", "b"),
    ]
    assert frame.filter(setting="mtu").select("baseline_system_id", "parity").rows() == [
        ("a", "EQUAL"),
        ("b", "DISCLOSED"),
    ]


def test_it_equals_hand_sql(warehouse, on):
    path = warehouse(COMPANY)
    for question in ("benchmark_comparison", "benchmark_medians", "benchmark_runs"):
        answer = ask(question, on(2026, 1, 31)).frame
        second = hand_sql(path, question)
        assert_frame_equal(answer.select(second.columns), second)


@pytest.mark.parametrize("campaign_type", [None, "storage"])
def test_the_settings_equal_hand_sql(warehouse, on, campaign_type):
    systems = [
        {**row, "storage": f"Disk {row['system_id']}", "price_usd_per_hour": 2.5}
        for row in COMPANY["benchmark_systems"]
    ]
    claims = [claim("good", campaign_type=campaign_type)]
    path = warehouse({**COMPANY, "benchmark_systems": systems, "benchmark_claims": claims})
    answer = ask("benchmark_settings_compared", on(2026, 1, 31), campaign="good").frame
    asked = list(shipped().get(campaign_type, ()))
    second = hand_sql(path, "benchmark_settings_compared", system="a", baseline="b", asked=asked)
    assert_frame_equal(
        answer.select(second.columns[:-1]), second.drop("other"), check_row_order=False
    )
    others = set(second.drop_nulls("other")["setting"])
    assert set(answer.filter(setting_group="Other")["setting"]) == others
    assert set(answer["campaign_type"]) == {campaign_type}
    assert answer.height == (34 if campaign_type else 8)


def test_the_order_of_the_rows_changes_nothing(warehouse, on):
    path = warehouse(COMPANY)
    expected = compared(on).frame
    draws = random.Random(9)  # noqa: S311 (a fixed seed, not a secret)
    path.unlink()  # Rows would be added to it, and an error would show the last answer.
    warehouse({table: draws.sample(rows, len(rows)) for table, rows in COMPANY.items()})
    shuffled = compared(on)
    assert shuffled.state == "ok"
    assert_frame_equal(shuffled.frame, expected)


@pytest.mark.slow
def test_the_planted_ratios_come_back(demo, on):
    with duckdb.connect(str(demo), read_only=True) as connection:
        truth = pl.DataFrame(
            connection.sql("SELECT * FROM demo_truth.benchmark_ratios").to_arrow_table()
        )
    frame = compared(on).frame
    assert frame.height == truth.height == 3
    rows = {row["campaign"]: row for row in frame.to_dicts()}
    for fact in truth.to_dicts():
        row = rows[fact["campaign"]]
        assert row["sessions"] == row["baseline_sessions"] == fact["sessions_per_arm"]
        if fact["is_refused"]:
            assert (row["ratio"], row["interval_excludes_one"]) == (None, None)
            assert row["reasons"][0] == "units differ: MB/s and MiB/s"
            assert row["reasons"][-1] == "claim registered after its first run"
        else:
            assert row["ratio"] == pytest.approx(fact["true_ratio"], rel=1e-5)
            assert row["ratio_low"] < fact["true_ratio"] < row["ratio_high"]
            assert row["interval_excludes_one"] is (fact["true_ratio"] != 1)


def test_medians_of_real_results_equal_the_published_run_values():
    if not RESULTS.exists():
        if os.environ.get("CI") == "true":
            pytest.fail("the MLPerf results are not there")
        pytest.skip("the MLPerf results are not there")
    with RESULTS.open() as file:
        published = list(csv.DictReader(file))
    rows = [
        {
            "run_id": f"{row['path']}/{row['run_id']}",
            "metric": "samples_per_second",
            "campaign": "MLPerf Storage v1.0",
            "workload": row["path"],
            "system_id": row["system"],
            "session_id": f"{row['path']}/{row['run_id']}",
            "unit": "samples/s",
            "value": float(row["samples_per_s"]),
        }
        for row in published
    ]
    measured = arms(contract_rows("benchmark_runs", rows).lazy())
    expected = {}
    for row in published:
        expected.setdefault(row["path"], []).append(float(row["samples_per_s"]))
    assert len(measured) == 132
    assert {workload: arm.median for (_, workload, _, _), arm in measured.items()} == {
        path: statistics.median(values) for path, values in expected.items()
    }
    # Five runs: too few for a 95 % interval of the median.
    assert {(arm.sessions, arm.interval) for arm in measured.values()} == {(5, None)}
