"""Files that are small and do not end, and every reader of the product that takes one.

Run as a script in a folder, it has each reader read each bomb, prints what was said as JSON, and
how far the memory of the process rose meanwhile.
"""

import argparse
import gzip
import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from queries.benchmarks import template
from queries.cli import compare as compare_command
from queries.health.evidence.backtest import table
from queries.health.scorecard import definition
from warehouse.engine.snowflake.login import read_login
from warehouse.errors import WarehouseError
from warehouse.mapping import reading
from warehouse.sources import kinds
from warehouse.sources.benchmarks.registration import read_claim
from warehouse.sources.progress import Progress

MIB = 2**20
Read = Callable[[Path], object]
Write = Callable[[Path], Path]


def loading(kind: str, **options: object) -> Read:
    """`load KIND PATH`, as far as the files are read."""
    given = {"campaign": None, "system": None, "session": None, "settings": None, "systems": None}

    def read(path: Path) -> object:
        own = {name: path if value is ... else value for name, value in options.items()}
        arguments = argparse.Namespace(**{"kind": kind, "path": path, **given, **own})
        return kinds.read_kind(arguments, Progress())

    return read


def beside_runs(option: str) -> Read:
    """`load runs` of a good file, with the bomb as the file of the option."""

    def read(path: Path) -> object:
        runs = path.parent / "good.csv"
        runs.write_text("run_id,metric,unit\nr,m,s\n")
        return loading("runs", path=runs, **{option: path})(path)

    return read


def comparing(path: Path) -> object:
    return compare_command.run(
        argparse.Namespace(
            a=path, b=path, unit=None, direction=None, ignore=[], margin=0.01, json=False
        )
    )


def of_tool(kind: str) -> Read:
    return loading(kind, campaign="c", system="s")


def gzipped(name: str, begins: bytes, again: bytes) -> Write:
    """A compressed file that expands to more than a hundred times its size."""

    def write(folder: Path) -> Path:
        with gzip.open(folder / name, "wb", 1) as file:
            file.write(begins)
            for _ in range(70):
                file.write(again * (MIB // len(again)))
        return folder / name

    return write


def many_rows(name: str) -> Write:
    """A Parquet file of 0.2 MB with a hundred million rows."""

    def write(folder: Path) -> Path:
        rows = pa.table({"account_id": pa.nulls(1_000_000)})
        with pq.ParquetWriter(folder / name, rows.schema) as file:
            for _ in range(101):
                file.write_table(rows)
        return folder / name

    return write


def long_text(name: str) -> Write:
    """A Parquet file whose one text of 1 MiB stands in 100,000 rows."""

    def write(folder: Path) -> Path:
        texts = pa.DictionaryArray.from_arrays(pa.array([0] * 100_000), ["x" * MIB])
        pq.write_table(
            pa.table(dict.fromkeys(("account_id", "ProviderName"), texts)), folder / name
        )
        return folder / name

    return write


def text(name: str, content: str) -> Write:
    def write(folder: Path) -> Path:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
        return path

    return write


def sparse(name: str, megabytes: int) -> Write:
    """A file that says it is so large and has no block on the disk."""

    def write(folder: Path) -> Path:
        with (folder / name).open("wb") as file:
            file.truncate(megabytes * MIB)
        return folder / name

    return write


def report(content: str) -> Write:
    """A repository of MLPerf Storage results with that report."""

    def write(folder: Path) -> Path:
        place = "storage_results_v1.0/Closed/Acme/results/box/unet3d/mlperf_storage_report.json"
        text(place, content)(folder)
        return folder / "storage_results_v1.0"

    return write


CELL = (b"account_id,name\n", b"x")
ROWS = (b"account_id,name\n", b"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n")
COLUMNS = ",".join(f"c{number}" for number in range(3_000)) + "\n" + "1," * 2_999 + "1\n"
NAME = "x" * 201 + ",b\n1,2\n"
TABLES: dict[str, tuple[str, Callable[[str], Write], str]] = {
    "a cell": (".csv.gz", lambda name: gzipped(name, *CELL), "the row is longer than 262,144"),
    "many rows": (".parquet", many_rows, "holds more than 100,000,000 cells"),
    "a text": (".parquet", long_text, "a cell is longer than 131,072 characters"),
    "columns": (".csv", lambda name: text(name, COLUMNS), "has more than 2,000 columns"),
    "a name": (".csv", lambda name: text(name, NAME), "has a column name longer than 200"),
}
DEEP = "a" + ".a" * 30_000 + " = 1"
TOML: dict[str, tuple[str, str]] = {
    "lists": ("a = " + "[" * 50_000, "is nested more than 24 deep"),
    "dots": (DEEP, "has a line with more than 100 dots"),
    "a number": ("a = " + "9" * 10_000, "holds a number too long to be read"),
    "size": ("# " + "x" * 300_000, "holds more than 256 KiB"),
}
JSON: dict[str, tuple[str, str]] = {
    "lists": ("[" * 100_000, "is nested more than 24 deep"),
    "some lists": ('{"a": ' + "[" * 300 + "]" * 300 + "}", "is nested more than 24 deep"),
    "half a character": ('{"results": [{"command": "\\ud800"}]}', "holds half a character"),
}
HUGE_JSON = ("holds more than 32 MiB", 33)
OF_TABLES: dict[str, tuple[str, Read]] = {
    "load tables": ("accounts", loading("tables")),
    "load focus": ("accounts", loading("focus")),
    "load runs": ("accounts", loading("runs")),
    "load runs --settings": ("accounts", beside_runs("settings")),
    "load runs --systems": ("accounts", beside_runs("systems")),
}
OF_TOML: dict[str, Read] = {
    "register": read_claim,
    "map": reading.load,
    "scorecard": lambda path: definition.load(path, {}),
    "parity template": template.load,
    "Snowflake login": read_login,
}
OF_JSON: dict[str, Read] = {
    "load hyperfine": of_tool("hyperfine"),
    "load pytest-benchmark": of_tool("pytest-benchmark"),
    "load runs --settings": beside_runs("settings"),
}


def cases() -> list[tuple[str, Read, Write, str]]:
    """Every reader with every bomb of its kind, and what it has to say."""
    found: list[tuple[str, Read, Write, str]] = []
    for reader, (stem, read) in OF_TABLES.items():
        for bomb, (ending, write, expected) in TABLES.items():
            found.append((f"{reader}: {bomb}", read, write(f"{stem}{ending}"), expected))
    rows = gzipped("accounts.csv.gz", *ROWS)
    found.append(("load tables: rows", loading("tables"), rows, "expands to more than 100 times"))
    found.append(
        ("backtest: rows", table.read_table, rows, "expands to more than 100 times its size")
    )
    disguised = gzipped("outcomes.csv", *ROWS)
    found.append(("backtest: disguised", table.read_table, disguised, "which its name does not"))
    for bomb in ("many rows", "a text", "columns", "a name"):
        ending, write, expected = TABLES[bomb]
        found.append((f"backtest: {bomb}", table.read_table, write(f"outcomes{ending}"), expected))
    for reader, read in OF_TOML.items():
        for bomb, (content, expected) in TOML.items():
            said = "is not TOML" if reader == "Snowflake login" else expected
            found.append((f"{reader}: {bomb}", read, text("a.toml", content), said))
    for reader, read in OF_JSON.items():
        for bomb, (content, expected) in JSON.items():
            found.append((f"{reader}: {bomb}", read, text("a.json", content), expected))
        found.append((f"{reader}: size", read, sparse("a.json", HUGE_JSON[1]), HUGE_JSON[0]))
    mlperf = loading("mlperf-storage")
    for bomb, (content, expected) in JSON.items():
        found.append((f"load mlperf-storage: {bomb}", mlperf, report(content), expected))
    quotes = report('{"' + '\\"' * 500_000)
    found.append(("load mlperf-storage: quotes", mlperf, quotes, "is not JSON"))
    too_large = sparse("a.txt", 300)
    found.append(("load benchfmt: size", of_tool("benchfmt"), too_large, "more than 256 MiB"))
    found.append(("compare: size", comparing, too_large, "more than 256 MiB"))
    found.append(("compare: lists", comparing, text("a.txt", "{" + "[" * 9_999), "is not JSON"))
    return found


def said_of(read: Read, path: Path) -> tuple[str, float]:
    """What a reader says of a bomb, and after how many seconds."""
    began = time.monotonic()
    try:
        read(path)
        said = "read it"
    except WarehouseError as refusal:
        said = refusal.sentence
    return said, time.monotonic() - began


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _main(folder: Path) -> None:
    written = []
    for number, (name, read, write, expected) in enumerate(cases()):
        (folder / str(number)).mkdir()
        written.append((name, read, write(folder / str(number)), expected))
    before = _peak()
    results = {name: (*said_of(read, path), expected) for name, read, path, expected in written}
    sys.stdout.write(json.dumps({"results": results, "mib": _peak() - before}))


if __name__ == "__main__":
    _main(Path(sys.argv[1]))
