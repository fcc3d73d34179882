"""The periods that questions compare, counted in complete days.

Polaris lands a day's hours on the next morning, so the newest complete day as of D is D - 1.
"""

import datetime as dt

MONTH_DAYS = 28


def last_complete_day(as_of: dt.date) -> dt.date:
    """The day before the data date."""
    return as_of - dt.timedelta(days=1)


def first_day(as_of: dt.date, days: int, *, before: int = 0) -> dt.date:
    """The first of `days` complete days that end `before` days before the last complete one."""
    return as_of - dt.timedelta(days=days + before)
