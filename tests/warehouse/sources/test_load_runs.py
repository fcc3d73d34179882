"""`load runs`: what a plain table of runs may leave out, and what of it is refused by name."""

import datetime as dt
import json

import polars as pl
import pytest

from warehouse.__main__ import main

HEADER = "run_id,campaign,workload,metric,system_id,session_id,unit,value"
FIRST = "r1,camp,write,write_mib_per_s,a,s1,MiB/s,120.5"
SECOND = "r2,camp,write,write_mib_per_s,b,s2,MiB/s,100"


@pytest.fixture
def table(tmp_path):
    """Writes runs.csv from its header and rows."""

    def write(*rows, header=HEADER):
        path = tmp_path / "runs.csv"
        path.write_text("\n".join([header, *rows]) + "\n")
        return path

    return write


def test_what_a_run_may_leave_out_is_its_default(load, rows, table):
    said = load("runs", table(FIRST, SECOND))
    assert said["exit_code"] == 0
    assert rows("SELECT * FROM benchmark_runs ORDER BY run_id") == [
        ("r1", "write_mib_per_s", "camp", "a", "write", "s1", 1, "MiB/s", 120.5, False, None, None,
         "unverified"),
        ("r2", "write_mib_per_s", "camp", "b", "write", "s2", 2, "MiB/s", 100.0, False, None, None,
         "unverified"),
    ]  # fmt: skip
    assert "2 values in 2 sessions: n counts sessions" in said["notes"]
    assert "benchmark_systems is left as it is for a, b" in said["notes"]


def test_everything_a_run_can_say_lands_as_it_is(load, rows, tmp_path):
    path = tmp_path / "runs.parquet"
    started = dt.datetime(2026, 10, 1, 8, tzinfo=dt.UTC)
    pl.DataFrame(
        {
            "RUN_ID": ["r1"],
            "campaign": ["camp"],
            "workload": ["write"],
            "metric": ["seconds"],
            "system_id": ["a"],
            "session_id": ["s1"],
            "sequence": [7],
            "unit": ["s"],
            "value": [1.5],
            "is_warmup": [True],
            "clients": [16],
            "started_at": [started],
            "verification": ["verified"],
        }
    ).write_parquet(path)
    assert load("runs", path)["exit_code"] == 0
    assert rows(
        "SELECT run_id, sequence, is_warmup, clients, CAST(started_at AS VARCHAR), verification "
        "FROM benchmark_runs"
    ) == [("r1", 7, True, 16, "2026-10-01 08:00:00", "verified")]


def test_the_command_says_campaign_and_system_where_the_file_does_not(load, rows, table, capsys):
    path = table("r1,write,m,s1,MiB/s,1", header="run_id,workload,metric,session_id,unit,value")
    assert load("runs", path, "--campaign", "camp", "--system", "a")["exit_code"] == 0
    assert rows("SELECT campaign, system_id FROM benchmark_runs") == [("camp", "a")]
    assert main(["load", "runs", str(table(FIRST)), "--system", "a"]) == 1
    assert capsys.readouterr().err.endswith(
        "runs.csv has a column system_id, and the command gives one too. Leave one of them out.\n"
    )


def test_rows_of_several_files_keep_their_order(load, rows, tmp_path):
    (tmp_path / "in").mkdir()
    for number in (1, 2):
        lines = [FIRST.replace("r1", f"r{number}{place}") for place in (1, 2)]
        (tmp_path / "in" / f"day{number}.csv").write_text("\n".join([HEADER, *lines]) + "\n")
    load("runs", tmp_path / "in")
    assert rows("SELECT sequence, run_id FROM benchmark_runs ORDER BY 1") == [
        (1, "r11"), (2, "r12"), (3, "r21"), (4, "r22"),
    ]  # fmt: skip


def test_loading_twice_changes_nothing(load, fingerprint, table):
    load("runs", table(FIRST, SECOND))
    before = fingerprint()
    assert load("runs", table(FIRST, SECOND))["state"] == "unchanged"
    assert fingerprint() == before


SETTINGS_HEADER = f"{HEADER},settings"


def with_settings(run, **settings):
    quoted = json.dumps(settings).replace('"', '""')
    return f'{run},"{quoted}"'


def test_settings_of_a_column_become_those_of_the_system(load, rows, table):
    path = table(
        with_settings(FIRST, mtu={"value": 8896, "unit": "bytes", "source": "ip link"}, tier=None),
        with_settings(FIRST.replace("r1", "r3"), mtu={"value": 8896, "unit": "bytes"}, jumbo=True),
        with_settings(SECOND, mtu={"value": "1460", "unit": "bytes"}),
        f"{SECOND.replace('r2', 'r4')},",
        header=SETTINGS_HEADER,
    )
    said = load("runs", path)
    assert said["exit_code"] == 0
    assert rows("SELECT * FROM benchmark_settings ORDER BY system_id, setting") == [
        ("a", "jumbo", "true", None, "runs.csv"),
        ("a", "mtu", "8896", "bytes", "ip link"),
        ("a", "tier", None, None, "runs.csv"),
        ("b", "mtu", "1460", "bytes", "runs.csv"),
    ]
    assert not any("ignored" in note for note in said["notes"])


@pytest.mark.parametrize(
    "settings",
    [
        ("s.csv", "system_id,setting,value,unit,source\na,mtu,8896,bytes,log\na,fill,,,\n"),
        (
            "s.json",
            (
                '[{"system_id": "a", "setting": "mtu", "value": 8896, "unit": "bytes", '
                '"source": "log"}, {"system_id": "a", "setting": "fill", "value": null}]'
            ),
        ),
    ],
)
def test_settings_of_a_second_file(load, rows, table, tmp_path, settings):
    name, content = settings
    (tmp_path / name).write_text(content)
    assert load("runs", table(FIRST), "--settings", tmp_path / name)["exit_code"] == 0
    assert rows("SELECT * FROM benchmark_settings ORDER BY setting") == [
        ("a", "fill", None, None, name),
        ("a", "mtu", "8896", "bytes", "log"),
    ]


def test_what_one_run_does_not_know_another_may_say(load, rows, table):
    path = table(
        with_settings(FIRST, mtu=None, tier="125"),
        with_settings(FIRST.replace("r1", "r3"), mtu=8896, tier=None),
        header=SETTINGS_HEADER,
    )
    assert load("runs", path)["exit_code"] == 0
    assert rows("SELECT setting, value FROM benchmark_settings ORDER BY 1") == [
        ("mtu", "8896"),
        ("tier", "125"),
    ]


def test_systems_come_along_and_are_otherwise_left_as_they_are(load, rows, table, tmp_path):
    systems = tmp_path / "systems.csv"
    systems.write_text("system_id,name,price_usd_per_hour,price_date\na,Ours,12.5,2026-10-01\n")
    said = load("runs", table(FIRST, SECOND), "--systems", systems)
    assert "benchmark_systems is left as it is for b" in said["notes"]
    load("runs", table(FIRST, SECOND))
    assert rows("SELECT system_id, name, price_usd_per_hour FROM benchmark_systems") == [
        ("a", "Ours", 12.5)
    ]


@pytest.mark.parametrize(
    ("runs", "header", "sentence"),
    [
        (
            [FIRST, SECOND.replace("MiB/s", "MB/s")],
            HEADER,
            "write_mib_per_s of camp is measured in MB/s and MiB/s.",
        ),
        (
            [FIRST.replace("MiB/s", "MBps")],
            HEADER,
            "The unit 'MBps' can mean more than one thing.",
        ),
        (
            [
                with_settings(FIRST, mtu=8896),
                with_settings(FIRST.replace("r1", "r3"), mtu=1460),
            ],
            SETTINGS_HEADER,
            "a has mtu 8896 in run r1 and 1460 in run r3.",
        ),
        (
            [
                with_settings(FIRST, size={"value": 1, "unit": "TB"}),
                with_settings(FIRST.replace("r1", "r3"), size={"value": 1, "unit": "TiB"}),
            ],
            SETTINGS_HEADER,
            "a has size 1 TB in run r1 and 1 TiB in run r3.",
        ),
        ([f"{FIRST},mtu=1"], SETTINGS_HEADER, "runs.csv, line 2 is not JSON."),
        ([f"{FIRST},[]"], SETTINGS_HEADER, "runs.csv, line 2: settings is no JSON object."),
        (
            [with_settings(FIRST, mtu=[1, 2])],
            SETTINGS_HEADER,
            "runs.csv, line 2 gives mtu neither text nor number.",
        ),
        (
            ["r1,camp,write,m,a,MiB/s,1"],
            HEADER.replace("session_id,", ""),
            (
                "runs.csv has no column session_id; it has "
                "run_id, campaign, workload, metric, system_id, unit, value."
            ),
        ),
    ],
)
def test_what_is_unclear_is_refused_by_name(load, table, runs, header, sentence):
    said = load("runs", table(*runs, header=header))
    assert (said["exit_code"], said["state"], said["error"]) == (1, "refused", sentence)


def test_two_metrics_may_have_two_units(load, table):
    seconds = SECOND.replace("write_mib_per_s", "seconds").replace("MiB/s", "s")
    assert load("runs", table(FIRST, seconds))["exit_code"] == 0


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("s.csv", "system_id,setting,value\na,mtu,1460\n", ("a has mtu 8896 in run r1 and 1460 in "
         "s.csv, line 2.")),
        ("s.csv", "system_id,name,value\na,mtu,1\n", "s.csv, line 2 has no setting."),
        ("s.csv", "system_id,setting,value\na,mtu\n", ("s.csv, line 2: 'a,mtu' has 2 cells where "
         "the header has 3.")),
        ("s.csv", "system_id,setting,value\n,mtu,1\n", "s.csv, line 2 has no system_id."),
        ("s.json", '{"mtu": 1}', "s.json is no list of objects."),
        ("s.json", "[", "s.json, line 1 is not JSON."),
    ],
)  # fmt: skip
def test_settings_that_cannot_be_used_are_refused(load, table, name, content, sentence):
    path = table(with_settings(FIRST, mtu=8896), header=SETTINGS_HEADER)
    settings = path.with_name(name)
    settings.write_text(content)
    said = load("runs", path, "--settings", settings)
    assert (said["exit_code"], said["error"]) == (1, sentence)


def test_a_second_file_that_is_not_there_is_refused(load, table, tmp_path):
    nowhere = tmp_path / "nowhere.csv"
    for option in ("--settings", "--systems"):
        said = load("runs", table(FIRST), option, nowhere)
        assert (said["exit_code"], said["error"]) == (1, f"{nowhere} does not exist.")


def test_a_bad_row_is_named_and_can_be_kept_aside(load, rows, table):
    path = table(FIRST, SECOND.replace("100", "fast"))
    said = load("runs", path)
    assert said["faults"] == [
        {
            "file": "runs.csv",
            "line": 3,
            "column": "value",
            "value": "fast",
            "rule": "is not a number",
        }
    ]
    assert load("runs", path, "--quarantine")["exit_code"] == 0
    assert rows("SELECT run_id FROM benchmark_runs") == [("r1",)]


@pytest.mark.parametrize("option", ["--settings", "--systems", "--system"])
def test_what_belongs_to_runs_is_misuse_elsewhere(warehouse, capsys, option):
    assert main(["load", "tables", "x", option, "y"]) == 2
    assert capsys.readouterr().err.startswith(f"{option} belongs to runs")
    assert not warehouse.exists()
