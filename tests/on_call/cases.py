"""The company of the on-call subject."""

import datetime as dt

from tests.cases import Case
from tests.on_call import test_on_call_load
from warehouse.context import EVERYTHING, Context

CASES = (
    Case(
        name="ON_CALL",
        company=test_on_call_load.COMPANY,
        contexts=(
            Context(dt.date(2026, 2, 3), EVERYTHING),
            Context(dt.date(2026, 1, 31), EVERYTHING),
            Context(dt.date(2026, 2, 3), EVERYTHING, hyperscaler=("azure",), region=("emea",)),
        ),
    ),
)
REFERENCES: dict[str, str] = {}
