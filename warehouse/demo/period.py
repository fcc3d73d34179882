"""The demo's fixed days: it begins, ends and is loaded at the same instants every time."""

import datetime as dt

DATA_DATE = dt.date(2026, 1, 31)
FIRST_DAY = dt.date(2024, 8, 1)
LAST_DAY = dt.date(2026, 1, 30)
DAYS = (LAST_DAY - FIRST_DAY).days + 1

# Polaris lands the hours of a day the next morning; everything else is read at LOADED_AT.
LANDS_AFTER = dt.timedelta(days=1, hours=2, minutes=10)
LOADED_AT = dt.datetime(2026, 1, 31, 6, tzinfo=dt.UTC)
# What comes in whole days, the last of them the day before the load.
BY_DAY = frozenset({"metering_hourly", "feature_usage_daily"})


def watermark(table: str) -> dt.datetime:
    """Up to when the source of `table` was complete when the demo was loaded."""
    return midnight(DATA_DATE) if table in BY_DAY else LOADED_AT


def midnight(day: dt.date) -> dt.datetime:
    """The first instant of `day` in UTC."""
    return dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC)


def add_months(day: dt.date, months: int) -> dt.date:
    """The same day of the month `months` later; `day` is the 28th or earlier."""
    count = day.year * 12 + day.month - 1 + months
    return day.replace(year=count // 12, month=count % 12 + 1)


def day_index(day: dt.date) -> int:
    """Days since the first metered day; negative before it."""
    return (day - FIRST_DAY).days
