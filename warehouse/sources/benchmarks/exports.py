"""What hyperfine and pytest-benchmark export as JSON."""

import json
import math
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from warehouse import bounded
from warehouse.sources.batch import LoadRefused
from warehouse.sources.benchmarks.measurements import (
    NOT_MEASURED,
    QUOTED_CHARACTERS,
    Measurement,
    Measurements,
    is_measured,
    kept,
    text_of,
)

SECONDS = "s"
RUNS, BENCHMARKS = "results", "benchmarks"
_TOOLS = {RUNS: "hyperfine --export-json", BENCHMARKS: "pytest --benchmark-json"}
_MACHINE = ("node", "system", "release", "machine", "python_implementation", "python_version")

Document = dict[str, Any]


def document_of(path: Path, text: str) -> Document:
    """The JSON object that a file holds; raises `LoadRefused` for any other content."""
    try:
        document = bounded.json_value(path.name, text, LoadRefused, "Export it again.")
    except json.JSONDecodeError as error:
        raise LoadRefused(
            f"{path.name}, line {error.lineno}: is not JSON ({error.msg}).", "Export it again."
        ) from error
    if not isinstance(document, dict):
        raise LoadRefused(f"{path.name} is no JSON object.", "Name another file.")
    return document


def read_hyperfine(path: Path) -> Measurements:
    """Every timed run of every command of `hyperfine --export-json`, in seconds.

    Each run starts a process anew and is a session of its own; whether caches were cold, only
    `--prepare` knows. Runs that ended with another exit code than 0 are kept and counted.

    Raises `LoadRefused` for another file, or one that was exported without its runs' times.
    """
    return parse_hyperfine(path, document_of(path, text_of(path, bounded.LARGEST_JSON_BYTES)))


def parse_hyperfine(path: Path, document: Document) -> Measurements:
    """The same of a document that was read from `path` already."""
    codes = [result.get("exit_codes") for result in _listed(path, document, RUNS)]
    failed = sum(code != 0 for listed in codes if isinstance(listed, list) for code in listed)
    noun = "run" if failed == 1 else "runs"
    notes = (f"{failed:,} {noun} ended with an exit code other than 0",) if failed else ()
    session = "a timed run, which is a process of its own"
    found = kept(_timed(path, document), path)
    return Measurements("hyperfine", found, (path,), session, notes)


def _timed(path: Path, document: Document) -> Iterator[Measurement]:
    before = 0
    for result in _listed(path, document, RUNS):
        times = result.get("times")
        if not isinstance(times, list) or not times:
            raise LoadRefused(
                f"{path.name} has no times of single runs.", "Export it with --export-json."
            )
        command = str(result.get("command") or "")
        parameters = result.get("parameters")
        configuration = tuple(
            sorted((str(name), str(value)) for name, value in parameters.items())
            if isinstance(parameters, dict)
            else ()
        )
        yield from (
            Measurement(
                workload=command,
                metric="time",
                unit=SECONDS,
                value=_number(path, value),
                # Counted on, for the same command may have been given twice.
                session=str(before + place),
                line=1,
                configuration=configuration,
            )
            for place, value in enumerate(times, start=1)
        )
        before += len(times)


def read_pytest_benchmark(path: Path) -> Measurements:
    """The rounds of every benchmark of `pytest --benchmark-json`, in seconds.

    `path` is one file or a folder of them. Rounds share a process, so all rounds of a file are
    runs of one session: independent repetitions take several files. The configuration is the
    machine with its processor, system and Python.

    Raises `LoadRefused` for another file, or one saved without its rounds.
    """
    files = bounded.files(path.glob("*.json"), path.name, LoadRefused) if path.is_dir() else [path]
    if not files:
        raise LoadRefused(f"{path} holds no JSON file.", "Name a file, or a folder of them.")
    found = (
        one
        for file in files
        for one in _rounds(file, document_of(file, text_of(file, bounded.LARGEST_JSON_BYTES)))
    )
    return _of_sessions(found, files)


def parse_pytest_benchmark(path: Path, document: Document) -> Measurements:
    """The same of one document that was read from `path` already."""
    return _of_sessions(_rounds(path, document), [path])


def _of_sessions(found: Iterable[Measurement], files: list[Path]) -> Measurements:
    session = "a file, whose rounds share a process"
    return Measurements("pytest-benchmark", kept(found, files[0]), tuple(files), session)


def _rounds(path: Path, document: Document) -> Iterator[Measurement]:
    configuration = _machine(document.get("machine_info"))
    for benchmark in _listed(path, document, BENCHMARKS):
        stats = benchmark.get("stats")
        rounds = stats.get("data") if isinstance(stats, dict) else None
        if not isinstance(rounds, list) or not rounds:
            raise LoadRefused(
                f"{path.name} was saved without its rounds.",
                "Save it with --benchmark-json or --benchmark-save-data.",
            )
        yield from (
            Measurement(
                workload=str(benchmark.get("fullname") or benchmark.get("name") or ""),
                metric="time",
                unit=SECONDS,
                value=_number(path, value),
                session=path.stem,
                line=1,
                configuration=configuration,
            )
            for value in rounds
        )


def _machine(said: Any) -> tuple[tuple[str, str], ...]:
    """What a file says of the machine and the Python it was measured with, sorted by name."""
    facts = said if isinstance(said, dict) else {}
    cpu = facts.get("cpu")
    named = {name: facts.get(name) for name in _MACHINE}
    named["cpu"] = cpu.get("brand_raw") if isinstance(cpu, dict) else None
    return tuple(sorted((name, str(value)) for name, value in named.items() if value))


def _listed(path: Path, document: Document, name: str) -> list[dict[str, Any]]:
    listed = document.get(name)
    if not isinstance(listed, list) or not listed or not all(isinstance(o, dict) for o in listed):
        raise LoadRefused(
            f"{path.name} has no list of {name}, as `{_TOOLS[name]}` writes it.",
            "Name another file.",
        )
    return listed


def _number(path: Path, value: Any) -> float:
    try:
        number = float("nan" if isinstance(value, bool | str) else value)
    except (TypeError, OverflowError):
        number = math.nan
    if not is_measured(number):
        raise LoadRefused(
            f"{path.name}: {str(value)[:QUOTED_CHARACTERS]!r} {NOT_MEASURED}.",
            "Export the file again.",
        )
    return number
