"""Totals that hold in an interval of data dates, [known_from_date, known_until_date)."""

from collections.abc import Sequence

import sqlalchemy as sa


def intervals(changes: sa.Subquery, key: Sequence[str]) -> sa.CTE:
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


def interval(versions: sa.CTE) -> tuple[sa.ColumnElement, sa.ColumnElement]:
    """The two ends of an interval."""
    return versions.c.known_from_date, versions.c.known_until_date


def is_known(
    since: sa.ColumnElement, until: sa.ColumnElement, versions: sa.CTE
) -> sa.ColumnElement[bool]:
    """Whether a row that holds in [since, until) is known throughout an interval."""
    start = versions.c.known_from_date
    return sa.and_(since <= start, sa.or_(until.is_(None), until > start))


def is_same(key: Sequence[str], one: sa.FromClause, other: sa.FromClause) -> sa.ColumnElement[bool]:
    """Whether two rows agree on every column of `key`."""
    return sa.and_(*(one.c[name] == other.c[name] for name in key))
