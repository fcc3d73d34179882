"""The one place where clocks are read: the wall clock for instants, another for durations.

Pages and questions get a data date (`as_of`); the clock serves only to say how old something is,
to stamp what was learned when, and to refuse facts from the future.
"""

import datetime as dt
import time


def now() -> dt.datetime:
    """The present instant in UTC."""
    return dt.datetime.now(dt.UTC)


def today() -> dt.date:
    """The present day in UTC."""
    return now().date()


def monotonic() -> float:
    """Seconds since some moment, for durations: setting the wall clock does not touch them."""
    return time.monotonic()
