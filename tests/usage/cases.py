"""The company of the usage subject."""

import datetime as dt

from tests.cases import Case
from tests.usage.fleet import FLEET
from tests.usage.test_charges import BILLS
from warehouse.context import EVERYTHING, Context

CASES = (
    Case(
        name="FLEET",
        company=FLEET | BILLS,
        contexts=(
            Context(dt.date(2026, 3, 31), EVERYTHING),
            Context(dt.date(2026, 3, 20), EVERYTHING),
            Context(dt.date(2026, 3, 31), EVERYTHING, hyperscaler=("aws", "azure")),
        ),
    ),
)
REFERENCES: dict[str, str] = {}
