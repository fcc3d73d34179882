import json
from statistics import median

import pytest

from warehouse.sources.mlperf_json import parse

DDN = "Closed/DDN/AI400X2T_24x14TiB_nvme_8xNDR200_16clients"
HEADER = (
    "division,submitter,path,model,accelerator,num_accelerators,run_id,samples_per_s,mb_per_s\n"
)


def published_run(rate, accelerators="4"):
    return {
        "train_throughput_samples_per_second": rate,
        "train_throughput_MB_per_second": rate * 139.809,
        "train_num_accelerators": accelerators,
        "model": "unet3d",
        "accelerator": "h100",
    }


def publish(root, system, runs, *, starts, accelerators="4"):
    place = root / "Closed" / "Acme" / "results" / system
    place.mkdir(parents=True)
    report = {
        "overall": {"model": "unet3d"},
        "runs": {name: published_run(rate, accelerators) for name, rate in runs.items()},
    }
    (place / "mlperf_storage_report.json").write_text(json.dumps(report, indent=1))
    for name, (rate, start) in starts.items():
        (place / name).mkdir()
        summary = {
            "start": start,
            "num_hosts": 2,
            "metric": {"train_throughput_mean_samples_per_second": rate},
        }
        (place / name / "summary.json").write_text(json.dumps(summary))


@pytest.fixture
def repository(tmp_path):
    return tmp_path / "storage_results_v1.0"


def test_the_real_results_are_660_runs_of_132_sets(load, rows, shared_data):
    said = load("mlperf-storage", shared_data("mlperf_storage_v1.0"))
    assert said["exit_code"] == 0
    assert "660 runs in 132 result sets, campaign MLPerf Storage v1.0" in said["notes"]
    assert rows("SELECT metric, unit, count(*) FROM benchmark_runs GROUP BY ALL ORDER BY 1") == [
        ("samples_per_second", "samples/s", 660),
        ("throughput_mib_per_s", "MiB/s", 660),
    ]
    assert rows(
        "SELECT count(*), min(runs), max(runs) FROM (SELECT count(*) AS runs FROM benchmark_runs "
        "WHERE metric = 'samples_per_second' GROUP BY system_id, workload)"
    ) == [(132, 5, 5)]
    assert rows("SELECT DISTINCT campaign, verification, is_warmup FROM benchmark_runs") == [
        ("MLPerf Storage v1.0", "peer_reviewed", False)
    ]
    assert rows(
        "SELECT count(*) FROM benchmark_runs r ANTI JOIN benchmark_systems s USING (system_id)"
    ) == [(0,)]


def test_every_real_set_has_the_published_mean_and_median(load, rows, shared_data):
    folder = shared_data("mlperf_storage_v1.0")
    load("mlperf-storage", folder)
    published = rows(
        "SELECT replace(path, '/mlperf_storage_report.json', ''), median(samples_per_s), "
        "median(mb_per_s), any_value(report_mean_samples_per_s) "
        f"FROM read_csv('{folder / 'runs.csv'}') GROUP BY ALL ORDER BY 1"
    )
    landed = rows(
        "SELECT regexp_replace(run_id, '/[^/]*$', '') AS folder, "
        "median(value) FILTER (WHERE metric = 'samples_per_second'), "
        "median(value) FILTER (WHERE metric = 'throughput_mib_per_s'), "
        "avg(value) FILTER (WHERE metric = 'samples_per_second') "
        "FROM benchmark_runs GROUP BY ALL ORDER BY 1"
    )
    assert len(landed) == 132
    assert [line[:3] for line in landed] == [line[:3] for line in published]
    assert [line[3] for line in landed] == pytest.approx([line[3] for line in published], rel=1e-12)


def test_the_real_ddn_runs(load, rows, shared_data):
    load("mlperf-storage", shared_data("mlperf_storage_v1.0"))
    runs = rows(
        "SELECT sequence, value, workload, CAST(started_at AS VARCHAR) FROM benchmark_runs "
        f"WHERE system_id = '{DDN}' AND metric = 'samples_per_second' ORDER BY sequence"
    )
    assert [run[0] for run in runs] == [1, 2, 3, 4, 5]
    assert {run[2] for run in runs} == {"cosmoflow-h100-64acc"}
    assert runs[0][1:4:2] == (12556.64483110826, "2024-08-17 22:55:06.210629")
    assert sum(run[1] for run in runs) / 5 == pytest.approx(12555.4906, abs=5e-5)
    assert median(run[1] for run in runs) == 12548.670109733774
    assert dict(
        rows(
            "SELECT setting, concat_ws(' ', value, unit) FROM benchmark_settings "
            f"WHERE system_id = '{DDN}' AND setting IN "
            "('division', 'submitter', 'num_hosts', 'client_nodes', 'client_dram', 'client_nic', "
            "'storage_usable_capacity')"
        )
    ) == {
        "division": "Closed",
        "submitter": "DDN",
        "num_hosts": "16 hosts",
        "client_nodes": "16 nodes",
        "client_dram": "94208 MiB",
        "client_nic": "1 × 100 Gb/s storagenet",
        "storage_usable_capacity": "242982 GiB",
    }


def test_real_runs_without_a_summary_of_their_own_have_no_start(load, rows, shared_data):
    load("mlperf-storage", shared_data("mlperf_storage_v1.0"))
    assert rows("SELECT DISTINCT workload FROM benchmark_runs WHERE started_at IS NULL") == [
        ("unet3d-h100-12acc (unet3d-h100/unet3d_1acc)",)
    ]


def test_the_real_results_twice_change_nothing(load, fingerprint, shared_data):
    folder = shared_data("mlperf_storage_v1.0")
    load("mlperf-storage", folder)
    before = fingerprint()
    assert load("mlperf-storage", folder)["state"] == "unchanged"
    assert fingerprint() == before


def test_published_reports_become_runs_in_the_order_of_their_starts(load, rows, repository):
    publish(
        repository,
        "box/unet3d-h100",
        {"iter0": 500.25, "iter1": 501.5},
        starts={"x": (501.5, "2026-08-01T08:00:00"), "y": (500.25, "2026-08-01T09:00:00.5")},
    )
    assert load("mlperf-storage", repository)["exit_code"] == 0
    assert rows(
        "SELECT run_id, session_id = run_id, system_id, workload, sequence, value, "
        "CAST(started_at AS VARCHAR) FROM benchmark_runs WHERE metric = 'samples_per_second' "
        "ORDER BY sequence"
    ) == [
        (
            "Closed/Acme/results/box/unet3d-h100/iter1",
            True,
            "Closed/Acme/box",
            "unet3d-h100-4acc",
            1,
            501.5,
            "2026-08-01 08:00:00",
        ),
        (
            "Closed/Acme/results/box/unet3d-h100/iter0",
            True,
            "Closed/Acme/box",
            "unet3d-h100-4acc",
            2,
            500.25,
            "2026-08-01 09:00:00.5",
        ),
    ]
    assert rows(
        "SELECT value FROM benchmark_runs WHERE metric = 'throughput_mib_per_s' AND sequence = 1"
    ) == [(501.5 * 139.809,)]


def test_both_layouts_land_the_same_runs(load, rows, tmp_path, repository):
    publish(repository, "box/unet3d-h100", {"run1": 500.25, "run2": 501.5}, starts={})
    load("mlperf-storage", repository)
    table = tmp_path / "mlperf_storage_v1.0"
    table.mkdir()
    path = "Closed/Acme/results/box/unet3d-h100/mlperf_storage_report.json"
    (table / "runs.csv").write_text(
        HEADER
        + f"Closed,Acme,{path},unet3d,h100,4,run1,500.25,{500.25 * 139.809}\n"
        + f"Closed,Acme,{path},unet3d,h100,4,run2,501.5,{501.5 * 139.809}\n"
    )
    counts = {t["table"]: t for t in load("mlperf-storage", table)["tables"]}
    assert counts["benchmark_runs"]["unchanged"] == 4
    assert rows("SELECT count(*) FROM benchmark_runs") == [(4,)]


def test_a_summary_that_fits_two_runs_starts_neither(load, rows, repository):
    publish(
        repository,
        "box/unet3d-h100",
        {"run10": 500.0, "run9": 500.0},
        starts={"x": (500.0, "2026-08-01T08:00:00")},
    )
    load("mlperf-storage", repository)
    assert rows(
        "SELECT regexp_extract(run_id, '[^/]*$'), sequence, started_at FROM benchmark_runs "
        "WHERE metric = 'samples_per_second' ORDER BY sequence"
    ) == [("run9", 1, None), ("run10", 2, None)]


def test_sets_of_one_system_that_share_a_workload_are_told_apart(load, rows, repository):
    publish(repository, "box/first", {"run1": 500.0}, starts={})
    publish(repository, "box/second", {"run1": 41.0}, starts={})
    publish(repository, "other/first", {"run1": 300.0}, starts={})
    load("mlperf-storage", repository)
    assert rows("SELECT DISTINCT system_id, workload FROM benchmark_runs ORDER BY ALL") == [
        ("Closed/Acme/box", "unet3d-h100-4acc (first)"),
        ("Closed/Acme/box", "unet3d-h100-4acc (second)"),
        ("Closed/Acme/other", "unet3d-h100-4acc"),
    ]


def test_a_campaign_can_be_named(load, rows, tmp_path):
    publish(tmp_path / "mine", "box/unet3d-h100", {"run1": 500.0}, starts={})
    said = load("mlperf-storage", tmp_path / "mine", "--campaign", "MLPerf Storage v9")
    assert said["exit_code"] == 0
    assert rows("SELECT DISTINCT campaign FROM benchmark_runs") == [("MLPerf Storage v9",)]


def test_a_description_of_no_result_is_a_system_without_runs(load, rows, repository):
    publish(repository, "box/unet3d-h100", {"run1": 500.0}, starts={})
    systems = repository / "Closed" / "Acme" / "systems"
    systems.mkdir()
    (systems / "crate.json").write_text('{"storage_system": {"solution_name": "Crate", }, }')
    said = load("mlperf-storage", repository)
    assert "crate.json: read without its trailing commas" in said["notes"]
    assert rows("SELECT system_id, storage FROM benchmark_systems ORDER BY 1") == [
        ("Closed/Acme/box", None),
        ("Closed/Acme/crate", "Crate"),
    ]


def test_quarantine_sets_an_unreadable_description_aside(load, rows, repository):
    publish(repository, "box/unet3d-h100", {"run1": 500.0}, starts={})
    systems = repository / "Closed" / "Acme" / "systems"
    systems.mkdir()
    (systems / "box.json").write_text("{storage_system}")
    assert load("mlperf-storage", repository)["exit_code"] == 1
    assert load("mlperf-storage", repository, "--quarantine")["exit_code"] == 0
    assert rows("SELECT source_file, rule FROM quarantine") == [
        ("box.json", "holds no description: box.json, line 1 is not JSON.")
    ]
    assert rows("SELECT count(*) FROM benchmark_runs") == [(2,)]


def test_commas_inside_text_are_no_trailing_commas(tmp_path):
    path = tmp_path / "a.json"
    path.write_text('{"a": "x,]", "b": [1.50, 2,],}')
    assert parse(path) == ({"a": "x,]", "b": ["1.50", "2"]}, True)
