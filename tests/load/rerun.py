"""Warm reruns of every page over the websocket, against an empty page in the same run.

One browser session per page; the pages take turns, and each rerun changes to a data date that has
been asked before, so what is measured is the page and not the queries. Prints p50 and p95 in
milliseconds of wall time from the request to the script's end, their ratio to the empty page, and
the bytes of the last rerun.

    python tests/load/rerun.py [--rounds 60] [--json]
"""

import argparse
import asyncio
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

ROOT = Path(__file__).resolve().parents[2]
LOOPBACK = "127.0.0.1"
SECONDS_TO_START = 120
WARMING = 8
# Two contexts that take turns, so that every rerun is a change; both show every page whole.
QUERIES = ("as_of=2026-01-31", "as_of=2026-01-30")
EMPTY_APP = """import gc
from contextlib import asynccontextmanager
import streamlit as st
@asynccontextmanager
async def frozen(_):
    gc.collect()
    gc.freeze()
    yield None
app = st.App({script!r}, lifespan=frozen)
"""
FINISHED = {ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY}


class Session:
    """One browser session on one page, as the server sees it."""

    def __init__(self, socket_: ClientConnection, page: str) -> None:
        self._socket = socket_
        self._page = page
        self._hash = ""
        self.milliseconds: list[float] = []
        self.received_bytes = 0
        self.faults: list[str] = []

    async def rerun(self, query: str) -> float:
        """Ask for a rerun under a query string; returns the milliseconds until it ended."""
        message = BackMsg()
        message.rerun_script.query_string = query
        if self._hash:
            message.rerun_script.page_script_hash = self._hash
        else:
            message.rerun_script.page_name = self._page
        started = time.perf_counter()
        await self._socket.send(message.SerializeToString())
        self.received_bytes, in_run = 0, False
        async for data in self._socket:
            reply = ForwardMsg.FromString(data)  # type: ignore[arg-type]
            self.received_bytes += len(data)
            kind = reply.WhichOneof("type")
            in_run |= kind == "new_session"
            if kind == "navigation":
                self._hash = reply.navigation.page_script_hash
            elif kind == "new_session" and not self._hash:
                self._hash = reply.new_session.page_script_hash
            elif kind == "delta":
                self._note(reply)
            elif kind == "script_finished" and in_run and reply.script_finished in FINISHED:
                break
        return (time.perf_counter() - started) * 1000

    def _note(self, reply: ForwardMsg) -> None:
        element = reply.delta.new_element
        kind = element.WhichOneof("type")
        if kind == "exception":
            self.faults.append(element.exception.message)
        elif kind == "alert" and element.alert.format == element.alert.ERROR:
            self.faults.append(element.alert.body)


@contextmanager
def served(script: str, environment: dict[str, str]) -> Iterator[str]:
    """A server of `script` in the project's folder, so with the project's configuration."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", script]
    address = ["--server.address", LOOPBACK, "--server.port", str(port)]
    server = subprocess.Popen(
        [*command, *address],
        cwd=ROOT,
        env=os.environ | environment,
        stdout=subprocess.DEVNULL,
    )
    try:
        deadline = time.monotonic() + SECONDS_TO_START
        while not _answers(port):
            if time.monotonic() > deadline or server.poll() is not None:
                raise SystemExit(f"The server of {script} did not answer.")
            time.sleep(0.1)
        yield f"{LOOPBACK}:{port}"
    finally:
        server.terminate()
        server.wait(20)


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://{LOOPBACK}:{port}/_stcore/health", timeout=2) as reply:
            return bool(reply.read() == b"ok")
    except (urllib.error.URLError, OSError):
        return False


async def measure(hosts: dict[str, str], rounds: int) -> dict[str, Session]:
    """Rerun every page `rounds` times in turn; `hosts` maps a page to its server."""
    sessions = {
        page: Session(
            await connect(
                f"ws://{host}/_stcore/stream",
                subprotocols=["streamlit"],  # type: ignore[list-item]
                origin=f"http://{host}",  # type: ignore[arg-type]
                compression=None,
                max_size=2**28,
                ping_interval=None,
            ),
            "" if page == "empty" else page,
        )
        for page, host in hosts.items()
    }
    for turn in range(WARMING + rounds):
        for session in sessions.values():
            took = await session.rerun(QUERIES[turn % len(QUERIES)])
            if turn >= WARMING:
                session.milliseconds.append(took)
    return sessions


def summary(sessions: dict[str, Session]) -> list[dict[str, Any]]:
    """One row per page: p50 and p95 in milliseconds, their ratios to the empty page, bytes."""
    rows = []
    floor = _percentiles(sessions["empty"])
    for page, session in sessions.items():
        p50, p95 = _percentiles(session)
        rows.append(
            {
                "page": page,
                "p50_ms": round(p50, 1),
                "p95_ms": round(p95, 1),
                "p50_ratio": round(p50 / floor[0], 2),
                "p95_ratio": round(p95 / floor[1], 2),
                "kilobytes": round(session.received_bytes / 1000, 1),
                "reruns": len(session.milliseconds),
                "faults": len(session.faults),
                "first_fault": next(iter(session.faults), ""),
            }
        )
    return rows


def _percentiles(session: Session) -> tuple[float, float]:
    cuts = statistics.quantiles(session.milliseconds, n=20, method="inclusive")
    return statistics.median(session.milliseconds), cuts[-1]


def main() -> int:
    """Measure and print; 1 where a page showed an error while it was measured."""
    parser = argparse.ArgumentParser(description="Measure warm reruns against an empty page.")
    parser.add_argument("--rounds", type=int, default=60, help="reruns per page (60)")
    parser.add_argument("--json", action="store_true", help="print the rows as JSON only")
    arguments = parser.parse_args()
    sys.path.insert(0, str(ROOT))
    from components.navigation import ENTRIES
    from warehouse.demo import build

    with tempfile.TemporaryDirectory() as folder:
        script, entry = Path(folder) / "empty.py", Path(folder) / "empty_asgi.py"
        script.write_text("import streamlit as st\n\nst.title('Empty')\n", encoding="utf-8")
        entry.write_text(EMPTY_APP.format(script=str(script)), encoding="utf-8")
        demo = Path(folder) / "demo.duckdb"
        build(demo)
        own = {"BELLWETHER_WAREHOUSE": f"duckdb:///{demo}"}
        with served(str(entry), {}) as empty, served("asgi.py", own) as app:
            hosts = {"empty": empty} | {entry.page: app for entry in ENTRIES}
            rows = summary(asyncio.run(measure(hosts, arguments.rounds)))
    if not arguments.json:
        names = [name for name in rows[0] if name != "first_fault"]
        for line in (names, *([str(row[name]) for name in names] for row in rows)):
            sys.stdout.write("".join(f"{cell:>13}" for cell in line) + "\n")
    sys.stdout.write(json.dumps(rows) + "\n")
    return int(any(row["faults"] for row in rows))


if __name__ == "__main__":
    sys.exit(main())
