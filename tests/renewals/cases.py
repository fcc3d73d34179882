"""The company of the renewals subject, and what stands in for SQL."""

import datetime as dt

from tests.cases import Case
from tests.renewals import renewing
from warehouse.context import EVERYTHING, Context

CASES = (
    Case(
        name="RENEWING",
        company=renewing.COMPANY,
        contexts=(
            Context(dt.date(2026, 1, 31), EVERYTHING),
            Context(dt.date(2026, 1, 4), EVERYTHING),
            Context(dt.date(2026, 1, 31), EVERYTHING, hyperscaler=("azure",), region=("emea",)),
        ),
    ),
)
REFERENCES = {
    "renewals": (
        "tests/renewals/test_renewals.py"
        "::test_the_totals_are_traced_by_hand_and_account_for_all_that_is_due"
    ),
}
