"""What a hundred million hours cost: the rollups' build and refresh, and the usage questions.

Whatever is compared takes turns in one run. A question is measured without the cache, from its
reads to its validated answer, beside hand-written SQL on the same rollup and on the raw hours.
Builds and refreshes run in a process of their own, whose peak memory is theirs alone.

    python -m tests.load.size [--rows 1000000 ...] [--json]
"""

import argparse
import datetime as dt
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import duckdb
import polars as pl

from queries.core import execute
from queries.core.catalog import QUESTIONS
from tests.load import hand
from tests.load.hours import DATA_DATE, SIZES, generate
from tests.load.measured import Figure, as_json, as_text, milliseconds, ratio
from tests.rows import sql_of
from warehouse.context import EVERYTHING, Context
from warehouse.engine.duckdb import DuckDBWarehouse
from warehouse.read_request import ReadRequest

ROOT = Path(__file__).resolve().parents[2]
CONTEXT = Context(DATA_DATE, EVERYTHING)
ROUNDS, RAW_ROUNDS, LATE_DAYS = 15, 3, 3
MIB = 1024
MOST_MEMORY_MIB = 8 * MIB
LATE_SHARE, GROWTH, HAND_RATIO, HAND_MILLISECONDS = 0.02, 1.2, 1.3, 20.0
WRITER = "tests.load.rebuild"


@dataclass(frozen=True)
class Asked:
    """A usage question, its window, and the same as hand-written SQL."""

    name: str
    sql: str
    days: int
    window: int
    takes_days: bool = True

    def answer(self, warehouse: DuckDBWarehouse) -> pl.DataFrame:
        """The answer as a page gets it, but for the cache."""
        question = QUESTIONS[self.name]
        given = question.parse({"days": self.days} if self.takes_days else {})
        return execute.execute(
            warehouse, question, CONTEXT, given, read_request=ReadRequest(), key=()
        ).frame

    def by_hand(self, connection: duckdb.DuckDBPyConnection) -> pl.DataFrame:
        """The same from hand-written SQL on the rollup."""
        values = {"as_of": DATA_DATE, "days": self.days, "window": self.window}
        return pl.DataFrame(connection.sql(self.sql, params=values).to_arrow_table())

    def from_raw(self, connection: duckdb.DuckDBPyConnection) -> pl.DataFrame:
        """The same from hand-written SQL on the raw hours."""
        sql = sql_of(self.name)
        values: dict[str, dt.date | int] = {"as_of": DATA_DATE}
        values |= {"days": self.days} if self.takes_days else {}
        return pl.DataFrame(connection.sql(sql, params=values).to_arrow_table())


ASKED = (
    Asked("usage_by_hyperscaler", hand.BY_HYPERSCALER, days=90, window=90),
    Asked("usage_growth", hand.GROWTH, days=28, window=56, takes_days=False),
    Asked("usage_by_region", hand.BY_REGION, days=28, window=28),
    Asked("usage_by_account", hand.BY_ACCOUNT, days=28, window=56),
)


def measure(*, fast: bool) -> list[Figure]:
    """Every figure, of the smallest size only when `fast`."""
    return figures(sorted(SIZES)[:1] if fast else sorted(SIZES))


def figures(sizes: Iterable[int]) -> list[Figure]:
    """What each size costs, and how the questions' cost grows from the smallest to the largest."""
    found: list[Figure] = []
    with tempfile.TemporaryDirectory(prefix="bellwether-size-") as folder:
        paths = {rows: Path(folder) / f"{rows}.duckdb" for rows in sorted(sizes)}
        for rows, path in paths.items():
            found += _generated(rows, path)
            found += _refreshed(rows, path)
            found += _asked(rows, path)
        found += _grown(paths)
    return found


def _generated(rows: int, path: Path) -> list[Figure]:
    began = time.perf_counter()
    generate(path, SIZES[rows])
    seconds = time.perf_counter() - began
    return [
        _seconds(f"{_millions(rows)}: generated, rolled up and published", seconds),
        Figure(figure=f"{_millions(rows)}: file", value=path.stat().st_size // MIB**2, unit="MiB"),
    ]


def _refreshed(rows: int, path: Path) -> list[Figure]:
    """The full build, and one late day beside it: the rollups alone, and the whole publication."""
    late = [_written("late", path) for _ in range(LATE_DAYS)]
    full = _written("full", path)
    what = f"{_millions(rows)}: one late day / full build"
    # A small build is mostly the opening of files and tables.
    limit = LATE_SHARE if rows == max(SIZES) else None
    refresh, publication = (
        statistics.median(one[part] for one in late) for part in ("refresh", "publication")
    )
    return [
        _seconds(f"{_millions(rows)}: full build of the rollups", full["refresh"]),
        Figure(
            figure=f"{_millions(rows)}: full build, peak memory",
            value=round(full["peak_mib"]),
            unit="MiB",
            limit=MOST_MEMORY_MIB,
        ),
        ratio(f"{what}, rollups", refresh, full["refresh"], limit),
        ratio(f"{what}, with copy and swap of the file", publication, full["publication"]),
    ]


def _asked(rows: int, path: Path) -> list[Figure]:
    found = []
    warehouse = _warehouse(path)
    with duckdb.connect(str(path), read_only=True) as connection:
        for asked in ASKED:
            question, by_hand = _in_turn(
                ROUNDS, lambda a=asked: a.answer(warehouse), lambda a=asked: a.by_hand(connection)
            )
            _, raw = _in_turn(
                RAW_ROUNDS,
                lambda a=asked: a.answer(warehouse),
                lambda a=asked: a.from_raw(connection),
            )
            name = f"{_millions(rows)}: {asked.name}"
            found += [
                milliseconds(name, question),
                milliseconds(
                    f"{name}, beyond {HAND_RATIO} × hand-written SQL",
                    question - HAND_RATIO * by_hand,
                    HAND_MILLISECONDS,
                ),
                ratio(f"{name} / the raw hours", question, raw),
            ]
    warehouse.close()
    return found


def _grown(paths: dict[int, Path]) -> list[Figure]:
    if len(paths) == 1:
        return []
    least, most = min(paths), max(paths)
    small, large = _warehouse(paths[least]), _warehouse(paths[most])
    found = []
    for asked in ASKED:
        before, after = _in_turn(
            2 * ROUNDS, lambda a=asked: a.answer(small), lambda a=asked: a.answer(large)
        )
        what = f"{asked.name}: {_millions(most)} / {_millions(least)}"
        found.append(ratio(what, after, before, GROWTH))
    small.close()
    large.close()
    return found


def _in_turn(rounds: int, *calls: Callable[[], object]) -> list[float]:
    """Median milliseconds of each call; they take turns, after one round that is not counted."""
    took: list[list[float]] = [[] for _ in calls]
    for _ in range(rounds + 1):
        for times, call in zip(took, calls, strict=True):
            began = time.perf_counter()
            call()
            times.append((time.perf_counter() - began) * 1_000)
    return [statistics.median(times[1:]) for times in took]


def _written(what: str, path: Path) -> dict[str, float]:
    """Seconds of a refresh and of its publication, and the peak memory of their process in MiB."""
    with subprocess.Popen(
        [sys.executable, "-m", WRITER, what, str(path)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    ) as running:
        said: dict[str, float] = json.loads(running.stdout.read() if running.stdout else "")
    return said


def _warehouse(path: Path) -> DuckDBWarehouse:
    return DuckDBWarehouse(path, row_limit=1_000_000, timeout_seconds=60, memory_mib=4 * MIB)


def _seconds(figure: str, value: float) -> Figure:
    return Figure(figure=figure, value=round(value, 2), unit="s")


def _millions(rows: int) -> str:
    return f"{rows // 1_000_000} M rows"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rows", type=int, nargs="+", choices=SIZES, default=list(SIZES))
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    arguments = parser.parse_args()
    found = figures(arguments.rows)
    sys.stdout.write(as_json(found, fast=False) if arguments.json else as_text(found))


if __name__ == "__main__":
    main()
