"""The company of the health subject, and what stands in for SQL."""

import datetime as dt

from tests.cases import Case
from tests.health.indicators import test_churn_indicators
from warehouse.context import EVERYTHING, Context

CASES = (
    Case(
        name="CHURN",
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
_HERE = "tests/health"
REFERENCES = {
    "band_order": (
        f"{_HERE}/proof/test_band_order.py"
        "::test_the_rates_are_those_of_hand_written_sql_over_the_same_rows"
    ),
    "calibration_curve": (
        f"{_HERE}/proof/test_score_outcomes.py"
        "::test_the_fifths_hold_every_row_and_what_was_expected_of_it"
    ),
    "churn_risk": (
        f"{_HERE}/risk/test_churn_risk.py"
        "::test_every_account_gets_its_probability_and_the_dark_one_none"
    ),
    "expected_loss": (
        f"{_HERE}/risk/test_expected_loss.py"
        "::test_it_is_the_arr_times_its_probability_and_says_what_is_left_out"
    ),
    "expected_loss_record": (
        f"{_HERE}/risk/test_expected_loss_record.py"
        "::test_what_was_lost_is_that_of_hand_sql_at_every_month_end_that_had_evidence"
    ),
    "health_change": (
        f"{_HERE}/change/test_health_change.py::test_a_fall_by_behaviour_is_traced_by_hand"
    ),
    "health_mix": (
        f"{_HERE}/scorecard/test_health_mix.py::test_a_week_is_the_newest_day_of_it_that_was_scored"
    ),
    "parent_health": (
        f"{_HERE}/scorecard/test_parent_health.py::test_a_large_account_outvotes_three_small_ones"
    ),
    "score_gates": f"{_HERE}/proof/test_score_gates.py::test_a_book_is_held_to_every_gate",
    "score_misses": (
        f"{_HERE}/proof/test_score_outcomes.py"
        "::test_the_misses_are_named_with_their_newest_snapshot"
    ),
}
