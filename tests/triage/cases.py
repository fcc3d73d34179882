"""What stands in for SQL in the triage subject, which reads no warehouse of its own."""

from tests.cases import Case

CASES: tuple[Case, ...] = ()
REFERENCES = {
    "risk_state": (
        "tests/triage/test_risk_state.py"
        "::test_being_at_risk_is_entered_below_sixty_and_left_at_sixty_five"
    ),
}
