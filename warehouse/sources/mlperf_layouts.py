"""The two layouts in which MLPerf Storage results are found, read into the same runs."""

import math
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from warehouse.sources.batch import LINE, Fault, LoadRefused, text
from warehouse.sources.files import nearest, read
from warehouse.sources.mlperf_json import parse
from warehouse.sources.mlperf_systems import Description, describe

REPORT = "mlperf_storage_report.json"
SUMMARY = "summary.json"
_RUN_COLUMNS = (
    "division",
    "submitter",
    "path",
    "model",
    "accelerator",
    "num_accelerators",
    "run_id",
    "samples_per_s",
    "mb_per_s",
)


@dataclass(frozen=True, kw_only=True)
class Run:
    """One published run; numbers are the text that was published.

    `folder` is the result set's folder from the division on, `name` the run's name within it.
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
    samples_per_second: str | None
    mib_per_second: str | None


@dataclass(frozen=True)
class Session:
    """What a run's own summary says: where it lies, its mean samples/s, its start, its hosts."""

    folder: str
    samples_per_second: float
    started_at: str | None
    num_hosts: str | None


@dataclass
class Results:
    """All that was found under one path; `names` are the names of a run's published values."""

    names: dict[str, str]
    runs: list[Run] = field(default_factory=list)
    sessions: list[Session] = field(default_factory=list)
    descriptions: list[Description] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    files: list[Path] = field(default_factory=list)


def read_results(path: Path) -> Results:
    """The results under `path`: a folder with runs.csv, or one with published reports.

    Raises `LoadRefused` where there is neither.
    """
    if not path.exists():
        raise LoadRefused(f"{path} does not exist.", "Check the path.")
    if not path.is_dir():
        raise LoadRefused(
            f"{path.name} is a file; MLPerf Storage results are loaded from a folder.",
            "Name the folder that holds it.",
        )
    if (path / "runs.csv").is_file():
        return _read_table(path)
    reports = sorted(path.rglob(REPORT))
    if not reports:
        raise LoadRefused(
            f"{path} holds neither runs.csv nor any {REPORT}.",
            "Name the folder of a results repository, e.g. storage_results_v1.0.",
        )
    return _read_published(path, reports)


def _read_table(path: Path) -> Results:
    results = Results({"samples_per_second": "samples_per_s", "mib_per_second": "mb_per_s"})
    runs = path / "runs.csv"
    results.files.append(runs)
    contents = read(runs)
    _require(contents.columns, _RUN_COLUMNS, runs.name)
    results.faults.extend(contents.ragged)
    for row, line in zip(
        contents.rows.select(_RUN_COLUMNS).iter_rows(named=True),
        contents.rows[LINE],
        strict=True,
    ):
        place = _placed(PurePosixPath(row["path"] or "").parent)
        if place is None:
            rule = "lies under no division/submitter/results/system"
            results.faults.append(Fault(runs.name, line, "path", row["path"], rule))
            continue
        _add(
            results,
            Run(
                file=runs.name,
                line=line,
                division=row["division"] or place[0],
                submitter=place[1],
                system=place[2],
                folder=place[3],
                name=row["run_id"] or "",
                model=row["model"],
                accelerator=row["accelerator"],
                num_accelerators=row["num_accelerators"],
                samples_per_second=row["samples_per_s"],
                mib_per_second=row["mb_per_s"],
            ),
        )
    if (path / "epochs.csv").is_file():
        _read_epochs(path / "epochs.csv", results)
    for file in sorted((path / "systems").glob("*.json")):
        parts = file.stem.split("__", 3)
        if len(parts) != 4:  # noqa: PLR2004 (division, submitter, "systems", name)
            raise LoadRefused(
                f"{file.name} is not named <division>__<submitter>__systems__<system>.json.",
                "Rename it, or move it out of systems/.",
            )
        _describe(results, file, parts[0], parts[1], parts[3])
    return results


def _read_epochs(file: Path, results: Results) -> None:
    results.files.append(file)
    contents = read(file)
    _require(contents.columns, ("path", "start", "num_hosts", "samples_per_s"), file.name)
    epochs: dict[str, tuple[list[float], str | None, str | None]] = {}
    columns = contents.rows.select("path", "start", "num_hosts", "samples_per_s")
    for path, start, hosts, samples in columns.iter_rows():
        if path is not None:
            rates, _, _ = epochs.setdefault(path, ([], start, hosts))
            rates.append(_number(samples))
    results.sessions.extend(
        Session(str(PurePosixPath(path).parent), math.fsum(rates) / len(rates), start, hosts)
        for path, (rates, start, hosts) in epochs.items()
    )


def _read_published(path: Path, reports: list[Path]) -> Results:
    results = Results(
        {
            "samples_per_second": "train_throughput_samples_per_second",
            "mib_per_second": "train_throughput_MB_per_second",
        }
    )
    for report in reports:
        _read_report(report, results)
    for summary in sorted(path.rglob(SUMMARY)):
        place = _placed(PurePosixPath(summary.resolve().parent))
        value = _object(summary)
        results.files.append(summary)
        metric: Any = value.get("metric")
        rate = (
            metric.get("train_throughput_mean_samples_per_second") if _is_object(metric) else None
        )
        if place is not None:
            results.sessions.append(
                Session(
                    place[3], _number(rate), text(value.get("start")), text(value.get("num_hosts"))
                )
            )
    for file in sorted(path.rglob("systems/*")):
        if file.suffix.lower() == ".json" and not file.name.startswith((".", "~")):
            _describe_published(results, file)
    return results


def _read_report(report: Path, results: Results) -> None:
    results.files.append(report)
    place = _placed(PurePosixPath(report.resolve().parent))
    if place is None:
        raise LoadRefused(
            f"{report} does not lie under <division>/<submitter>/results/<system>.",
            "Keep the folders of the results repository; they name the submitter and the system.",
        )
    runs = _object(report).get("runs")
    if not _is_object(runs) or not runs or not all(map(_is_object, runs.values())):
        raise LoadRefused(f"{report} has no runs.", "Download the report again.")
    division, submitter, system, folder = place
    lines = report.read_text(encoding="utf-8-sig").splitlines()
    for name, run in runs.items():
        line = next((n for n, text in enumerate(lines, start=1) if f'"{name}"' in text), 1)
        _add(
            results,
            Run(
                file=f"{folder}/{report.name}",
                line=line,
                division=division,
                submitter=submitter,
                system=system,
                folder=folder,
                name=name,
                model=text(run.get("model")),
                accelerator=text(run.get("accelerator")),
                num_accelerators=text(run.get("train_num_accelerators")),
                samples_per_second=text(run.get(results.names["samples_per_second"])),
                mib_per_second=text(run.get(results.names["mib_per_second"])),
            ),
        )


def _add(results: Results, run: Run) -> None:
    count = run.num_accelerators
    broken = [
        Fault(run.file, run.line, name, value, "may not be empty")
        for name, value in (("model", run.model), ("accelerator", run.accelerator))
        if not value
    ]
    if count is None or not count.isdecimal():
        broken.append(Fault(run.file, run.line, "num_accelerators", count, "is not a whole number"))
    if broken:
        results.faults.append(broken[0])
    else:
        results.runs.append(run)


def _describe_published(results: Results, file: Path) -> None:
    parts = file.resolve().parts
    if "results" in parts:
        # results/<system>/systems/<any name>.json describes the system whose folder holds it.
        place = _placed(PurePosixPath(file.resolve().parent))
        if place is not None:
            _describe(results, file, *place[:3])
    else:
        _describe(results, file, parts[-4], parts[-3], file.stem)


def _describe(results: Results, file: Path, division: str, submitter: str, system: str) -> None:
    results.files.append(file)
    description = describe(file, division, submitter, system)
    if description is not None:
        results.descriptions.append(description)


def _placed(folder: PurePosixPath) -> tuple[str, str, str, str] | None:
    """Division, submitter and system of a result folder, and its path from the division on."""
    parts = folder.parts
    if "results" not in parts:
        return None
    at = parts.index("results")
    if at < 2 or at + 1 >= len(parts):  # noqa: PLR2004 (division and submitter before, system after)
        return None
    return parts[at - 2], parts[at - 1], parts[at + 1], "/".join(parts[at - 2 :])


def _require(found: tuple[str, ...], wanted: tuple[str, ...], file: str) -> None:
    for name in wanted:
        if name not in found:
            raise LoadRefused(
                f"{file} has no column {name}{nearest(name, found)}; it has {', '.join(found)}.",
                "Add or rename the column.",
            )


def _object(file: Path) -> dict[str, Any]:
    value, _ = parse(file)
    if not _is_object(value):
        raise LoadRefused(f"{file} is JSON but no object.", "Download the file again.")
    return dict(value)


def _is_object(value: Any) -> bool:
    return isinstance(value, dict)


def _number(text: Any) -> float:
    try:
        return float(text)
    except (TypeError, ValueError):
        return math.nan
