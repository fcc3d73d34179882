"""What a benchmark tool measured, in the one form that all of their files are read into."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from warehouse import bounded
from warehouse.sources.batch import LoadRefused

QUOTED_CHARACTERS = 40
SMALLEST = 1e-100  # beside 0, of either sign
NOT_MEASURED = "is not a finite number between 1e-100 and 1e100"


@dataclass(frozen=True, kw_only=True)
class Measurement:
    """One measured value: of which workload, in which unit, and under which configuration.

    `session` tells independent repetitions apart within its file; `line` is where it was read.
    `configuration` are the settings in force, sorted by name. An exact unit is deterministic.
    """

    workload: str
    metric: str
    unit: str
    value: float
    session: str
    line: int
    configuration: tuple[tuple[str, str], ...] = ()
    is_exact: bool = False


@dataclass(frozen=True)
class Measurements:
    """All that one file, or one folder of files, says.

    `session` says what a session is in this kind of file; `notes` what a reader should know.
    """

    kind: str
    values: tuple[Measurement, ...]
    files: tuple[Path, ...]
    session: str
    notes: tuple[str, ...] = field(default=())


def text_of(path: Path, most_bytes: int = bounded.LARGEST_BENCHMARK_BYTES) -> str:
    """The text of a file; raises `LoadRefused` for one that is no readable text, or too large."""
    try:
        return bounded.text(path, most_bytes, LoadRefused)
    except FileNotFoundError as absent:
        raise LoadRefused(f"{path} does not exist.", "Check the path.") from absent


def lines_of(text: str) -> Iterator[str]:
    """The lines of a text as an editor counts them, from 1: rarer separators stay within one."""
    begins = 0
    while (ends := text.find("\n", begins)) >= 0:
        yield text[begins:ends]
        begins = ends + 1
    yield text[begins:]


def kept(found: Iterable[Measurement], path: Path) -> tuple[Measurement, ...]:
    """The values of a file; raises `LoadRefused` for too many, or for a name that is too long."""
    values = []
    for one in bounded.measured(found, path.name, LoadRefused):
        check_name(path, one, max(one.workload, one.unit, key=len))
        values.append(one)
    return tuple(values)


def check_name(path: Path, of: Measurement, name: str) -> None:
    """Raises `LoadRefused` for a name that is too long to be anybody's."""
    if len(name) > bounded.LONGEST_TEXT_CHARACTERS:
        why = f"a name is longer than {bounded.LONGEST_TEXT_CHARACTERS:,} characters"
        raise refused(path, of.line, why)


def number(path: Path, line: int, text: str, otherwise: str = "is not a number") -> float:
    """The number that a file spells on that line; what spells none is refused as `otherwise`.

    Raises `LoadRefused` for what `is_measured` refuses too.
    """
    quoted = repr(text[:QUOTED_CHARACTERS])
    try:
        # Python also reads 1_000 and the digits of other scripts, which no tool writes.
        value = float(text) if text.isascii() and "_" not in text else None
    except ValueError:
        value = None
    if value is None:
        raise refused(path, line, f"{quoted} {otherwise}")
    if not is_measured(value):
        raise refused(path, line, f"{quoted} {NOT_MEASURED}")
    return value


def is_measured(value: float) -> bool:
    """Whether a float can be a measured value: finite, as is the ratio of any two of them."""
    return value == 0 or SMALLEST <= abs(value) <= 1 / SMALLEST


def refused(path: Path, line: int, why: str) -> LoadRefused:
    """A file that cannot be read on because of one line."""
    return LoadRefused(f"{path.name}, line {line}: {why}.", "Correct that line, or leave it out.")
