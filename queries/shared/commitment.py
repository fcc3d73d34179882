"""Consumption against a commitment that burns down: what is used, over, left, and what expires.

Pure functions of plain values. Quantities are in one unit, whichever it is; days are half-open.
"""

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Kind = Literal["free", "rollover", "commitment"]
# What is smaller than this part of a credit is the rounding of a sum, not a remainder.
ROUNDING = 1e-9


@dataclass(frozen=True, kw_only=True)
class Credit:
    """An amount that may be consumed from `since` until the day before `until`.

    Free usage, what rolled over from an earlier term, and each commitment are credits; an
    amendment that adds is one that begins on its effective date.
    """

    amount: float
    since: dt.date
    until: dt.date
    kind: Kind = "commitment"

    def is_live(self, day: dt.date) -> bool:
        return self.since <= day < self.until


@dataclass(frozen=True, kw_only=True)
class Balance:
    """What became of the credits by the morning of a day; all but the date in their unit.

    What was consumed is `free` + `burnt` + `over`: from free usage, from commitment and rollover,
    and from nothing. `remaining` is what is left of commitment and rollover, `expired` what of
    them ended unused. `exhausted_date` is the day on which nothing was left any more, None while
    something is, or where there never was anything.
    """

    free: float
    burnt: float
    over: float
    remaining: float
    expired: float
    exhausted_date: dt.date | None

    @property
    def utilisation_share(self) -> float | None:
        """Consumed / (commitment + rollover), after free usage and without what expired unused.

        Above 1 where more was consumed than there was; None over nothing.
        """
        allowance = self.burnt + self.remaining
        return (self.burnt + self.over) / allowance if allowance > 0 else None

    def overage_usd(self, rate_usd: float) -> float:
        """What was consumed beyond every credit, at the price of a unit."""
        return self.over * rate_usd


def draw_down(granted: Sequence[Credit], first: dt.date, daily: Sequence[float | None]) -> Balance:
    """The balance after the consumption of each day from `first` on, one value a day.

    Free usage burns first, then what ends soonest. A credit counts from its first day to its
    last: one that ended unused has expired, one that begins later is not there yet. An unknown
    day (None) adds nothing, so that with one the consumption is the least it can be.
    """
    order = sorted(granted, key=lambda one: (one.kind != "free", one.until, one.since))
    left = [one.amount for one in order]
    over, exhausted = 0.0, None
    for place, quantity in enumerate(daily):
        day = first + dt.timedelta(days=place)
        live = [at for at, one in enumerate(order) if one.is_live(day)]
        over += _drawn(left, live, quantity or 0.0, order)
        if any(left[at] for at in live) or not any(order[at].amount for at in live):
            exhausted = None
        else:
            exhausted = exhausted or day
    after = first + dt.timedelta(days=len(daily))
    paid = [(one, rest) for one, rest in zip(order, left, strict=True) if one.kind != "free"]
    return Balance(
        free=sum(
            one.amount - rest for one, rest in zip(order, left, strict=True) if one.kind == "free"
        ),
        burnt=sum(one.amount - rest for one, rest in paid),
        over=over,
        remaining=sum(rest for one, rest in paid if one.is_live(after)),
        expired=sum(rest for one, rest in paid if one.until <= after),
        exhausted_date=exhausted,
    )


def _drawn(left: list[float], live: list[int], quantity: float, order: list[Credit]) -> float:
    """Take `quantity` from the live credits in their order; returns what they could not give."""
    for at in live:
        taken = min(left[at], quantity)
        left[at] -= taken
        quantity -= taken
        if left[at] <= ROUNDING * order[at].amount:
            left[at] = 0.0
    return quantity


def pace(utilisation_share: float | None, elapsed_days: int, term_days: int) -> float | None:
    """Utilisation / elapsed share of the term: 1 is on plan, below is under-use.

    None where the utilisation is unknown, the term has not begun or has no length.
    """
    if utilisation_share is None or elapsed_days <= 0 or term_days <= 0:
        return None
    return utilisation_share / (elapsed_days / term_days)


def capacity_utilisation_share(
    tib: Sequence[float | None], entitled_tib: float | None, percentile: float = 1.0
) -> float | None:
    """Capacity in use / entitled, for a fixed capacity with overage, which has no burn-down.

    `percentile` says which of the values counts, as bandwidth is billed (nearest rank): 1 is the
    peak, 0.95 leaves the highest 5 % out. None where nothing is known or nothing entitled.
    """
    known = sorted(value for value in tib if value is not None)
    if not known or not entitled_tib:
        return None
    rank = max(1, math.ceil(percentile * len(known) - ROUNDING))
    return known[rank - 1] / entitled_tib
