import json
import os
import subprocess
import sys
from pathlib import Path

import duckdb
import polars as pl
import pytest

from warehouse import publish
from warehouse.__main__ import main
from warehouse.rollups import refresh as rollups

METERING = "cluster_id,dimension,hour_start,recorded_at,record_id,quantity,unit\n"
FIRST = "c1,capacity,2026-10-01T00:00:00Z,2026-10-01T01:05:00Z,r1,2.5,TiB-Hours\n"
SECOND = "c1,capacity,2026-10-01 01:00:00,2026-10-01 02:05:00,r2,3,TiB-Hours\n"
REPOSITORY = Path(__file__).resolve().parents[3]


@pytest.fixture
def metering(tmp_path):
    path = tmp_path / "metering_hourly.csv"
    path.write_text(METERING + FIRST + SECOND)
    return path


def test_a_load_lands_typed_rows_and_says_what_it_did(load, rows, metering):
    said = load("tables", metering)
    assert said["exit_code"] == 0
    assert said["tables"] == [
        {
            "table": "metering_hourly",
            "rows_read": 2,
            "loaded": 2,
            "unchanged": 0,
            "updated": 0,
            "rejected": 0,
            "first_day": "2026-10-01",
            "last_day": "2026-10-01",
        }
    ]
    assert rows(
        "SELECT record_id, quantity, strftime(hour_start, '%H:%M'), reason "
        "FROM metering_hourly ORDER BY record_id"
    ) == [("r1", 2.5, "00:00", None), ("r2", 3.0, "01:00", None)]
    assert rows("SELECT quantity, hours_present FROM usage_daily") == [(5.5, 2)]
    assert rows(
        "SELECT kind, source, table_name, rows_read, rows_loaded, rows_rejected, is_simulated "
        "FROM loads"
    ) == [("tables", "metering_hourly.csv", "metering_hourly", 2, 2, 0, False)]


def test_a_missing_nullable_column_becomes_null_and_is_said(load, metering):
    assert (
        "metering_hourly.csv: no column supersedes_record_id, reason; "
        "unknown (null) in metering_hourly" in load("tables", metering)["notes"]
    )


def test_an_unknown_column_is_ignored_and_said(load, tmp_path):
    path = tmp_path / "people.csv"
    path.write_text("person_id,name,is_active,shoe_size\np1,Ada,yes,38\n")
    assert "people.csv: ignored, not in people: shoe_size" in load("tables", path)["notes"]


def test_column_names_in_capitals_are_the_same_columns(load, rows, tmp_path):
    path = tmp_path / "people.csv"
    path.write_text("PERSON_ID,NAME,IS_ACTIVE\np1,Ada,TRUE\n")
    load("tables", path)
    assert rows("SELECT person_id, name, is_active FROM people") == [("p1", "Ada", True)]


def test_loading_the_same_file_twice_changes_nothing(load, metering, fingerprint):
    load("tables", metering)
    before = fingerprint()
    said = load("tables", metering)
    assert (said["exit_code"], said["state"]) == (0, "unchanged")
    assert said["tables"][0]["unchanged"] == 2
    assert fingerprint() == before


def test_a_restatement_is_appended_under_a_later_recorded_at(load, rows, metering):
    load("tables", metering)
    metering.write_text(METERING + FIRST.replace("01:05", "09:00").replace("2.5", "2.0"))
    assert load("tables", metering)["tables"][0]["loaded"] == 1
    assert rows("SELECT quantity FROM metering_hourly WHERE record_id = 'r1' ORDER BY 1") == [
        (2.0,),
        (2.5,),
    ]


def test_a_recorded_fact_is_never_overwritten(load, metering, fingerprint):
    load("tables", metering)
    before = fingerprint()
    metering.write_text(METERING + FIRST.replace("2.5", "9.9") + SECOND)
    said = load("tables", metering)
    assert said["exit_code"] == 1
    assert said["faults"][0]["line"] == 2
    assert "append it with a later recorded_at" in said["faults"][0]["rule"]
    assert fingerprint() == before


def test_a_table_without_recorded_at_is_updated_by_key(load, rows, tmp_path):
    path = tmp_path / "services.csv"
    path.write_text("service_id,name,team,hyperscaler\ns1,Store,Core,aws\ns2,Meter,Core,gcp\n")
    load("tables", path)
    path.write_text("service_id,name,team,hyperscaler\ns1,Store,Edge,aws\ns2,Meter,Core,gcp\n")
    counts = load("tables", path)["tables"][0]
    assert (counts["loaded"], counts["updated"], counts["unchanged"]) == (0, 1, 1)
    assert rows("SELECT service_id, team FROM services ORDER BY 1") == [
        ("s1", "Edge"),
        ("s2", "Core"),
    ]


def test_offsets_are_converted_to_utc(load, rows, tmp_path):
    path = tmp_path / "time_off.csv"
    path.write_text(
        "person_id,start_at,end_at\n"
        "p1,2026-03-01T10:00:00+02:00,2026-03-01T00:00-0530\n"
        "p2,2026-03-01 10:00:00.25,2026-03-01T11:00:00 UTC\n"
    )
    load("tables", path)
    assert rows("SELECT CAST(start_at AS VARCHAR), CAST(end_at AS VARCHAR) FROM time_off") == [
        ("2026-03-01 08:00:00", "2026-03-01 05:30:00"),
        ("2026-03-01 10:00:00.25", "2026-03-01 11:00:00"),
    ]


def test_a_folder_of_csv_and_parquet_loads_in_one_go(load, rows, tmp_path):
    folder = tmp_path / "export"
    folder.mkdir()
    (folder / "services.csv").write_text("service_id,name,team,hyperscaler\ns1,Store,,none\n")
    pl.DataFrame({"person_id": ["p1"], "name": ["Ada"], "is_active": [True]}).write_parquet(
        folder / "people.parquet"
    )
    assert load("tables", folder)["exit_code"] == 0
    assert rows("SELECT name, is_active FROM people") == [("Ada", True)]
    assert rows("SELECT count(DISTINCT load_id), count(*) FROM loads") == [(1, 2)]


def test_quarantine_loads_the_good_and_keeps_the_bad_with_reasons(load, rows, metering):
    metering.write_text(METERING + FIRST + SECOND.replace(",3,", ",lots,") + "c1,capacity\n")
    said = load("tables", metering, "--quarantine")
    assert said["exit_code"] == 0
    assert (said["tables"][0]["loaded"], said["tables"][0]["rejected"]) == (1, 2)
    kept = rows(
        "SELECT source_file, source_line, column_name, value, rule, row_json FROM quarantine "
        "ORDER BY source_line"
    )
    assert kept[0][:5] == ("metering_hourly.csv", 3, "quantity", "lots", "is not a number")
    assert json.loads(kept[0][5])["record_id"] == "r2"
    assert kept[1][1:5] == (4, "", "c1,capacity", "has 2 cells where the header has 7")


def test_quarantine_of_the_same_file_twice_keeps_the_bad_rows_once(load, metering, fingerprint):
    metering.write_text(METERING + FIRST + SECOND.replace(",3,", ",lots,"))
    load("tables", metering, "--quarantine")
    before = fingerprint()
    assert load("tables", metering, "--quarantine")["state"] == "unchanged"
    assert fingerprint() == before


def test_physical_lines_are_named_past_quoted_line_breaks(load, tmp_path):
    path = tmp_path / "people.csv"
    path.write_text('person_id,name,is_active\np1,"Ada\nLovelace",yes\n\np2,Bob,perhaps\n')
    error = load("tables", path)["faults"][0]
    assert (error["line"], error["column"], error["value"]) == (5, "is_active", "perhaps")


def test_a_killed_load_leaves_the_old_file(load, metering, warehouse, fingerprint):
    load("tables", metering)
    before = fingerprint()
    metering.write_text(METERING + FIRST + SECOND + FIRST.replace("c1", "c2"))
    program = (
        "import os, signal, sys\n"
        "from warehouse.rollups import refresh as rollups\n"
        "rollups.refresh = lambda _: os.kill(os.getpid(), signal.SIGKILL)\n"
        "from warehouse.__main__ import main\n"
        "main(sys.argv[1:])\n"
    )
    killed = subprocess.run(
        [sys.executable, "-c", program, "load", "tables", str(metering)],
        cwd=REPOSITORY,
        env={**os.environ},
        capture_output=True,
        check=False,
    )
    assert killed.returncode == -9
    assert warehouse.with_name(f".{warehouse.name}.next").exists()
    assert fingerprint() == before
    assert load("tables", metering)["tables"][0]["loaded"] == 1
    assert not warehouse.with_name(f".{warehouse.name}.next").exists()


def test_a_failure_while_writing_leaves_the_old_file(load, metering, fingerprint, monkeypatch):
    load("tables", metering)
    before = fingerprint()
    metering.write_text(METERING + FIRST.replace("c1", "c2"))

    def disk_full(_connection):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(rollups, "refresh", disk_full)
    said = load("tables", metering)
    assert said["exit_code"] == 1
    assert "No space left on device" in said["error"]
    assert fingerprint() == before


def test_a_warehouse_that_changed_meanwhile_is_not_overwritten(
    load, metering, warehouse, monkeypatch
):
    load("tables", metering)
    metering.write_text(METERING + FIRST.replace("c1", "c2"))
    create = publish.create_statements

    def somebody_else_publishes():
        os.utime(warehouse, ns=(1, 1))
        return create()

    monkeypatch.setattr(publish, "create_statements", somebody_else_publishes)
    said = load("tables", metering)
    assert said["exit_code"] == 1
    assert "changed while the load was being checked" in said["error"]


def test_a_real_process_prints_progress_apart_from_the_summary(metering, warehouse):
    ran = subprocess.run(
        [sys.executable, "-m", "warehouse", "load", "tables", str(metering)],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0
    assert ran.stdout.splitlines()[1] == (
        "  metering_hourly: 2 rows read, 2 loaded, 0 unchanged, 0 updated, 0 rejected; "
        "2026-10-01 to 2026-10-01"
    )
    assert ran.stderr.splitlines()[0] == "reading metering_hourly.csv"
    assert warehouse.exists()


@pytest.mark.parametrize("command", [[], ["load"], ["check"], ["demo"]])
def test_help_shows_an_example(command, capsys):
    assert main([*command, "--help"]) == 0
    assert "Example: python -m warehouse" in capsys.readouterr().out


def test_rows_land_in_a_file_whose_table_lacks_a_column(load, rows, warehouse, tmp_path):
    header = "run_id,metric,campaign,system_id,workload,session_id,sequence,unit,value,is_warmup,"
    path = tmp_path / "benchmark_runs.csv"
    path.write_text(
        f"{header}clients,started_at,verification\n"
        "r1,m,c,a,w,s1,1,MiB/s,7.5,false,,,unverified\n"
        "r2,m,c,a,w,s1,2,MiB/s,7.5,false,,,unverified\n"
    )
    load("tables", path)
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("ALTER TABLE benchmark_runs DROP COLUMN clients")
    path.write_text(path.read_text().replace("2,MiB/s,7.5,false,,", "2,MiB/s,7.5,false,16,"))
    (counts,) = load("tables", path)["tables"]
    assert (counts["unchanged"], counts["updated"]) == (1, 1)
    assert rows("SELECT run_id, clients FROM benchmark_runs ORDER BY 1") == [
        ("r1", None),
        ("r2", 16),
    ]


def stated(rows):
    return rows("SELECT strftime(watermark_at, '%Y-%m-%d %H:%M') FROM loads ORDER BY watermark_at")


def test_a_load_books_the_watermark_of_its_source(load, rows, metering):
    assert load("tables", metering, "--watermark", "2026-10-01T02:00+02:00")["exit_code"] == 0
    assert stated(rows) == [("2026-10-01 00:00",)]


def test_a_quiet_feed_moves_its_watermark_without_a_row_and_never_back(load, rows, metering):
    load("tables", metering)
    assert stated(rows) == [(None,)]
    assert load("tables", metering, "--watermark", "2026-10-31")["state"] == "loaded"
    assert load("tables", metering, "--watermark", "2026-10-30")["state"] == "unchanged"
    assert load("tables", metering)["state"] == "unchanged"
    assert stated(rows) == [("2026-10-31 00:00",), (None,)]


def test_a_watermark_after_now_is_refused(load, metering, warehouse):
    said = load("tables", metering, "--watermark", "2026-11-01T12:31Z")
    assert (said["exit_code"], said["state"]) == (1, "refused")
    assert said["error"].startswith("The watermark 2026-11-01 12:31:00 UTC is after now")
    assert not warehouse.exists()


def test_a_watermark_that_is_no_instant_is_misused(metering, capsys):
    assert main(["load", "tables", str(metering), "--watermark", "yesterday"]) == 2
    assert "invalid" in capsys.readouterr().err
