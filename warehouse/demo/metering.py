"""Hourly metering, one month at a time so that memory stays modest."""

import datetime as dt
from collections.abc import Iterator

import numpy as np
import polars as pl

from warehouse.contract.tables import TABLES
from warehouse.demo.clusters import Cluster, Fault
from warehouse.demo.draws import Draws, Floats
from warehouse.demo.period import DAYS, FIRST_DAY, LANDS_AFTER, midnight

KEY = ("cluster_id", "dimension", "hour_start")
UNITS = {"capacity": "TiB-Hours", "egress": "TiB"}

_EGRESS_SHARE = 0.0008  # of what is stored, per working hour
_WEEKDAYS = {"capacity": (1, 1, 1, 1, 1, 0.99, 0.985), "egress": (1, 1.05, 1.05, 1, 0.9, 0.4, 0.35)}
_NIGHT = (0.35, 0.3, 0.3, 0.3, 0.35, 0.4, 0.5, 0.7)
_DAY_CURVE = np.array(
    [*_NIGHT, 0.9, 1.1, 1.2, 1.2, 1.1, 1.15, 1.2, 1.15, 1.1, 1, 0.9, 0.8] + [0.6] * 4
)
_NOISE = {"capacity": 0.006, "egress": 0.5}
_YEAR_END = (dt.date(2024, 12, 21), dt.date(2025, 1, 4), dt.date(2025, 12, 21), dt.date(2026, 1, 4))
_YEAR_END_FACTOR = {"capacity": 0.985, "egress": 0.6}


def months() -> list[tuple[int, int]]:
    """First day and the day after the last of each metered month, counted from FIRST_DAY."""
    days = [FIRST_DAY + dt.timedelta(days=day) for day in range(DAYS)]
    starts = [place for place, day in enumerate(days) if day.day == 1]
    return list(zip(starts, [*starts[1:], DAYS], strict=True))


def metering_hourly(
    fleet: tuple[Cluster, ...], planted: list[Fault], seed: int
) -> Iterator[pl.DataFrame]:
    """The rows of `metering_hourly`, a frame per month of usage, each sorted by the key."""
    metered = [cluster for cluster in fleet if cluster.is_metered]
    broken = fault_hours(planted)
    for first_day, last_day in months():
        hours = [
            _month(metered, dimension, first_day, last_day, seed)
            for dimension in ("capacity", "egress")
        ]
        yield _landed(pl.concat(hours), broken)


def fault_hours(planted: list[Fault]) -> pl.DataFrame:
    """One row per planted fault and hour; key: cluster, dimension, hour."""
    return pl.DataFrame(
        [
            {
                "cluster_id": fault.cluster_id,
                "dimension": fault.dimension,
                "hour_start": midnight(FIRST_DAY) + dt.timedelta(hours=fault.first_hour + place),
                "kind": fault.kind,
                "days_late": fault.days_late,
                "factor": fault.factor,
                "fault_reason": fault.reason,
            }
            for fault in planted
            for place in range(fault.hours)
        ],
        infer_schema_length=None,
    ).with_columns(pl.col("hour_start").cast(pl.Datetime("us", "UTC")))


def _month(
    metered: list[Cluster], dimension: str, first_day: int, last_day: int, seed: int
) -> pl.DataFrame:
    """What every cluster used in the hours of a month, before anything went wrong."""
    fleet = [cluster for cluster in metered if dimension in cluster.dimensions]
    hours = np.arange(first_day * 24, last_day * 24)
    noise = Draws(f"{dimension} {first_day}", seed).uniforms(len(fleet), len(hours))
    levels = np.stack([cluster.daily_tib()[first_day:last_day] for cluster in fleet])
    quantity = np.repeat(levels * day_factors(dimension, first_day, last_day), 24, axis=1)
    quantity *= 1.0 + _NOISE[dimension] * (noise - 0.5)
    if dimension == "egress":
        quantity *= _EGRESS_SHARE * np.tile(_DAY_CURVE, last_day - first_day)
    spans = np.array([cluster.hours for cluster in fleet])
    present = (hours >= spans[:, :1]) & (hours < spans[:, 1:])
    rows, columns = np.nonzero(present)
    ids = pl.Series("cluster_id", [cluster.cluster_id for cluster in fleet])
    start = midnight(FIRST_DAY).replace(tzinfo=None)
    instants = np.datetime64(start, "us") + hours * np.timedelta64(3_600_000_000, "us")
    return pl.DataFrame(
        {
            "cluster_id": ids.gather(rows),
            "dimension": pl.repeat(dimension, len(rows), eager=True),
            "hour_start": pl.Series(instants[columns]).dt.replace_time_zone("UTC"),
            "hour": hours[columns],
            "quantity": np.round(quantity[rows, columns], 4),
            "unit": pl.repeat(UNITS[dimension], len(rows), eager=True),
        }
    )


def day_factors(dimension: str, first_day: int, last_day: int) -> Floats:
    """What weekday and year end make of each day's usage of a dimension, around 1."""
    days = [FIRST_DAY + dt.timedelta(days=day) for day in range(first_day, last_day)]
    weekday = _WEEKDAYS[dimension]
    from_2024, to_2025, from_2025, to_2026 = _YEAR_END
    return np.array(
        [
            weekday[day.weekday()]
            * (
                _YEAR_END_FACTOR[dimension]
                if from_2024 <= day < to_2025 or from_2025 <= day < to_2026
                else 1.0
            )
            for day in days
        ]
    )


def _landed(hours: pl.DataFrame, broken: pl.DataFrame) -> pl.DataFrame:
    """The month as Polaris recorded it, first and second statements alike."""
    landing = pl.col("hour_start").dt.truncate("1d") + LANDS_AFTER
    record = pl.concat_str(
        "cluster_id", pl.lit("-"), pl.col("dimension").str.head(1), pl.lit("-"), "hour"
    )
    late = pl.duration(days=pl.col("days_late"))
    first = (
        hours.join(broken, on=KEY, how="left")
        .filter(pl.col("kind").ne_missing("missing"))
        .with_columns(
            record_id=record,
            recorded_at=landing
            + pl.when(pl.col("kind") == "late").then(late).otherwise(pl.duration()),
            supersedes_record_id=pl.lit(None, pl.String),
            reason=pl.lit(None, pl.String),
        )
    )
    again = first.filter(pl.col("kind").is_in(["restated", "duplicate"])).with_columns(
        quantity=(pl.col("quantity") * pl.col("factor")).round(4),
        recorded_at=pl.col("recorded_at") + late,
        record_id=pl.concat_str("record_id", pl.lit("-2")),
        supersedes_record_id=pl.when(pl.col("kind") == "restated").then("record_id"),
        reason="fault_reason",
    )
    columns = TABLES["metering_hourly"].polars_schema
    landed = pl.concat([frame.select(columns.names()) for frame in (first, again)])
    return landed.cast(columns).sort(TABLES["metering_hourly"].key)
