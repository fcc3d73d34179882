import datetime as dt
import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from warehouse import clock
from warehouse.__main__ import main

NOW = dt.datetime(2026, 11, 1, 12, 30, tzinfo=dt.UTC)
SHARED = Path(__file__).resolve().parents[4] / "shared" / "data"


@pytest.fixture
def warehouse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The path of a warehouse of one's own that does not exist yet; the clock stands still."""
    path = tmp_path / "warehouse" / "own.duckdb"
    monkeypatch.setenv("BELLWETHER_WAREHOUSE", f"duckdb:///{path}")
    monkeypatch.setattr(clock, "now", lambda: NOW)
    return path


@pytest.fixture
def load(
    warehouse: Path,  # noqa: ARG001 (the address to load into)
    capsys: pytest.CaptureFixture[str],
) -> Callable[..., dict[str, Any]]:
    """Load in process with --json: the summary and its exit code."""

    def run(*arguments: object) -> dict[str, Any]:
        code = main(["load", *map(str, arguments), "--json"])
        said = json.loads(capsys.readouterr().out)
        return {**said, "exit_code": code}

    return run


@pytest.fixture
def rows(warehouse: Path) -> Callable[..., list[tuple[Any, ...]]]:
    """The rows of a hand-written query over the warehouse file."""

    def query(sql: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(warehouse), read_only=True) as connection:
            return connection.execute(sql).fetchall()

    return query


@pytest.fixture
def fingerprint(warehouse: Path) -> Callable[[], tuple[str, int]]:
    """The warehouse file's content and modification time."""

    def of() -> tuple[str, int]:
        return hashlib.sha256(warehouse.read_bytes()).hexdigest(), warehouse.stat().st_mtime_ns

    return of


@pytest.fixture
def shared_data() -> Callable[[str], Path]:
    """A folder of real data; absent it skips, except under CI=true, where it fails."""

    def folder(name: str) -> Path:
        path = SHARED / name
        if not path.is_dir():
            reason = f"{path} is not on this machine"
            if os.environ.get("CI") == "true":
                pytest.fail(reason)
            pytest.skip(reason)
        return path

    return folder
