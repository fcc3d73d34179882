# noqa: INP001 (the one Python script among shell scripts)
"""`python -m tools.serve`: build the demo the first time, serve on the loopback address, say where.

Once it serves, the demo's scores of 18 months are written to its ledger, those that are missing.

Takes no arguments; the settings PORT and BELLWETHER_WAREHOUSE decide what is served where.
"""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import settings
from warehouse.errors import SettingInvalid

LOOPBACK = "127.0.0.1"
HIGHEST_PORT = 65535
SCORE_THE_DEMO = ("-m", "queries", "score", "--weeks", "78", "--missing")
INTERRUPTED = 130


def main() -> int:
    """Serve until interrupted; returns the exit code, 0 after Ctrl-C and 1 for a bad setting."""
    try:
        port = _free_port()
        if settings.is_demo(settings.warehouse_url()):
            demo = [sys.executable, "-m", "warehouse", "demo"]
            subprocess.run(demo, cwd=settings.ROOT, check=True)  # noqa: S603 (a fixed command)
    except SettingInvalid as fault:
        sys.stderr.write(f"{fault.sentence} {fault.remedy}\n")
        return 1
    except subprocess.CalledProcessError as fault:
        return fault.returncode
    except KeyboardInterrupt:
        return INTERRUPTED
    return _serve(port)


def _free_port() -> int:
    port = settings.whole_number("PORT")
    if port > HIGHEST_PORT:
        raise SettingInvalid(f"PORT is {port}; ports end at {HIGHEST_PORT}.", "Choose a lower one.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError as fault:
            raise SettingInvalid(
                f"Port {port} cannot be used: {(fault.strerror or str(fault)).lower()}.",
                f"Stop what uses it, or choose another: PORT={port % HIGHEST_PORT + 1} make run",
            ) from fault
    return port


def _serve(port: int) -> int:
    stopped = False
    command = [sys.executable, "-m", "streamlit", "run", "asgi.py"]
    options = ["--server.address", LOOPBACK, "--server.port", str(port), "--server.headless=true"]
    server = subprocess.Popen(  # noqa: S603 (a fixed command and a number)
        [*command, *options], cwd=settings.ROOT, stdout=subprocess.DEVNULL
    )

    def stop(*_: object) -> None:
        nonlocal stopped
        stopped = True
        server.terminate()

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    while server.poll() is None and not stopped:
        if _answers(port):
            sys.stdout.write(f"Bellwether is on http://localhost:{port} (Ctrl-C stops it)\n")
            sys.stdout.flush()
            break
        time.sleep(0.1)
    with contextlib.ExitStack() as beside:
        if settings.is_demo(settings.warehouse_url()) and server.poll() is None:
            scoring = beside.enter_context(_scoring())
            beside.callback(scoring.terminate)
        failed = server.wait() != 0
    return int(failed and not stopped)


def _scoring() -> subprocess.Popen[bytes]:
    """Score the demo beside the server; what is interrupted goes on at the next start."""
    scoring = subprocess.Popen(  # noqa: S603 (a fixed command)
        [sys.executable, *SCORE_THE_DEMO], cwd=settings.ROOT, stdout=subprocess.DEVNULL
    )
    # Whoever looks at a page comes first.
    os.setpriority(os.PRIO_PROCESS, scoring.pid, 10)
    return scoring


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://{LOOPBACK}:{port}/_stcore/health", timeout=2) as reply:
            return bool(reply.read() == b"ok")
    except (urllib.error.URLError, OSError):
        return False


if __name__ == "__main__":
    sys.exit(main())
