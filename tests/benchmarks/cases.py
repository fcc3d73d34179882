"""The company of the benchmarks subject."""

import datetime as dt

from tests.benchmarks import test_comparisons
from tests.cases import Case
from warehouse.context import EVERYTHING, Context

CASES = (
    Case(
        name="BENCHMARKS",
        company=test_comparisons.COMPANY,
        contexts=(
            Context(dt.date(2026, 1, 31), EVERYTHING),
            Context(dt.date(2026, 1, 10), EVERYTHING),
        ),
    ),
)
REFERENCES: dict[str, str] = {}
