"""How much each line stores, day by day."""

import datetime as dt
from functools import cache

import numpy as np

from warehouse.demo.customers import RENEWED_RED, USAGE, Customer, Line
from warehouse.demo.draws import Draws, Floats
from warehouse.demo.period import DAYS, day_index

_DAYS_PER_MONTH = 30.4
_RAMP_DAYS = 60
_FLOOR = 0.30  # what is left of usage at the end of a collapse
_RECOVERY_DAYS = 45


@cache
def usage_path(customer: Customer, line: Line) -> Floats:
    """TiB stored on each day from FIRST_DAY to LAST_DAY, before the noise of the hours.

    A line that starts inside the window ramps up over 60 days. A collapse takes the last six to
    twelve weeks before the customer's moment; who renewed all the same recovers afterwards.
    """
    since = day_index(line.start)
    daily = np.full(DAYS, 1 + line.monthly_growth / _DAYS_PER_MONTH)
    daily[: max(0, min(since, DAYS)) + 1] = 1.0
    path = line.committed_tib * line.pace * np.cumprod(daily)
    days = np.arange(DAYS)
    path *= np.clip(0.25 + 0.75 * (days - since) / _RAMP_DAYS, 0.25, 1.0) if since > 0 else 1.0
    path *= _wobble(customer, line, days)
    if customer.warned(USAGE):
        path *= _collapse(customer, days)
    return path


def _wobble(customer: Customer, line: Line, days: np.ndarray) -> Floats:
    """Slow ups and downs that mean nothing: a triangle wave of some months, at most a tenth."""
    draws = Draws(f"wobble {customer.account_id} {line.start}", customer.seed)
    height, period, shift = draws.between(0.01, 0.10), draws.whole(80, 220), draws.whole(0, 220)
    return 1.0 + height * (4.0 * np.abs((days + shift) % period / period - 0.5) - 1.0)


def collapse_began(customer: Customer) -> dt.date:
    """First day of the decline: 42 to 84 days before the moment."""
    lead = Draws(f"collapse {customer.account_id}", customer.seed).whole(42, 84)
    return customer.moment - dt.timedelta(days=lead)


def _collapse(customer: Customer, days: np.ndarray) -> Floats:
    began, moment = day_index(collapse_began(customer)), day_index(customer.moment)
    fallen = np.clip((days - began) / (moment - began), 0.0, 1.0)
    if customer.fate == RENEWED_RED:
        fallen -= np.clip((days - moment) / _RECOVERY_DAYS, 0.0, 1.0)
    return 1.0 - (1.0 - _FLOOR) * fallen
