"""The periods that questions compare, counted in complete days.

Polaris lands a day's hours on the next morning, so the newest complete day as of D is D - 1. A
window of events ends earlier where the feed that brings them does.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from queries.core.question import Parameter
from warehouse.provenance import Watermark

MONTH_DAYS = 28
Gap = Literal["feed_unknown", "feed_ended", "feed_late"]
# Why nothing can be said of a window: nobody says how far its feed reaches, the feed ended before
# the window began, or it lies further behind the data date than is promised.
GAPS: tuple[Gap, ...] = ("feed_unknown", "feed_ended", "feed_late")


@dataclass(frozen=True)
class Window:
    """The instants from `first` to `end`, exclusive, UTC; `gap` says why nothing can be counted.

    Where there is a gap, what the feed holds is no count: zero events of it are unknown.
    """

    first: dt.datetime
    end: dt.datetime
    gap: Gap | None = None

    @property
    def days(self) -> int:
        """The whole days in it."""
        return (self.end - self.first).days

    @property
    def last(self) -> dt.date:
        """The last whole day in it."""
        return (self.end - dt.timedelta(days=1)).date()


def last_complete_day(as_of: dt.date) -> dt.date:
    """The day before the data date."""
    return as_of - dt.timedelta(days=1)


def first_day(as_of: dt.date, days: int, *, before: int = 0) -> dt.date:
    """The first of `days` complete days that end `before` days before the last complete one."""
    return as_of - dt.timedelta(days=days + before)


def midnight(day: dt.date) -> dt.datetime:
    """The instant at which `day` begins, UTC."""
    return dt.datetime.combine(day, dt.time(), tzinfo=dt.UTC)


def window(as_of: dt.date, days: int, feeds: Iterable[Watermark]) -> Window:
    """The last `days` complete days before the data date, as far as every one of `feeds` reaches.

    It ends at the midnight that begins the data date, or where the first feed ends. With a gap
    nothing is counted, and the window is the one asked for.
    """
    first, end = midnight(first_day(as_of, days)), midnight(as_of)
    reached = [end]
    for feed in feeds:
        if feed.at is None:
            return Window(first, end, "feed_unknown")
        if feed.at <= first:
            return Window(first, end, "feed_ended")
        if feed.is_late(end):
            return Window(first, end, "feed_late")
        reached.append(feed.at)
    return Window(first, min(reached))


def days_parameter(*, default: int, least: int, most: int) -> Parameter:
    """The length of a question's window."""
    return Parameter(
        name="days",
        description="Length of the window in complete days",
        default=default,
        least=least,
        most=most,
    )
