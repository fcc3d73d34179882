"""Clusters and their hourly metering, as Polaris counts them, and the daily rollups of it."""

import datetime as dt

import dataframely as dy
import polars as pl

from warehouse.contract.columns import amount, count, day, hour, identifier, instant, text, word
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


class UsageDaily(dy.Schema):
    """One row per cluster, dimension, day and day on which that daily total became known."""

    cluster_id = identifier("Cluster", key=True)
    dimension = word("Metered dimension", *DIMENSIONS, key=True)
    usage_date = day("Day of usage, UTC", key=True)
    known_from_date = day("First data date that sees this total", key=True)
    known_until_date = day("First data date that sees a later total; null: current", nullable=True)
    account_id = identifier("Account; null: cluster unknown", nullable=True)
    hyperscaler = word("Hyperscaler; null: cluster unknown", *HYPERSCALERS, nullable=True)
    region = text("Region as the hyperscaler names it")
    quantity = amount("Sum over the day's hours", "unit column")
    unit = word("Unit of quantity", *UNITS)
    hours_present = count("Hours with a record", unit="hours")
    hours_expected = count(
        "Hours the cluster was deployed that day; null: cluster unknown",
        nullable=True,
        unit="hours",
    )
    first_recorded_at = instant("Earliest record of the day's hours")
    last_recorded_at = instant("Latest record of the day's hours")


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
    Table(
        name="usage_daily",
        schema=UsageDaily,
        source=f"{SOURCE} (rollup of metering_hourly)",
        known_at="last_recorded_at",
        path=Path("account_id"),
        event="usage_date",
        rollup=True,
    ),
    Table(
        name="account_usage_daily",
        schema=AccountUsageDaily,
        source=f"{SOURCE} (rollup of usage_daily)",
        known_at="known_from_date",
        path=Path("account_id"),
        event="usage_date",
        rollup=True,
    ),
)
