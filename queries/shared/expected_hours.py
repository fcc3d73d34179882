"""What was metered, and what should have been: the hours of the clusters in service."""

import datetime as dt
from dataclasses import replace
from typing import Literal

import polars as pl

from warehouse.normalise import INSTANT
from warehouse.read import Read

# Usage comes aggregated: so few rows are joined faster in memory than in a stream.
ENGINE: Literal["in-memory"] = "in-memory"


def reported(first: dt.date, last: dt.date) -> Read:
    """Which dimensions each hyperscaler reported from `first` to `last`, whatever is filtered."""
    return replace(
        metered("hyperscaler", "dimension", first=first, last=last),
        sums=(),
        count="records",
        whole_book=True,
    )


def with_dimensions(places: pl.LazyFrame, dimensions: pl.LazyFrame) -> pl.LazyFrame:
    """`places`, which have a hyperscaler, once per dimension expected of it; capacity always.

    A dimension is expected of a hyperscaler that reported it at least once, by the rows of
    `reported`: nobody bills egress on-prem, so on-prem is not asked for it.
    """
    capacity = places.select("hyperscaler", dimension=pl.lit("capacity")).unique()
    found = dimensions.select(pl.col("hyperscaler").fill_null("unknown"), "dimension")
    return places.join(pl.concat([capacity, found]).unique(), on="hyperscaler")


def clusters() -> Read:
    """Where every cluster is, and since and until when it served."""
    return Read(
        table="clusters",
        columns=("account_id", "hyperscaler", "region", "deployed_at", "retired_at"),
    )


def in_service(clusters: pl.LazyFrame, first: dt.date, last: dt.date) -> pl.LazyFrame:
    """The clusters in service at some time from `first` to `last`, both days inclusive."""
    return clusters.filter(
        pl.col("deployed_at") < _begins(last + dt.timedelta(days=1)),
        pl.col("retired_at").is_null() | (pl.col("retired_at") > _begins(first)),
    )


def _begins(day: dt.date) -> pl.Expr:
    """The instant at which `day` begins, UTC; Polars takes long over an instant with a zone."""
    return pl.lit(day).cast(INSTANT)


def hours_expected(
    clusters: pl.LazyFrame, first: dt.date, last: dt.date, by: tuple[str, ...]
) -> pl.LazyFrame:
    """Hours the clusters were in service from `first` to `last`, both days inclusive.

    Grain: `by`, columns of the clusters or `usage_date`, the day; what had none is left out.
    """
    window = pl.LazyFrame({"usage_date": pl.date_range(first, last, eager=True)})
    starts = pl.col("usage_date").cast(INSTANT)
    ends = starts + dt.timedelta(days=1)
    hours = hours_between(pl.max_horizontal(starts, "since"), pl.min_horizontal(ends, "until"))
    # Clusters that serve the whole window are alike, however many they are.
    alike = (
        in_service(clusters, first, last)
        .group_by(
            *(column for column in by if column != "usage_date"),
            since=pl.max_horizontal(_begins(first), "deployed_at"),
            until=pl.min_horizontal(_begins(last + dt.timedelta(days=1)), "retired_at"),
        )
        .agg(clusters=pl.len().cast(pl.Int64))
    )
    return (
        alike.join(window, how="cross")
        .group_by(by)
        .agg(hours_expected=(hours * pl.col("clusters")).sum())
        .filter(pl.col("hours_expected") > 0)
    )


def hours_between(since: pl.Expr, until: pl.Expr) -> pl.Expr:
    """Whole hours from `since` to `until`; part of an hour counts as one, and none backwards."""
    served = (until - since).dt.total_seconds() / 3600
    return served.ceil().clip(lower_bound=0).cast(pl.Int64)


def metered(
    *by: str,
    first: dt.date,
    last: dt.date,
    since: dt.date | None = None,
    dimensions: tuple[str, ...] = (),
) -> Read:
    """Quantity metered and hours with a record, both days inclusive, summed per `by`.

    Of every dimension where none is named; with `since` apart for the days before it. What nobody
    declared is called `unknown`.
    """
    return Read(
        table="account_usage_daily",
        columns=by,
        sums=("quantity", "hours_present"),
        period="usage_date",
        first=first,
        last=last,
        since=since,
        equal={"dimension": dimensions} if dimensions else {},
    )
