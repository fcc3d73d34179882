"""Fixtures: a small warehouse from rows, a context on a day, and the demo company."""

import datetime as dt
import fcntl
import gc
import logging
import os
import pickle
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import logs
from queries.core.ask import close_ledgers
from queries.core.memory import memory
from queries.health.proof import band_order
from queries.health.scorecard import account_health
from tests.rows import ALIVE, Rows, build
from warehouse import clock
from warehouse.context import EVERYTHING, Context


def pytest_collection_finish() -> None:
    """Leave what was imported and collected out of the garbage collector, as the server does.

    Five thousand tests and their modules otherwise cost each full collection 0.2 s, and the
    libraries that questions use ask for some.
    """
    gc.collect()
    gc.freeze()


def pytest_unconfigure() -> None:
    """Give it back, so that the engine's own count of what is left at the end is right."""
    gc.unfreeze()


@pytest.fixture(autouse=True)
def last_good(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of its own for each test's last good answers."""
    folder = tmp_path / "last-good"
    monkeypatch.setenv("BELLWETHER_LAST_GOOD", str(folder))
    return folder


@pytest.fixture(autouse=True)
def ledger_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A ledger of its own for each test that opens one."""
    path = tmp_path / "ledger.sqlite"
    monkeypatch.setenv("BELLWETHER_LEDGER", f"sqlite:///{path}")
    yield path
    close_ledgers()


@pytest.fixture(autouse=True)
def main_of_its_own() -> Iterator[None]:
    """The main module as it was: a page under test takes its place, where processes begin."""
    main = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = main


@pytest.fixture(autouse=True)
def unconfigured_log() -> Iterator[None]:
    """The log as it was, whatever a test configured: a page's handler is no terminal's."""
    log = logging.getLogger(logs.NAME)
    handlers, level = list(log.handlers), log.level
    yield
    log.handlers[:] = handlers
    log.setLevel(level)


@pytest.fixture
def every_snapshot_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """The shipped scorecards as if their bands were set on no outcomes: all snapshots prove."""
    versions = tuple(
        replace(scorecards, set_through=None) for scorecards in account_health.scorecard_versions()
    )
    for module in (account_health, band_order):
        monkeypatch.setattr(module, "scorecard_versions", lambda: versions)


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """A function that lets time pass: time stands still otherwise: `later(seconds=6)`."""
    began_at = clock.now()
    passed = dt.timedelta()

    def wait(**duration: float) -> None:
        nonlocal passed
        passed += dt.timedelta(**duration)

    def monotonic() -> float:
        return passed.total_seconds()

    monkeypatch.setattr(clock, "now", lambda: began_at + passed)
    monkeypatch.setattr(clock, "monotonic", monotonic)
    return wait


@pytest.fixture
def become(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """A function that puts another viewer before what stands open already; None ends access."""
    from components.core import guard
    from queries.core.answer import Problem

    def put(present: guard.Viewer | None) -> None:
        def viewer() -> guard.Viewer:
            if present is None:
                raise guard.Refused(Problem("Your access has ended.", "Ask for it again."))
            return present

        monkeypatch.setattr(guard, "viewer", viewer)

    return put


@pytest.fixture(scope="session")
def built_once(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """A function that gives the file of a small warehouse, the same for the same rows."""
    folder = tmp_path_factory.mktemp("warehouses")
    files: dict[bytes, Path] = {}

    def of(rows: Rows, *, simulated: bool, watermark: dt.datetime | None) -> Path:
        key = pickle.dumps((rows, simulated, watermark))
        if key not in files:
            path = folder / f"{len(files)}.duckdb"
            files[key] = build(path, rows, simulated=simulated, watermark=watermark)
        return files[key]

    return of


@pytest.fixture
def warehouse(
    tmp_path: Path, built_once: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., Path]]:
    """A function that makes a small warehouse of rows the one that is asked; it is the test's own.

    Called again, it publishes the next version of that warehouse, with `rows` added.
    """

    def make(rows: Rows, *, simulated: bool = False, watermark: dt.datetime | None = ALIVE) -> Path:
        path = tmp_path / "warehouse.duckdb"
        if path.exists():
            build(path, rows, simulated=simulated, watermark=watermark)
        else:
            shutil.copy(built_once(rows, simulated=simulated, watermark=watermark), path)
        monkeypatch.setenv("BELLWETHER_WAREHOUSE", f"duckdb:///{path}")
        return path

    memory().clear()
    yield make
    memory().clear()


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages that wait for the fresh answer, however slow the machine."""
    from components.core import guard

    monkeypatch.setattr(guard, "PATIENCE_SECONDS", 60.0)


@pytest.fixture
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    """The day after the newest data date of most books: nothing lies behind it unsaid."""
    monkeypatch.setattr(clock, "today", lambda: dt.date(2026, 4, 1))


@pytest.fixture
def on() -> Callable[..., Context]:
    """A context on a day, seeing everything: `on(2026, 1, 31, hyperscaler=("aws",))`."""

    def context(year: int, month: int, day: int, **filters: Any) -> Context:
        scope = filters.pop("scope", EVERYTHING)
        return Context(dt.date(year, month, day), scope, **filters)

    return context


@pytest.fixture(scope="session")
def demo_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo company, built once for the whole run: by the worker that needs it first."""
    from warehouse.demo.build import build as build_demo

    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    path = folder / "demo" / "demo.duckdb"
    with (folder / "demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        # A build publishes its file whole.
        if not path.exists():
            build_demo(path)
    return path


@pytest.fixture
def demo(demo_file: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The demo company as the warehouse that is asked."""
    monkeypatch.setenv("BELLWETHER_WAREHOUSE", f"duckdb:///{demo_file}")
    return demo_file
