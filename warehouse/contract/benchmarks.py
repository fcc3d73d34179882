"""Benchmark systems, their settings, runs and the claims made on them."""

import dataframely as dy

from warehouse.contract.columns import (
    amount,
    count,
    day,
    flag,
    identifier,
    instant,
    text,
    word,
)
from warehouse.contract.table import SHARED, Table
from warehouse.contract.words import HYPERSCALERS

SOURCE = "Benchmarks"
CAMPAIGN_TYPES = ("tpu_training", "tpu_checkpoint", "storage")


class BenchmarkSystems(dy.Schema):
    """One row per system that was measured."""

    system_id = identifier("System id", key=True)
    name = text("Name", nullable=False)
    vendor = text("Vendor")
    storage = text("Storage under test")
    hyperscaler = word("Hyperscaler; null: unknown", *HYPERSCALERS, nullable=True)
    price_usd_per_hour = amount("Price", "USD per hour", nullable=True)
    price_date = day("Day the price was read", nullable=True)


class BenchmarkSettings(dy.Schema):
    """One row per system and setting: the cells of the parity sheet."""

    system_id = identifier("System", key=True)
    setting = identifier("Setting", key=True)
    value = text("Value; null: unknown")
    unit = text("Unit of value")
    source = text("Where the value comes from")


class BenchmarkRuns(dy.Schema):
    """One row per run and metric."""

    run_id = identifier("Run id", key=True)
    metric = identifier("Metric", key=True)
    campaign = identifier("Campaign the run belongs to")
    system_id = identifier("System")
    workload = identifier("Workload")
    session_id = identifier("Session; runs of one session share their set-up")
    sequence = count("Position in the order of runs", unit="position")
    unit = text("Unit of value", nullable=False)
    value = amount("Measured value", "unit column")
    is_warmup = flag("Warm-up run: kept and shown, left out of statistics")
    clients = count("Hosts that drove the load; null: unknown", nullable=True, unit="hosts")
    started_at = instant("Started; null: the source does not say", nullable=True)
    verification = word("Who checked it", "unverified", "peer_reviewed", "verified")


class BenchmarkClaims(dy.Schema):
    """One row per claim and registration: a change of mind is a later row, never another one."""

    claim_id = identifier("Claim id", key=True)
    registered_at = instant("Written down", key=True)
    campaign = identifier("Campaign")
    campaign_type = word(
        "Which parity sheet it owes; null: nobody said", *CAMPAIGN_TYPES, nullable=True
    )
    workload = identifier("Workload")
    metric = identifier("Metric")
    unit = text("Unit of the metric; null: nobody said")
    system_id = identifier("System said to be better")
    baseline_system_id = identifier("System it is compared with")
    direction = word("Which way is better", "higher", "lower")
    margin_share = amount("Difference that would not matter", "share")
    planned_sessions = count("Sessions planned per system", nullable=True, unit="sessions")
    run_order = text("Order in which the systems take turns, as ABBA")
    control_campaign = identifier("A/A control: the same system twice; null: none", nullable=True)
    exclusions = text("Runs left out, and why")


TABLES = (
    Table(
        name="benchmark_systems", schema=BenchmarkSystems, source=SOURCE, known_at=None, path=SHARED
    ),
    Table(
        name="benchmark_settings",
        schema=BenchmarkSettings,
        source=SOURCE,
        known_at=None,
        path=SHARED,
    ),
    Table(
        name="benchmark_runs",
        schema=BenchmarkRuns,
        source=SOURCE,
        known_at="started_at",
        path=SHARED,
    ),
    Table(
        name="benchmark_claims",
        schema=BenchmarkClaims,
        source=SOURCE,
        known_at="registered_at",
        path=SHARED,
    ),
)
