"""A number and how sure it is."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Estimate:
    """A number with its 95 % interval; the interval is None where nothing can be drawn."""

    value: float
    low: float | None = None
    high: float | None = None
