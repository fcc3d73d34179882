"""`load mlperf-storage`: MLPerf Storage results become benchmark systems, settings and runs.

Throughput is published under the label "MB/s" and is MiB/s (3D U-Net: 139.809 of them per sample
of 146,600,628 bytes), so the value is kept and the label corrected: 1 published "MB/s" = 1 MiB/s.
Checkpoints are published in "GB/s", which the benchmark counts in GiB/s.
How busy the accelerators were is published per epoch, in percent, and kept as the run's mean share.
Results in MLCommons' repositories passed its review, hence `peer_reviewed`.
"""

import math
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl

from warehouse.contract.tables import TABLES
from warehouse.sources.batch import LINE, Batch, Delivery, LoadRefused
from warehouse.sources.mlperf.layouts import read_results
from warehouse.sources.mlperf.results import METRICS, UTILISATION, Results, Run, Session
from warehouse.sources.mlperf.systems import Description, Setting
from warehouse.sources.progress import Progress

_VERSION = re.compile(r"(?:storage_results|mlperf_storage)_v(\d+(?:\.\d+)*)", re.IGNORECASE)
_SAME = 1e-9
# A result set: its folder, and what may be compared with the same.
Set = tuple[str, str]


def read_mlperf_storage(path: Path, progress: Progress, *, campaign: str | None) -> Delivery:
    """The runs under `path`, each with the metrics published of it, and the systems they ran on.

    A system is one submitter's system in one division (`Closed/DDN/…`); a workload is model,
    accelerator where one is named, and number of accelerators (`unet3d-h100-64acc`), so that only
    like is compared with like. Every run is a session of its own. It started when its summary
    says so, read as UTC: its own, or the one summary in the set's folder with the same mean
    samples/s; otherwise that stays unknown, and with it how busy the accelerators were. So does
    the number of hosts that drove it, unless its report or summary says it, or all summaries of
    its set say the same. Runs are in the order of their starts, or of their names where a start
    is unknown.
    """
    progress.step(f"reading {path.name}", 0.05)
    results = read_results(path)
    campaign = campaign or _campaign(path)
    by_set: dict[Set, list[Run]] = defaultdict(list)
    for run in results.runs:
        by_set[run.folder, _like(run)].append(run)
    workloads, told_apart = _workloads(by_set)
    rows = defaultdict(list)
    for place, runs in by_set.items():
        for row in _rows(results, place[0], runs, campaign, workloads[place]):
            rows[row["file"]].append(row)
    batches = [
        batch for file, of_file in rows.items() for batch in _run_batches(file, of_file, results)
    ]
    batches.extend(_unreadable(results))
    unknown_starts = sum(row["started_at"] is None for of_file in rows.values() for row in of_file)
    notes = [
        'published "MB/s" are MiB/s: stored as MiB/s with the value unchanged',
        f"{len(results.runs):,} runs in {len(by_set):,} result sets, campaign {campaign}",
    ]
    if unknown_starts:
        notes.append(f"{unknown_starts:,} runs match no summary of their own: start unknown")
    notes.extend(
        f"{one[0]}: another result set has the same workload; told apart as {workloads[one]}"
        for one in told_apart
    )
    if results.unread:
        notes.append(
            f"{len(results.unread):,} system descriptions in YAML were not read: settings unknown"
        )
    return Delivery(
        batches=[*batches, *_system_batches(results, by_set, notes)],
        files=results.files,
        notes=notes,
    )


def _rows(
    results: Results, folder: str, runs: list[Run], campaign: str, workload: str
) -> Iterator[dict[str, Any]]:
    """The runs of one set in `folder`, in order, each with its file, its values and its start."""
    sessions = _sessions(results, folder)
    own, hosts = _own_sessions(runs, sessions), _hosts(runs, sessions)
    starts = {run.name: run.started_at or _start(own.get(run.name)) for run in runs}
    for position, run in enumerate(_in_order(runs, starts), start=1):
        yield _row(run, campaign, workload, position) | {
            "file": run.file,
            "values": run.values | _utilisation(own.get(run.name)),
            "started_at": starts[run.name],
            "clients": hosts,
        }


def _unreadable(results: Results) -> Iterator[Batch]:
    """What could not be read, as a batch without rows; none where all could be."""
    if results.errors:
        yield Batch(
            table="benchmark_runs",
            file=results.errors[0].file,
            rows=_frame("benchmark_runs", []),
            unreadable=tuple(results.errors),
            more_unreadable=results.more_errors,
        )


def _campaign(path: Path) -> str:
    for part in reversed(path.resolve().parts):
        if found := _VERSION.search(part):
            return f"MLPerf Storage v{found[1]}"
    raise LoadRefused(
        f"{path} does not say which version of MLPerf Storage it holds.",
        "Add the campaign, e.g. --campaign 'MLPerf Storage v1.0'.",
    )


def _like(run: Run) -> str:
    """Model, accelerator and number of accelerators: what may be compared with the same."""
    parts = (run.model, run.accelerator, f"{int(run.num_accelerators or 0)}acc")
    return "-".join(part for part in parts if part)


def _workloads(by_set: dict[Set, list[Run]]) -> tuple[dict[Set, str], list[Set]]:
    """Workload per result set; sets of one system that share one carry their folder's name."""
    sharing: dict[tuple[str, str], list[Set]] = defaultdict(list)
    for place, runs in by_set.items():
        sharing[_system_id(runs[0]), place[1]].append(place)
    told_apart = [one for places in sharing.values() if len(places) > 1 for one in places]
    return {place: place[1] for place in by_set} | {
        one: f"{one[1]} ({one[0].split('/results/')[1].partition('/')[2]})" for one in told_apart
    }, told_apart


def _system_id(run: Run) -> str:
    return f"{run.division}/{run.submitter}/{run.system}"


def _sessions(results: Results, folder: str) -> list[Session]:
    return [found for found in results.sessions if f"{found.folder}/".startswith(f"{folder}/")]


def _hosts(runs: list[Run], sessions: list[Session]) -> str | None:
    """The one number of hosts that everything known of the set says; None where it says more."""
    said = {run.num_hosts for run in runs} | {session.num_hosts for session in sessions}
    said.discard(None)
    return said.pop() if len(said) == 1 else None


def _own_sessions(runs: list[Run], sessions: list[Session]) -> dict[str, Session]:
    """The summary of each run that has exactly one of its own, by the name of the run."""
    own = {}
    for run in runs:
        alike = [session for session in sessions if _same(run, session)]
        if len(alike) == 1 and sum(_same(other, alike[0]) for other in runs) == 1:
            own[run.name] = alike[0]
    return own


def _start(session: Session | None) -> str | None:
    return session.started_at if session else None


def _utilisation(session: Session | None) -> dict[str, str | None]:
    """How busy the accelerators of a run were, by metric; nothing where no summary tells."""
    if session is None or session.utilisation_share is None:
        return {}
    return {UTILISATION: session.utilisation_share}


def _same(run: Run, session: Session) -> bool:
    try:
        published = float(run.values.get("samples_per_second") or "nan")
    except ValueError:
        return False
    return math.isclose(published, session.samples_per_second, rel_tol=_SAME)


def _in_order(runs: list[Run], starts: dict[str, str | None]) -> list[Run]:
    if all(starts.values()):
        return sorted(runs, key=lambda run: (starts[run.name] or "", run.name))
    return sorted(runs, key=lambda run: [part.zfill(20) for part in re.split(r"(\d+)", run.name)])


def _row(run: Run, campaign: str, workload: str, position: int) -> dict[str, object]:
    run_id = f"{run.folder}/{run.name}" if run.name else None
    return {
        "run_id": run_id,
        "campaign": campaign,
        "system_id": _system_id(run),
        "workload": workload,
        "session_id": run_id,
        "sequence": str(position),
        "is_warmup": "true" if run.is_warmup else "false",
        "verification": "peer_reviewed",
        LINE: run.line,
    }


def _run_batches(file: str, rows: list[dict[str, Any]], results: Results) -> list[Batch]:
    """One batch per metric, so that a bad value is reported under its name in the file."""
    batches = []
    for metric, unit in METRICS.items():
        measured = [
            row | {"metric": metric, "unit": unit, "value": row["values"][metric]}
            for row in rows
            if metric in row["values"]
        ]
        if measured:
            names_in_file = {"value": results.names[metric], "run_id": "run_id"}
            rows_of_metric = _frame("benchmark_runs", measured)
            batches.append(
                Batch(
                    table="benchmark_runs",
                    file=file,
                    rows=rows_of_metric,
                    names_in_file=names_in_file,
                )
            )
    return batches


def _system_batches(
    results: Results, by_set: dict[Set, list[Run]], notes: list[str]
) -> list[Batch]:
    described = {found.system_id: found for found in results.descriptions if found.error is None}
    systems = {_system_id(runs[0]): runs[0] for runs in by_set.values()}
    rows: dict[str, list[dict[str, object]]] = defaultdict(list)
    settings: dict[str, list[dict[str, object]]] = defaultdict(list)
    for system_id, run in systems.items():
        row = _system(system_id, run.system, run.submitter, described.get(system_id))
        rows[run.file].append(row | {LINE: run.line})
        own = [runs for runs in by_set.values() if _system_id(runs[0]) == system_id]
        settings[run.file].extend(_own_settings(results, system_id, run, own))
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
    results: Results, system_id: str, run: Run, sets: list[list[Run]]
) -> list[dict[str, object]]:
    """Division, submitter and the numbers of hosts the system's summaries name, smallest first."""
    hosts = {
        hosts
        for runs in sets
        for hosts in (
            *(run.num_hosts for run in runs),
            *(session.num_hosts for session in _sessions(results, runs[0].folder)),
        )
        if hosts is not None
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
