"""Any benchmark file, told apart by what is in it; also plain numbers, one session a line."""

from collections.abc import Iterator
from pathlib import Path

from warehouse import bounded
from warehouse.sources.batch import LoadRefused
from warehouse.sources.benchmarks.benchfmt import parse_benchfmt, read_benchfmt
from warehouse.sources.benchmarks.exports import (
    BENCHMARKS,
    document_of,
    parse_hyperfine,
    parse_pytest_benchmark,
    read_hyperfine,
    read_pytest_benchmark,
)
from warehouse.sources.benchmarks.measurements import (
    Measurement,
    Measurements,
    kept,
    lines_of,
    number,
    text_of,
)

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

    Raises `LoadRefused` for a file in none of them, or that the machine does not give.
    """
    try:
        return read_pytest_benchmark(path) if path.is_dir() else _told(path, text_of(path))
    except OSError as error:
        raise LoadRefused(
            f"{path} cannot be read: {error.strerror}.", "Check the path and its permissions."
        ) from error


def _told(path: Path, text: str) -> Measurements:
    start = text.lstrip()
    if start.startswith("{"):
        if len(text) > bounded.LARGEST_JSON_BYTES:
            raise bounded.too_large(path.name, bounded.LARGEST_JSON_BYTES, LoadRefused)
        document = document_of(path, text)
        return (parse_pytest_benchmark if BENCHMARKS in document else parse_hyperfine)(
            path, document
        )
    if any(line.startswith("Benchmark") for line in lines_of(text)):
        return parse_benchfmt(path, text)
    if not start:
        raise LoadRefused(f"{path.name} is empty.", "Measure first.")
    return _numbers(path, text)


def _numbers(path: Path, text: str) -> Measurements:
    found = kept(_spelled(path, text), path)
    if not found:
        raise LoadRefused(f"{path.name} holds no number.", "Write one number a line.")
    return Measurements("numbers", found, (path,), "a line")


def _spelled(path: Path, text: str) -> Iterator[Measurement]:
    for place, line in enumerate(lines_of(text), start=1):
        written = line.partition("#")[0].strip()
        if not written:
            continue
        yield Measurement(
            workload=PLAIN,
            metric=PLAIN,
            unit="",
            value=number(path, place, written, "is neither a number nor a benchmark result"),
            session=str(place),
            line=place,
        )
