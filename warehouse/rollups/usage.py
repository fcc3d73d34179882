"""What the rollups of metered usage are: one select each, for every engine the same.

A total has an interval of data dates, [known_from_date, known_until_date), in which it was the
newest known: a late, restated or withdrawn hour closes one interval and opens the next.
"""

from collections.abc import Sequence

import sqlalchemy as sa

from warehouse.ddl import SQL_TABLES

HOURS = SQL_TABLES["metering_hourly"]
CLUSTERS = SQL_TABLES["clusters"]
USAGE_DAILY = SQL_TABLES["usage_daily"]
ACCOUNT_USAGE_DAILY = SQL_TABLES["account_usage_daily"]

UNKNOWN = sa.literal_column("'unknown'", sa.String())
ONE, ZERO = sa.literal_column("1", sa.Integer()), sa.literal_column("0", sa.BigInteger())
HOUR_MICROSECONDS: sa.ColumnElement[float] = sa.literal_column("3600000000.0", sa.Double())

TOTAL = ("cluster_id", "dimension", "usage_date")
CLUSTER_SAYS = ("account_id", "hyperscaler", "region")
PLACE = (*CLUSTER_SAYS, "dimension", "unit", "usage_date")

Keep = sa.ColumnElement[bool]


def day_of(instant: sa.ColumnElement) -> sa.ColumnElement:
    """The UTC day of an instant."""
    return sa.cast(instant, sa.Date())


def usage_daily(*keep: Keep) -> sa.Select:
    """Every known total of a cluster, dimension and day, from the hours that `keep` lets through.

    `keep` lets whole days of a cluster through, or its totals are wrong. A withdrawn hour (null
    quantity) counts as absent; a day whose hours are all withdrawn has no total from then on.
    Hours of a cluster that nobody declared stay, with account, hyperscaler and expectation null.
    """
    daily = _totals(_statements(keep)).subquery("daily")
    return sa.select(
        *daily.columns,
        *(CLUSTERS.c[name] for name in CLUSTER_SAYS),
        _hours_expected(daily.c.usage_date).label("hours_expected"),
    ).select_from(daily.outerjoin(CLUSTERS, CLUSTERS.c.cluster_id == daily.c.cluster_id))


def account_usage_daily(*keep: Keep) -> sa.Select:
    """Every known total of an account's place, dimension and day, from rows of `usage_daily`.

    `keep` lets whole days through. What nobody declared is called `unknown`, so that the key is
    never null.
    """
    named = {name: sa.func.coalesce(USAGE_DAILY.c[name], UNKNOWN) for name in CLUSTER_SAYS}
    totals = (
        sa.select(
            *(named.get(name, USAGE_DAILY.c[name]).label(name) for name in PLACE),
            *(USAGE_DAILY.c[name] for name in ("known_from_date", "known_until_date")),
            *(USAGE_DAILY.c[name] for name in ("quantity", "hours_present")),
        )
        .where(*keep)
        .cte("totals")
    )
    place = [totals.c[name] for name in PLACE]
    opened = sa.select(*place, totals.c.known_from_date.label("changed_date"))
    closed = sa.select(*place, totals.c.known_until_date.label("changed_date")).where(
        totals.c.known_until_date.is_not(None)
    )
    versions = _intervals(sa.union(opened, closed).subquery("changes"), PLACE)
    known = _known(totals.c.known_from_date, totals.c.known_until_date, versions)
    keys = [*(versions.c[name] for name in PLACE), *_interval(versions)]
    return (
        sa.select(
            *keys,
            sa.func.sum(totals.c.quantity).label("quantity"),
            sa.cast(sa.func.sum(totals.c.hours_present), sa.BigInteger()).label("hours_present"),
        )
        .select_from(versions.join(totals, sa.and_(_same(PLACE, versions, totals), known)))
        .group_by(*keys)
    )


def disagreeing_with_clusters() -> sa.Select:
    """Cluster and day of every total whose cluster no longer says what it was made with."""
    differs = [
        *(USAGE_DAILY.c[name].is_distinct_from(CLUSTERS.c[name]) for name in CLUSTER_SAYS),
        USAGE_DAILY.c.hours_expected.is_distinct_from(_hours_expected(USAGE_DAILY.c.usage_date)),
    ]
    same = CLUSTERS.c.cluster_id == USAGE_DAILY.c.cluster_id
    return (
        sa.select(USAGE_DAILY.c.cluster_id, USAGE_DAILY.c.usage_date)
        .select_from(USAGE_DAILY.outerjoin(CLUSTERS, same))
        .where(sa.or_(*differs))
    )


def _statements(keep: Sequence[Keep]) -> sa.CTE:
    """Each recorded statement of an hour, and the day on which another superseded it."""
    recorded = day_of(HOURS.c.recorded_at)
    superseded = sa.func.lead(recorded).over(
        partition_by=[HOURS.c.cluster_id, HOURS.c.dimension, HOURS.c.hour_start],
        order_by=HOURS.c.recorded_at,
    )
    return (
        sa.select(
            HOURS.c.cluster_id,
            HOURS.c.dimension,
            day_of(HOURS.c.hour_start).label("usage_date"),
            recorded.label("changed_date"),
            superseded.label("superseded_date"),
            *(HOURS.c[name] for name in ("quantity", "unit", "recorded_at")),
        )
        .where(*keep)
        .cte("statements")
    )


def _totals(statements: sa.CTE) -> sa.Select:
    changes = sa.select(
        *(statements.c[name] for name in TOTAL), statements.c.changed_date
    ).distinct()
    versions = _intervals(changes.subquery("changes"), TOTAL)
    known = _known(statements.c.changed_date, statements.c.superseded_date, versions)
    keys = [*(versions.c[name] for name in TOTAL), *_interval(versions)]
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
        .select_from(versions.join(statements, sa.and_(_same(TOTAL, versions, statements), known)))
        .group_by(*keys)
        .having(present > ZERO)
    )


def _intervals(changes: sa.Subquery, key: Sequence[str]) -> sa.CTE:
    """From the days on which something changed to the intervals between them."""
    columns = [changes.c[name] for name in key]
    until = sa.func.lead(changes.c.changed_date).over(
        partition_by=columns, order_by=changes.c.changed_date
    )
    return sa.select(
        *columns,
        changes.c.changed_date.label("known_from_date"),
        until.label("known_until_date"),
    ).cte("versions")


def _interval(versions: sa.CTE) -> tuple[sa.ColumnElement, sa.ColumnElement]:
    return versions.c.known_from_date, versions.c.known_until_date


def _known(since: sa.ColumnElement, until: sa.ColumnElement, versions: sa.CTE) -> Keep:
    """Whether a row that holds in [since, until) is known throughout an interval."""
    start = versions.c.known_from_date
    return sa.and_(since <= start, sa.or_(until.is_(None), until > start))


def _same(key: Sequence[str], one: sa.FromClause, other: sa.FromClause) -> Keep:
    return sa.and_(*(one.c[name] == other.c[name] for name in key))


def _hours_expected(usage_date: sa.ColumnElement) -> sa.ColumnElement:
    """Hours of the day that the cluster was deployed; part of an hour counts as one."""
    start = sa.cast(usage_date, sa.DateTime())
    end = sa.cast(usage_date + ONE, sa.DateTime())
    deployed, retired = CLUSTERS.c.deployed_at, CLUSTERS.c.retired_at
    since = sa.case((deployed > start, deployed), else_=start)
    until = sa.case((retired < end, retired), else_=end)
    unit = sa.literal_column("'microsecond'", sa.String())
    hours = sa.func.ceil(sa.func.datediff(unit, since, until) / HOUR_MICROSECONDS)
    served = sa.case((until > since, sa.cast(hours, sa.BigInteger())), else_=ZERO)
    return sa.case((deployed.is_not(None), served))
