"""One refresh in a process of its own: `full`, or `late`, for which every hour of a day arrives.

    python -m tests.load.rebuild full|late PATH

Prints JSON: seconds of the refresh alone, seconds of the publication around it, and the peak
memory of the process in MiB.
"""

import json
import resource
import sys
import time
from pathlib import Path

import duckdb

from tests.load.hours import DATA_DATE
from warehouse.publish import next_version
from warehouse.rollups import refresh as rollups

# Each time a second later than anything that was recorded before.
LATE = """
INSERT INTO metering_hourly BY NAME
SELECT * REPLACE ((SELECT max(recorded_at) FROM metering_hourly) + INTERVAL 1 SECOND AS recorded_at,
                  quantity + 1 AS quantity, record_id AS supersedes_record_id)
FROM metering_hourly
WHERE hour_start >= CAST($data_date AS DATE) - 10 AND hour_start < CAST($data_date AS DATE) - 9
  AND supersedes_record_id IS NULL
"""


def main() -> None:
    """Refresh once and say what it took."""
    what, path = sys.argv[1], Path(sys.argv[2])
    began = time.perf_counter()
    with next_version(path) as connection:
        if what == "late":
            connection.execute(LATE, {"data_date": DATA_DATE})
        refresh = _timed(connection, full=what == "full")
    said = {
        "refresh": refresh,
        "publication": time.perf_counter() - began,
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    sys.stdout.write(f"{json.dumps(said)}\n")


def _timed(connection: duckdb.DuckDBPyConnection, *, full: bool) -> float:
    began = time.perf_counter()
    rollups.refresh(connection, full=full)
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
