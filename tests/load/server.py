"""Servers to measure: each a process of its own on a free port of the loopback address."""

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LOOPBACK = "127.0.0.1"
SECONDS_TO_START = 120
HEALTH = "/_stcore/health"
KIB_PER_MIB = 1024
# As asgi.py does it: the imports are frozen out of the garbage collector.
TUNED = """import gc
from contextlib import asynccontextmanager
import streamlit as st
{imports}
@asynccontextmanager
async def frozen(_):
    gc.collect()
    gc.freeze()
    yield None
app = st.App({script!r}, lifespan=frozen)
"""


@dataclass(frozen=True)
class Server:
    """A server that answers: `host` is its address and port."""

    host: str
    process: subprocess.Popen[bytes]

    @property
    def memory_mib(self) -> float:
        """Resident memory of the process."""
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="utf-8")
        resident = next(line for line in status.splitlines() if line.startswith("VmRSS"))
        return int(resident.split()[1]) / KIB_PER_MIB


@contextmanager
def served(
    *command: str,
    environment: Mapping[str, str] | None = None,
    folder: Path = ROOT,
    answers: str = HEALTH,
    port: int | None = None,
) -> Iterator[Server]:
    """Python running `command` in `folder`, once it answers at the path `answers`.

    `{port}` in the command stands for the port to listen on: `port`, or a free one.
    """
    port = port or free_port()
    words = [word.replace("{port}", str(port)) for word in command]
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            [sys.executable, *words],
            cwd=folder,
            env=os.environ | {"PYTHONPATH": str(ROOT)} | (environment or {}),
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            _wait(process, f"http://{LOOPBACK}:{port}{answers}")
            yield Server(f"{LOOPBACK}:{port}", process)
        except TimeoutError:
            log.seek(0)
            raise SystemExit(f"{words} did not answer.\n{log.read().decode()}") from None
        finally:
            process.terminate()
            process.wait(20)


def streamlit(script: Path | str, *options: str) -> tuple[str, ...]:
    """The command that serves a script, or an ASGI entry point, of Streamlit."""
    address = ("--server.address", LOOPBACK, "--server.port", "{port}")
    return ("-m", "streamlit", "run", str(script), *address, *options)


def tuned(script: Path, folder: Path, *, imports: str = "") -> Path:
    """An entry point in `folder` that serves `script` the way the product is served."""
    entry = folder / f"{script.stem}_asgi.py"
    entry.write_text(TUNED.format(script=str(script), imports=imports), encoding="utf-8")
    return entry


def over(warehouse: Path) -> dict[str, str]:
    """The environment of an app over a DuckDB file, its ledger and last good answers beside it."""
    return {
        "BELLWETHER_WAREHOUSE": f"duckdb:///{warehouse}",
        "BELLWETHER_LEDGER": f"sqlite:///{warehouse.parent / 'ledger.sqlite'}",
        "BELLWETHER_LAST_GOOD": str(warehouse.parent / "last-good"),
    }


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def _wait(process: subprocess.Popen[bytes], url: str) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=2):  # noqa: S310 (our own)
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise TimeoutError(url)
