"""Clusters and their hourly metering, as Polaris counts them."""

import datetime as dt

import dataframely as dy
import polars as pl

from warehouse.contract.columns import amount, hour, identifier, instant, text, word
from warehouse.contract.table import Path, Table
from warehouse.contract.words import DEPLOYMENT_MODELS, DIMENSIONS, HYPERSCALERS

SOURCE = "Polaris"
UNITS = ("TiB-Hours", "TiB")


class Clusters(dy.Schema):
    """One row per cluster, deployed or retired."""

    cluster_id = identifier("Cluster id", key=True)
    account_id = identifier("Account")
    hyperscaler = word("Hyperscaler; none for on-prem", *HYPERSCALERS)
    region = text("Region as the hyperscaler names it")
    deployment_model = word("Where the product runs", *DEPLOYMENT_MODELS)
    usable_tib = amount("Usable capacity", "TiB")
    version = text("Software version")
    deployed_at = instant("Deployed")
    retired_at = instant("Retired", nullable=True, outcome=True)


class MeteringHourly(dy.Schema):
    """One row per cluster, dimension, hour and instant at which the quantity was recorded.

    An hour that should never have been recorded is withdrawn like any restatement: by a later row
    that names the record it supersedes, with no quantity.
    """

    cluster_id = identifier("Cluster", key=True)
    dimension = word("Metered dimension", *DIMENSIONS, key=True)
    hour_start = hour("Hour of usage, half-open", key=True)
    recorded_at = instant("When our warehouse learned this quantity", key=True)
    record_id = identifier("Polaris record id")
    quantity = amount(
        "Quantity used in the hour; null: the hour was withdrawn", "unit column", nullable=True
    )
    unit = word("Unit of quantity", *UNITS)
    supersedes_record_id = identifier("Record this one restates", nullable=True)
    reason = text("Reason of a restatement")

    @dy.rule()
    def recorded_after_the_hour_ended(cls) -> pl.Expr:
        return cls.recorded_at.col >= cls.hour_start.col + dt.timedelta(hours=1)

    @dy.rule()
    def without_a_quantity_only_to_withdraw_a_record(cls) -> pl.Expr:
        return cls.quantity.col.is_not_null() | cls.supersedes_record_id.col.is_not_null()


TABLES = (
    Table(
        name="clusters",
        schema=Clusters,
        source=SOURCE,
        known_at="deployed_at",
        path=Path("account_id"),
    ),
    Table(
        name="metering_hourly",
        schema=MeteringHourly,
        source=SOURCE,
        known_at="recorded_at",
        path=Path("cluster_id", "clusters"),
        event="hour_start",
        fresh_within_hours=48,
    ),
)
