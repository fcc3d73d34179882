"""Which features an account uses, since when, and which it pays for and leaves alone."""

from collections.abc import Mapping

import dataframely as dy
import polars as pl

from queries.accounts.chosen import ACCOUNT, of
from queries.core.columns import count_metric
from queries.core.question import Question
from queries.shared import words
from queries.shared.periods import MONTH_DAYS, first_day, last_complete_day, window
from warehouse.context import Context
from warehouse.contract.columns import day, flag, identifier
from warehouse.provenance import Watermark
from warehouse.read import Read

TELEMETRY = "feature_usage_daily"


class AccountFeatures(dy.Schema):
    """One row per feature that the account is entitled to or has used."""

    feature = identifier("Feature", key=True)
    is_entitled = flag("Paid for: its contract includes the feature, by the newest day recorded")
    active_days_28d = count_metric("feature_active_days_28d", nullable=True)
    operations_28d = count_metric("feature_operations_28d", nullable=True)
    first_used_date = day("First day with an operation; null: never", nullable=True)
    last_used_date = day("Last day with an operation; null: never", nullable=True)


def reads(context: Context, account: str | None) -> dict[str, Read]:
    """The account's telemetry up to the last complete day."""
    return {
        "features": Read(
            table=TELEMETRY,
            columns=("feature", "usage_date", "operations", "is_entitled"),
            period="usage_date",
            last=last_complete_day(context.as_of),
            equal=of(account),
        )
    }


def account_features(
    features: pl.LazyFrame, *, context: Context, watermarks: Mapping[str, Watermark]
) -> pl.DataFrame:
    """Use of each feature in the last 28 complete days, and the days it was first and last used.

    Grain: feature; most active days first, then by name. Where the account sent no telemetry in
    the 28 days the use is unknown, not zero; so is everybody's where the feed does not reach them
    or is later than promised.
    """
    is_fed = window(context.as_of, MONTH_DAYS, [watermarks[TELEMETRY]]).gap is None
    day_, operations = pl.col("usage_date"), pl.col("operations")
    is_recent = day_ >= first_day(context.as_of, MONTH_DAYS)
    is_used = operations > 0
    found = (
        features.with_columns(is_heard=is_recent.any() & pl.lit(is_fed))
        .sort("usage_date")
        .group_by("feature")
        .agg(
            pl.col("is_entitled").last(),
            pl.col("is_heard").first(),
            active_days_28d=(is_recent & is_used).sum().cast(pl.Int64),
            operations_28d=operations.filter(is_recent).sum(),
            first_used_date=day_.filter(is_used).min(),
            last_used_date=day_.filter(is_used).max(),
        )
        .with_columns(pl.when("is_heard").then(pl.col("active_days_28d", "operations_28d")))
    )
    return (
        found.sort("active_days_28d", "feature", descending=[True, False], nulls_last=True)
        .select(AccountFeatures.column_names())
        .collect()
    )


def finding(frame: pl.DataFrame) -> str:
    """How many of the features paid for are used."""
    entitled = frame.filter("is_entitled")
    if frame.is_empty() or frame["active_days_28d"].null_count():
        return "Telemetry of 28 d is missing or late: which features are used is unknown"
    if entitled.is_empty():
        return "The account is entitled to no feature"
    used = entitled.filter(pl.col("active_days_28d") > 0).height
    return f"{used} of {words.plural(entitled.height, 'feature')} used in 28 d"


QUESTIONS = (
    Question(
        name="account_features",
        asks="Which features does this account use?",
        shape=AccountFeatures,
        reads=reads,
        answer=account_features,
        finding=finding,
        filters="accounts",
        watermarks=(TELEMETRY,),
        parameters=(ACCOUNT,),
    ),
)
