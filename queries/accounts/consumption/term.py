"""The days of a contract's term: what was used, what was committed, and what is projected.

Pure functions of one account's rows at one hyperscaler. A day's quantity is in TiB-hours; the
last day that can be known is the one before the data date.
"""

import datetime as dt
from typing import Any

import polars as pl

from queries.accounts.consumption.rate import band, rate
from queries.shared.contracts import in_force, terms_of
from queries.shared.expected_hours import hours_expected
from queries.shared.null_safe import ratio, whole_sum
from queries.shared.thresholds import THRESHOLDS

PROJECTED = ("projected_tib_hours", "projected_low_tib_hours", "projected_high_tib_hours")


def used(
    clusters: pl.LazyFrame, usage: pl.LazyFrame, first: dt.date, last: dt.date
) -> pl.DataFrame:
    """`tib_hours` used on each day from `first` to `last`, and `completeness_share`.

    Hours lost are made up for by those recorded. Null, unknown, below 80 % of the hours expected,
    and on every day where no cluster was ever declared; 0 on a day before or after its clusters
    served.
    """
    days = pl.LazyFrame({"usage_date": pl.date_range(first, last, eager=True)})
    share, quantity = pl.col("completeness_share"), pl.col("quantity")
    idle = pl.col("hours_expected").is_null() & quantity.is_null()
    is_declared = clusters.select(pl.len() > 0).collect().item()
    return (
        days.join(
            hours_expected(clusters, first, last, by=("usage_date",)), on="usage_date", how="left"
        )
        .join(usage.select("usage_date", "quantity", "hours_present"), on="usage_date", how="left")
        .with_columns(
            completeness_share=ratio(pl.col("hours_present").fill_null(0), "hours_expected")
        )
        .select(
            "usage_date",
            "completeness_share",
            tib_hours=pl.when(idle)
            .then(pl.lit(0.0 if is_declared else None))
            .when(share >= THRESHOLDS.complete_share)
            .then(quantity / share),
        )
        .sort("usage_date")
        .collect()
    )


def committed(contracts: pl.LazyFrame, days: pl.Series) -> pl.DataFrame:
    """`committed_tib` on each of `days`, by the contracts signed so far, as agreed by that day.

    Null where a contract in force leaves it open. Terms change only on the days on which a
    contract begins, ends or is recorded anew; between them they hold.
    """
    terms = terms_of(contracts).collect()
    recorded = contracts.select(pl.col("recorded_at").dt.date()).collect()["recorded_at"]
    first = days[0]
    changes = {first, *terms["start_date"], *terms["until_date"], *recorded} - {None}
    agreed = pl.concat(
        in_force(contracts, day).select(
            usage_date=pl.lit(day), committed_tib=whole_sum("committed_tib")
        )
        for day in sorted(changes)
        if day >= first
    )
    return days.to_frame("usage_date").join_asof(agreed.collect(), on="usage_date")


def projected(known: pl.DataFrame, until: dt.date | None) -> pl.DataFrame:
    """The use so far and to come, added up, on each day after the newest known one, before `until`.

    Columns `PROJECTED`: the estimate at the rate of the last weeks, P10 and P90. No row without an
    end or a whole known week; P10 and P90 are null below four.
    """
    schema = pl.Schema({"usage_date": pl.Date, **dict.fromkeys(PROJECTED, pl.Float64)})
    daily = known["tib_hours"].to_list()
    found = rate(daily)
    newest: Any = known.drop_nulls("tib_hours")["usage_date"].max()
    ahead = 0 if until is None or newest is None else (until - newest).days - 1
    if found is None or ahead < 1:
        return schema.to_frame()
    so_far = sum(value or 0.0 for value in daily)
    paths = band(found, ahead)
    columns = {
        name: None if path is None else path + so_far
        for name, path in zip(PROJECTED, (paths.middle, paths.low, paths.high), strict=True)
    }
    days = [newest + dt.timedelta(days=place + 1) for place in range(ahead)]
    return pl.DataFrame({"usage_date": days, **columns}, schema=schema)
