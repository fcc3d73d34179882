"""Metering of any size in a contract warehouse: the same accounts and days, ever more clusters.

    python -m tests.load.hours ROWS PATH

What a page shows stays the same from one million rows to a hundred million: 240 accounts, each on
one hyperscaler in one region, up to the same data date. The rows grow by clusters per account and
by history. One hour in a thousand is restated five days later. The same rows every time, written
by the engine itself.
"""

import argparse
import datetime as dt
from dataclasses import dataclass
from pathlib import Path

import duckdb

from warehouse.publish import next_version

DATA_DATE = dt.date(2026, 1, 31)
ACCOUNTS = 240


@dataclass(frozen=True)
class Size:
    """So many clusters, metered every hour of so many complete days before the data date."""

    clusters: int
    days: int

    @property
    def rows(self) -> int:
        """Hours metered, without their restatements."""
        return self.clusters * self.days * 24


SIZES = {
    1_000_000: Size(clusters=240, days=174),
    10_000_000: Size(clusters=760, days=548),
    100_000_000: Size(clusters=3_802, days=1_096),
}
ACCOUNT_ROWS = """
INSERT INTO accounts BY NAME
SELECT printf('a%03d', i) AS account_id, printf('Account %03d', i) AS name,
       'enterprise' AS segment, ['amer', 'emea', 'apac'][1 + i % 3] AS region,
       'adopted' AS lifecycle_stage, true AS is_target, DATE '2020-01-01' AS created_date
FROM range($accounts) accounts(i)
"""
CLUSTER_ROWS = """
INSERT INTO clusters BY NAME
SELECT printf('c%05d', i) AS cluster_id, printf('a%03d', i % $accounts) AS account_id,
       ['azure', 'gcp', 'aws', 'none'][1 + i % $accounts % 4] AS hyperscaler,
       printf('region-%d', 1 + i % $accounts % 12) AS region,
       if(i % $accounts % 4 = 3, 'on_prem', 'saas') AS deployment_model, 100.0 AS usable_tib,
       $first AS deployed_at
FROM range($clusters) clusters(i)
"""
CONTRACT_ROWS = """
INSERT INTO contracts BY NAME
SELECT printf('k%03d', i) AS contract_id, TIMESTAMP '2020-01-01' AS recorded_at,
       printf('a%03d', i) AS account_id, 'saas' AS deployment_model,
       ['azure', 'gcp', 'aws', 'none'][1 + i % 4] AS hyperscaler, 'activated' AS status,
       DATE '2020-01-01' AS start_date, 120000.0 AS arr_usd, 50.0 AS committed_tib
FROM range($accounts) accounts(i)
"""
# In order of the hour, as metering arrives, so that a window of days prunes.
DAYS = """
CREATE TEMPORARY TABLE cluster_days AS
SELECT cluster_id, $first + to_days(day.i::INT) AS midnight
FROM range($days) day(i), (SELECT cluster_id FROM clusters ORDER BY 1)
ORDER BY day.i, cluster_id
"""
HOURS = """
CREATE TEMPORARY TABLE day_hours AS
SELECT to_hours(i) AS after_midnight, i::INT AS hour FROM range(24) hours(i)
"""
METERED = """
INSERT INTO metering_hourly BY NAME
SELECT cluster_id, 'capacity' AS dimension, midnight + after_midnight AS hour_start,
       midnight + INTERVAL 26 HOUR AS recorded_at,
       concat(cluster_id, '-', epoch(midnight)::BIGINT // 3600 + hour) AS record_id,
       40.0 + hash(cluster_id, midnight, hour) % 160 / 8 AS quantity, 'TiB-Hours' AS unit
FROM cluster_days, day_hours
"""
RESTATED = """
INSERT INTO metering_hourly BY NAME
SELECT * REPLACE (recorded_at + INTERVAL 5 DAY AS recorded_at, record_id || '-2' AS record_id,
                  quantity + 1 AS quantity, record_id AS supersedes_record_id)
FROM metering_hourly
WHERE hash(record_id) % 1000 = 0 AND recorded_at + INTERVAL 5 DAY < $until
"""


def generate(path: Path, size: Size) -> None:
    """A new warehouse at `path` holding the accounts, their clusters, contracts and hours."""
    with next_version(path) as connection:
        write(connection, size)


def write(connection: duckdb.DuckDBPyConnection, size: Size) -> None:
    """The same into a warehouse that is being written, whose rollups are yet to be refreshed."""
    midnight = dt.datetime.combine(DATA_DATE, dt.time())
    first = {"first": midnight - dt.timedelta(days=size.days)}
    accounts = {"accounts": ACCOUNTS}
    connection.execute(ACCOUNT_ROWS, accounts)
    connection.execute(CLUSTER_ROWS, accounts | first | {"clusters": size.clusters})
    connection.execute(CONTRACT_ROWS, accounts)
    connection.execute(DAYS, first | {"days": size.days})
    connection.execute(HOURS)
    connection.execute(METERED)
    connection.execute(RESTATED, {"until": midnight + dt.timedelta(days=1)})
    connection.execute("DROP TABLE cluster_days")


def main() -> None:
    """Write a warehouse of the size that was named."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("rows", type=int, choices=SIZES, help="hourly rows, about")
    parser.add_argument("path", type=Path, help="the warehouse file to write")
    arguments = parser.parse_args()
    generate(arguments.path, SIZES[arguments.rows])


if __name__ == "__main__":
    main()
