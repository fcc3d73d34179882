"""What hyperfine and pytest-benchmark export as JSON."""

import json
import math
from pathlib import Path
from typing import Any

from warehouse.sources.batch import LoadRefused
from warehouse.sources.measurements import Measurement, Measurements, text_of

SECONDS = "s"


def read_hyperfine(path: Path) -> Measurements:
    """Every timed run of every command of `hyperfine --export-json`, in seconds.

    Each run starts a process anew and is a session of its own; whether caches were cold, only
    `--prepare` knows. Runs that ended with another exit code than 0 are kept and counted.

    Raises `LoadRefused` for another file, or one that was exported without its runs' times.
    """
    results = _listed(path, "results", "hyperfine --export-json")
    found, failed = [], 0
    for result in results:
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
        codes = result.get("exit_codes")
        failed += sum(code != 0 for code in codes) if isinstance(codes, list) else 0
        found += [
            Measurement(
                workload=command,
                metric="time",
                unit=SECONDS,
                value=_number(path, value),
                session=str(place),
                line=1,
                configuration=configuration,
            )
            for place, value in enumerate(times, start=1)
        ]
    notes: tuple[str, ...] = ("each timed run is taken as a session: a process of its own",)
    if failed:
        notes += (f"{failed:,} runs ended with an exit code other than 0",)
    return Measurements("hyperfine", tuple(found), (path,), notes)


def read_pytest_benchmark(path: Path) -> Measurements:
    """The rounds of every benchmark of `pytest --benchmark-json`, in seconds.

    `path` is one file or a folder of them. Rounds share a process, so all rounds of a file are
    runs of one session: independent repetitions take several files.

    Raises `LoadRefused` for another file, or one saved without its rounds.
    """
    files = sorted(path.glob("*.json")) if path.is_dir() else [path]
    if not files:
        raise LoadRefused(f"{path} holds no JSON file.", "Name a file, or a folder of them.")
    found = [one for file in files for one in _rounds(file)]
    notes = (f"all rounds of a file are one session: {len(files):,} in all",)
    return Measurements("pytest-benchmark", tuple(found), tuple(files), notes)


def _rounds(path: Path) -> list[Measurement]:
    found = []
    for benchmark in _listed(path, "benchmarks", "pytest --benchmark-json"):
        stats = benchmark.get("stats")
        rounds = stats.get("data") if isinstance(stats, dict) else None
        if not isinstance(rounds, list) or not rounds:
            raise LoadRefused(
                f"{path.name} was saved without its rounds.",
                "Save it with --benchmark-json or --benchmark-save-data.",
            )
        found += [
            Measurement(
                workload=str(benchmark.get("fullname") or benchmark.get("name") or ""),
                metric="time",
                unit=SECONDS,
                value=_number(path, value),
                session=path.stem,
                line=1,
            )
            for value in rounds
        ]
    return found


def _listed(path: Path, name: str, tool: str) -> list[dict[str, Any]]:
    try:
        document = json.loads(text_of(path))
    except json.JSONDecodeError as fault:
        raise LoadRefused(
            f"{path.name}, line {fault.lineno}: is not JSON ({fault.msg}).",
            f"Export it again with `{tool}`.",
        ) from fault
    listed = document.get(name) if isinstance(document, dict) else None
    if not isinstance(listed, list) or not listed or not all(isinstance(o, dict) for o in listed):
        raise LoadRefused(
            f"{path.name} has no list of {name}, as `{tool}` writes it.", "Name another file."
        )
    return listed


def _number(path: Path, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise LoadRefused(
            f"{path.name}: {str(value)[:40]!r} is not a finite number.", "Export the file again."
        )
    return float(value)
