"""`python -m warehouse`: land tables, check them, refresh their rollups, build the demo."""

import argparse
import contextlib
import json
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TextIO

import duckdb

import settings
from errors import first_line
from warehouse import address, publish
from warehouse.check import check
from warehouse.ddl import create_statements
from warehouse.engine.connect import connect
from warehouse.errors import SettingInvalid, WarehouseError
from warehouse.flat import flat
from warehouse.sources import kinds
from warehouse.sources.batch import BadRows
from warehouse.sources.benchmarks.registration import register
from warehouse.sources.landing import land
from warehouse.sources.progress import Progress
from warehouse.sources.summary import error_lines, errors_as_json

MISUSED = 2
INTERRUPTED = 130
# A check counts every row, which may take longer than a page may.
CHECK_SECONDS = 600
DIALECTS = ("duckdb", "snowflake")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code.

    0: done; 1: refused or failed; 2: misused; 130: interrupted.
    """
    try:
        arguments = _parser().parse_args(argv)
    except SystemExit as left:
        return left.code if isinstance(left.code, int) else MISUSED
    run: Callable[[argparse.Namespace, Path], int] = arguments.run
    as_json = getattr(arguments, "json", False)
    try:
        # A check only reads and printing SQL not even that, so any warehouse may be named.
        anywhere = run in (_check, _ddl)
        return run(arguments, Path() if anywhere else _file(settings.warehouse_url()))
    except WarehouseError as error:
        return _refuse(error, as_json=as_json)
    except (OSError, MemoryError, duckdb.Error) as error:
        return _refuse(_machine_error(error), as_json=as_json)
    except KeyboardInterrupt:
        sys.stderr.write("\nStopped.\n")
        return INTERRUPTED


def _say(lines: Iterable[str], stream: TextIO | None = None) -> None:
    """Print lines in which nothing from data moves the terminal's cursor or begins another."""
    (stream or sys.stdout).writelines(f"{flat(line)}\n" for line in lines)


def _file(url: str) -> Path:
    if address.is_snowflake(url):
        raise SettingInvalid(
            "BELLWETHER_WAREHOUSE names Snowflake, which your company's own pipelines load; "
            "Bellwether only reads it.",
            "Name a DuckDB file to load or refresh one: "
            "BELLWETHER_WAREHOUSE=duckdb:///path/to/file.duckdb",
        )
    return address.duckdb_path(url)


def _machine_error(error: Exception) -> WarehouseError:
    if isinstance(error, OSError):
        where = f"{Path(error.filename).name}: " if error.filename else ""
        reason = f"{where}{error.strerror or error}"
    else:
        reason = first_line(error) or "out of memory"
    return WarehouseError(
        f"The machine refused: {reason}.", "Check permissions and free space, then try again."
    )


def _load(arguments: argparse.Namespace, warehouse: Path) -> int:
    path: Path = arguments.path
    if misused := kinds.misused(arguments):
        sys.stderr.write(f"{misused}\n")
        return MISUSED
    progress = Progress()
    try:
        delivery = kinds.read_kind(arguments, progress)
        if settings.is_demo(settings.warehouse_url()) and not warehouse.exists():
            _build_demo(warehouse)
        summary = land(
            delivery,
            kind=arguments.kind,
            source=path,
            warehouse=warehouse,
            quarantine=arguments.quarantine,
            progress=progress,
            watermark=arguments.watermark,
        )
    finally:
        progress.close()
    if arguments.json:
        sys.stdout.write(json.dumps(summary.as_json(), indent=2) + "\n")
    else:
        _say(summary.lines())
    return 0


def _register(arguments: argparse.Namespace, warehouse: Path) -> int:
    if settings.is_demo(settings.warehouse_url()):
        raise SettingInvalid(
            "The demo is built again by every version, which would lose what people register.",
            "Name a warehouse of your own: BELLWETHER_WAREHOUSE=duckdb:///path/to/file.duckdb",
        )
    progress = Progress()
    try:
        done = register(arguments.path, warehouse, progress)
    finally:
        progress.close()
    if arguments.json:
        sys.stdout.write(json.dumps(done.as_json(), indent=2) + "\n")
    else:
        _say(done.lines())
    return 0


def _check(arguments: argparse.Namespace, _warehouse: Path) -> int:
    url = settings.warehouse_url()
    warehouse = connect(
        url,
        row_limit=settings.whole_number("BELLWETHER_ROW_LIMIT"),
        timeout_seconds=CHECK_SECONDS,
        memory_mib=settings.whole_number("BELLWETHER_MEMORY_MIB"),
        probe_seconds=settings.whole_number("BELLWETHER_PROBE_SECONDS"),
        secrets=settings.secrets_file(),
    )
    with contextlib.closing(warehouse):
        report = check(warehouse, settings.map_path(url))
    if arguments.json:
        sys.stdout.write(json.dumps(report.as_json(), indent=2) + "\n")
    else:
        _say(report.lines())
    return 0 if report.met else 1


def _demo(arguments: argparse.Namespace, warehouse: Path) -> int:
    if not settings.is_demo(settings.warehouse_url()):
        raise WarehouseError(
            "BELLWETHER_WAREHOUSE names a warehouse of your own, which the demo never overwrites.",
            "Unset BELLWETHER_WAREHOUSE, then run `python -m warehouse demo` again.",
        )
    if warehouse.exists() and not arguments.rebuild:
        from warehouse import demo  # noqa: PLC0415 (the demo's generators load only for the demo)

        if demo.is_current(warehouse):
            sys.stdout.write(f"The demo is already built at {warehouse}; nothing changed.\n")
            return 0
        sys.stderr.write(f"The demo at {warehouse} is of another version of Bellwether.\n")
        try:
            _build_demo(warehouse)
        except WarehouseError as error:
            sys.stderr.write(f"{error.in_full} It is kept as it is.\n")
            return 0
    else:
        _build_demo(warehouse)
    sys.stdout.write(f"Built the demo at {warehouse}; every row in it is SIMULATED.\n")
    return 0


def _build_demo(warehouse: Path) -> None:
    from warehouse import demo  # noqa: PLC0415 (the demo's generators load only when it is built)

    sys.stderr.write(f"Building the demo at {warehouse}.\n")
    progress = Progress()
    try:
        demo.build(warehouse, progress=progress.step)
    finally:
        progress.close()


def _refresh(arguments: argparse.Namespace, warehouse: Path) -> int:
    done = publish.refresh(warehouse, full=arguments.full)
    if arguments.json:
        said = {"changed": done is not None} | (asdict(done) if done else {})
        sys.stdout.write(json.dumps(said, indent=2) + "\n")
    elif done is None:
        sys.stdout.write(f"The rollups of {warehouse} are up to date; nothing changed.\n")
    else:
        noun = "day" if done.days == 1 else "days"
        extent = "from nothing" if done.is_full else "where something changed"
        sys.stdout.write(f"Refreshed {done.days:,} {noun} {extent}; version {done.version}.\n")
    return 0


def _ddl(arguments: argparse.Namespace, _warehouse: Path) -> int:
    if arguments.dialect == "duckdb":
        statements = create_statements()
    else:
        statements = _snowflake_ddl(arguments.snowflake_warehouse)
    sys.stdout.write("".join(f"{statement};\n\n" for statement in statements))
    return 0


def _snowflake_ddl(virtual_warehouse: str) -> list[str]:
    try:
        from warehouse.engine.snowflake import dynamic_tables  # noqa: PLC0415 (3 s to import)
    except ModuleNotFoundError as absent:
        raise WarehouseError(
            f"Snowflake's dialect is not installed: {absent}.",
            "Install requirements-snowflake.txt, then try again.",
        ) from absent
    return dynamic_tables.statements(virtual_warehouse)


def _refuse(error: WarehouseError, *, as_json: bool) -> int:
    errors, count = (error.errors, error.error_count) if isinstance(error, BadRows) else ([], 0)
    if as_json:
        said = {"state": "refused", "error": error.in_full, "remedy": error.remedy}
        sys.stdout.write(json.dumps(said | errors_as_json(errors, count), indent=2) + "\n")
    _say([str(error)], sys.stderr)
    if not as_json:
        _say(error_lines(errors, count), sys.stderr)
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m warehouse",
        description="Land, check and refresh the tables of the warehouse that "
        "BELLWETHER_WAREHOUSE names (the embedded demo when it is not set).",
        epilog="Example: python -m warehouse load focus bills/2026-09.csv.gz",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _load_parser(commands)
    _register_parser(commands)
    checking = commands.add_parser(
        "check",
        help="say whether the warehouse meets the contract",
        description="Hold every table and column of the connected warehouse, read through the "
        "map that BELLWETHER_MAP names if there is one, to the contract: "
        "presence, type, keys, empty cells, allowed words and bounds, and how fresh it is. "
        "Exits 1 when it does not meet the contract.",
        epilog="Example: python -m warehouse check --json",
    )
    checking.add_argument("--json", action="store_true", help="print the verdict as JSON")
    checking.set_defaults(run=_check)
    demo = commands.add_parser(
        "demo",
        help="build the embedded demo company",
        description="Build the demo company into the embedded warehouse if it is not there yet.",
        epilog="Example: python -m warehouse demo --rebuild",
    )
    demo.add_argument("--rebuild", action="store_true", help="build it again from nothing")
    demo.set_defaults(run=_demo)
    _refresh_parser(commands)
    _ddl_parser(commands)
    return parser


def _register_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    registering = commands.add_parser(
        "register",
        help="write a benchmark claim down before its runs",
        description="Register the claim of a TOML file, stamped with the present instant. The "
        "same words again change nothing; changed words are a new version beside the old ones. "
        "Says so when runs of it are already there.",
        epilog="Example: python -m warehouse register docs/claim.toml",
    )
    registering.add_argument("path", metavar="CLAIM.toml", type=Path, help="the claim's file")
    registering.add_argument("--json", action="store_true", help="print what was done as JSON")
    registering.set_defaults(run=_register)


def _refresh_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    refreshing = commands.add_parser(
        "refresh",
        help="bring the rollups up to date",
        description="Make again the daily rollups of the days on which hours arrived late, were "
        "restated, withdrawn or vanished, or whose clusters changed. A load does so by itself; "
        "this is for a warehouse that something else wrote to, or that an earlier version built. "
        "Readers keep the version they have until the next is whole.",
        epilog="Example: python -m warehouse refresh --json",
    )
    refreshing.add_argument("--full", action="store_true", help="make every day again")
    refreshing.add_argument("--json", action="store_true", help="print what was done as JSON")
    refreshing.set_defaults(run=_refresh)


def _ddl_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    printing = commands.add_parser(
        "ddl",
        help="print the tables and rollups as SQL",
        description="Print the statements that create the contract's tables; for Snowflake also "
        "a dynamic table per rollup, which Snowflake keeps fresh.",
        epilog="Example: python -m warehouse ddl --dialect snowflake > bellwether.sql",
    )
    printing.add_argument("--dialect", choices=DIALECTS, default="duckdb", help="whose SQL")
    printing.add_argument(
        "--snowflake-warehouse",
        metavar="NAME",
        default="COMPUTE_WH",
        help="snowflake only: the virtual warehouse that refreshes the dynamic tables",
    )
    printing.set_defaults(run=_ddl)


def _load_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    loading = commands.add_parser(
        "load",
        help="load files into the warehouse",
        description=kinds.DESCRIPTION,
        epilog="Example: python -m warehouse load tables exports/ --quarantine",
    )
    kinds.add_arguments(loading)
    loading.set_defaults(run=_load)


if __name__ == "__main__":
    os.umask(settings.PRIVATE)
    settings.reach_this_machine_directly()
    sys.exit(main())
