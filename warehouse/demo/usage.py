"""How much each line stores, day by day."""

from functools import cache

import numpy as np

from warehouse.demo.customers import (
    RENEWED_RED,
    TROUBLED,
    UNDER_USE,
    USAGE,
    Customer,
    Line,
)
from warehouse.demo.draws import Draws, Floats
from warehouse.demo.period import DAYS, day_index

_DAYS_PER_MONTH = 30.4
_RAMP_DAYS, _BEGINS = 90, 0.15
# What is left at the end of a decline, and the days it takes: it collapses, or it fades away.
_FLOOR = {USAGE: 0.30, UNDER_USE: 0.45}
_DECLINE_DAYS = {USAGE: 35, UNDER_USE: 100}
_RECOVERY_DAYS = 45


@cache
def usage_path(customer: Customer, line: Line) -> Floats:
    """TiB stored on each day from FIRST_DAY to LAST_DAY, before the noise of the hours.

    A line that starts inside the window ramps up over 90 days. A decline goes on until
    the customer's moment; who renewed all the same recovers afterwards.
    """
    since = day_index(line.start)
    daily = np.full(DAYS, 1 + line.monthly_growth / _DAYS_PER_MONTH)
    daily[: max(0, min(since, DAYS)) + 1] = 1.0
    path = line.committed_tib * line.pace * np.cumprod(daily)
    days = np.arange(DAYS)
    path *= (
        np.clip(_BEGINS + (1 - _BEGINS) * (days - since) / _RAMP_DAYS, _BEGINS, 1.0)
        if since > 0
        else 1.0
    )
    path *= _wobble(customer, line, days)
    for warning in _FLOOR:
        if customer.warned(warning) and (warning, customer.fate) != (UNDER_USE, TROUBLED):
            path *= _decline(customer, warning, days)
    return path


def _wobble(customer: Customer, line: Line, days: np.ndarray) -> Floats:
    """Slow ups and downs that mean nothing: a triangle wave of some months, at most a tenth."""
    draws = Draws(f"wobble {customer.account_id} {line.start}", customer.seed)
    height, period, shift = draws.between(0.01, 0.10), draws.whole(80, 220), draws.whole(0, 220)
    return 1.0 + height * (4.0 * np.abs((days + shift) % period / period - 0.5) - 1.0)


def _decline(customer: Customer, warning: str, days: np.ndarray) -> Floats:
    """The share of usage that is left on each day: all of it until the decline begins."""
    began, moment = day_index(customer.began(warning)), day_index(customer.moment)
    takes = min(_DECLINE_DAYS[warning], moment - began)
    fallen = np.clip((days - began) / takes, 0.0, 1.0)
    if customer.fate == RENEWED_RED:
        fallen -= np.clip((days - moment) / _RECOVERY_DAYS, 0.0, 1.0)
    return 1.0 - (1.0 - _FLOOR[warning]) * fallen
