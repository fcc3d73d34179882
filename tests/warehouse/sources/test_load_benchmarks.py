"""Benchmark tools' files: what is read of them, what is landed, and what is refused."""

import json
import os
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queries.benchmarks.compare import compare
from tests.published import published_path
from warehouse.__main__ import main
from warehouse.sources.batch import LoadRefused
from warehouse.sources.benchmarks.benchfmt import read_benchfmt
from warehouse.sources.benchmarks.exports import read_hyperfine, read_pytest_benchmark
from warehouse.sources.benchmarks.files import read_benchmark_file
from warehouse.sources.benchmarks.units import UnitUnclear, conversion

BENCHFMT = """\
go: text between
goos: linux
note:   two words

BenchmarkRead/size=4k-8   100   2500 ns/op   1.5 MB/s   3 allocs/op
some log line
Benchmark
BenchmarkNotOne ran for a while
note:
Unit bytes/op assume=exact
BenchmarkRead/size=4k-8   100   2000 ns/op   64 bytes/op
PASS
"""
# Written by hyperfine 1.15.0 and pytest-benchmark 5, with fewer digits.
HYPERFINE = {
    "results": [
        {
            "command": "restore --hot",
            "mean": 1.5,
            "times": [1.0, 2.0],
            "exit_codes": [0, 1],
            "parameters": {"size": "4k"},
        },
        {"command": "ls", "mean": 3.0, "times": [3.0], "exit_codes": [0]},
    ]
}
PYTEST_BENCHMARK = {
    "machine_info": {},
    "datetime": "2026-11-25T23:36:33+00:00",
    "benchmarks": [
        {
            "name": "test_sum",
            "fullname": "test_b.py::test_sum",
            "stats": {"data": [4.0, 2.0, 3.0], "rounds": 3, "iterations": 1},
        }
    ],
}


@pytest.fixture
def written(tmp_path):
    def write(name, content):
        path = tmp_path / name
        text = content if isinstance(content, str) else json.dumps(content)
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_go_results_come_in_seconds_and_bytes_under_the_settings_before_them(written):
    found = read_benchfmt(written("go.txt", BENCHFMT)).values
    said = [(one.workload, one.metric, one.value, one.line, one.is_exact) for one in found]
    assert said == [
        ("Read/size=4k-8", "sec/op", pytest.approx(2.5e-6), 5, False),
        ("Read/size=4k-8", "B/s", 1.5e6, 5, False),
        ("Read/size=4k-8", "allocs/op", 3.0, 5, False),
        ("Read/size=4k-8", "sec/op", pytest.approx(2e-6), 11, False),
        ("Read/size=4k-8", "bytes/op", 64.0, 11, True),
    ]
    assert dict(found[0].configuration) == {
        "go": "text between",
        "goos": "linux",
        "note": "two words",
    }
    assert "note" not in dict(found[3].configuration)


def test_the_published_suffix_array_results_are_all_read():
    path = published_path("benchstat/suffixarray.bench")
    lines = [line for line in path.read_text().splitlines() if line.startswith("Benchmark")]
    found = read_benchfmt(path).values
    assert len(found) == sum((len(line.split()) - 2) // 2 for line in lines)
    assert {one.metric for one in found} >= {"sec/op", "B/s", "B/op", "allocs/op"}
    first = [one for one in found if one.line == found[0].line]
    assert [one.value for one in first] == pytest.approx([0.004052123, 24.68e6, 401490, 2])


def test_hyperfine_gives_every_run_and_counts_those_that_failed(written):
    found = read_hyperfine(written("hf.json", HYPERFINE))
    assert [(one.workload, one.value, one.session) for one in found.values] == [
        ("restore --hot", 1.0, "1"),
        ("restore --hot", 2.0, "2"),
        ("ls", 3.0, "3"),
    ]
    assert found.values[0].configuration == (("size", "4k"),)
    assert "1 run ended with an exit code other than 0" in found.notes


def test_a_command_that_hyperfine_was_given_twice_has_all_its_runs(written):
    # As `hyperfine -N -r 2 true true --export-json` 1.15.0 wrote it, without its means.
    results = [
        {"command": "true", "times": [0.006690457, 0.000647161], "exit_codes": [0, 0]},
        {"command": "true", "times": [0.058235708, 0.003828586], "exit_codes": [0, 0]},
    ]
    path = written("twice.json", {"results": results})
    (one,) = compare(read_hyperfine(path).values, read_hyperfine(path).values).compared
    assert one.a.values == (0.006690457, 0.000647161, 0.058235708, 0.003828586)


def test_the_rounds_of_a_file_are_one_session_and_files_are_several(written, tmp_path):
    written("a.json", PYTEST_BENCHMARK)
    written("b.json", PYTEST_BENCHMARK)
    found = read_pytest_benchmark(tmp_path)
    assert [one.session for one in found.values] == ["a"] * 3 + ["b"] * 3
    assert {one.workload for one in found.values} == {"test_b.py::test_sum"}


def test_the_machine_of_the_rounds_is_their_configuration(written):
    # As pytest-benchmark 5.3.1 wrote it, with fewer facts.
    machine = {
        "node": "vm",
        "processor": "",
        "machine": "x86_64",
        "python_implementation": "CPython",
        "python_version": "3.11.7",
        "python_build": ["main", "May  9 2026 07:35:25"],
        "release": "6.18.44-fc-v669",
        "system": "Linux",
        "cpu": {"brand_raw": "AMD EPYC", "count": 2},
    }
    found = read_pytest_benchmark(written("a.json", PYTEST_BENCHMARK | {"machine_info": machine}))
    assert found.values[0].configuration == (
        ("cpu", "AMD EPYC"),
        ("machine", "x86_64"),
        ("node", "vm"),
        ("python_implementation", "CPython"),
        ("python_version", "3.11.7"),
        ("release", "6.18.44-fc-v669"),
        ("system", "Linux"),
    )
    another = machine | {"python_version": "3.12.0"}
    other = read_pytest_benchmark(written("b.json", PYTEST_BENCHMARK | {"machine_info": another}))
    assert [one.reason for one in compare(found.values, other.values).unmatched] == [
        "python_version differs: '3.11.7' against '3.12.0'; --ignore python_version compares them"
    ]


def test_a_file_is_told_by_what_is_in_it(written):
    for name, content, kind in (
        ("a", BENCHFMT, "benchfmt"),
        ("b", HYPERFINE, "hyperfine"),
        ("c", PYTEST_BENCHMARK, "pytest-benchmark"),
        ("c2", PYTEST_BENCHMARK | {"machine_info": {"node": '"results"'}}, "pytest-benchmark"),
        ("d", "# three sessions\n1.5\n\n2  # late\n3e2\n", "numbers"),
    ):
        assert read_benchmark_file(written(name, content)).kind == kind
    assert [one.value for one in read_benchmark_file(written("e", "1.5\n2\n")).values] == [1.5, 2]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "is empty"),
        ("# nothing\n", "holds no number"),
        ("1.5\nfast\n", "line 2: 'fast' is neither a number nor a benchmark result"),
        ("1.5\nnan\n", "line 2: 'nan' is not a finite number"),
        ("1e308\n", "'1e308' is not a finite number between 1e-100 and 1e100"),
        ("-1e-320\n", "'-1e-320' is not a finite number between 1e-100 and 1e100"),
        ("1_000\n", "line 1: '1_000' is neither a number nor a benchmark result"),
        ("\u0661\n", "line 1: '\u0661' is neither a number nor a benchmark result"),
        ("BenchmarkA 1 1_0 ns/op", "line 1: '1_0' is not a number"),
        ("BenchmarkA 1 inf ns/op", "line 1: 'inf' is not a finite number"),
        ("BenchmarkA 1 x ns/op", "line 1: 'x' is not a number"),
        ("BenchmarkA 10 100", "line 1: a value has no unit"),
        ("BenchmarkA ran\n", "holds no benchmark result"),
        ("{", "is not JSON"),
        ("{}", "has no list of results"),
        ({"results": [{"command": "a"}]}, "has no times of single runs"),
        ({"results": [{"command": "a", "times": [True]}]}, "'True' is not a finite number"),
        ({"results": [{"command": "a", "times": [None]}]}, "'None' is not a finite number"),
        ({"results": [{"command": "a", "times": [10**400]}]}, "000' is not a finite number"),
        ('{"results":' * 100_000, "bad is nested more than 24 deep"),
        ({"benchmarks": [{"name": "a", "stats": {}}]}, "was saved without its rounds"),
    ],
)
def test_what_cannot_be_read_is_refused_in_a_sentence(written, content, sentence):
    with pytest.raises(LoadRefused) as refusal:
        read_benchmark_file(written("bad", content))
    assert sentence in refusal.value.sentence
    assert refusal.value.remedy.endswith(".")


def test_a_file_that_is_not_there_or_not_text_is_refused(tmp_path):
    with pytest.raises(LoadRefused, match="does not exist"):
        read_benchmark_file(tmp_path / "none")
    (tmp_path / "raw").write_bytes(b"\xff\xfe1")
    with pytest.raises(LoadRefused, match="not UTF-8"):
        read_benchmark_file(tmp_path / "raw")
    with pytest.raises(LoadRefused, match="holds no JSON file"):
        read_benchmark_file(tmp_path)
    with pytest.raises(LoadRefused, match="cannot be read: File name too long"):
        read_benchmark_file(tmp_path / ("long" * 100))


def test_a_pipe_is_read_once(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writing = threading.Thread(target=pipe.write_text, args=(BENCHFMT,))
    writing.start()
    found = read_benchmark_file(pipe)
    writing.join()
    assert len(found.values) == 5


def test_a_rare_line_separator_stays_within_its_line(written):
    found = read_benchmark_file(written("go", "log\u2028BenchmarkA 1 5 x\nBenchmarkB 1 2 x\n"))
    assert [(one.workload, one.line) for one in found.values] == [("B", 2)]


def test_a_tools_file_lands_as_one_session_of_the_system(load, rows, written):
    path = written("monday.txt", BENCHFMT)
    said = load("benchfmt", path, "--campaign", "reads", "--system", "ours")
    assert said["exit_code"] == 0
    assert rows("SELECT DISTINCT session_id, verification, is_warmup FROM benchmark_runs") == [
        ("reads/ours/monday", "unverified", False)
    ]
    assert rows(
        "SELECT workload, metric, unit, value FROM benchmark_runs "
        "WHERE metric = 'sec/op' ORDER BY sequence"
    ) == [
        ("Read/size=4k-8 note=two words", "sec/op", "sec/op", pytest.approx(2.5e-6)),
        ("Read/size=4k-8", "sec/op", "sec/op", pytest.approx(2e-6)),
    ]
    assert rows("SELECT setting, value FROM benchmark_settings ORDER BY setting") == [
        ("go", "text between"),
        ("goos", "linux"),
    ]
    assert load("benchfmt", path, "--campaign", "reads", "--system", "ours")["state"] == "unchanged"
    again = load(
        "benchfmt", path, "--campaign", "reads", "--system", "ours", "--session", "tuesday"
    )
    assert again["exit_code"] == 0
    assert "benchmark_systems is left as it is for ours" in again["notes"]
    assert rows("SELECT count(DISTINCT session_id), count(*) FROM benchmark_runs") == [(2, 10)]
    evening = written("evening.txt", "BenchmarkRead 1 3000 ns/op\n")
    load("benchfmt", evening, "--campaign", "reads", "--system", "ours", "--session", "tuesday")
    assert rows("SELECT count(DISTINCT session_id), count(*) FROM benchmark_runs") == [(2, 11)]
    assert rows("SELECT run_id, session_id FROM benchmark_runs WHERE workload = 'Read'") == [
        ("reads/ours/tuesday/evening/1", "reads/ours/tuesday")
    ]


def test_a_tools_own_unit_that_is_unclear_is_not_landed(load, warehouse, written):
    path = written("go.txt", "BenchmarkRead 1 300 MBps\n")
    refusal = load("benchfmt", path, "--campaign", "reads", "--system", "ours")
    assert refusal["exit_code"] == 1
    assert refusal["error"] == "The unit 'MBps' can mean more than one thing."
    assert not warehouse.exists()


def test_json_of_both_tools_lands(load, rows, written):
    hyperfine = load("hyperfine", written("hf.json", HYPERFINE), "--campaign", "c", "--system", "s")
    rounds = load(
        "pytest-benchmark",
        written("pb.json", PYTEST_BENCHMARK),
        "--campaign",
        "d",
        "--system",
        "s",
    )
    assert (hyperfine["exit_code"], rounds["exit_code"]) == (0, 0)
    assert "3 values in 1 session: n counts sessions, one a file" in hyperfine["notes"]
    assert rows(
        "SELECT campaign, unit, count(*), sum(value) FROM benchmark_runs GROUP BY ALL ORDER BY 1"
    ) == [("c", "s", 3, 6.0), ("d", "s", 3, 9.0)]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["benchfmt", "x"], "add --campaign and --system"),
        (["hyperfine", "x", "--campaign", "c"], "add --campaign and --system"),
        (["tables", "x", "--system", "s"], "--system belongs to runs, benchfmt"),
    ],
)
def test_what_a_kind_needs_or_cannot_use_is_misuse(warehouse, capsys, arguments, sentence):
    assert main(["load", *arguments]) == 2
    assert sentence in capsys.readouterr().err
    assert not warehouse.exists()


@pytest.mark.parametrize(
    ("unit", "wanted", "times"),
    [
        ("MiB/s", "MB/s", 1.048576),
        ("MB/s", "MiB/s", 1 / 1.048576),
        ("GiB", "GB", 1.073741824),
        ("TiB", "TB", 1.099511627776),
        ("Gbit/s", "MB/s", 125.0),
        ("ms", "s", 1e-3),
        ("sec/op", "ns/op", 1e9),
        ("B/s", "B/min", 60.0),
        ("samples/s", "samples/s", 1.0),
    ],
)
def test_units_are_converted_exactly_and_mb_is_not_mib(unit, wanted, times):
    assert conversion(unit, wanted) == pytest.approx(times, rel=1e-15)


@pytest.mark.parametrize(
    ("unit", "wanted", "sentence"),
    [
        ("MBps", "MiB/s", "'MBps' can mean more than one thing"),
        ("TBps", "MiB/s", "'TBps' can mean more than one thing"),
        ("kbps", "MiB/s", "'kbps' can mean more than one thing"),
        ("K", "kB", "'K' can mean more than one thing"),
        ("MiB/s", "Gb/s", "'Gb' can mean more than one thing"),
        ("MiB/s", "s", "cannot be said in s: they count different things"),
        ("samples/s", "images/s", "cannot be said in images/s"),
        ("", "s", "is empty on a side"),
        ("B/", "B/s", "is empty on a side"),
    ],
)
def test_units_that_are_unclear_or_of_another_kind_are_refused(unit, wanted, sentence):
    with pytest.raises(UnitUnclear) as refusal:
        conversion(unit, wanted)
    assert sentence in refusal.value.sentence


@given(*[st.sampled_from(["B", "kB", "MB", "MiB", "GiB", "Mbit"])] * 3)
def test_converting_twice_is_converting_once(one, two, three):
    assert conversion(one, two) * conversion(two, three) == pytest.approx(
        conversion(one, three), rel=1e-12
    )
