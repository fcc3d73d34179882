"""Metered usage per account, place, dimension and day: what the pages read.

Its size depends on accounts and days, not on clusters and hours, and it is sorted by day, so that
a page's window costs the same however long the history.
"""

import dataframely as dy
import sqlalchemy as sa

from warehouse.contract.columns import amount, count, day, identifier, text, word
from warehouse.contract.polaris import SOURCE, UNITS
from warehouse.contract.table import Path
from warehouse.contract.words import DIMENSIONS, HYPERSCALERS
from warehouse.rollups.intervals import interval, intervals, is_known, is_same
from warehouse.rollups.literals import UNKNOWN
from warehouse.rollups.rollup import Followed, Rollup, Tables

CLUSTER_SAYS = ("account_id", "hyperscaler", "region")
PLACE = (*CLUSTER_SAYS, "dimension", "unit", "usage_date")


class AccountUsageDaily(dy.Schema):
    """One row per account, hyperscaler, region, dimension, day and day its total became known."""

    account_id = identifier("Account; unknown: cluster not declared", key=True)
    hyperscaler = word("unknown: cluster not declared", *HYPERSCALERS, "unknown", key=True)
    region = text("Region as the hyperscaler names it; unknown: not stated", key=True)
    dimension = word("Metered dimension", *DIMENSIONS, key=True)
    unit = word("Unit of quantity", *UNITS, key=True)
    usage_date = day("Day of usage, UTC", key=True)
    known_from_date = day("First data date that sees this total", key=True)
    known_until_date = day("First data date that sees a later total; null: current", nullable=True)
    quantity = amount("Sum over the clusters' hours", "unit column")
    hours_present = count("Hours of the clusters with a record", unit="hours")


def account_usage_daily(tables: Tables) -> sa.Select:
    """Every known total of an account's place, dimension and day.

    What nobody declared is called `unknown`, so that the key is never null.
    """
    daily = tables["usage_daily"]
    named = {name: sa.func.coalesce(daily.c[name], UNKNOWN) for name in CLUSTER_SAYS}
    totals = sa.select(
        *(named.get(name, daily.c[name]).label(name) for name in PLACE),
        *(daily.c[name] for name in ("known_from_date", "known_until_date")),
        *(daily.c[name] for name in ("quantity", "hours_present")),
    ).cte("totals")
    place = [totals.c[name] for name in PLACE]
    opened = sa.select(*place, totals.c.known_from_date.label("changed_date"))
    closed = sa.select(*place, totals.c.known_until_date.label("changed_date")).where(
        totals.c.known_until_date.is_not(None)
    )
    versions = intervals(sa.union(opened, closed).subquery("changes"), PLACE)
    known = is_known(totals.c.known_from_date, totals.c.known_until_date, versions)
    keys = [*(versions.c[name] for name in PLACE), *interval(versions)]
    return (
        sa.select(
            *keys,
            sa.func.sum(totals.c.quantity).label("quantity"),
            sa.cast(sa.func.sum(totals.c.hours_present), sa.BigInteger()).label("hours_present"),
        )
        .select_from(versions.join(totals, sa.and_(is_same(PLACE, versions, totals), known)))
        .group_by(*keys)
    )


ROLLUP = Rollup(
    name="account_usage_daily",
    schema=AccountUsageDaily,
    system=SOURCE,
    sources=("usage_daily",),
    select=account_usage_daily,
    day="usage_date",
    known_at="known_from_date",
    path=Path("account_id"),
    changed_days=Followed("usage_daily"),
)
