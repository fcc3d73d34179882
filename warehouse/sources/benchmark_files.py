"""Any benchmark file, told apart by what is in it; also plain numbers, one session a line."""

import math
from pathlib import Path

from warehouse.sources.batch import LoadRefused
from warehouse.sources.benchfmt import read_benchfmt
from warehouse.sources.benchmark_json import read_hyperfine, read_pytest_benchmark
from warehouse.sources.measurements import Measurement, Measurements, refused, text_of

READERS = {
    "benchfmt": read_benchfmt,
    "hyperfine": read_hyperfine,
    "pytest-benchmark": read_pytest_benchmark,
}
PLAIN = "value"


def read_benchmark_file(path: Path) -> Measurements:
    """The measurements of a file in one of the formats, or of one number a line.

    Of plain numbers each line is a session, of a workload and metric called `value` without a
    unit; empty lines and what follows a # are passed over.

    Raises `LoadRefused` for a file in none of them.
    """
    if path.is_dir():
        return read_pytest_benchmark(path)
    text = text_of(path)
    start = text.lstrip()
    if start.startswith("{"):
        is_rounds = '"benchmarks"' in text and '"results"' not in text
        return (read_pytest_benchmark if is_rounds else read_hyperfine)(path)
    if any(line.startswith("Benchmark") for line in text.splitlines()):
        return read_benchfmt(path)
    if not start:
        raise LoadRefused(f"{path.name} is empty.", "Measure first.")
    return _numbers(path, text)


def _numbers(path: Path, text: str) -> Measurements:
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        written = line.partition("#")[0].strip()
        if not written:
            continue
        try:
            value = float(written)
        except ValueError as fault:
            raise refused(
                path, number, f"{written[:40]!r} is neither a number nor a benchmark result"
            ) from fault
        if not math.isfinite(value):
            raise refused(path, number, f"{written[:40]!r} is not a finite number")
        found.append(
            Measurement(
                workload=PLAIN,
                metric=PLAIN,
                unit="",
                value=value,
                session=str(number),
                line=number,
            )
        )
    if not found:
        raise LoadRefused(f"{path.name} holds no number.", "Write one number a line.")
    return Measurements("numbers", tuple(found), (path,))
