"""What should have been metered: the hours and dimensions of the clusters in service."""

import datetime as dt

import polars as pl


def dimensions_expected(usage: pl.LazyFrame) -> pl.LazyFrame:
    """The dimensions each hyperscaler is expected to report besides capacity.

    Grain: hyperscaler, dimension. A dimension is expected of a hyperscaler that reported it at
    least once in `usage`: nobody bills egress on-prem, so on-prem is not asked for it.
    """
    return usage.select("hyperscaler", "dimension").unique()


def with_dimensions(places: pl.LazyFrame, usage: pl.LazyFrame) -> pl.LazyFrame:
    """`places`, which have a hyperscaler, once per dimension expected of it; capacity always."""
    capacity = places.select("hyperscaler", dimension=pl.lit("capacity")).unique()
    dimensions = pl.concat([capacity, dimensions_expected(usage)]).unique()
    return places.join(dimensions, on="hyperscaler")


def in_service(clusters: pl.LazyFrame, first: dt.date, last: dt.date) -> pl.LazyFrame:
    """The clusters in service at some time from `first` to `last`, both days inclusive."""
    after = _midnight(last + dt.timedelta(days=1))
    return clusters.filter(
        pl.col("deployed_at") < after,
        pl.col("retired_at").is_null() | (pl.col("retired_at") > _midnight(first)),
    )


def hours_expected(
    clusters: pl.LazyFrame, first: dt.date, last: dt.date, by: tuple[str, ...]
) -> pl.LazyFrame:
    """Hours the clusters were in service on each day from `first` to `last`, inclusive.

    Grain: `by`, usage_date; days without any are left out. Part of an hour counts as an hour.
    """
    window = pl.LazyFrame({"usage_date": pl.date_range(first, last, eager=True)})
    starts = pl.col("usage_date").cast(pl.Datetime("us", "UTC"))
    served = pl.min_horizontal(starts + dt.timedelta(days=1), "retired_at") - pl.max_horizontal(
        starts, "deployed_at"
    )
    hours = (served.dt.total_seconds() / 3600).ceil().clip(lower_bound=0).cast(pl.Int64)
    return (
        in_service(clusters, first, last)
        .join(window, how="cross")
        .group_by(*by, "usage_date")
        .agg(hours_expected=hours.sum())
        .filter(pl.col("hours_expected") > 0)
    )


def known_sum(column: str, keep: pl.Expr | None = None) -> pl.Expr:
    """The sum of the known values of `column` (where `keep`); null where none is known."""
    values = pl.col(column) if keep is None else pl.col(column).filter(keep)
    return pl.when(values.count() > 0).then(values.sum())


def ratio(part: str, whole: str) -> pl.Expr:
    """`part` / `whole`; null where either is unknown or the whole is not above zero."""
    return pl.when(pl.col(whole) > 0).then(pl.col(part) / pl.col(whole))


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), tzinfo=dt.UTC)
