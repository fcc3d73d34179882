"""What is read of a file is bounded: by size, cell, depth and count, in every reader."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.warehouse.sources import bombs
from warehouse import bounded
from warehouse.sources import kinds
from warehouse.sources.batch import LoadRefused
from warehouse.sources.benchmarks.files import read_benchmark_file

ROOT = Path(__file__).resolve().parents[3]
# Reading a whole file, or a format that expands, other than through `warehouse.bounded`.
UNBOUNDED = {"read_text", "read_bytes", "read_csv", "read_parquet", "read_json", "GzipFile"}
UNBOUNDED |= {"tomllib", "zipfile", "openpyxl", "yaml"}
# Files that Bellwether itself wrote or ships, and text that was read within the limits.
OWN = {
    ("warehouse/bounded.py", "GzipFile"),
    ("warehouse/bounded.py", "read_parquet"),
    ("warehouse/bounded.py", "tomllib"),
    ("warehouse/cache/snapshots.py", "read_parquet"),
    ("warehouse/mapping/documents.py", "read_bytes"),
    ("queries/health/evidence/backtest/table.py", "read_csv"),
}
# Bombs are at most 0.3 MB to write and 70 MB to expand; all of them together took 67 MiB.
MOST_MIB = 250


def test_every_reader_refuses_every_bomb_in_a_sentence_and_in_bounded_memory(tmp_path):
    """A cell of 70 MB, 101 million rows in 0.2 MB, 100 GB of one text, lists 100,000 deep."""
    command = [sys.executable, "-m", "tests.warehouse.sources.bombs", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    found = json.loads(done.stdout)
    assert len(found["results"]) == len(bombs.cases())
    for case, (said, seconds, wanted) in found["results"].items():
        assert wanted in said, (case, said)
        assert len(said) < 200, (case, said)
        assert seconds < 60, case
    assert found["mib"] < MOST_MIB


def test_every_kind_of_load_meets_a_bomb():
    met = " ".join(name for name, *_ in bombs.cases())
    assert [kind for kind in kinds.KINDS if f"load {kind}" not in met] == []


def _unbounded():
    for room in ("warehouse", "queries", "ledger", "components", "pages"):
        for path in sorted((ROOT / room).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text())):
                names = (
                    {node.attr}
                    if isinstance(node, ast.Attribute)
                    else {alias.name for alias in node.names}
                    if isinstance(node, ast.Import)
                    else set()
                )
                yield from ((str(path.relative_to(ROOT)), name) for name in names & UNBOUNDED)


def test_no_module_reads_a_file_past_the_limits():
    beyond = set(_unbounded()) - OWN - {("components/core/navigation.py", "read_bytes")}
    assert beyond == set()


@pytest.mark.parametrize(
    ("content", "values"),
    [
        ("1\n2\n3\n", "3"),
        ("BenchmarkA 1 2 ns/op 3 B/op 4 x\n", "3"),
        (json.dumps({"results": [{"command": "a", "times": [1.0, 2.0, 3.0]}]}), "3"),
        (json.dumps({"benchmarks": [{"name": "a", "stats": {"data": [1.0, 2.0, 3.0]}}]}), "3"),
    ],
)
def test_values_are_counted_while_they_are_read(tmp_path, monkeypatch, content, values):
    path = tmp_path / "a.txt"
    path.write_text(content)
    assert len(read_benchmark_file(path).values) == int(values)
    monkeypatch.setattr(bounded, "MOST_MEASUREMENTS", 2)
    with pytest.raises(LoadRefused) as refusal:
        read_benchmark_file(path)
    assert refusal.value.sentence == "a.txt holds more than 2 values."


def test_settings_before_results_are_counted(tmp_path, monkeypatch):
    monkeypatch.setattr(bounded, "MOST_MEASUREMENTS", 3)
    path = tmp_path / "a.txt"
    path.write_text("a: 1\nb: 2\nBenchmarkA 1 2 x\na: 2\nBenchmarkA 1 2 x\n")
    with pytest.raises(LoadRefused, match="line 5: more than 3 settings stand before it"):
        read_benchmark_file(path)


def test_a_long_name_of_a_workload_is_refused(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text(f"Benchmark{'A' * 4_001} 1 2 x\n")
    with pytest.raises(LoadRefused, match="line 1: a name is longer than 4,000 characters"):
        read_benchmark_file(path)


def test_a_row_over_many_lines_is_as_bounded_as_one_line(tmp_path):
    path = tmp_path / "accounts.csv"
    path.write_text("account_id,name\n" + '"\n",' * 70_000)
    with pytest.raises(LoadRefused, match="the row is longer than 262,144 characters"):
        bombs.loading("tables")(path)


def test_cells_are_counted_while_they_are_read(tmp_path, monkeypatch):
    monkeypatch.setattr(bounded, "MOST_CELLS", 9)
    path = tmp_path / "accounts.csv"
    path.write_text("account_id,name\n" + "a,b\n" * 3)
    bombs.loading("tables")(path)
    path.write_text("account_id,name\n" + "a,b\n" * 4)
    with pytest.raises(LoadRefused, match="holds more than 9 cells"):
        bombs.loading("tables")(path)


@pytest.mark.parametrize(
    ("made", "read"),
    [
        (("a.csv", "b.csv", "c.csv"), bombs.loading("focus")),
        (("a.json", "b.json", "c.json"), bombs.of_tool("pytest-benchmark")),
        (
            [f"{one}/mlperf_storage_report.json" for one in "abc"],
            bombs.loading("mlperf-storage"),
        ),
    ],
)
def test_files_of_a_folder_are_counted(tmp_path, monkeypatch, made, read):
    monkeypatch.setattr(bounded, "MOST_FILES", 2)
    folder = tmp_path / "here"
    for name in made:
        bombs.text(name, "{}")(folder)
    with pytest.raises(LoadRefused) as refusal:
        read(folder)
    assert refusal.value.sentence == "here holds more than 2 files."


def test_of_many_errors_the_first_are_kept_and_all_counted(tmp_path, load, rows, monkeypatch):
    monkeypatch.setattr(bounded, "MOST_ERRORS", 30)
    path = tmp_path / "people.csv"
    bad = "".join(f"p{one},Ada,maybe\n" for one in range(50))
    path.write_text(f"person_id,name,is_active\np,Ada,true\n{bad}" + "ragged\n" * 40)
    refused = load("tables", path)
    assert (refused["exit_code"], refused["fault_count"], len(refused["faults"])) == (1, 90, 20)
    assert refused["error"] == "90 rows break the contract, so nothing was loaded."
    summary = load("tables", path, "--quarantine")
    assert (summary["tables"][0]["rejected"], summary["fault_count"]) == (90, 90)
    assert rows("SELECT count(*), max(source_line) FROM quarantine") == [(30, 32)]
    assert rows("SELECT rows_rejected FROM loads") == [(90,)]
