"""What the definition of a number owes its reader.

The fields follow SOC 2 PI1.1: what is counted, over which population and period, in which unit,
from which source, with which exclusions, and where the definition comes from.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Good = Literal["higher", "lower", "neither"]
Additive = Literal["everywhere", "rows", "accounts", "none"]
ADDS_UP: Mapping[Additive, str] = {
    "everywhere": "Adds up over the values of every filter.",
    "rows": "Adds up over the values of every filter; where whole accounts are listed, not over "
    "hyperscalers: an account on two stands whole in both.",
    "accounts": "Adds up over regions, segments and owners, not over hyperscalers",
    "none": "Does not add up over the values of a filter",
}
MOVED = "what a customer moves to another hyperscaler is lost on one and new on the other"
ON_TWO = "an account on two of them counts whole in both"
Compares = Literal["same length", "per day"]


@dataclass(frozen=True, kw_only=True)
class Metric:
    """One defined number.

    `good` is the direction that is good news. `excludes` says what is left out and what an
    unknown means. `basis` cites where the definition comes from; `owner` answers for it.
    `compares` says how a ratio of two periods is kept free of their lengths: both have as many
    days, or each is divided by its own. None: it is no ratio of two periods.

    `additive` says over which filters the number of each value, unknown among them, sums to the
    number without the filter: over `everywhere`; over all where `rows` are filtered, but not over
    hyperscalers where whole accounts are selected; over those of `accounts` (region, segment,
    owner); over `none`. `why_not` says why not over the others. `is_relative`: the number compares
    with all that the filters let through, and changes with them. `is_of_band`: it is of accounts by
    the band of their score.
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
    additive: Additive = "none"
    why_not: str = ""
    is_relative: bool = False
    is_of_band: bool = False

    @property
    def adds_up(self) -> str:
        """Over which filters the number adds up, in words."""
        said = ADDS_UP[self.additive]
        if said.endswith("."):
            return said
        why_not = self.why_not or (ON_TWO if self.additive == "accounts" else "")
        return f"{said}: {why_not}." if why_not else f"{said}."
