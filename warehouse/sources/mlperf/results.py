"""What MLPerf Storage results are read into, whatever the layout they are found in."""

import math
import re
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, TypeGuard

from warehouse import bounded
from warehouse.sources.batch import LoadRefused, RowError
from warehouse.sources.mlperf.forgiving_json import parse
from warehouse.sources.mlperf.systems import Description

# How busy the accelerators were: their compute time as a share of the whole.
UTILISATION = "accelerator_utilisation_share"
# Metric to its unit; what is published as "MB" and "GB" is counted in MiB and GiB.
METRICS = {
    "samples_per_second": "samples/s",
    "throughput_mib_per_s": "MiB/s",
    "save_throughput_gib_per_s": "GiB/s",
    "save_duration_seconds": "s",
    "load_throughput_gib_per_s": "GiB/s",
    "load_duration_seconds": "s",
    UTILISATION: "share",
}
# v0.5 writes the scale of a run behind the name of the system.
_SCALE = re.compile(r"-Nacc\d+-Nhosts\d+$")


@dataclass(frozen=True, kw_only=True)
class Run:
    """One published run; numbers are the text that was published.

    `folder` is the result set's folder from the division on, `name` the run's name within it.
    `values` are by metric, those that were not published left out. `accelerator` is None where
    the results name none (v0.5, checkpoints). `started_at` and `num_hosts` are None where only a
    summary of its own can tell.
    """

    file: str
    line: int
    division: str
    submitter: str
    system: str
    folder: str
    name: str
    model: str | None
    accelerator: str | None
    num_accelerators: str | None
    values: dict[str, str | None]
    started_at: str | None = None
    num_hosts: str | None = None
    is_warmup: bool = False


@dataclass(frozen=True)
class Session:
    """What a run's own summary says: where it lies, its mean samples/s, its start, its hosts.

    `utilisation_share` is the mean over its epochs of how busy the accelerators were, as text;
    None where it is not published.
    """

    folder: str
    samples_per_second: float
    started_at: str | None
    num_hosts: str | None
    utilisation_share: str | None = None


@dataclass
class Results:
    """All that was found under one path; `names` are a metric's names in the files.

    `more_errors` counts the errors beyond the first, which alone are kept.
    """

    names: dict[str, str]
    runs: list[Run] = field(default_factory=list)
    sessions: list[Session] = field(default_factory=list)
    descriptions: list[Description] = field(default_factory=list)
    errors: list[RowError] = field(default_factory=list)
    more_errors: int = 0
    files: list[Path] = field(default_factory=list)
    unread: list[Path] = field(default_factory=list)

    def add(self, run: Run, required: tuple[str, ...] = ("model",)) -> None:
        """Keep a run, or the error that makes it unusable."""
        count = run.num_accelerators
        broken = [
            RowError(run.file, run.line, name, getattr(run, name), "may not be empty")
            for name in required
            if not getattr(run, name)
        ]
        if count is None or not count.isdecimal():
            rule = "is not a whole number"
            broken.append(RowError(run.file, run.line, "num_accelerators", count, rule))
        if not run.values:
            broken.append(RowError(run.file, run.line, "metric", None, "holds no value measured"))
        if broken:
            self.refuse(broken[0])
        else:
            self.runs.append(run)

    def refuse(self, *errors: RowError) -> None:
        """Keep the errors as far as there is room, and count the others."""
        room = bounded.MOST_ERRORS - len(self.errors)
        self.errors.extend(errors[:room])
        self.more_errors += len(errors[room:])


def placed(folder: PurePosixPath) -> tuple[str, str, str, str] | None:
    """Division, submitter and system of a result folder, and its path from the division on."""
    parts = folder.parts
    if "results" not in parts:
        return None
    at = parts.index("results")
    if at < 2 or at + 1 >= len(parts):  # noqa: PLR2004 (division and submitter before, system after)
        return None
    system = _SCALE.sub("", parts[at + 1])
    return parts[at - 2], parts[at - 1], system, "/".join(parts[at - 2 :])


def json_object(file: Path) -> dict[str, Any]:
    """The object that a JSON file holds; raises `LoadRefused` where it holds something else."""
    value, _ = parse(file)
    if not is_object(value):
        raise LoadRefused(f"{file} is JSON but no object.", "Download the file again.")
    return value


def is_object(value: Any) -> TypeGuard[dict[str, Any]]:
    """Whether a JSON value is an object."""
    return isinstance(value, dict)


def mean_share(percentages: list[Any]) -> str | None:
    """The mean of percentages as a share, as text; None of none, or where one is no number."""
    numbers = [number(text) for text in percentages]
    if not numbers or not all(map(math.isfinite, numbers)):
        return None
    return repr(math.fsum(numbers) / len(numbers) / 100)


def number(text: Any) -> float:
    """The number that was published, NaN where it is none."""
    try:
        return float(text)
    except (TypeError, ValueError):
        return math.nan
