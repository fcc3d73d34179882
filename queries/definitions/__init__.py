"""Every metric, defined once: the popover, the Definitions page and the export footer read this."""

from queries.definitions import usage
from queries.definitions.metric import Metric

METRICS: dict[str, Metric] = {metric.id: metric for area in (usage,) for metric in area.METRICS}

__all__ = ["METRICS", "Metric"]
