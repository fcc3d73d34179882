"""How metered usage changes per hyperscaler, and where in the cloud it sits."""

import dataframely as dy
import polars as pl

from queries.core.columns import count_metric, metric
from queries.core.question import Question
from queries.shared import expected_hours, words
from queries.shared.expected_hours import (
    ENGINE,
    hours_expected,
    in_service,
    metered,
    with_dimensions,
)
from queries.shared.null_safe import known_sum, ratio
from queries.shared.periods import MONTH_DAYS, days_parameter, first_day, last_complete_day
from warehouse.context import Context
from warehouse.contract.columns import flag, text, word
from warehouse.contract.words import DIMENSIONS, HYPERSCALERS
from warehouse.read import Read

KEY = ("hyperscaler", "dimension")
PLACE = ("hyperscaler", "cloud_region", "dimension")
EQUAL_COMPLETENESS_SHARE = 0.01


class UsageGrowth(dy.Schema):
    """One row per hyperscaler and metered dimension."""

    hyperscaler = word("unknown: cluster not declared", *HYPERSCALERS, "unknown", key=True)
    dimension = word("Metered dimension", *DIMENSIONS, key=True)
    usage_28d = metric("usage_28d", nullable=True)
    usage_previous_28d = metric("usage_previous_28d", nullable=True)
    unit = text("Unit of both; null where nothing was recorded")
    usage_growth_share = metric("usage_growth_share", nullable=True, signed=True)
    share_of_total_share = metric("share_of_total_share", nullable=True)
    clusters = count_metric("clusters_in_service", nullable=True)
    completeness_share = metric("completeness_share", nullable=True)
    completeness_previous_share = metric("completeness_previous_share", nullable=True)
    is_comparable = flag("Both periods are as complete, to a hundredth; false where one is unknown")


class UsageByRegion(dy.Schema):
    """One row per hyperscaler, cloud region and metered dimension."""

    hyperscaler = word("unknown: cluster not declared", *HYPERSCALERS, "unknown", key=True)
    cloud_region = dy.String(
        primary_key=True,
        max_length=4_000,
        description="Region as the hyperscaler names it; unknown: not stated",
        metadata={"unit": "text"},
    )
    dimension = word("Metered dimension", *DIMENSIONS, key=True)
    quantity = metric("usage_in_window", nullable=True)
    unit = text("Unit of quantity; null where nothing was recorded")
    share_of_total_share = metric("share_of_total_share", nullable=True)
    clusters = count_metric("clusters_in_service", nullable=True)
    completeness_share = metric("completeness_share", nullable=True)


def growth_reads(context: Context) -> dict[str, Read]:
    """The rollup over 56 days, by day, and the clusters that should have reported."""
    return {
        "usage": metered(
            *KEY,
            "usage_date",
            "unit",
            first=first_day(context.as_of, 2 * MONTH_DAYS),
            last=last_complete_day(context.as_of),
        ),
        "clusters": expected_hours.clusters(),
        "dimensions": expected_hours.reported(
            first_day(context.as_of, 2 * MONTH_DAYS), last_complete_day(context.as_of)
        ),
    }


def usage_growth(
    usage: pl.LazyFrame, clusters: pl.LazyFrame, dimensions: pl.LazyFrame, *, context: Context
) -> pl.DataFrame:
    """Metered usage of the last 28 complete days against the 28 before, per hyperscaler.

    Grain: hyperscaler, dimension; sorted by them. Both completeness values stand beside the
    growth, because a period that lacks hours looks smaller than it was. Growth is unknown where
    either period has no record or the earlier one is zero. A hyperscaler with clusters in service
    and no record has a row with unknown usage. Clusters are unknown where nobody declared them.
    """
    last = last_complete_day(context.as_of)
    recent = pl.col("usage_date") >= first_day(context.as_of, MONTH_DAYS)
    recorded = usage.with_columns(pl.col("hyperscaler").fill_null("unknown"))
    first = first_day(context.as_of, 2 * MONTH_DAYS)
    expected = with_dimensions(
        hours_expected(clusters, first, last, by=("hyperscaler", "usage_date")), dimensions
    )
    totals = (
        expected.join(recorded, on=(*KEY, "usage_date"), how="full", coalesce=True)
        .group_by(KEY)
        .agg(
            pl.col("unit").max(),
            usage_28d=known_sum("quantity", recent),
            usage_previous_28d=known_sum("quantity", ~recent),
            present=pl.col("hours_present").filter(recent).sum(),
            present_previous=pl.col("hours_present").filter(~recent).sum(),
            expected=known_sum("hours_expected", recent),
            expected_previous=known_sum("hours_expected", ~recent),
        )
    )
    serving = in_service(clusters, first_day(context.as_of, MONTH_DAYS), last)
    return (
        totals.join(_counted(serving, KEY[:1]), on="hyperscaler", how="left")
        .with_columns(
            _declared_clusters(),
            usage_growth_share=ratio("usage_28d", "usage_previous_28d") - 1,
            share_of_total_share=_share_of_total("usage_28d"),
            completeness_share=ratio("present", "expected"),
            completeness_previous_share=ratio("present_previous", "expected_previous"),
        )
        .with_columns(is_comparable=_is_as_complete())
        .select(UsageGrowth.column_names())
        .sort(KEY)
        .collect(engine=ENGINE)
    )


def region_reads(context: Context, days: int) -> dict[str, Read]:
    """The rollup over the window, and the clusters that should have reported."""
    return {
        "usage": metered(
            "hyperscaler",
            "region",
            "dimension",
            "unit",
            first=first_day(context.as_of, days),
            last=last_complete_day(context.as_of),
        ),
        "clusters": expected_hours.clusters(),
        "dimensions": expected_hours.reported(
            first_day(context.as_of, days), last_complete_day(context.as_of)
        ),
    }


def usage_by_region(
    usage: pl.LazyFrame,
    clusters: pl.LazyFrame,
    dimensions: pl.LazyFrame,
    *,
    context: Context,
    days: int,
) -> pl.DataFrame:
    """Metered usage of the window per cloud region, and how complete it is.

    Grain: hyperscaler, cloud region, dimension; sorted by them. A region whose clusters recorded
    nothing has a row with an unknown quantity; a cluster without a region counts as unknown.
    """
    first, last = first_day(context.as_of, days), last_complete_day(context.as_of)
    recorded = usage.rename({"region": "cloud_region"}).with_columns(
        pl.col("hyperscaler", "cloud_region").fill_null("unknown")
    )
    placed = clusters.with_columns(cloud_region=pl.col("region").fill_null("unknown"))
    expected = hours_expected(placed, first, last, by=PLACE[:2])
    return (
        with_dimensions(expected, dimensions)
        .join(recorded, on=PLACE, how="full", coalesce=True)
        .join(_counted(in_service(placed, first, last), PLACE[:2]), on=PLACE[:2], how="left")
        .with_columns(
            _declared_clusters(),
            pl.col("hours_present").fill_null(0),
            share_of_total_share=_share_of_total("quantity"),
        )
        .with_columns(completeness_share=ratio("hours_present", "hours_expected"))
        .select(UsageByRegion.column_names())
        .sort(PLACE)
        .collect(engine=ENGINE)
    )


def _counted(clusters: pl.LazyFrame, by: tuple[str, ...]) -> pl.LazyFrame:
    return clusters.group_by(by).agg(clusters=pl.len().cast(pl.Int64))


def _declared_clusters() -> pl.Expr:
    declared = pl.col("hyperscaler") != "unknown"
    return pl.when(declared).then(pl.col("clusters").fill_null(0)).alias("clusters")


def _is_as_complete() -> pl.Expr:
    apart = (pl.col("completeness_share") - pl.col("completeness_previous_share")).abs()
    return (apart <= EQUAL_COMPLETENESS_SHARE).fill_null(value=False)


def _share_of_total(column: str) -> pl.Expr:
    return ratio(column, pl.col(column).sum().over("dimension"))


def growth_finding(frame: pl.DataFrame) -> str:
    """Which hyperscaler's metered capacity grows fastest, and whether the periods compare."""
    known = frame.filter(
        pl.col("dimension") == "capacity", pl.col("usage_growth_share").is_not_null()
    ).sort("usage_growth_share", "hyperscaler", descending=[True, False])
    if known.is_empty():
        return "Growth of metered capacity is unknown"
    top = known.row(0, named=True)
    growth = words.share(top["usage_growth_share"], signed=True)
    verb = " grows fastest:" if top["usage_growth_share"] > 0 else " shrinks least:"
    verb = verb if known.height > 1 else ""
    caveat = "" if top["is_comparable"] else ", but completeness is unequal"
    return f"{words.name(top['hyperscaler'])}{verb} capacity {growth} in 28 days{caveat}"


def region_finding(frame: pl.DataFrame) -> str:
    """Which cloud region holds most of the metered capacity."""
    known = frame.filter(
        pl.col("dimension") == "capacity", pl.col("share_of_total_share").is_not_null()
    ).sort("share_of_total_share", *PLACE, descending=[True, False, False, False])
    if known.is_empty():
        return "The share of each region in metered capacity is unknown"
    top = known.row(0, named=True)
    where = f"{words.name(top['hyperscaler'])} {top['cloud_region']}"
    return f"{where} has {words.share(top['share_of_total_share'])} of metered capacity"


REGION_DAYS = days_parameter(default=MONTH_DAYS, least=7, most=550)
QUESTIONS = (
    Question(
        name="usage_growth",
        asks="Where does metered usage grow, and are the two periods comparable?",
        shape=UsageGrowth,
        reads=growth_reads,
        answer=usage_growth,
        finding=growth_finding,
        filters="rows",
    ),
    Question(
        name="usage_by_region",
        asks="In which cloud regions is usage metered, and is it complete?",
        shape=UsageByRegion,
        reads=region_reads,
        answer=usage_by_region,
        finding=region_finding,
        filters="rows",
        parameters=(REGION_DAYS,),
    ),
)
