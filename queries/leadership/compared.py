"""A number beside what it was 28 days earlier: the rows that the overview is made of."""

from typing import Any

import dataframely as dy

from queries.core.metrics import METRICS
from warehouse.contract.columns import amount, count, text

Row = dict[str, Any]


class Compared(dy.Schema):
    """One row per metric; a shape of it says which metrics."""

    name = text("Name", nullable=False)
    value = amount("Value; null: unknown", "unit column", nullable=True, signed=True)
    unit = text("Unit of value, earlier_value and change", nullable=False)
    earlier_value = amount("28 days earlier; null: unknown", "unit column", nullable=True)
    change = amount("value - earlier_value", "unit column", nullable=True, signed=True)
    numerator = amount("What is divided, for a share", "USD, accounts or TiB-Hours", nullable=True)
    denominator = amount("What it is divided by", "USD, accounts or TiB-Hours", nullable=True)
    accounts = count("Accounts the value is about", nullable=True, unit="accounts")
    note = text("Remark: the period, or what the comparison leaves out", nullable=False)


def compared(metric: str, value: float | None, *, note: str, **facts: float | None) -> Row:
    """The row of a metric with its change, null where either value is unknown."""
    earlier = facts.get("earlier_value")
    return dict.fromkeys(Compared.column_names()) | {
        "metric": metric,
        "name": METRICS[metric].name,
        "unit": METRICS[metric].unit,
        "value": value,
        "change": None if value is None or earlier is None else value - earlier,
        "note": note,
        **facts,
    }
