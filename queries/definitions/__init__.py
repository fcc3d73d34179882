"""Every metric, defined once: the popover, the Definitions page and the export footer read this."""

from queries.benchmarks import metrics as benchmarks
from queries.definitions import (
    account,
    accounts,
    bills,
    churn,
    evidence,
    gates,
    health,
    on_call,
    renewals,
    retention,
    triage,
    usage,
)
from queries.definitions.metric import Metric

AREAS = (
    accounts,
    retention,
    renewals,
    churn,
    health,
    triage,
    evidence,
    gates,
    account,
    usage,
    benchmarks,
    bills,
    on_call,
)
METRICS: dict[str, Metric] = {metric.id: metric for area in AREAS for metric in area.METRICS}

__all__ = ["AREAS", "METRICS", "Metric"]
