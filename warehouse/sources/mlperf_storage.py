"""`load mlperf-storage`: MLPerf Storage results become benchmark systems, settings and runs.

Throughput is published under the label "MB/s" and is MiB/s (3D U-Net: 139.809 of them per sample
of 146,600,628 bytes), so the value is kept and the label corrected: 1 published "MB/s" = 1 MiB/s.
Results in MLCommons' repositories passed its review, hence `peer_reviewed`.
"""

import math
import re
from collections import defaultdict
from pathlib import Path

import polars as pl

from warehouse.contract import TABLES
from warehouse.sources.batch import LINE, Batch, Delivery, LoadRefused
from warehouse.sources.mlperf_layouts import Results, Run, Session, read_results
from warehouse.sources.mlperf_systems import Description, Setting
from warehouse.sources.progress import Progress

_VERSION = re.compile(r"(?:storage_results|mlperf_storage)_v(\d+(?:\.\d+)*)", re.IGNORECASE)
_SAME = 1e-9
# Metric, its unit, and the attribute of a run that carries its published value.
_METRICS = (
    ("samples_per_second", "samples/s", "samples_per_second"),
    ("throughput_mib_per_s", "MiB/s", "mib_per_second"),
)


def read_mlperf_storage(path: Path, progress: Progress, *, campaign: str | None) -> Delivery:
    """The runs under `path`, each with two metrics, and the systems they ran on.

    A system is one submitter's system in one division (`Closed/DDN/…`); a workload is model,
    accelerator and number of accelerators (`unet3d-h100-64acc`), so that only like is compared
    with like. Every run is a session of its own. It started when the one summary in its folder
    with the same mean samples/s says so, read as UTC; otherwise that stays unknown. Runs are in
    the order of their starts, or of their names where a start is unknown.
    """
    progress.step(f"reading {path.name}", 0.05)
    results = read_results(path)
    campaign = campaign or _campaign(path)
    by_set: dict[str, list[Run]] = defaultdict(list)
    for run in results.runs:
        by_set[run.folder].append(run)
    workloads, told_apart = _workloads(by_set)
    rows: dict[str, list[dict[str, object]]] = defaultdict(list)
    unknown_starts = 0
    for folder, runs in by_set.items():
        starts = _starts(runs, _sessions(results, folder))
        unknown_starts += sum(start is None for start in starts.values())
        for position, run in enumerate(_in_order(runs, starts), start=1):
            rows[run.file].append(
                _row(run, campaign, workloads[folder], position, starts[run.name])
            )
    batches = [
        batch for file, found in rows.items() for batch in _run_batches(file, found, results)
    ]
    if results.faults:
        empty = _frame("benchmark_runs", [])
        faults = tuple(results.faults)
        batches.append(
            Batch(table="benchmark_runs", file=faults[0].file, rows=empty, unreadable=faults)
        )
    notes = [
        'published "MB/s" are MiB/s: stored as MiB/s with the value unchanged',
        f"{len(results.runs):,} runs in {len(by_set):,} result sets, campaign {campaign}",
    ]
    if unknown_starts:
        notes.append(f"{unknown_starts:,} runs match no summary of their own: start unknown")
    notes.extend(
        f"{folder}: another result set has the same workload; told apart as {workloads[folder]}"
        for folder in told_apart
    )
    return Delivery(
        batches=[*batches, *_system_batches(results, by_set, notes)],
        files=results.files,
        notes=notes,
    )


def _campaign(path: Path) -> str:
    for part in reversed(path.resolve().parts):
        if found := _VERSION.search(part):
            return f"MLPerf Storage v{found[1]}"
    raise LoadRefused(
        f"{path} does not say which version of MLPerf Storage it holds.",
        "Add the campaign, e.g. --campaign 'MLPerf Storage v1.0'.",
    )


def _workloads(by_set: dict[str, list[Run]]) -> tuple[dict[str, str], list[str]]:
    """Workload per result set; sets of one system that share one carry their folder's name."""
    plain = {
        folder: f"{runs[0].model}-{runs[0].accelerator}-{int(runs[0].num_accelerators or 0)}acc"
        for folder, runs in by_set.items()
    }
    sharing: dict[tuple[str, str], list[str]] = defaultdict(list)
    for folder, workload in plain.items():
        sharing[_system_id(by_set[folder][0]), workload].append(folder)
    told_apart = [folder for folders in sharing.values() if len(folders) > 1 for folder in folders]
    return plain | {
        folder: f"{plain[folder]} ({folder.split('/results/')[1].partition('/')[2]})"
        for folder in told_apart
    }, told_apart


def _system_id(run: Run) -> str:
    return f"{run.division}/{run.submitter}/{run.system}"


def _sessions(results: Results, folder: str) -> list[Session]:
    return [found for found in results.sessions if f"{found.folder}/".startswith(f"{folder}/")]


def _starts(runs: list[Run], sessions: list[Session]) -> dict[str, str | None]:
    starts: dict[str, str | None] = {}
    for run in runs:
        alike = [session for session in sessions if _same(run, session)]
        claimed = [other for other in runs if len(alike) == 1 and _same(other, alike[0])]
        starts[run.name] = alike[0].started_at if len(claimed) == 1 else None
    return starts


def _same(run: Run, session: Session) -> bool:
    try:
        published = float(run.samples_per_second or "nan")
    except ValueError:
        return False
    return math.isclose(published, session.samples_per_second, rel_tol=_SAME)


def _in_order(runs: list[Run], starts: dict[str, str | None]) -> list[Run]:
    if all(starts.values()):
        return sorted(runs, key=lambda run: (starts[run.name] or "", run.name))
    return sorted(runs, key=lambda run: [part.zfill(20) for part in re.split(r"(\d+)", run.name)])


def _row(
    run: Run, campaign: str, workload: str, position: int, start: str | None
) -> dict[str, object]:
    run_id = f"{run.folder}/{run.name}" if run.name else None
    return {
        "run_id": run_id,
        "campaign": campaign,
        "system_id": _system_id(run),
        "workload": workload,
        "session_id": run_id,
        "sequence": str(position),
        "is_warmup": "false",
        "started_at": start,
        "verification": "peer_reviewed",
        "samples_per_second": run.samples_per_second,
        "mib_per_second": run.mib_per_second,
        LINE: run.line,
    }


def _run_batches(file: str, rows: list[dict[str, object]], results: Results) -> list[Batch]:
    """One batch per metric, so that a bad value is reported under its name in the file."""
    return [
        Batch(
            table="benchmark_runs",
            file=file,
            rows=_frame(
                "benchmark_runs",
                [row | {"metric": metric, "unit": unit, "value": row[source]} for row in rows],
            ),
            found_as={"value": results.names[source], "run_id": "run_id"},
        )
        for metric, unit, source in _METRICS
    ]


def _system_batches(
    results: Results, by_set: dict[str, list[Run]], notes: list[str]
) -> list[Batch]:
    described = {found.system_id: found for found in results.descriptions if found.fault is None}
    systems = {_system_id(runs[0]): runs[0] for runs in by_set.values()}
    rows: dict[str, list[dict[str, object]]] = defaultdict(list)
    settings: dict[str, list[dict[str, object]]] = defaultdict(list)
    for system_id, run in systems.items():
        row = _system(system_id, run.system, run.submitter, described.get(system_id))
        rows[run.file].append(row | {LINE: run.line})
        folders = [folder for folder, runs in by_set.items() if _system_id(runs[0]) == system_id]
        settings[run.file].extend(_own_settings(results, system_id, run, folders))
    for system_id, found in described.items():
        if system_id not in systems:
            row = _system(system_id, found.system, found.submitter, found)
            rows[found.file.name].append(row | {LINE: 1})
            notes.append(f"{found.file.name} names no system with results here: kept without runs")
    notes.extend(
        f"{found.file.name}: read without its trailing commas"
        for found in results.descriptions
        if found.relaxed
    )
    return [
        *(
            Batch(table=table, file=file, rows=_frame(table, found))
            for table, by_file in (("benchmark_systems", rows), ("benchmark_settings", settings))
            for file, found in by_file.items()
        ),
        *(found.batch() for found in results.descriptions),
    ]


def _system(
    system_id: str, name: str, submitter: str, description: Description | None
) -> dict[str, object]:
    settings = description.settings if description else ()
    storage = next((value for setting, value, _ in settings if setting == "storage_solution"), None)
    return {"system_id": system_id, "name": name, "vendor": submitter, "storage": storage}


def _own_settings(
    results: Results, system_id: str, run: Run, folders: list[str]
) -> list[dict[str, object]]:
    """Division, submitter and the numbers of hosts the system's summaries name, smallest first."""
    hosts = {
        str(session.num_hosts)
        for folder in folders
        for session in _sessions(results, folder)
        if session.num_hosts is not None
    }
    told: list[Setting] = [("division", run.division, None), ("submitter", run.submitter, None)]
    if hosts:
        ordered = sorted(hosts, key=lambda count: (len(count), count))
        told.append(("num_hosts", "; ".join(ordered), "hosts"))
    return [
        {
            "system_id": system_id,
            "setting": setting,
            "value": value,
            "unit": unit,
            "source": run.file,
            LINE: run.line,
        }
        for setting, value, unit in told
    ]


def _frame(table: str, rows: list[dict[str, object]]) -> pl.DataFrame:
    """`rows` as text under all of the table's columns; what a row leaves out is unknown."""
    columns = [*TABLES[table].columns, LINE]
    return pl.DataFrame(
        [{name: row.get(name) for name in columns} for row in rows],
        schema=dict.fromkeys(columns, pl.String) | {LINE: pl.Int64},
    )
