"""What the definition of a number owes its reader.

The fields follow SOC 2 PI1.1: what is counted, over which population and period, in which unit,
from which source, with which exclusions, and where the definition comes from.
"""

from dataclasses import dataclass
from typing import Literal

Good = Literal["higher", "lower", "neither"]
Compares = Literal["same length", "per day"]


@dataclass(frozen=True, kw_only=True)
class Metric:
    """One defined number.

    `good` is the direction that is good news. `excludes` says what is left out and what an
    unknown means. `basis` cites where the definition comes from; `owner` answers for it.
    `compares` says how a ratio of two periods is kept free of their lengths: both have as many
    days, or each is divided by its own. None: it is no ratio of two periods.
    """

    id: str
    name: str
    unit: str
    formula: str
    grain: str
    period: str
    sources: tuple[str, ...]
    good: Good
    excludes: str
    basis: str
    owner: str
    compares: Compares | None = None
