"""Which hyperscaler grows by new clusters: how many are in service, and how many are new."""

import dataframely as dy
import polars as pl

from queries.core.columns import tally
from queries.core.question import Question
from queries.shared import words
from queries.shared.expected_hours import clusters, in_service
from queries.shared.periods import MONTH_DAYS, first_day, last_complete_day
from warehouse.context import Context
from warehouse.contract.columns import word
from warehouse.contract.words import HYPERSCALERS
from warehouse.normalise import INSTANT
from warehouse.read import Read


class NewClusters(dy.Schema):
    """One row per hyperscaler with a cluster in service."""

    hyperscaler = word("Where the cluster runs", *HYPERSCALERS, key=True)
    clusters = tally("clusters_in_service")
    new_clusters = tally("clusters_new_28d")


def reads(context: Context) -> dict[str, Read]:  # noqa: ARG001 (every reads takes it)
    """Every cluster with its days of service."""
    return {"clusters": clusters()}


def new_clusters(clusters: pl.LazyFrame, *, context: Context) -> pl.DataFrame:
    """Clusters in service on the newest complete day, and of them those deployed in 28 days.

    Grain: hyperscaler, most clusters first. A hyperscaler without a cluster has no row.
    """
    last = last_complete_day(context.as_of)
    first = pl.lit(first_day(context.as_of, MONTH_DAYS)).cast(INSTANT)
    return (
        in_service(clusters, last, last)
        .group_by("hyperscaler")
        .agg(
            clusters=pl.len().cast(pl.Int64),
            new_clusters=(pl.col("deployed_at") >= first).sum().cast(pl.Int64),
        )
        .sort("clusters", "hyperscaler", descending=[True, False])
        .collect()
    )


def finding(frame: pl.DataFrame) -> str:
    """How many of the clusters in service are new."""
    if frame.is_empty():
        return "No cluster is in service"
    new, total = (int(frame[name].sum()) for name in ("new_clusters", "clusters"))
    return f"{words.part(new, total)} clusters in service are new in {MONTH_DAYS} days"


QUESTIONS = (
    Question(
        name="new_clusters",
        asks="Which hyperscaler grows by new clusters?",
        shape=NewClusters,
        reads=reads,
        answer=new_clusters,
        finding=finding,
        filters="rows",
    ),
)
