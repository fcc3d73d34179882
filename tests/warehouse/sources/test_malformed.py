"""Every malformed input: a clear sentence, a non-zero exit, the same bytes in the warehouse."""

import datetime as dt
import gzip
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from warehouse.__main__ import main

REPOSITORY = Path(__file__).resolve().parents[3]
HEADER = "cluster_id,dimension,hour_start,recorded_at,record_id,quantity,unit"
GOOD = {
    "cluster_id": "c9",
    "dimension": "capacity",
    "hour_start": "2026-10-02T00:00:00Z",
    "recorded_at": "2026-10-02T01:05:00Z",
    "record_id": "r9",
    "quantity": "1.5",
    "unit": "TiB-Hours",
}
CHARGE = {
    "ProviderName": "AWS",
    "ChargePeriodStart": "2026-09-01T00:00:00Z",
    "ChargePeriodEnd": "2026-09-01T01:00:00Z",
    "ChargeCategory": "Usage",
    "BilledCost": "1.25",
    "BillingCurrency": "USD",
}
RUNS_HEADER = (
    "division,submitter,path,model,accelerator,num_accelerators,run_id,samples_per_s,mb_per_s"
)

Make = Callable[[Path], Path]


def metering(*rows: dict[str, str]) -> Make:
    lines = [HEADER, *(",".join({**GOOD, **row}.values()) for row in rows)]
    return text("metering_hourly.csv", "\n".join(lines) + "\n")


def text(name: str, content: str) -> Make:
    return raw(name, content.encode())


def raw(name: str, content: bytes) -> Make:
    def make(folder: Path) -> Path:
        (folder / name).write_bytes(content)
        return folder / name

    return make


def bill(name: str = "bill.csv", **cells: str) -> Make:
    charge = {**CHARGE, **cells}
    return text(name, f"{','.join(charge)}\n{','.join(charge.values())}\n")


def truncated_parquet(folder: Path) -> Path:
    path = folder / "metering_hourly.parquet"
    pl.DataFrame([GOOD] * 100).write_parquet(path)
    path.write_bytes(path.read_bytes()[:-100])
    return path


def list_for_text(folder: Path) -> Path:
    path = folder / "people.parquet"
    people = {"person_id": ["p1", "p2"], "name": [["Ada"], ["Bob"]], "is_active": [True, False]}
    pl.DataFrame(people).write_parquet(path)
    return path


def fraction_for_level(folder: Path) -> Path:
    path = folder / "shifts.parquet"
    day = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
    shifts = {"schedule_id": "s", "level": 1.5, "start_at": day, "person_id": "p"}
    end = {"end_at": day + dt.timedelta(hours=8)}
    pl.DataFrame([shifts | end]).write_parquet(path)
    return path


def two_services(folder: Path) -> Path:
    for ending in ("csv", "csv.gz"):
        content = b"service_id,name,hyperscaler\ns1,Store,aws\n"
        packed = gzip.compress(content) if ending == "csv.gz" else content
        (folder / f"services.{ending}").write_bytes(packed)
    return folder


def results(report: str) -> Make:
    def make(folder: Path) -> Path:
        place = folder / "storage_results_v1.0/Closed/Acme/results/box/unet3d-h100"
        place.mkdir(parents=True)
        (place / "mlperf_storage_report.json").write_text(report)
        return folder / "storage_results_v1.0"

    return make


def runs(row: str, *, header: str = RUNS_HEADER, name: str = "mlperf_storage_v1.0") -> Make:
    def make(folder: Path) -> Path:
        (folder / name).mkdir()
        (folder / name / "runs.csv").write_text(f"{header}\n{row}\n")
        return folder / name

    return make


def system_description(content: str) -> Make:
    def make(folder: Path) -> Path:
        path = runs(RUN)(folder)
        (path / "systems").mkdir()
        (path / "systems" / "Closed__Acme__systems__box.json").write_text(content)
        return path

    return make


PATH = "Closed/Acme/results/box/unet3d-h100/mlperf_storage_report.json"
RUN = f"Closed,Acme,{PATH},unet3d,h100,4,run1,500.0,69904.5"

CASES: dict[str, tuple[str, Make, tuple[str, ...]]] = {
    "path does not exist": ("tables", lambda f: f / "nowhere", ("nowhere does not exist",)),
    "folder without files": ("tables", lambda f: f, ("holds no file to load as tables",)),
    "folder where a FOCUS file is": ("focus", lambda f: f, ("holds no file to load as focus",)),
    "neither csv nor parquet": ("tables", text("a.xlsx", "x"), ("a.xlsx is neither CSV nor",)),
    "unknown table": (
        "tables",
        text("acounts.csv", "a\n1\n"),
        ("acounts.csv is named after no table", "did you mean accounts?"),
    ),
    "rollup": ("tables", text("usage_daily.csv", "a\n1\n"), ("is a rollup that the engine",)),
    "ledger table": ("tables", text("triage_actions.csv", "a\n1\n"), ("named after no table",)),
    "one table twice": ("tables", two_services, ("holds services twice",)),
    "truncated parquet": (
        "tables",
        truncated_parquet,
        ("metering_hourly.parquet is not a complete Parquet file",),
    ),
    "csv named parquet": (
        "focus",
        bill("bill.parquet"),
        ("bill.parquet is not a complete Parquet file",),
    ),
    "a list where Parquet should hold text": (
        "tables",
        list_for_text,
        ("people.parquet, line 2, column name", "is not text"),
    ),
    "a fraction where Parquet should hold a whole number": (
        "tables",
        fraction_for_level,
        ("shifts.parquet, line 1, column level: '1.5' is not a whole number",),
    ),
    "empty file": ("tables", raw("people.csv", b""), ("people.csv is empty",)),
    "header only": ("tables", metering(), ("has column names and no rows",)),
    "blank header": ("tables", text("people.csv", ",,\n1,2,3\n"), ("no column names",)),
    "column twice": ("tables", text("people.csv", "name,name\na,b\n"), ("column name twice",)),
    "latin-1": (
        "tables",
        raw("people.csv", "person_id,name,is_active\np1,José,yes\n".encode("latin-1")),
        ("people.csv, line 2 is not UTF-8 text",),
    ),
    "utf-16": (
        "tables",
        raw("people.csv", "person_id,name,is_active\np1,Ada,yes\n".encode("utf-16")),
        ("people.csv, line 1 is not UTF-8 text",),
    ),
    "utf-16 without a mark": (
        "tables",
        raw("people.csv", "person_id,name,is_active\np1,Ada,yes\n".encode("utf-16-le")),
        ("people.csv, line 1 holds NUL bytes",),
    ),
    "NUL bytes": (
        "tables",
        raw("people.csv", b"person_id,name,is_active\np1,A\0a,yes\n"),
        ("people.csv, line 2 holds NUL bytes",),
    ),
    "gz that is not gz": (
        "focus",
        raw("bill.csv.gz", b"ProviderName\nAWS\n"),
        ("bill.csv.gz is not a complete gzip file",),
    ),
    "truncated gz": (
        "focus",
        raw("bill.csv.gz", gzip.compress(b"ProviderName\n" + b"AWS\n" * 9999)[:-20]),
        ("bill.csv.gz is not a complete gzip file",),
    ),
    "10 MB cell": (
        "tables",
        metering({"record_id": "x" * 10_000_000}),
        ("line 2: the row is longer than 262,144 characters",),
    ),
    "10 KB cell": (
        "tables",
        metering({"record_id": "x" * 10_000}),
        ("line 2, column record_id", "is longer than 400 bytes"),
    ),
    "unterminated quote": (
        "tables",
        text("people.csv", 'person_id,name,is_active\np1,"Ada,yes\np2,Bob,no\n'),
        ("people.csv, line 2: a quote that opens here is never closed",),
    ),
    "text after a quote": (
        "tables",
        text("people.csv", 'person_id,name,is_active\np1,"Ada"x,yes\n'),
        ("people.csv, line 2: a quoted cell goes on after its closing quote",),
    ),
    "ragged row": (
        "tables",
        text("people.csv", "person_id,name,is_active\np1,Ada\n"),
        ("people.csv, line 2: 'p1,Ada' has 2 cells where the header has 3",),
    ),
    "missing column": (
        "tables",
        text("people.csv", "person_id,nam,is_active\np1,Ada,yes\n"),
        ("people.csv has no column name (did you mean nam?); it has person_id, nam, is_active",),
    ),
    "text in a number": (
        "tables",
        metering({"quantity": "lots"}),
        ("metering_hourly.csv, line 2, column quantity: 'lots' is not a number",),
    ),
    "decimal comma": ("tables", metering({"quantity": '"1,5"'}), ("'1,5' is not a number",)),
    "fraction in a count": (
        "tables",
        text("shifts.csv", "schedule_id,level,start_at,end_at,person_id\ns,1.5,x,x,p\n"),
        ("column level: '1.5' is not a whole number",),
    ),
    "word for a flag": (
        "tables",
        text("people.csv", "person_id,name,is_active\np1,Ada,perhaps\n"),
        ("column is_active: 'perhaps' is neither true nor false",),
    ),
    "negative quantity": ("tables", metering({"quantity": "-1"}), ("'-1' is below 0",)),
    "NaN": ("tables", metering({"quantity": "NaN"}), ("column quantity: 'NaN'", "finite")),
    "infinity": ("tables", metering({"quantity": "-inf"}), ("column quantity: '-inf'", "finite")),
    "overflowing number": (
        "tables",
        metering({"quantity": "1e999"}),
        ("column quantity: '1e999'",),
    ),
    "too large": ("tables", metering({"quantity": "1e13"}), ("is above 1,000,000,000,000",)),
    "bad instant": (
        "tables",
        metering({"hour_start": "31.10.2026 10:00"}),
        ("column hour_start: '31.10.2026 10:00' is not an instant",),
    ),
    "impossible day": (
        "tables",
        metering({"hour_start": "2026-02-30T00:00:00Z"}),
        ("'2026-02-30T00:00:00Z' is not an instant",),
    ),
    "bad day": (
        "tables",
        text(
            "feature_usage_daily.csv",
            "account_id,feature,usage_date,active_users,operations,is_entitled\n"
            "a,f,10/31/2026,1,1,yes\n",
        ),
        ("column usage_date: '10/31/2026' is not a day written as 2026-01-31",),
    ),
    "before 2000": (
        "tables",
        metering({"hour_start": "1999-12-31T23:00:00Z"}),
        ("column hour_start", "is before 2000-01-01"),
    ),
    "future hour": (
        "tables",
        metering({"hour_start": "2026-11-01T13:00:00Z", "recorded_at": "2026-11-01T14:00:00Z"}),
        ("column hour_start", "column recorded_at", "lies in the future (it is 2026-11-01 12:30"),
    ),
    "future day": (
        "tables",
        text(
            "feature_usage_daily.csv",
            "account_id,feature,usage_date,active_users,operations,is_entitled\n"
            "a,f,2026-11-02,1,1,yes\n",
        ),
        ("column usage_date: '2026-11-02' lies in the future",),
    ),
    "hour off the hour": (
        "tables",
        metering({"hour_start": "2026-10-02T00:30:00Z", "recorded_at": "2026-10-02T02:00:00Z"}),
        ("column hour_start: '2026-10-02T00:30:00Z' is not the start of an hour",),
    ),
    "recorded before the hour ended": (
        "tables",
        metering({"recorded_at": "2026-10-02T00:59:00Z"}),
        ("line 2: breaks the rule “recorded after the hour ended”",),
    ),
    "word outside the list": (
        "tables",
        metering({"dimension": "capacty"}),
        ("column dimension: 'capacty' is not one of capacity, egress",),
    ),
    "null in the key": (
        "tables",
        metering({"cluster_id": ""}),
        ("line 2, column cluster_id: (empty) may not be empty",),
    ),
    "duplicate key": (
        "tables",
        metering({"record_id": "a"}, {"record_id": "b"}),
        (
            "2 rows break",
            "line 3: repeats the key (cluster_id, dimension, hour_start, recorded_at)",
        ),
    ),
    "no provider": (
        "focus",
        bill(ProviderName="NULL"),
        ("bill.csv, line 2, column ProviderName: (empty) may not be empty",),
    ),
    "no provider column": (
        "focus",
        text("bill.csv", "BilledCost\n1\n"),
        ("bill.csv has no column HostProviderName",),
    ),
    "missing FOCUS column": (
        "focus",
        text("bill.csv", "ProviderName,ChargePeriodStart,BiledCost\nAWS,2026-09-01T00:00Z,1\n"),
        ("bill.csv has no column ChargePeriodEnd (did you mean ChargePeriodStart?)",),
    ),
    "period ends before it starts": (
        "focus",
        bill(ChargePeriodEnd="2026-08-31T00:00:00Z"),
        ("bill.csv, line 2: breaks the rule “period starts before it ends”",),
    ),
    "text in a cost": (
        "focus",
        bill(BilledCost="$1"),
        ("bill.csv, line 2, column BilledCost: '$1' is not a number",),
    ),
    "directory instead of a results folder": (
        "mlperf-storage",
        lambda f: f,
        ("holds neither runs.csv nor any mlperf_storage_report.json",),
    ),
    "a file instead of a results folder": (
        "mlperf-storage",
        text("runs.csv", RUNS_HEADER),
        ("runs.csv is a file",),
    ),
    "report that is not JSON": (
        "mlperf-storage",
        results('{"runs": {'),
        ("mlperf_storage_report.json, line 1 is not JSON",),
    ),
    "report without runs": (
        "mlperf-storage",
        results('{"overall": {}}'),
        ("mlperf_storage_report.json has no runs",),
    ),
    "report with text for a number": (
        "mlperf-storage",
        results(
            json.dumps(
                {
                    "runs": {
                        "run1": {
                            "model": "unet3d",
                            "accelerator": "h100",
                            "train_num_accelerators": "4",
                            "train_throughput_samples_per_second": "fast",
                            "train_throughput_MB_per_second": 1.5,
                        }
                    }
                },
                indent=1,
            )
        ),
        ("line 3, column train_throughput_samples_per_second: 'fast' is not a number",),
    ),
    "runs without a column": (
        "mlperf-storage",
        runs("x", header="division"),
        ("runs.csv has no column submitter",),
    ),
    "runs of no submitter": (
        "mlperf-storage",
        runs(RUN.replace("/results/", "/")),
        ("runs.csv, line 2, column path", "division/submitter/results/system"),
    ),
    "accelerators in words": (
        "mlperf-storage",
        runs(RUN.replace(",4,", ",four,")),
        ("runs.csv, line 2, column num_accelerators: 'four' is not a whole number",),
    ),
    "campaign unknown": (
        "mlperf-storage",
        runs(RUN, name="results"),
        ("does not say which version of MLPerf Storage", "--campaign"),
    ),
    "negative throughput": (
        "mlperf-storage",
        runs(RUN.replace("500.0", "-500")),
        ("runs.csv, line 2, column samples_per_s: '-500' is below 0",),
    ),
    "system description that is not JSON": (
        "mlperf-storage",
        system_description("{nodes: }"),
        ("Closed__Acme__systems__box.json, line 1 is not JSON",),
    ),
}


@pytest.fixture
def own(warehouse, tmp_path, capsys):
    """A warehouse that holds something to lose."""
    path = tmp_path / "people.csv"
    path.write_text("person_id,name,is_active\np0,Zoe,yes\n")
    assert main(["load", "tables", str(path)]) == 0
    capsys.readouterr()
    return warehouse


@pytest.mark.parametrize("case", CASES)
def test_malformed_input_is_refused_in_a_sentence(case, own, fingerprint, tmp_path, capsys):
    kind, make, expected = CASES[case]
    folder = tmp_path / "input"
    folder.mkdir()
    before = fingerprint()
    assert main(["load", kind, str(make(folder))]) == 1
    said = capsys.readouterr()
    for fragment in expected:
        assert fragment in said.err
    assert "Traceback" not in said.err
    assert said.out == ""
    assert fingerprint() == before
    assert [file.name for file in own.parent.iterdir() if file.name.endswith(".next")] == []


@pytest.mark.usefixtures("own")
def test_an_unknown_kind_is_misuse(fingerprint, capsys):
    before = fingerprint()
    assert main(["load", "tabels", "."]) == 2
    assert "argument KIND: invalid choice: 'tabels'" in capsys.readouterr().err
    assert fingerprint() == before


def test_a_campaign_for_another_kind_is_misuse(own, fingerprint, capsys):
    before = fingerprint()
    assert main(["load", "tables", str(own.parent), "--campaign", "X"]) == 2
    assert "--campaign belongs to mlperf-storage, runs, benchfmt" in capsys.readouterr().err
    assert fingerprint() == before


@pytest.mark.usefixtures("own")
def test_twenty_bad_rows_are_shown_and_all_are_counted(tmp_path, capsys):
    rows = [{"record_id": f"r{n}", "cluster_id": f"c{n}", "quantity": "?"} for n in range(25)]
    assert main(["load", "tables", str(metering(*rows)(tmp_path))]) == 1
    lines = capsys.readouterr().err.splitlines()
    assert sum("is not a number" in line for line in lines) == 20
    assert any(line.startswith("25 rows break the contract") for line in lines)
    assert lines[-1] == "  … and 5 more"


@pytest.mark.usefixtures("own")
def test_bad_values_are_cut_to_eighty_characters(tmp_path, capsys):
    assert main(["load", "tables", str(metering({"quantity": "x" * 5000})(tmp_path))]) == 1
    assert f"'{'x' * 80}…' is not a number" in capsys.readouterr().err


def test_a_warehouse_that_is_no_database_is_a_sentence(warehouse, tmp_path, capsys):
    warehouse.parent.mkdir()
    warehouse.write_text("not a database")
    assert main(["load", "tables", str(metering({})(tmp_path))]) == 1
    assert "The warehouse's file cannot be read as a warehouse" in capsys.readouterr().err
    assert warehouse.read_text() == "not a database"


def test_a_malformed_warehouse_address_is_a_sentence(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("BELLWETHER_WAREHOUSE", "postgres://somewhere")
    assert main(["load", "tables", str(tmp_path)]) == 1
    assert "names no DuckDB file" in capsys.readouterr().err


@pytest.mark.usefixtures("own")
def test_a_real_process_refuses_without_a_traceback(tmp_path, fingerprint):
    before = fingerprint()
    path = metering({"quantity": "lots"})(tmp_path)
    ran = subprocess.run(
        [sys.executable, "-m", "warehouse", "load", "tables", str(path), "--json"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 1
    assert json.loads(ran.stdout)["faults"] == [
        {
            "file": "metering_hourly.csv",
            "line": 2,
            "column": "quantity",
            "value": "lots",
            "rule": "is not a number",
        }
    ]
    assert "Traceback" not in ran.stderr
    assert fingerprint() == before
