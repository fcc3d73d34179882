"""The kinds of column an answer is made of: measures carry the metric that defines them."""

import re

import dataframely as dy

from queries.definitions import METRICS
from warehouse.contract.columns import LARGEST_AMOUNT


def measure(metric: str, *, nullable: bool = False, signed: bool = False) -> dy.Float64:
    """A number defined by `metric`; a null is unknown, never zero."""
    defined = METRICS[metric]
    return dy.Float64(
        nullable=nullable,
        min=-LARGEST_AMOUNT if signed else 0.0,
        max=LARGEST_AMOUNT,
        description=defined.name,
        metadata={"unit": defined.unit, "metric": metric},
    )


def tally(metric: str, *, nullable: bool = False, signed: bool = False) -> dy.Int64:
    """A whole number defined by `metric`; a null is unknown, never zero."""
    defined = METRICS[metric]
    return dy.Int64(
        nullable=nullable,
        min=-(10**12) if signed else 0,
        max=10**12,
        description=defined.name,
        metadata={"unit": defined.unit, "metric": metric},
    )


def codes(says: str, *choices: str) -> dy.List:
    """A list of words of a closed list, in the order of the answer; empty where there is none."""
    return dy.List(
        dy.String(regex=f"^({'|'.join(map(re.escape, choices))})$"),
        description=says,
        metadata={"unit": "words", "choices": choices},
    )
