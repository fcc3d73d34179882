"""A number beside what it was 28 days earlier: the rows that the overview is made of."""

from collections.abc import Mapping
from typing import Any

import dataframely as dy

from queries.core.columns import coded
from queries.core.metrics import METRICS
from queries.shared.periods import MONTH_DAYS
from warehouse.contract.columns import amount, count, text

Row = dict[str, Any]
REMARKS = {
    "then": "earlier: 28 days before, as known then",
    "terms_then": "earlier: the same 28 days before, by the contract terms known on the data date",
    "growth": "earlier: unknown, the value is a comparison itself",
    "cut_short": "{days} days against the {days} before, as far as metering reaches",
    "unmetered": f"unknown: metering does not reach the last {MONTH_DAYS} days, or is late",
    "unjudged": "unknown: too little is known of every account to judge one",
    "unjudged_then": "earlier: unknown, too little was known then of every account to judge one",
    "nobody_then": "earlier: unknown, no account with a contract was known then",
    "other_card_then": "earlier: not compared, another scorecard was in force then",
}


def remark(code: str, days: int | None = None) -> Row:
    """One remark of `REMARKS`; `days` are those that were compared."""
    return {"code": code, "days": days}


def sentence(remark: Mapping[str, Any]) -> str:
    """One remark as a reader sees it."""
    return REMARKS[remark["code"]].format(days=remark["days"])


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
    note = coded(
        "Remark: the period, or what the comparison leaves out",
        REMARKS,
        sentence=sentence,
        joined="; ",
        days=dy.Int64(nullable=True),
    )


def compared(metric: str, value: float | None, *remarks: Row, **facts: float | None) -> Row:
    """The row of a metric with its change, null where either value is unknown, and remarks."""
    earlier = facts.get("earlier_value")
    return dict.fromkeys(Compared.column_names()) | {
        "metric": metric,
        "name": METRICS[metric].name,
        "unit": METRICS[metric].unit,
        "value": value,
        "change": None if value is None or earlier is None else value - earlier,
        "note": list(remarks),
        **facts,
    }
