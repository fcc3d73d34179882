"""The periods that questions compare, counted in complete days.

Polaris lands a day's hours on the next morning, so the newest complete day as of D is D - 1.
"""

import datetime as dt

from queries.question import Parameter

MONTH_DAYS = 28


def last_complete_day(as_of: dt.date) -> dt.date:
    """The day before the data date."""
    return as_of - dt.timedelta(days=1)


def first_day(as_of: dt.date, days: int, *, before: int = 0) -> dt.date:
    """The first of `days` complete days that end `before` days before the last complete one."""
    return as_of - dt.timedelta(days=days + before)


def midnight(day: dt.date) -> dt.datetime:
    """The instant at which `day` begins, UTC."""
    return dt.datetime.combine(day, dt.time(), tzinfo=dt.UTC)


def days_parameter(*, default: int, least: int, most: int) -> Parameter:
    """The length of a question's window."""
    return Parameter(
        name="days",
        says="Length of the window in complete days",
        default=default,
        least=least,
        most=most,
    )
