"""The demo company's capacity without its hours, for the companies of many seeds."""

import datetime as dt

import numpy as np
import polars as pl

from warehouse.contract.tables import TABLES
from warehouse.demo.clusters import Cluster
from warehouse.demo.metering import UNITS, day_factors
from warehouse.demo.period import DAYS, FIRST_DAY


def daily_capacity(fleet: tuple[Cluster, ...]) -> pl.DataFrame:
    """Capacity per account and day as the rollup `account_usage_daily` would hold it.

    Without the noise of the hours and the errors of metering, and in a fraction of the time.
    """
    factors = day_factors("capacity", 0, DAYS)
    days = np.arange(DAYS)
    frames = []
    for cluster in fleet:
        if not cluster.is_metered:
            continue
        first, last = cluster.hours
        present = np.clip(last - days * 24, 0, 24) - np.clip(first - days * 24, 0, 24)
        there = np.nonzero(present > 0)[0]
        date = pl.Series(np.datetime64(FIRST_DAY, "D") + there.astype("timedelta64[D]"))
        frames.append(
            pl.DataFrame(
                {
                    "account_id": cluster.customer.account_id,
                    "hyperscaler": cluster.line.hyperscaler,
                    "region": cluster.region or "unknown",
                    "usage_date": date,
                    "quantity": (cluster.daily_tib() * factors * present)[there],
                    "hours_present": present[there],
                }
            )
        )
    place = ("account_id", "hyperscaler", "region", "usage_date")
    columns = TABLES["account_usage_daily"].polars_schema
    return (
        pl.concat(frames)
        .group_by(place)
        .agg(pl.col("quantity", "hours_present").sum())
        .with_columns(
            dimension=pl.lit("capacity"),
            unit=pl.lit(UNITS["capacity"]),
            known_from_date=pl.col("usage_date") + dt.timedelta(days=1),
            known_until_date=pl.lit(None, pl.Date),
        )
        .select(columns.names())
        .cast(columns)
        .sort(TABLES["account_usage_daily"].key)
    )
