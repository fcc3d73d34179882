"""What a benchmark tool measured, in the one form that all of their files are read into."""

from dataclasses import dataclass, field
from pathlib import Path

from warehouse.sources.batch import LoadRefused

LARGEST_FILE_BYTES = 256 * 2**20


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
    """All that one file, or one folder of files, says; `notes` are what a reader should know."""

    kind: str
    values: tuple[Measurement, ...]
    files: tuple[Path, ...]
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


def refused(path: Path, line: int, why: str) -> LoadRefused:
    """A file that cannot be read on because of one line."""
    return LoadRefused(f"{path.name}, line {line}: {why}.", "Correct that line, or leave it out.")
