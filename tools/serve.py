# noqa: INP001 (the one Python script among shell scripts)
"""`python -m tools.serve`: build the demo the first time, serve on the loopback address, say where.

Once it serves, the demo's scores of 18 months are written to its ledger, those that are missing.

The settings PORT and BELLWETHER_WAREHOUSE decide what is served where. With `--with-parent` it
ends when the process that started it does, as `make run` wants; what it started ends with it,
however it ends.
"""

import contextlib
import ctypes
import functools
import http.client
import os
import signal
import socket
import subprocess
import sys
import time

import settings
from warehouse.errors import SettingInvalid

LOOPBACK = "127.0.0.1"
HIGHEST_PORT = 65535
END_WITH_PARENT = 1  # Linux's PR_SET_PDEATHSIG.
SCORE_THE_DEMO = ("-m", "queries", "score", "--weeks", "78", "--missing")
INTERRUPTED = 130


def main() -> int:
    """Serve until interrupted; returns the exit code, 0 after Ctrl-C and 1 for a bad setting."""
    if sys.argv[1:] == ["--with-parent"]:
        _end_with_parent(os.getppid())
    # What this user alone may read: the demo, the ledger, last good answers.
    os.umask(settings.PRIVATE)
    settings.reach_this_machine_directly()
    try:
        port = _free_port()
        settings.public_addresses()
        if settings.is_demo(settings.warehouse_url()):
            with _started("-m", "warehouse", "demo") as demo:
                if demo.wait() != 0:
                    return demo.returncode
    except SettingInvalid as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except KeyboardInterrupt:
        return INTERRUPTED
    return _serve(port)


def _started(*command: str, quiet: bool = False) -> subprocess.Popen[bytes]:
    """Python running a command of ours, which ends when this process does."""
    return subprocess.Popen(  # noqa: S603 (a fixed command)
        [sys.executable, *command],
        cwd=settings.ROOT,
        stdout=subprocess.DEVNULL if quiet else None,
        # This process has one thread, and nothing else outlives its SIGKILL.
        preexec_fn=functools.partial(_end_with_parent, os.getpid()),  # noqa: PLW1509
    )


def _end_with_parent(parent: int) -> None:
    """Have the kernel end this process when `parent`, which started it, ends."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(END_WITH_PARENT, signal.SIGTERM)
        if os.getppid() != parent:
            os.kill(os.getpid(), signal.SIGTERM)


def _free_port() -> int:
    port = settings.whole_number("PORT")
    if port > HIGHEST_PORT:
        raise SettingInvalid(f"PORT is {port}; ports end at {HIGHEST_PORT}.", "Choose a lower one.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError as error:
            raise SettingInvalid(
                f"Port {port} cannot be used: {(error.strerror or str(error)).lower()}.",
                f"Stop what uses it, or choose another: PORT={port % HIGHEST_PORT + 1} make run",
            ) from error
    return port


def _serve(port: int) -> int:
    stopped = False
    options = ("--server.address", LOOPBACK, "--server.port", str(port), "--server.headless=true")
    server = _started("-m", "streamlit", "run", "asgi.py", *options, quiet=True)

    def stop(*_: object) -> None:
        nonlocal stopped
        stopped = True
        server.terminate()

    for ending in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, stop)
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
    scoring = _started(*SCORE_THE_DEMO, quiet=True)
    # Whoever looks at a page comes first.
    os.setpriority(os.PRIO_PROCESS, scoring.pid, 10)
    return scoring


def _answers(port: int) -> bool:
    # Not urllib, which would ask the proxy of HTTP_PROXY for this machine.
    with contextlib.closing(http.client.HTTPConnection(LOOPBACK, port, timeout=2)) as connection:
        try:
            connection.request("GET", "/_stcore/health")
            return connection.getresponse().read() == b"ok"
        except (http.client.HTTPException, OSError):
            return False


if __name__ == "__main__":
    sys.exit(main())
