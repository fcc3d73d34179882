"""The aggregations that run inside the engine, declared once."""

import duckdb
import sqlalchemy as sa

from warehouse.ddl import DUCKDB, SQL_TABLES

# One total per cluster, dimension and day for every data date on which it changed: a late or
# restated hour opens a new interval [known_from_date, known_until_date) and closes the one before.
# Hours of a cluster that nobody declared stay, with account, hyperscaler and expectation unknown.
USAGE_DAILY = """
WITH hours AS (
    SELECT cluster_id, dimension, hour_start, unit, quantity, recorded_at,
           CAST(hour_start AS DATE) AS usage_date,
           CAST(recorded_at AS DATE) AS recorded_date
    FROM metering_hourly
),
versions AS (
    SELECT cluster_id, dimension, usage_date, recorded_date AS known_from_date,
           lead(recorded_date) OVER (
               PARTITION BY cluster_id, dimension, usage_date ORDER BY recorded_date
           ) AS known_until_date
    FROM (SELECT DISTINCT cluster_id, dimension, usage_date, recorded_date FROM hours)
),
latest AS (
    SELECT v.cluster_id, v.dimension, v.usage_date, v.known_from_date, v.known_until_date,
           h.hour_start, arg_max(h.quantity, h.recorded_at) AS quantity,
           arg_max(h.unit, h.recorded_at) AS unit, max(h.recorded_at) AS recorded_at
    FROM versions v
    JOIN hours h
      ON h.cluster_id = v.cluster_id AND h.dimension = v.dimension
     AND h.usage_date = v.usage_date AND h.recorded_date <= v.known_from_date
    GROUP BY ALL
)
SELECT l.cluster_id, l.dimension, l.usage_date, l.known_from_date, l.known_until_date,
       c.account_id, c.hyperscaler, c.region,
       sum(l.quantity) AS quantity, any_value(l.unit) AS unit,
       count(*) AS hours_present,
       if(c.deployed_at IS NULL, NULL, greatest(0, CAST(ceil(epoch(
           least(coalesce(c.retired_at, l.usage_date + INTERVAL 1 DAY),
                 l.usage_date + INTERVAL 1 DAY)
           - greatest(c.deployed_at, CAST(l.usage_date AS TIMESTAMP))) / 3600) AS BIGINT)
       )) AS hours_expected,
       min(l.recorded_at) AS first_recorded_at, max(l.recorded_at) AS last_recorded_at
FROM latest l LEFT JOIN clusters c USING (cluster_id)
GROUP BY ALL
ORDER BY usage_date, cluster_id, dimension, known_from_date
"""


def rebuild(connection: duckdb.DuckDBPyConnection) -> None:
    """Rebuild every rollup from its raw tables inside the transaction of the caller's version."""
    target = SQL_TABLES["usage_daily"]
    daily = sa.text(USAGE_DAILY).columns(*target.columns).subquery("daily")
    names = target.columns.keys()
    for statement in (
        sa.delete(target),
        sa.insert(target).from_select(names, sa.select(*(daily.c[name] for name in names))),
    ):
        connection.execute(str(statement.compile(dialect=DUCKDB)))
