"""A metric's definition in the words of its popover, of the export and of the page of them all."""

from functools import cache

from queries.core.metrics import METRICS, Metric
from queries.shared.words import plain

GOOD = {"higher": "Higher is better.", "lower": "Lower is better.", "neither": ""}
COMPARES = {
    "same length": "Both periods have as many days.",
    "per day": "Each period is divided by its own length.",
    None: "",
}


@cache
def markdown(metric_id: str) -> str:
    """The definition as Markdown for a popover: what, how, of what, from where, without what."""
    metric = METRICS[metric_id]
    lines = [
        f"**{plain(metric.name)}**, in {plain(metric.unit)}. {GOOD[metric.good]}",
        f"= {plain(metric.formula)}",
        f"Per {plain(metric.grain)}; {plain(metric.period)}. {COMPARES[metric.compares]}",
        f"Left out: {plain(metric.excludes)}",
        plain(metric.adds_up),
        f"Source: {plain(', '.join(metric.sources))}. Owner: {plain(metric.owner)}.",
    ]
    return "\n\n".join(line.strip() for line in lines)


def facts(metric: Metric) -> dict[str, str]:
    """The definition as named facts, in the order a reader asks for them."""
    return {
        "Metric": metric.name,
        "Unit": metric.unit,
        "Formula": metric.formula,
        "Per": metric.grain,
        "Period": metric.period,
        "Compared periods": COMPARES[metric.compares],
        "Left out": metric.excludes,
        "Over filters": metric.adds_up,
        "Good direction": metric.good,
        "Sources": ", ".join(metric.sources),
        "Basis": metric.basis,
        "Owner": metric.owner,
        "Id": metric.id,
    }
