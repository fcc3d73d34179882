"""Metered usage, from Polaris hours through the daily rollup: who uses how much, and where?"""

import dataframely as dy
import polars as pl

from queries.core.columns import count_metric, metric
from queries.core.question import Question
from queries.shared import expected_hours, words
from queries.shared.expected_hours import ENGINE, hours_expected, metered, with_dimensions
from queries.shared.null_safe import ratio
from queries.shared.periods import days_parameter, first_day, last_complete_day
from warehouse.context import Context
from warehouse.contract.columns import day, text, word
from warehouse.contract.words import DIMENSIONS, HYPERSCALERS
from warehouse.read import Read

KEY = ("hyperscaler", "dimension", "usage_date")


class UsageByHyperscaler(dy.Schema):
    """One row per hyperscaler, metered dimension and day of the window."""

    hyperscaler = word("unknown: cluster not declared", *HYPERSCALERS, "unknown", key=True)
    dimension = word("Metered dimension", *DIMENSIONS, key=True)
    usage_date = day("Day of usage, UTC", key=True)
    quantity = metric("metered_quantity", nullable=True)
    unit = text("Unit of quantity; null on a day without a record")
    hours_present = count_metric("hours_present")
    hours_expected = count_metric("hours_expected", nullable=True)
    completeness_share = metric("completeness_share", nullable=True)


def reads(context: Context, days: int) -> dict[str, Read]:
    """The rollup over the window and the clusters that should have reported."""
    return {
        "usage": metered(
            *KEY,
            "unit",
            first=first_day(context.as_of, days),
            last=last_complete_day(context.as_of),
        ),
        "clusters": expected_hours.clusters(),
        "dimensions": expected_hours.reported(
            first_day(context.as_of, days), last_complete_day(context.as_of)
        ),
    }


def usage_by_hyperscaler(
    usage: pl.LazyFrame,
    clusters: pl.LazyFrame,
    dimensions: pl.LazyFrame,
    *,
    context: Context,
    days: int,
) -> pl.DataFrame:
    """Metered usage per hyperscaler, dimension and complete day, and how complete it is.

    Grain: hyperscaler, dimension, day; sorted by them. A day on which clusters were deployed and
    nothing was recorded has a row with an unknown quantity, so a gap stays a gap. Every cluster
    in service is expected to report capacity, and whatever else its hyperscaler reported.
    """
    recorded = usage.with_columns(pl.col("hyperscaler").fill_null("unknown"))
    expected = with_dimensions(
        hours_expected(
            clusters,
            first_day(context.as_of, days),
            last_complete_day(context.as_of),
            by=("hyperscaler", "usage_date"),
        ),
        dimensions,
    )
    return (
        expected.join(recorded, on=KEY, how="full", coalesce=True)
        .with_columns(pl.col("hours_present").fill_null(0).cast(pl.Int64))
        .with_columns(completeness_share=ratio("hours_present", "hours_expected"))
        .select(UsageByHyperscaler.column_names())
        .sort(KEY)
        .collect(engine=ENGINE)
    )


def finding(frame: pl.DataFrame) -> str:
    """Which hyperscaler carries most of the metered capacity."""
    capacity = (
        frame.filter(pl.col("dimension") == "capacity", pl.col("quantity").is_not_null())
        .group_by("hyperscaler")
        .agg(pl.col("quantity").sum())
        .sort("quantity", "hyperscaler", descending=[True, False])
    )
    if capacity.is_empty():
        return "Metered capacity is unknown: no hour is recorded in these filters"
    total = capacity["quantity"].sum()
    if not total:
        return "No metered capacity in these filters"
    top, quantity = capacity.row(0)
    return f"{words.name(top)} carries {words.share(quantity / total)} of metered capacity"


DAYS = days_parameter(default=90, least=28, most=550)
QUESTIONS = (
    Question(
        name="usage_by_hyperscaler",
        asks="How much is metered per hyperscaler, dimension and day, and is it complete?",
        shape=UsageByHyperscaler,
        reads=reads,
        answer=usage_by_hyperscaler,
        finding=finding,
        filters="rows",
        parameters=(DAYS,),
    ),
)
