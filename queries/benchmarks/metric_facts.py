"""What a metric of benchmark runs is called, whether it is a result, and which way is better."""

import re
from typing import Literal

import polars as pl

Direction = Literal["higher", "lower"]

# Metrics that say how busy the accelerators were, and where they are as busy as can be.
CEILINGS = {"au_pct": 95.0, "accelerator_utilisation_share": 0.95}
NAMES = {
    "accelerator_utilisation_share": "accelerator utilisation",
    "allocs/op": "allocations per operation",
    "au_pct": "accelerator utilisation",
    "B/op": "bytes per operation",
    "B/s": "throughput",
    "checkpoint_write_mib_per_s": "checkpoint write",
    "kv_cache_read_throughput": "KV cache read",
    "load_duration_seconds": "checkpoint read time",
    "load_throughput_gib_per_s": "checkpoint read",
    "read_mib_per_s": "read",
    "samples_per_second": "training samples",
    "save_duration_seconds": "checkpoint write time",
    "save_throughput_gib_per_s": "checkpoint write",
    "sec/op": "time per operation",
    "throughput_mib_per_s": "training read",
    "write_mib_per_s": "write",
}
_RATE = re.compile(r"/s$|/sec$|iops|throughput|_per_s(ec|econd)?$", re.IGNORECASE)
_COST = re.compile(r"(sec|s|ms|us|µs|ns|min|h|B|allocs)(/|$)")


def metric_name(metric: str) -> str:
    """What people call a metric; its id where nobody gave it a name."""
    return NAMES.get(metric, metric)


def metric_names() -> pl.Expr:
    """What people call each `metric`, as a column `metric_name`."""
    return pl.col("metric").replace(NAMES).alias("metric_name")


def metric_in(metric: str, unit: str | None) -> str:
    """A metric with its unit, as `checkpoint write, MiB/s`; by its name alone without one unit."""
    return metric_name(metric) if unit is None else f"{metric_name(metric)}, {unit}"


def direction_of(metric: str, unit: str | None) -> Direction | None:
    """Which way is better where nobody registered it; None where nothing says.

    What is counted per second is better higher; times, bytes and allocations are better lower. The
    unit says; where it does not, or there is none, the id of the metric.
    """
    if unit and _RATE.search(unit):
        return "higher"
    if _COST.match(unit or metric):
        return "lower"
    return "higher" if _RATE.search(metric) else None
