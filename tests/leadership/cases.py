"""The company of the leadership subject."""

import datetime as dt

from tests.cases import Case
from tests.health.indicators import test_churn_indicators
from warehouse.context import EVERYTHING, Context

CASES = (
    Case(
        name="BOOK",
        company=test_churn_indicators.COMPANY,
        contexts=(
            Context(dt.date(2026, 1, 31), EVERYTHING),
            Context(dt.date(2025, 12, 15), EVERYTHING),
            Context(
                dt.date(2026, 1, 31),
                EVERYTHING,
                segment=("enterprise",),
                region=("emea", "unknown"),
            ),
        ),
    ),
)
REFERENCES: dict[str, str] = {}
