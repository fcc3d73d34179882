"""Go's benchmark text: results under the configuration lines before them.

The format: https://go.dev/design/14313-benchmark-format. As benchstat reads it, times become
seconds and MB, which Go means as 10^6 bytes, become bytes.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from warehouse import bounded
from warehouse.sources.batch import LoadRefused
from warehouse.sources.benchmarks.measurements import (
    Measurement,
    Measurements,
    kept,
    lines_of,
    number,
    refused,
    text_of,
)

_KEY = re.compile(r"^([a-z][^\sA-Z:]*):(?:[ \t]+(.*))?$")
_UNIT = re.compile(r"^Unit\s+(\S+)\s+(.*)$")
_PART = re.compile(r"([-*/])")
_TIDY = {"ns": ("sec", 1e-9), "MB": ("B", 1e6)}


def read_benchfmt(path: Path) -> Measurements:
    """Every value of every result line; a line is a session, in the order of the file.

    A metric is its unit: `sec/op`, `B/s`. Lines that are neither configuration, unit nor result
    are what programs print between them, and are passed over.

    Raises `LoadRefused` for a file without results, or with a result line that is cut short.
    """
    return parse_benchfmt(path, text_of(path))


def parse_benchfmt(path: Path, text: str) -> Measurements:
    """The same of a text that was read from `path` already, which a pipe gives only once."""
    found = kept(_measured(path, text), path)
    if not found:
        raise LoadRefused(
            f"{path.name} holds no benchmark result.",
            "A result reads `BenchmarkName iterations value unit`, as `go test -bench` prints it.",
        )
    return Measurements("benchfmt", found, (path,), "a result line")


def _measured(path: Path, text: str) -> Iterator[Measurement]:
    configuration: dict[str, str] = {}
    in_force: tuple[tuple[str, str], ...] | None = None
    pairs = 0
    exact: set[str] = set()
    for place, line in enumerate(lines_of(text), start=1):
        if key := _KEY.match(line):
            in_force = None
            configuration[key[1]] = (key[2] or "").strip()
            if not configuration[key[1]]:
                del configuration[key[1]]
        elif unit := _UNIT.match(line):
            if "assume=exact" in unit[2].split():
                exact.add(_tidied(unit[1])[0])
        elif line.startswith("Benchmark") and len(line.split()) > 1:
            if in_force is None:
                in_force = tuple(sorted(configuration.items()))
                pairs += len(in_force)
                if pairs > bounded.MOST_MEASUREMENTS:
                    why = f"more than {bounded.MOST_MEASUREMENTS:,} settings stand before it"
                    raise refused(path, place, why)
            yield from _results(path, place, line, in_force, exact)


def _results(
    path: Path, place: int, line: str, configuration: tuple[tuple[str, str], ...], exact: set[str]
) -> list[Measurement]:
    name, iterations, *pairs = line.split()
    if not iterations.isdecimal():
        return []
    if not pairs or len(pairs) % 2:
        raise refused(path, place, "a value has no unit")
    results = []
    for text, unit in zip(pairs[::2], pairs[1::2], strict=True):
        metric, scale = _tidied(unit)
        results.append(
            Measurement(
                workload=name.removeprefix("Benchmark") or name,
                metric=metric,
                unit=metric,
                value=number(path, place, text) * scale,
                session=str(place),
                line=place,
                configuration=configuration,
                is_exact=metric in exact,
            )
        )
    return results


def _tidied(unit: str) -> tuple[str, float]:
    """A unit in plain seconds and bytes, and what its values are multiplied by."""
    parts, scale = _PART.split(unit), 1.0
    for place, part in enumerate(parts):
        if part in _TIDY:
            parts[place], factor = _TIDY[part]
            is_below = place and parts[place - 1] == "/"
            scale = scale / factor if is_below else scale * factor
    return "".join(parts), scale
