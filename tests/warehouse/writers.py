"""Writers that a test can stop at any point: one process that starts another per order.

Each line on standard input names what the next writer does; each line on standard output says how
it ended. The process itself opens no database, so that what it starts is as clean as a new one.
"""

import contextlib
import os
import resource
import signal
import sys
import time
import traceback
from pathlib import Path

from warehouse import publish
from warehouse.errors import WarehouseBusy

DONE, BUSY, FAILED = 0, 3, 4


def append_hour(path: Path, hour: int) -> None:
    """Load one more hour of cluster c1, and refresh with it."""
    with publish.next_version(path) as connection:
        connection.execute(
            "INSERT INTO metering_hourly BY NAME SELECT 'c1' AS cluster_id, "
            "'capacity' AS dimension, TIMESTAMP '2026-01-01' + to_hours($hour) AS hour_start, "
            "TIMESTAMP '2026-01-02' + to_hours($hour) AS recorded_at, 'r' AS record_id, "
            "1.0 AS quantity, 'TiB-Hours' AS unit",
            {"hour": hour},
        )


def start(path: Path, order: str, hour: int, file_bytes: int | None = None) -> int:
    """The process id of a writer that carries out one order and leaves with an exit code."""
    child = os.fork()
    if child:
        return child
    code = FAILED
    with contextlib.suppress(BaseException):
        try:
            if file_bytes is not None:
                resource.setrlimit(resource.RLIMIT_FSIZE, (file_bytes, file_bytes))
            if order == "append":
                append_hour(path, hour)
            else:
                publish.refresh(path, full=True)
            code = DONE
        except WarehouseBusy:
            code = BUSY
        except BaseException:
            traceback.print_exc()
            raise
    os._exit(code)


def ended(child: int) -> str:
    """How a writer ended."""
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return signal.Signals(os.WTERMSIG(status)).name
    return {DONE: "done", BUSY: "busy", FAILED: "failed"}[os.WEXITSTATUS(status)]


def main() -> None:
    """Carry out orders until there are none."""
    path = Path(sys.argv[1])
    for line in sys.stdin:
        order, hour, *facts = line.split()
        if order == "kill":
            child = start(path, "append", int(hour))
            time.sleep(float(facts[0]))
            os.kill(child, signal.SIGKILL)
            said = ended(child)
        elif order == "two":
            both = [start(path, "refresh", 0), start(path, "refresh", 0)]
            said = " ".join(sorted(ended(child) for child in both))
        else:
            said = ended(start(path, order, int(hour), int(facts[0]) if facts else None))
        sys.stdout.write(f"{said}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
