import json
from statistics import mean, median, pstdev, quantiles, stdev

import pytest

from queries.core.ask import ask
from warehouse.sources.mlperf.forgiving_json import parse

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
            "metric": {
                "train_throughput_mean_samples_per_second": rate,
                "train_au_percentage": [96.0, 97.0, 95.0],
            },
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
        # Five runs have no summary of their own, so nobody knows how busy they kept accelerators.
        ("accelerator_utilisation_share", "share", 655),
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


def test_the_real_sets_vary_as_published(load, rows, shared_data):
    folder = shared_data("mlperf_storage_v1.0")
    load("mlperf-storage", folder)
    landed = rows(
        "SELECT regexp_replace(run_id, '/[^/]*$', '') AS folder, list(value) FROM benchmark_runs "
        "WHERE metric = 'samples_per_second' GROUP BY ALL"
    )
    published = dict(
        rows(
            "SELECT replace(path, '/mlperf_storage_report.json', ''), "
            f"any_value(report_stdev_samples_per_s) FROM read_csv('{folder / 'runs.csv'}') "
            "GROUP BY ALL"
        )
    )
    assert len(landed) == len(published) == 132
    cvs = [100 * stdev(values) / mean(values) for _, values in landed]
    tenths = quantiles(cvs, n=10, method="inclusive")
    assert (round(median(cvs), 3), round(tenths[8], 3), round(max(cvs), 3)) == (0.224, 1.083, 3.157)
    # What the reports call standard deviation divides by n, in every set.
    for place, values in landed:
        assert published[place] == pytest.approx(pstdev(values), rel=1e-9)


def test_every_real_run_knows_its_number_of_hosts(load, rows, shared_data):
    folder = shared_data("mlperf_storage_v1.0")
    load("mlperf-storage", folder)
    # The same from the epochs: the hosts of every summary below the folder of a set.
    expected = rows(
        f"WITH s AS (SELECT DISTINCT path, num_hosts FROM read_csv('{folder / 'epochs.csv'}') "
        "WHERE num_hosts IS NOT NULL), "
        "r AS (SELECT DISTINCT replace(path, 'mlperf_storage_report.json', '') AS folder "
        f"FROM read_csv('{folder / 'runs.csv'}')) "
        "SELECT folder, min(num_hosts) FROM r JOIN s ON starts_with(s.path, r.folder) "
        "GROUP BY ALL HAVING min(num_hosts) = max(num_hosts) ORDER BY 1"
    )
    assert len(expected) == 132
    assert expected == rows(
        "SELECT DISTINCT regexp_replace(run_id, '[^/]*$', ''), clients FROM benchmark_runs "
        "ORDER BY 1"
    )


def test_real_runs_without_a_summary_of_their_own_have_no_start(load, rows, shared_data):
    load("mlperf-storage", shared_data("mlperf_storage_v1.0"))
    assert rows("SELECT DISTINCT workload FROM benchmark_runs WHERE started_at IS NULL") == [
        ("unet3d-h100-12acc (unet3d-h100/unet3d_1acc)",)
    ]


def test_the_real_accelerators_were_as_busy_as_published(load, rows, shared_data):
    folder = shared_data("mlperf_storage_v1.0")
    load("mlperf-storage", folder)
    epochs = f"read_csv('{folder / 'epochs.csv'}')"
    assert rows(f"SELECT count(*) FILTER (au_pct >= 95), count(*) FROM {epochs}") == [(957, 3308)]
    assert round(957 / 3308, 3) == 0.289
    # Of each run the mean of its own epochs: those that started when it did, in its set's folder.
    compared = rows(
        f"WITH s AS (SELECT path, start, avg(au_pct) / 100 AS share FROM {epochs} GROUP BY ALL) "
        "SELECT r.value, s.share FROM benchmark_runs r JOIN s ON s.start = r.started_at "
        "AND starts_with(s.path, regexp_replace(r.run_id, '[^/]*$', '')) "
        "WHERE r.metric = 'accelerator_utilisation_share'"
    )
    assert len(compared) == 655
    assert [value for value, _ in compared] == pytest.approx([share for _, share in compared])


def test_the_ceiling_speaks_of_real_results(load, rows, shared_data, on):
    folder = shared_data("mlperf_storage_v1.0")
    load("mlperf-storage", folder)
    # Both kept their accelerators at 95 % or more in the median of their runs, or one did not.
    # The second road: from the epochs, past the loader.
    busy = rows(
        "WITH s AS (SELECT regexp_extract(path, '^(.*/results/.*)/', 1) AS folder, path, "
        f"avg(au_pct) AS au FROM read_csv('{folder / 'epochs.csv'}') GROUP BY ALL), "
        "r AS (SELECT DISTINCT system_id, workload, regexp_replace(run_id, '[^/]*$', '') AS set "
        "FROM benchmark_runs), "
        "m AS (SELECT system_id, workload, median(au) AS au FROM r "
        "JOIN s ON starts_with(s.path, r.set) GROUP BY ALL) "
        "SELECT a.workload, a.system_id, b.system_id, least(a.au, b.au) >= 95 "
        "FROM m a JOIN m b ON a.workload = b.workload AND a.system_id < b.system_id ORDER BY ALL"
    )
    assert {is_ceiling for *_, is_ceiling in busy} == {True, False}
    for wanted in (True, False):
        workload, system, baseline, _ = next(row for row in busy if row[3] is wanted)
        (check,) = ask(
            "benchmark_checks",
            on(2026, 1, 31),
            campaign="MLPerf Storage v1.0",
            workload=workload,
            metric="samples_per_second",
            system=system,
            baseline=baseline,
        ).rows(check="ceiling")
        assert check["state"] == ("fail" if wanted else "pass")


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


@pytest.mark.parametrize(
    ("published", "landed"), [([96.0, 97.0], [(0.965,)]), ([], []), (["busy"], []), (None, [])]
)
def test_how_busy_accelerators_were_is_the_mean_of_the_epochs_or_unknown(
    load, rows, repository, published, landed
):
    publish(
        repository,
        "box/unet3d-h100",
        {"run1": 500.25},
        starts={"x": (500.25, "2026-08-01T08:00:00")},
    )
    summary = next(repository.rglob("summary.json"))
    said = json.loads(summary.read_text())
    said["metric"]["train_au_percentage"] = published
    summary.write_text(json.dumps(said))
    load("mlperf-storage", repository)
    assert (
        rows("SELECT value FROM benchmark_runs WHERE metric = 'accelerator_utilisation_share'")
        == landed
    )


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


# Shaped like closed/ANL in mlcommons/storage_results_v0.5 (Apache-2.0), its numbers made up.
def publish_v05(root, *, hosts=1):
    place = root / "closed" / "Acme" / "results" / "box-Nacc8-Nhosts1" / "bert"
    report = {
        "overall": {"model": "bert", "num_client_hosts": hosts, "train_num_accelerators": "8"},
        "runs": {
            f"run{number}": {
                "train_throughput_samples_per_second": rate,
                "train_throughput_MB_per_second": rate / 100,
                "train_num_accelerators": "8",
                "model": "bert",
            }
            for number, rate in enumerate((330.5, 331.5))
        },
    }
    for number, rate in enumerate((330.5, 331.5)):
        run = place / f"run{number}" / "node1"
        run.mkdir(parents=True)
        summary = {
            "model": "bert",
            "start": f"2023-08-0{4 - number}T11:53:46.926486",
            "num_accelerators": 8,
            "hostname": "node1",
            "metric": {"train_throughput_mean_samples_per_second": rate},
        }
        (run / "summary.json").write_text(json.dumps(summary))
    (place / "mlperf_storage_report.json").write_text(json.dumps(report, indent=1))
    systems = root / "closed" / "Acme" / "systems"
    systems.mkdir()
    storage = {"commercial_name": "Box", "software_specification": "Lustre 2.12", "type": "Lustre"}
    description = {"host_node": {"node_count": 1}, "storage_system": storage}
    (systems / "box.json").write_text(json.dumps(description))


def test_v05_reports_say_the_hosts_and_name_no_accelerator(load, rows, tmp_path):
    publish_v05(tmp_path / "storage_results_v0.5")
    said = load("mlperf-storage", tmp_path / "storage_results_v0.5")
    assert "2 runs in 1 result sets, campaign MLPerf Storage v0.5" in said["notes"]
    assert rows(
        "SELECT sequence, system_id, workload, value, clients, CAST(started_at AS VARCHAR) "
        "FROM benchmark_runs WHERE metric = 'samples_per_second' ORDER BY sequence"
    ) == [
        (1, "closed/Acme/box", "bert-8acc", 331.5, 1, "2023-08-03 11:53:46.926486"),
        (2, "closed/Acme/box", "bert-8acc", 330.5, 1, "2023-08-04 11:53:46.926486"),
    ]
    assert rows("SELECT setting, value FROM benchmark_settings ORDER BY 1") == [
        ("division", "closed"),
        ("num_hosts", "1"),
        ("storage_solution", "Box"),
        ("storage_type", "Lustre"),
        ("storage_version", "Lustre 2.12"),
        ("submitter", "Acme"),
    ]


# Shaped as the benchmark of v2.0 writes it (mlcommons/storage: mlpstorage/rules.py), and as its
# results are published since (storage_results_v3.0), both Apache-2.0; the numbers are made up.
V2 = {"args": {"command": "run", "model": "unet3d", "accelerator_type": "h100"}}


def publish_run(place, metric, *, start, hosts=2, accelerators=4, metadata):
    place.mkdir(parents=True)
    summary = {
        "start": start,
        "num_accelerators": accelerators,
        "num_hosts": hosts,
        "metric": metric,
    }
    (place / "summary.json").write_text(json.dumps(summary))
    file = place / f"training_{place.name}_metadata.json"
    file.write_text(json.dumps(metadata))


def trained(rate):
    return {
        "train_au_percentage": [98.2, 98.3],
        "train_throughput_samples_per_second": [rate, rate],
        "train_throughput_mean_samples_per_second": rate,
        "train_io_mean_MB_per_second": rate * 139.809,
    }


def test_runs_of_v2_are_read_from_their_own_summaries(load, rows, tmp_path):
    root = tmp_path / "storage_results_v2.0"
    box = root / "closed" / "Acme" / "results" / "box"
    for hour in range(6):
        publish_run(
            box / f"training/unet3d/run/20250620_1{hour}0519",
            trained(120.0 + hour),
            start=f"2025-06-20T1{hour}:06:33.5",
            metadata=V2,
        )
    publish_run(
        box / "training/unet3d/datagen/20250620_080000",
        {},
        start="2025-06-20T08:00:00",
        metadata={"args": V2["args"] | {"command": "datagen"}},
    )
    systems = root / "closed" / "Acme" / "systems"
    systems.mkdir()
    (systems / "box.yaml").write_text("System:\n  name: Box\n")
    said = load("mlperf-storage", root)
    assert said["exit_code"] == 0
    assert "1 system descriptions in YAML were not read: settings unknown" in said["notes"]
    found = rows(
        "SELECT sequence, run_id, workload, value, is_warmup, clients, "
        "CAST(started_at AS VARCHAR) FROM benchmark_runs "
        "WHERE metric = 'samples_per_second' ORDER BY sequence"
    )
    folder = "closed/Acme/results/box/training/unet3d/run"
    assert found == [
        (
            hour + 1,
            f"{folder}/20250620_1{hour}0519",
            "unet3d-h100-4acc",
            120.0 + hour,
            hour == 0,
            2,
            f"2025-06-20 1{hour}:06:33.5",
        )
        for hour in range(6)
    ]
    assert rows(
        "SELECT metric, unit, min(value) FROM benchmark_runs WHERE metric <> 'samples_per_second' "
        "GROUP BY ALL ORDER BY 1"
    ) == [
        ("accelerator_utilisation_share", "share", pytest.approx(0.9825, rel=1e-12)),
        ("throughput_mib_per_s", "MiB/s", 120.0 * 139.809),
    ]


def test_five_runs_without_a_warm_up_all_count(load, rows, tmp_path):
    root = tmp_path / "storage_results_v2.0"
    for hour in range(5):
        publish_run(
            root / f"open/Acme/results/box/training/unet3d/run/20250620_1{hour}0519",
            trained(120.0),
            start=f"2025-06-20T1{hour}:06:33.5",
            metadata={"command": "run", "model": "unet3d", "accelerator": "b200"},
        )
    load("mlperf-storage", root)
    assert rows(
        "SELECT workload, count(*), bool_or(is_warmup) FROM benchmark_runs "
        "WHERE metric = 'samples_per_second' GROUP BY ALL"
    ) == [("unet3d-b200-4acc", 5, False)]


def test_a_checkpoint_is_written_by_one_run_and_read_by_another(load, rows, tmp_path):
    root = tmp_path / "storage_results_v2.0"
    models = root / "closed/Acme/results/box/checkpointing/llama3-70b"
    saved = {
        "save_checkpoint_io_mean_GB_per_second": 105.5,
        "save_checkpoint_duration_mean_seconds": 8.625,
        "checkpoint_size_GB": 911.2,
    }
    read = {
        "load_checkpoint_io_mean_GB_per_second": 210.25,
        "load_checkpoint_duration_mean_seconds": 4.5,
    }
    for hour, metric in ((10, saved), (11, read)):
        publish_run(
            models / f"20250620_{hour}0000",
            metric,
            start=f"2025-06-20T{hour}:00:00",
            accelerators=64,
            metadata={"args": {"command": "run", "model": "llama3-70b"}},
        )
    assert load("mlperf-storage", root)["exit_code"] == 0
    assert rows(
        "SELECT metric, unit, value, workload, sequence, clients FROM benchmark_runs ORDER BY 1"
    ) == [
        ("load_duration_seconds", "s", 4.5, "llama3-70b-64acc", 2, 2),
        ("load_throughput_gib_per_s", "GiB/s", 210.25, "llama3-70b-64acc", 2, 2),
        ("save_duration_seconds", "s", 8.625, "llama3-70b-64acc", 1, 2),
        ("save_throughput_gib_per_s", "GiB/s", 105.5, "llama3-70b-64acc", 1, 2),
    ]


def test_a_run_of_v2_that_measured_nothing_is_named(load, tmp_path):
    root = tmp_path / "storage_results_v2.0"
    place = root / "closed/Acme/results/box/training/unet3d/run/20250620_100000"
    publish_run(place, {}, start="2025-06-20T10:00:00", metadata=V2)
    said = load("mlperf-storage", root)
    assert said["exit_code"] == 1
    assert said["faults"] == [
        {
            "file": "closed/Acme/results/box/training/unet3d/run/20250620_100000/summary.json",
            "line": 1,
            "column": "metric",
            "value": None,
            "rule": "holds no value measured",
        }
    ]


def test_commas_inside_text_are_no_trailing_commas(tmp_path):
    path = tmp_path / "a.json"
    path.write_text('{"a": "x,]", "b": [1.50, 2,],}')
    assert parse(path) == ({"a": "x,]", "b": ["1.50", "2"]}, True)
