"""Every metric, defined once: the popover, the Definitions page and the export footer read this.

Definitions stand beside their subject, in its modules `metrics` or `…_metrics`.
"""

from queries.core.metric import Metric
from queries.core.register import metric_modules

DEFINED: tuple[Metric, ...] = tuple(
    metric for module in metric_modules() for metric in module.METRICS
)
METRICS: dict[str, Metric] = {metric.id: metric for metric in DEFINED}

__all__ = ["METRICS", "Metric"]
