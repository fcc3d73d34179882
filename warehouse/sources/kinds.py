"""The kinds of files that `load` takes: their options, and which adapter reads them."""

import argparse
import datetime as dt
from pathlib import Path

from warehouse.sources.batch import Delivery
from warehouse.sources.benchmarks import tool_runs
from warehouse.sources.benchmarks.runs import read_runs
from warehouse.sources.focus import read_focus
from warehouse.sources.mlperf.storage import read_mlperf_storage
from warehouse.sources.progress import Progress
from warehouse.sources.tables import read_tables

TOOLS = tool_runs.KINDS
KINDS = ("tables", "focus", "mlperf-storage", "runs", *TOOLS)
DESCRIPTION = (
    "Load files into the warehouse in one transaction. One bad row stops the load with nothing "
    "written, unless --quarantine is given. Kinds: `tables`, CSV or Parquet files named after the "
    "contract's tables; `focus`, cost-and-usage files in FOCUS 1.0 or later; `mlperf-storage`, "
    "MLPerf Storage results; `runs`, CSV or Parquet files of benchmark runs; `benchfmt`, "
    "`hyperfine` and `pytest-benchmark`, what these tools write, of one system and a session a "
    "file."
)
# Option to the kinds that have a use for it.
_BELONGS = {
    "campaign": ("mlperf-storage", "runs", *TOOLS),
    "system": ("runs", *TOOLS),
    "session": TOOLS,
    "settings": ("runs",),
    "systems": ("runs",),
}


def add_arguments(loading: argparse.ArgumentParser) -> None:
    """Declare what `load` takes."""
    loading.add_argument("kind", metavar="KIND", choices=KINDS, help=", ".join(KINDS))
    loading.add_argument("path", metavar="PATH", type=Path, help="a file or a folder")
    loading.add_argument(
        "--quarantine",
        action="store_true",
        help="load the good rows and keep the bad ones in the table quarantine, with reasons",
    )
    loading.add_argument(
        "--watermark",
        metavar="INSTANT",
        type=_instant,
        help="up to when the source was complete, e.g. 2026-01-31T06:00Z (UTC where no zone is "
        "given); without it the newest row of each table counts as that",
    )
    loading.add_argument(
        "--campaign",
        help="benchmark results only: the campaign's name (of mlperf-storage where the path does "
        "not say it, e.g. 'MLPerf Storage v1.0')",
    )
    loading.add_argument(
        "--system", metavar="ID", help="what was measured, where the file does not say it"
    )
    loading.add_argument(
        "--session", metavar="ID", help="the session of a tool's file (default: the file's name)"
    )
    loading.add_argument(
        "--settings", metavar="FILE", type=Path, help="runs only: the settings of their systems"
    )
    loading.add_argument(
        "--systems", metavar="FILE", type=Path, help="runs only: names and prices of the systems"
    )
    loading.add_argument("--json", action="store_true", help="print the summary as JSON")


def _instant(said: str) -> dt.datetime:
    """An ISO 8601 instant, UTC where it names no zone."""
    at = dt.datetime.fromisoformat(said)
    return at.replace(tzinfo=dt.UTC) if at.tzinfo is None else at.astimezone(dt.UTC)


def misused(arguments: argparse.Namespace) -> str | None:
    """What is given to a kind that has no use for it, or left out where it is needed."""
    for option, kinds in _BELONGS.items():
        if getattr(arguments, option) and arguments.kind not in kinds:
            return f"--{option} belongs to {', '.join(kinds)}; {arguments.kind} has none."
    if arguments.kind in TOOLS and not (arguments.campaign and arguments.system):
        return (
            f"{arguments.kind} does not say what was measured and for what: "
            "add --campaign and --system."
        )
    return None


def read_kind(arguments: argparse.Namespace, progress: Progress) -> Delivery:
    """What the files hold, read by the adapter of their kind; raises what the adapter raises."""
    kind, path = arguments.kind, arguments.path
    if kind == "tables":
        return read_tables(path, progress)
    if kind == "focus":
        return read_focus(path, progress)
    if kind == "mlperf-storage":
        return read_mlperf_storage(path, progress, campaign=arguments.campaign)
    if kind == "runs":
        return read_runs(
            path,
            progress,
            campaign=arguments.campaign,
            system=arguments.system,
            settings=arguments.settings,
            systems=arguments.systems,
        )
    return tool_runs.read_benchmark_runs(
        kind,
        path,
        progress,
        campaign=arguments.campaign,
        system=arguments.system,
        session=arguments.session,
    )
