"""Metered usage per cluster, dimension and day.

A total has an interval of data dates, [known_from_date, known_until_date), in which it was the
newest known: a late, restated or withdrawn hour closes one interval and opens the next.
"""

import dataframely as dy
import sqlalchemy as sa

from warehouse.contract.columns import amount, count, day, identifier, instant, text, word
from warehouse.contract.polaris import SOURCE, UNITS
from warehouse.contract.table import Path
from warehouse.contract.words import DIMENSIONS, HYPERSCALERS
from warehouse.rollups.intervals import interval, intervals, is_known, is_same
from warehouse.rollups.literals import MICROSECOND, ONE, ZERO
from warehouse.rollups.rollup import Appended, Rollup, Tables, day_of

HOUR_MICROSECONDS: sa.ColumnElement[float] = sa.literal_column("3600000000.0", sa.Double())

TOTAL = ("cluster_id", "dimension", "usage_date")
CLUSTER_SAYS = ("account_id", "hyperscaler", "region")


class UsageDaily(dy.Schema):
    """One row per cluster, dimension, day and day on which that daily total became known."""

    cluster_id = identifier("Cluster", key=True)
    dimension = word("Metered dimension", *DIMENSIONS, key=True)
    usage_date = day("Day of usage, UTC", key=True)
    known_from_date = day("First data date that sees this total", key=True)
    known_until_date = day("First data date that sees a later total; null: current", nullable=True)
    account_id = identifier("Account; null: cluster unknown", nullable=True)
    hyperscaler = word("Hyperscaler; null: cluster unknown", *HYPERSCALERS, nullable=True)
    region = text("Region as the hyperscaler names it")
    quantity = amount("Sum over the day's hours", "unit column")
    unit = word("Unit of quantity", *UNITS)
    hours_present = count("Hours with a record", unit="hours")
    hours_expected = count(
        "Hours the cluster was deployed that day; null: cluster unknown",
        nullable=True,
        unit="hours",
    )
    first_recorded_at = instant("Earliest record of the day's hours")
    last_recorded_at = instant("Latest record of the day's hours")


def usage_daily(tables: Tables) -> sa.Select:
    """Every known total of a cluster, dimension and day.

    A withdrawn hour (null quantity) counts as absent; a day whose hours are all withdrawn has no
    total from then on. Hours of a cluster that nobody declared stay, with account, hyperscaler
    and expectation null.
    """
    clusters = tables["clusters"]
    daily = _totals(_statements(tables["metering_hourly"])).subquery("daily")
    return sa.select(
        *daily.columns,
        *(clusters.c[name] for name in CLUSTER_SAYS),
        _hours_expected(clusters, daily.c.usage_date).label("hours_expected"),
    ).select_from(daily.outerjoin(clusters, clusters.c.cluster_id == daily.c.cluster_id))


def disagreeing_with_clusters(tables: Tables) -> sa.Select:
    """The days of the totals whose cluster no longer says what they were made with."""
    held, clusters = tables["usage_daily"], tables["clusters"]
    differs = [
        *(held.c[name].is_distinct_from(clusters.c[name]) for name in CLUSTER_SAYS),
        held.c.hours_expected.is_distinct_from(_hours_expected(clusters, held.c.usage_date)),
    ]
    return (
        sa.select(held.c.usage_date)
        .select_from(held.outerjoin(clusters, clusters.c.cluster_id == held.c.cluster_id))
        .where(sa.or_(*differs))
    )


def _statements(hours: sa.FromClause) -> sa.CTE:
    """Each recorded statement of an hour, and the day on which another superseded it."""
    recorded = day_of(hours.c.recorded_at)
    superseded = sa.func.lead(recorded).over(
        partition_by=[hours.c.cluster_id, hours.c.dimension, hours.c.hour_start],
        order_by=hours.c.recorded_at,
    )
    return sa.select(
        hours.c.cluster_id,
        hours.c.dimension,
        day_of(hours.c.hour_start).label("usage_date"),
        recorded.label("changed_date"),
        superseded.label("superseded_date"),
        *(hours.c[name] for name in ("quantity", "unit", "recorded_at")),
    ).cte("statements")


def _totals(statements: sa.CTE) -> sa.Select:
    changes = sa.select(
        *(statements.c[name] for name in TOTAL), statements.c.changed_date
    ).distinct()
    versions = intervals(changes.subquery("changes"), TOTAL)
    known = is_known(statements.c.changed_date, statements.c.superseded_date, versions)
    keys = [*(versions.c[name] for name in TOTAL), *interval(versions)]
    present = sa.func.count(statements.c.quantity)
    return (
        sa.select(
            *keys,
            sa.func.sum(statements.c.quantity).label("quantity"),
            sa.func.max(statements.c.unit).label("unit"),
            present.label("hours_present"),
            sa.func.min(statements.c.recorded_at).label("first_recorded_at"),
            sa.func.max(statements.c.recorded_at).label("last_recorded_at"),
        )
        .select_from(
            versions.join(statements, sa.and_(is_same(TOTAL, versions, statements), known))
        )
        .group_by(*keys)
        .having(present > ZERO)
    )


def _hours_expected(clusters: sa.FromClause, usage_date: sa.ColumnElement) -> sa.ColumnElement:
    """Hours of the day that the cluster was deployed; part of an hour counts as one."""
    start = sa.cast(usage_date, sa.DateTime())
    end = sa.cast(usage_date + ONE, sa.DateTime())
    deployed, retired = clusters.c.deployed_at, clusters.c.retired_at
    since = sa.case((deployed > start, deployed), else_=start)
    until = sa.case((retired < end, retired), else_=end)
    hours = sa.func.ceil(sa.func.datediff(MICROSECOND, since, until) / HOUR_MICROSECONDS)
    served = sa.case((until > since, sa.cast(hours, sa.BigInteger())), else_=ZERO)
    return sa.case((deployed.is_not(None), served))


ROLLUP = Rollup(
    name="usage_daily",
    schema=UsageDaily,
    system=SOURCE,
    sources=("metering_hourly", "clusters"),
    select=usage_daily,
    day="usage_date",
    known_at="last_recorded_at",
    path=Path("account_id"),
    changed_days=Appended("metering_hourly", "recorded_at", outdated=disagreeing_with_clusters),
)
