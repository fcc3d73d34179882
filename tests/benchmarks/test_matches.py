"""Matched workloads on systems traced by hand, against hand SQL and real MLPerf Storage results."""

import csv
import datetime as dt
import math
import random
from collections import defaultdict
from statistics import median

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from queries.benchmarks.matches import benchmark_matches
from queries.core.ask import ask
from tests.published import published_path
from tests.rows import contract_rows, hand_sql
from warehouse.__main__ import main
from warehouse.context import EVERYTHING, Context

CONTEXT = Context(dt.date(2026, 1, 31), EVERYTHING)
RATE = "read_mib_per_s"
ONE, BOX, CRATE = "closed/A/one", "closed/B/box", "open/C/crate"


def runs(system, workload, values, *, clients, unit="MiB/s", metric=RATE):
    """A session per value, and a warm-up run that no statistic may see."""
    return [
        {
            "run_id": f"{system}-{workload}-{clients}-{metric}-{place}",
            "metric": metric,
            "campaign": "round",
            "system_id": system,
            "workload": workload,
            "session_id": f"{system}-{workload}-{clients}-{place}",
            "sequence": place,
            "unit": unit,
            "value": float(value),
            "is_warmup": place == 0,
            "clients": clients,
        }
        for place, value in enumerate([1, *values])
    ]


COMPANY = {
    "benchmark_runs": [
        *runs(ONE, "alike", (120, 121, 122), clients=16),
        *runs(BOX, "alike", (100, 101, 102), clients=16),
        *runs(ONE, "fewer", (50, 51, 52), clients=8),
        *runs(BOX, "fewer", (90, 91, 92), clients=16),
        *runs(ONE, "two sizes", (60, 61, 62), clients=8),
        *runs(ONE, "two sizes", (110, 111, 112), clients=16),
        *runs(BOX, "two sizes", (120, 121, 122), clients=16),
        *runs(ONE, "alone", (7, 8, 9), clients=16),
        *runs(ONE, "units", (7, 8, 9), clients=16),
        *runs(BOX, "units", (7, 8, 9), clients=16, unit="MB/s"),
        *runs(ONE, "untold", (7, 8, 9), clients=16),
        *runs(BOX, "untold", (7, 8, 9), clients=None),
        *runs(ONE, "nothing", (0, 0, 0), clients=16),
        *runs(BOX, "nothing", (7, 8, 9), clients=16),
        *runs(CRATE, "alike", (200, 201, 202), clients=16),
        *runs(ONE, "alike", (10, 11, 12), clients=16, unit="s", metric="restore"),
        *runs(BOX, "alike", (20, 22, 24), clients=16, unit="s", metric="restore"),
    ],
    "benchmark_claims": [{"campaign": "round", "metric": "restore", "direction": "lower"}],
    "benchmark_settings": [
        {"system_id": system, "setting": "division", "value": system.split("/")[0]}
        for system in (ONE, BOX, CRATE)
    ],
    "benchmark_systems": [
        {"system_id": ONE, "name": "One", "hyperscaler": "gcp"},
        {"system_id": BOX, "name": "Box", "hyperscaler": "gcp"},
        {"system_id": CRATE, "name": "Crate", "hyperscaler": "aws"},
    ],
}


def rebuilt(warehouse, rows):
    """A warehouse of these rows alone, in the place of the one before."""
    warehouse({}).unlink()
    return warehouse(rows)


def matches(on, **choice):
    filters = choice.pop("filters", {})
    return ask("benchmark_matches", on(2026, 1, 31, **filters), **choice)


def pair(on):
    return matches(on, system=ONE, baseline=BOX, metric=RATE)


def test_only_like_is_compared_and_every_mismatch_is_named(warehouse, on):
    warehouse(COMPANY)
    assert pair(on).frame.select("workload", "client_counts", "mismatches").rows() == [
        ("alike", "16 and 16", []),
        ("alone", "16 and none", ["only closed/A/one measured it"]),
        ("fewer", "8 and 16", ["client counts 8 and 16"]),
        ("nothing", "16 and 16", ["a median is zero"]),
        ("two sizes", "8 and 16", ["client counts 8 and 16"]),
        ("two sizes", "16 and 16", []),
        ("units", "16 and 16", ["units differ: MB/s and MiB/s"]),
        ("untold", "16 and unknown", ["clients unknown"]),
    ]


def test_a_mismatch_has_no_ratio_and_counts_for_no_geomean(warehouse, on):
    warehouse(COMPANY)
    answer = pair(on)
    matched = answer.frame.filter(is_matched=True)
    assert matched["ratio"].to_list() == [121 / 101, 111 / 121]
    assert answer.frame.filter(is_matched=False)["ratio"].null_count() == 6
    assert answer.frame.filter(is_matched=False)["ratio_low"].null_count() == 6
    mean = (121 / 101 * 111 / 121) ** 0.5
    assert answer.frame["geomean"].to_list() == pytest.approx([mean] * 8, rel=1e-12)
    assert set(answer.frame.select("matched", "mismatched").rows()) == {(2, 6)}
    assert answer.finding == "1.05× over 2 matched workloads; 6 mismatched, no ratio"


def test_the_interval_is_that_of_the_ratio_of_medians(warehouse, on):
    warehouse(COMPANY)
    row = pair(on).frame.row(0, named=True)
    assert (row["runs"], row["median"], row["baseline_median"]) == (3, 121.0, 101.0)
    assert 120 / 102 <= row["ratio_low"] < row["ratio"] < row["ratio_high"] <= 122 / 100


def test_where_a_claim_or_the_unit_says_lower_is_better_the_ratio_is_turned(warehouse, on):
    warehouse(COMPANY)
    (row,) = matches(on, system=ONE, baseline=BOX, metric="restore").frame.to_dicts()
    assert (row["direction"], row["ratio"]) == ("lower", 2.0)
    assert (row["ratio_low"], row["ratio_high"]) == pytest.approx((20 / 12, 24 / 10), rel=1e-12)
    rebuilt(warehouse, {**COMPANY, "benchmark_claims": []})
    (row,) = matches(on, system=ONE, baseline=BOX, metric="restore").frame.to_dicts()
    assert (row["direction"], row["ratio"]) == ("lower", 2.0)


def test_divisions_that_differ_are_no_match(warehouse, on):
    warehouse(COMPANY)
    frame = matches(on, system=ONE, baseline=CRATE).frame
    assert frame.filter(workload="alike")["mismatches"].to_list() == [
        ["division differs: closed and open"]
    ]
    assert frame["geomean"].null_count() == frame.height
    rebuilt(warehouse, {**COMPANY, "benchmark_settings": COMPANY["benchmark_settings"][:1]})
    frame = matches(on, system=ONE, baseline=CRATE).frame
    assert frame.filter(workload="alike")["ratio"].to_list() == [121 / 201]


PAIRS = [
    # Of none given every two systems, once.
    ({}, [(ONE, BOX), (ONE, CRATE), (BOX, CRATE)]),
    ({"system": "closed"}, [(ONE, CRATE), (BOX, CRATE)]),
    ({"system": "CLOSED/b"}, [(BOX, ONE), (BOX, CRATE)]),
    ({"baseline": "open/"}, [(ONE, CRATE), (BOX, CRATE)]),
    ({"system": "open", "baseline": "closed/A"}, [(CRATE, ONE)]),
    # A name is not the beginning of another name.
    ({"system": "closed/A/on"}, []),
    ({"system": ONE, "baseline": ONE}, []),
    ({"campaign": "nowhere"}, []),
]


def test_which_pairs_are_matched(warehouse, on):
    warehouse(COMPANY)
    for choice, expected in PAIRS:
        frame = matches(on, **{"metric": RATE, **choice}).frame
        found = frame.select("system_id", "baseline_system_id").unique(maintain_order=True).rows()
        assert found == expected, choice


def test_a_filter_keeps_pairs_with_both_systems_on_the_hyperscaler(warehouse, on):
    warehouse(COMPANY)
    frame = matches(on, metric=RATE, filters={"hyperscaler": ("gcp",)}).frame
    assert frame.select("system_id", "baseline_system_id").unique().rows() == [(ONE, BOX)]


def test_nothing_to_match_is_empty_and_of_several_pairs_the_counts_are_said(warehouse, on):
    warehouse(COMPANY)
    answer = matches(on, metric=RATE, system="closed", baseline="open")
    assert answer.finding == "0 workloads matched over 2 pairs of systems; 14 mismatched, no ratio"
    assert matches(on, campaign="nowhere").state == "empty"


def test_it_equals_hand_sql(warehouse, on):
    path = warehouse(COMPANY)
    for system in ("closed/A", "closed", "open/C/crate"):
        second = hand_sql(path, "benchmark_matches", system=system)
        answer = matches(on, system=system).frame
        assert_frame_equal(answer.select(second.columns), second)


def test_exchanging_the_systems_gives_the_reciprocal(warehouse, on):
    warehouse(COMPANY)
    there = pair(on).frame.filter(is_matched=True)
    back = matches(on, system=BOX, baseline=ONE, metric=RATE).frame.filter(is_matched=True)
    assert there.select("workload", "clients").rows() == back.select("workload", "clients").rows()
    for column, other in (("ratio", "ratio"), ("ratio_low", "ratio_high"), ("geomean", "geomean")):
        reciprocal = [1 / value for value in back[other]]
        assert there[column].to_list() == pytest.approx(reciprocal, rel=1e-12)


WORKLOADS = st.dictionaries(
    st.sampled_from(["w1", "w2", "w3", "w4"]),
    st.tuples(
        st.lists(st.integers(1, 1000), min_size=3, max_size=5),
        st.sampled_from([None, 8, 16]),
    ),
    min_size=1,
)


def answered(mine, theirs):
    """The answer on two systems, each with workloads, their values and clients."""
    rows = [
        row
        for system, workloads in ((ONE, mine), (BOX, theirs))
        for workload, (values, clients) in workloads.items()
        for row in runs(system, workload, values, clients=clients)
    ]
    tables = {
        "runs": contract_rows("benchmark_runs", rows),
        "claims": contract_rows("benchmark_claims", []),
        "settings": contract_rows("benchmark_settings", []),
        "systems": contract_rows("benchmark_systems", []),
    }
    wanted = {"campaign": None, "metric": None, "system": ONE, "baseline": BOX}
    frames = {name: frame.lazy() for name, frame in tables.items()}
    return benchmark_matches(**frames, context=CONTEXT, **wanted)


@settings(max_examples=25, deadline=None)
@given(mine=WORKLOADS, theirs=WORKLOADS)
def test_only_equal_known_client_counts_are_ever_given_a_ratio(mine, theirs):
    frame = answered(mine, theirs)
    expected = {
        workload: median(mine[workload][0]) / median(theirs[workload][0])
        for workload in mine.keys() & theirs.keys()
        if mine[workload][1] is not None and mine[workload][1] == theirs[workload][1]
    }
    rated = frame.filter(is_matched=True)
    assert dict(rated.select("workload", "ratio").rows()) == expected
    assert frame["ratio"].count() == len(expected)
    assert set(frame["matched"]) == {len(expected)}
    assert set(frame["mismatched"]) == {frame.height - len(expected)}
    logs = [math.log(ratio) for ratio in expected.values()]
    mean = math.exp(math.fsum(logs) / len(logs)) if logs else None
    assert frame["geomean"][0] == (mean and pytest.approx(mean, rel=1e-12))


def test_the_order_of_the_rows_changes_nothing(warehouse, on):
    warehouse(COMPANY)
    expected = matches(on).frame
    draws = random.Random(9)  # noqa: S311 (a fixed seed, not a secret)
    rebuilt(warehouse, {table: draws.sample(rows, len(rows)) for table, rows in COMPANY.items()})
    assert_frame_equal(matches(on).frame, expected)


def test_real_lustre_systems_are_held_against_others_only_where_like(
    on, tmp_path, monkeypatch, capsys
):
    folder = published_path("mlperf_storage_v1.0")
    monkeypatch.setenv("BELLWETHER_WAREHOUSE", f"duckdb:///{tmp_path / 'own.duckdb'}")
    assert main(["load", "mlperf-storage", str(folder)]) == 0
    capsys.readouterr()
    measured = published_arms(folder)
    assert len(measured) == 132

    ddn = matches(on, system="closed/DDN", metric="samples_per_second")
    # 4 systems against 46 others: no other drove any of their workloads with as many clients.
    expected = by_hand(measured, lambda one, other: "/DDN/" in one and "/DDN/" not in other)
    assert found(ddn.frame) == expected
    shared = ddn.frame.filter(pl.col("mismatches").list.first() == "client counts 18 and 3")
    assert shared["workload"].to_list() == ["unet3d-h100-36acc"]
    shared = ddn.frame.filter(pl.col("mismatches").list.first() == "client counts 30 and 6")
    assert shared["workload"].to_list() == ["cosmoflow-a100-150acc"]
    assert ddn.frame["ratio"].null_count() == ddn.frame.height == 778
    said = "0 workloads matched over 184 pairs of systems; 778 mismatched, no ratio"
    assert ddn.finding == said

    every = matches(on, metric="samples_per_second").frame
    expected = by_hand(measured, lambda one, other: one < other)
    assert found(every) == expected
    assert every["is_matched"].sum() == sum(ratio is not None for _, ratio in expected.values()) > 0


def published_arms(folder):
    """System, workload and clients to the median of its runs, read without the product."""
    hosts = {}
    with (folder / "epochs.csv").open() as file:
        for row in csv.DictReader(file):
            if row["num_hosts"]:
                hosts[row["path"]] = int(row["num_hosts"])
    sets = defaultdict(list)
    with (folder / "runs.csv").open() as file:
        for row in csv.DictReader(file):
            sets[row["path"].removesuffix("mlperf_storage_report.json")].append(row)
    arms = {}
    for place, rows in sets.items():
        division, submitter, _, system, *_ = place.split("/")
        workload = "{model}-{accelerator}-{num_accelerators}acc".format(**rows[0])
        (clients,) = {count for path, count in hosts.items() if path.startswith(place)}
        key = (f"{division}/{submitter}/{system}", workload, clients)
        while key in arms:
            # Two sets of one system on one workload: told apart, so like nothing else.
            arms[key[0], f"{workload} {len(arms)}", clients] = arms.pop(key)
            key = (key[0], f"{workload} {place}", clients)
        arms[key] = median(float(row["samples_per_s"]) for row in rows)
    return arms


def by_hand(measured, is_pair):
    """System, baseline, workload and clients of both to whether it is matched, and the ratio."""
    systems = {system for system, _, _ in measured}
    expected = {}
    for one in systems:
        for other in systems - {one}:
            if not is_pair(one, other):
                continue
            mine = {key[1]: key[2] for key in measured if key[0] == one}
            theirs = {key[1]: key[2] for key in measured if key[0] == other}
            for workload in mine.keys() | theirs.keys():
                clients = (mine.get(workload), theirs.get(workload))
                ratio = None
                if clients[0] is not None and clients[0] == clients[1]:
                    ratio = (
                        measured[one, workload, clients[0]] / measured[other, workload, clients[1]]
                    )
                name = workload.split(" ")[0]
                key = (one, other, name, *clients)
                expected[key] = (expected.get(key, (0,))[0] + 1, ratio)
    return expected


def found(frame):
    """The same of an answer; sets that were told apart count under the workload they share."""
    counted = {}
    for row in frame.to_dicts():
        key = (
            row["system_id"],
            row["baseline_system_id"],
            row["workload"].split(" ")[0],
            row["clients"],
            row["baseline_clients"],
        )
        counted[key] = (counted.get(key, (0,))[0] + 1, row["ratio"])
    return counted
