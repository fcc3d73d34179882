"""The layouts in which MLPerf Storage results are found, read into the same runs."""

import math
import re
from pathlib import Path, PurePosixPath

from warehouse import bounded
from warehouse.sources.batch import LINE, LoadRefused, RowError, text
from warehouse.sources.files import nearest, read
from warehouse.sources.mlperf.results import (
    UTILISATION,
    Results,
    Run,
    Session,
    is_object,
    json_object,
    mean_share,
    number,
    placed,
)
from warehouse.sources.mlperf.summaries import (
    PERCENTAGES,
    has_metadata,
    read_summaries,
    utilisation,
)
from warehouse.sources.mlperf.systems import describe

REPORT = "mlperf_storage_report.json"
SUMMARY = "summary.json"
_QUOTED = re.compile(r'"([^"]*+)"')
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


def read_results(path: Path) -> Results:
    """The results under `path`: a folder with runs.csv, or a results repository.

    A repository has a report per result set (v0.5, v1.0) or a summary per run (v2.0 and later).
    Raises `LoadRefused` where there is none of them.
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
    reports = bounded.files(path.rglob(REPORT), path.name, LoadRefused)
    summaries = bounded.files(path.rglob(SUMMARY), path.name, LoadRefused)
    own = list(filter(has_metadata, summaries))
    if not reports and not own:
        raise LoadRefused(
            f"{path} holds neither runs.csv nor any {REPORT}, nor a {SUMMARY} with metadata.",
            "Name the folder of a results repository, e.g. storage_results_v1.0.",
        )
    results = _read_reports(reports, sorted(set(summaries) - set(own)))
    read_summaries(own, results)
    _describe_all(path, results)
    return results


def _read_table(path: Path) -> Results:
    results = Results(
        {
            "samples_per_second": "samples_per_s",
            "throughput_mib_per_s": "mb_per_s",
            UTILISATION: "au_pct",
        }
    )
    runs = path / "runs.csv"
    results.files.append(runs)
    contents = read(runs)
    _require(contents.columns, _RUN_COLUMNS, runs.name)
    results.refuse(*contents.ragged)
    results.more_errors += contents.more_ragged
    for row, line in zip(
        contents.rows.select(_RUN_COLUMNS).iter_rows(named=True),
        contents.rows[LINE],
        strict=True,
    ):
        place = placed(PurePosixPath(row["path"] or "").parent)
        if place is None:
            rule = "lies under no division/submitter/results/system"
            results.refuse(RowError(runs.name, line, "path", row["path"], rule))
            continue
        results.add(
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
                values={metric: row[name] for metric, name in results.names.items() if name in row},
            ),
            ("model", "accelerator"),
        )
    if (path / "epochs.csv").is_file():
        _read_epochs(path / "epochs.csv", results)
    for file in bounded.files((path / "systems").glob("*.json"), path.name, LoadRefused):
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
    epochs: dict[str, list[dict[str, str | None]]] = {}
    for row in contents.rows.iter_rows(named=True):
        if row["path"] is not None:
            epochs.setdefault(row["path"], []).append(row)
    for path, rows in epochs.items():
        rates = [number(row["samples_per_s"]) for row in rows]
        results.sessions.append(
            Session(
                folder=str(PurePosixPath(path).parent),
                samples_per_second=math.fsum(rates) / len(rates),
                started_at=rows[0]["start"],
                num_hosts=rows[0]["num_hosts"],
                utilisation_share=mean_share([row.get("au_pct") for row in rows]),
            )
        )


def _read_reports(reports: list[Path], summaries: list[Path]) -> Results:
    results = Results(
        {
            "samples_per_second": "train_throughput_samples_per_second",
            "throughput_mib_per_s": "train_throughput_MB_per_second",
            UTILISATION: PERCENTAGES,
        }
    )
    for report in reports:
        _read_report(report, results)
    for summary in summaries:
        place = placed(PurePosixPath(summary.resolve().parent))
        value = json_object(summary)
        results.files.append(summary)
        metric = value.get("metric")
        published = metric if is_object(metric) else {}
        if place is not None:
            results.sessions.append(
                Session(
                    folder=place[3],
                    samples_per_second=number(
                        published.get("train_throughput_mean_samples_per_second")
                    ),
                    started_at=text(value.get("start")),
                    num_hosts=text(value.get("num_hosts")),
                    utilisation_share=utilisation(published),
                )
            )
    return results


def _read_report(report: Path, results: Results) -> None:
    results.files.append(report)
    place = placed(PurePosixPath(report.resolve().parent))
    if place is None:
        raise LoadRefused(
            f"{report} does not lie under <division>/<submitter>/results/<system>.",
            "Keep the folders of the results repository; they name the submitter and the system.",
        )
    value = json_object(report)
    overall, runs = value.get("overall"), value.get("runs")
    if not is_object(runs) or not runs or not all(map(is_object, runs.values())):
        raise LoadRefused(f"{report} has no runs.", "Download the report again.")
    division, submitter, system, folder = place
    hosts = text(overall.get("num_client_hosts")) if is_object(overall) else None
    # v0.5 emulated one accelerator and names it nowhere.
    names_accelerator = any("accelerator" in run for run in runs.values())
    lines = _lines(report)
    for name, run in runs.items():
        line = lines.get(name, 1)
        results.add(
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
                values={
                    metric: text(run.get(published))
                    for metric, published in results.names.items()
                    if metric != UTILISATION
                },
                num_hosts=hosts,
            ),
            ("model", "accelerator") if names_accelerator else ("model",),
        )


def _lines(report: Path) -> dict[str, int]:
    """The line on which each text in quotes first stands."""
    found: dict[str, int] = {}
    text = bounded.text(report, bounded.LARGEST_JSON_BYTES, LoadRefused)
    for place, line in enumerate(text.splitlines(), start=1):
        for quoted in _QUOTED.findall(line):
            found.setdefault(quoted, place)
    return found


def _describe_all(path: Path, results: Results) -> None:
    for file in bounded.files(path.rglob("systems/*"), path.name, LoadRefused):
        if file.name.startswith((".", "~")):
            continue
        if file.suffix.lower() == ".json":
            _describe_published(results, file)
        elif file.suffix.lower() in (".yaml", ".yml"):
            results.unread.append(file)


def _describe_published(results: Results, file: Path) -> None:
    parts = file.resolve().parts
    if "results" in parts:
        # results/<system>/systems/<any name>.json describes the system whose folder holds it.
        place = placed(PurePosixPath(file.resolve().parent))
        if place is not None:
            _describe(results, file, *place[:3])
    else:
        _describe(results, file, parts[-4], parts[-3], file.stem)


def _describe(results: Results, file: Path, division: str, submitter: str, system: str) -> None:
    results.files.append(file)
    description = describe(file, division, submitter, system)
    if description is not None:
        results.descriptions.append(description)


def _require(found: tuple[str, ...], wanted: tuple[str, ...], file: str) -> None:
    for name in wanted:
        if name not in found:
            raise LoadRefused(
                f"{file} has no column {name}{nearest(name, found)}; it has {', '.join(found)}.",
                "Add or rename the column.",
            )
