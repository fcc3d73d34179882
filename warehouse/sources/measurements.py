"""What a benchmark tool measured, in the one form that all of their files are read into."""

from dataclasses import dataclass, field
from pathlib import Path

from warehouse.sources.batch import LoadRefused

LARGEST_FILE_BYTES = 256 * 2**20
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


def text_of(path: Path) -> str:
    """The text of a file; raises `LoadRefused` for one that is no readable text."""
    try:
        if path.stat().st_size > LARGEST_FILE_BYTES:
            raise LoadRefused(
                f"{path.name} is larger than {LARGEST_FILE_BYTES // 2**20} MiB.",
                "Load it as runs: `python -m warehouse load runs`.",
            )
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as absent:
        raise LoadRefused(f"{path} does not exist.", "Check the path.") from absent
    except UnicodeDecodeError as fault:
        raise LoadRefused(f"{path.name} is not UTF-8 text.", "Save the file as UTF-8.") from fault


def lines_of(text: str) -> list[str]:
    """The lines of a text as an editor counts them, from 1: rarer separators stay within one."""
    return text.split("\n")


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
