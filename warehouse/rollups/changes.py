"""Which days of which clusters a refresh has to make again.

Metering is append-only, so what was recorded after the watermark of the refresh before is all
that is new: late hours, restatements, and withdrawals, which are restatements without a quantity.
Two things can happen behind the watermark: rows recorded earlier arrive later, and rows vanish
(a retention, a repair by hand). Either leaves a table that holds more or fewer rows than the
watermark explains; only then are the rows of each day counted and held against those of the
refresh before. Rows that vanish on a day on which, since the last refresh, as many arrived behind
the watermark are not seen, nor is a row changed in place; `refresh --full` makes every day again.
"""

import datetime as dt
import hashlib
from dataclasses import dataclass

import duckdb
import sqlalchemy as sa

from warehouse.ddl import METERED_DAYS, REFRESHES, bound
from warehouse.rollups.usage import CLUSTERS, HOURS, USAGE_DAILY, day_of, disagreeing_with_clusters

# The pairs of cluster and day to make again, for the length of one refresh.
TOUCHED = sa.Table(
    "touched_days",
    sa.MetaData(),
    sa.Column("cluster_id", sa.String()),
    sa.Column("usage_date", sa.Date()),
    prefixes=["TEMPORARY"],
)


@dataclass(frozen=True)
class Mark:
    """How far the rollups have come: the newest refresh's row in its book."""

    version: int
    definition_sha256: str
    clusters_sha256: str
    watermark: dt.datetime | None
    records: int


def newest_mark(connection: duckdb.DuckDBPyConnection) -> Mark | None:
    """The mark of the newest refresh; None where there was none.

    Raises `duckdb.CatalogException` in a file whose tables an earlier Bellwether made.
    """
    columns = [REFRESHES.c[name] for name in Mark.__dataclass_fields__]
    query = sa.select(*columns).order_by(REFRESHES.c.version.desc()).limit(1)
    row = fetch(connection, query)
    return None if row is None else Mark(*row)


def touch(connection: duckdb.DuckDBPyConnection, mark: Mark, clusters: str) -> None:
    """Fill `TOUCHED` with what changed since `mark`; `clusters` is their digest now."""
    newer = HOURS.c.recorded_at > mark.watermark if mark.watermark else sa.true()
    day = day_of(HOURS.c.hour_start)
    pairs = [sa.select(HOURS.c.cluster_id, day.label("usage_date")).where(newer)]
    if count(connection) != mark.records + count(connection, newer):
        pairs += _recounted()
    if clusters != mark.clusters_sha256:
        pairs.append(disagreeing_with_clusters())
    distinct = sa.union(*pairs)
    run(connection, sa.insert(TOUCHED).from_select(TOUCHED.c.keys(), distinct))


def count(connection: duckdb.DuckDBPyConnection, *keep: sa.ColumnElement[bool]) -> int:
    """How many rows of hourly metering `keep` lets through."""
    found = fetch(connection, sa.select(sa.func.count()).select_from(HOURS).where(*keep))
    return int(found[0]) if found else 0


def clusters_sha256(connection: duckdb.DuckDBPyConnection) -> str:
    """A digest of all that the rollups take from the clusters."""
    names = ("cluster_id", "account_id", "hyperscaler", "region", "deployed_at", "retired_at")
    columns = [CLUSTERS.c[name] for name in names]
    sql, values = bound(sa.select(*columns).order_by(*columns))
    rows = connection.execute(sql, values).fetchall()
    return hashlib.sha256(repr(rows).encode()).hexdigest()


def records_by_day(*keep: sa.ColumnElement[bool]) -> sa.Select:
    """Rows of hourly metering per day of usage."""
    day = day_of(HOURS.c.hour_start).label("usage_date")
    return sa.select(day, sa.func.count().label("records")).where(*keep).group_by(day)


def run(connection: duckdb.DuckDBPyConnection, statement: sa.ClauseElement) -> None:
    """Execute one statement with its values bound."""
    connection.execute(*bound(statement))


def fetch(connection: duckdb.DuckDBPyConnection, query: sa.Select) -> tuple | None:
    """The first row of a select."""
    rows: list[tuple] = connection.execute(*bound(query)).fetchall()
    return rows[0] if rows else None


def _recounted() -> list[sa.Select]:
    """The pairs of every day that holds another number of rows than it did.

    The day itself stands there without a cluster, as it may have none left.
    """
    now = records_by_day().subquery("now")
    then = METERED_DAYS
    differing = (
        sa.select(sa.func.coalesce(now.c.usage_date, then.c.usage_date).label("usage_date"))
        .select_from(now.join(then, now.c.usage_date == then.c.usage_date, full=True))
        .where(now.c.records.is_distinct_from(then.c.records))
        .cte("differing")
    )
    days = sa.select(differing.c.usage_date)
    day = day_of(HOURS.c.hour_start)
    return [
        sa.select(sa.cast(sa.null(), sa.String()), differing.c.usage_date),
        sa.select(HOURS.c.cluster_id, day).where(day.in_(days)),
        sa.select(USAGE_DAILY.c.cluster_id, USAGE_DAILY.c.usage_date).where(
            USAGE_DAILY.c.usage_date.in_(days)
        ),
    ]
