"""The one place where the wall clock is read.

Pages and questions get a data date (`as_of`); the clock serves only to say how old something is,
to stamp what was learned when, and to refuse facts from the future.
"""

import datetime as dt


def now() -> dt.datetime:
    """The present instant in UTC."""
    return dt.datetime.now(dt.UTC)
