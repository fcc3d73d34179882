"""The company's fiscal calendar: half-years from the month in which its fiscal year begins.

A fiscal year is named after the calendar year in which it ends, as most software companies name
theirs: with a year that begins in February, 31 January 2026 lies in H2 FY2026 and the day after it
in H1 FY2027. With January the fiscal year is the calendar's.
"""

import datetime as dt

from queries.core.question import Parameter
from queries.shared.contracts import months_before

HALF_YEAR = 6
YEAR = 12
FISCAL_YEAR_START = Parameter(
    name="fiscal_year_start",
    description="Month in which the fiscal year begins, 1 to 12; left out: as in the settings",
    default=1,
    least=1,
    most=YEAR,
)


def half_year(day: dt.date, fiscal_year_start: int) -> tuple[dt.date, dt.date, str]:
    """The fiscal half-year that holds `day`: its first day, the first day after it, and its name.

    `fiscal_year_start` is the month, 1 to 12, on whose first day the fiscal year begins.
    """
    months_into_year = (day.month - fiscal_year_start) % YEAR
    half = months_into_year // HALF_YEAR
    first = months_before(day.replace(day=1), months_into_year - half * HALF_YEAR)
    last_of_year = months_before(first, (half - 2) * HALF_YEAR) - dt.timedelta(days=1)
    return first, months_before(first, -HALF_YEAR), f"H{half + 1} FY{last_of_year.year}"
