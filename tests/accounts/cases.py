"""The companies of the accounts subject, and what stands in for SQL."""

import datetime as dt

from tests.accounts import test_retention
from tests.accounts.history import HISTORY
from tests.cases import Case
from tests.health.indicators import test_churn_indicators
from warehouse.context import EVERYTHING, Context

CASES = (
    Case(
        name="ACCOUNT",
        company=HISTORY,
        contexts=(
            Context(dt.date(2026, 1, 31), EVERYTHING),
            Context(dt.date(2026, 1, 28), EVERYTHING, hyperscaler=("aws",), region=("emea",)),
        ),
        about={"account": "a1"},
    ),
    Case(
        name="ARR",
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
        questions=("arr_by_hyperscaler", "arr_movements"),
    ),
    Case(
        name="RETENTION",
        company=test_retention.COMPANY,
        contexts=(
            Context(dt.date(2026, 1, 31), EVERYTHING),
            Context(dt.date(2025, 5, 31), EVERYTHING),
            Context(dt.date(2026, 1, 31), EVERYTHING, hyperscaler=("aws",), region=("emea",)),
        ),
        questions=("retention", "retention_cohort"),
    ),
)
_LEDGER = "tests/accounts/test_ledger_events.py"
REFERENCES = {
    "account": f"{_LEDGER}::test_every_kind_of_action_is_said_in_words",
    "account_score_history": (
        f"{_LEDGER}::test_the_history_holds_the_scores_of_twenty_six_weeks_as_they_were_frozen"
    ),
}
