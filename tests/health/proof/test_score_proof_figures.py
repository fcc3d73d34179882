"""The figures of the score's proof, by their data."""

import polars as pl
import pytest

from components.core import palette
from components.health import score_proof_figures as figures
from queries.health.proof.score_outcomes import BandOutcomes, CalibrationCurve

BANDS = pl.DataFrame(
    {
        "band": ["at_risk", "watch", "healthy", "unknown"],
        "snapshots": [30, 60, 1_500, 0],
        "churned_snapshots": [9, 18, 75, 0],
        "accounts": [10, 20, 100, 0],
        "churned_accounts": [3, 6, 30, 0],
        "churned_share": [0.3, 0.3, 0.05, None],
        "churned_share_low": [0.108, 0.145, 0.022, None],
        "churned_share_high": [0.603, 0.519, 0.112, None],
    }
)
CURVE = pl.DataFrame(
    {
        "expected_share": [0.01, 0.05, 0.4],
        "observed_share": [0.0, 0.06, 0.3],
        "observed_share_low": [0.0, 0.02, None],
        "observed_share_high": [0.0, 0.1, None],
    }
)


def test_each_band_is_a_dot_with_its_interval_the_worst_on_top():
    drawn = figures.band_outcomes(BANDS)
    assert [trace.y[0] for trace in drawn.data] == [
        "▲ At risk, 9 of 30",
        "◆ Watch, 18 of 60",
        "● Healthy, 75 of 1,500",
    ]
    assert drawn.layout.yaxis.autorange == "reversed"
    at_risk = drawn.data[0]
    assert (at_risk.x, at_risk.marker.color) == ((0.3,), palette.AT_RISK)
    assert at_risk.error_x.array == pytest.approx([0.303])
    assert at_risk.error_x.arrayminus == pytest.approx([0.192])
    assert drawn.layout.title.text == ("Churned: 30.0 % at risk, 5.0 % healthy")


def test_the_bands_in_one_sentence():
    assert figures.band_outcomes_words(BANDS) == (
        "Followed by a churn within 90 days: "
        "At risk 30.0 % [10.8 %, 60.3 %], 9 of 30 snapshots, 3 of 10 accounts; "
        "Watch 30.0 % [14.5 %, 51.9 %], 18 of 60 snapshots, 6 of 20 accounts; "
        "Healthy 5.0 % [2.2 %, 11.2 %], 75 of 1,500 snapshots, 30 of 100 accounts."
    )


def test_the_diagonal_reaches_as_far_as_the_dots():
    diagonal, dots = figures.calibration(CURVE).data
    assert (list(diagonal.x), list(diagonal.y)) == ([0.0, 0.4], [0.0, 0.4])
    assert (dots.x.tolist(), dots.y.tolist()) == ([0.01, 0.05, 0.4], [0.0, 0.06, 0.3])
    # No interval is no bar, not a bar down to zero.
    assert dots.error_y.array == pytest.approx([0.0, 0.04, 0.0])
    assert dots.error_y.arrayminus == pytest.approx([0.0, 0.04, 0.0])


def test_the_curve_in_one_sentence():
    assert figures.calibration_words(CURVE) == (
        "Expected and observed, least likely fifth first: "
        "1.0 % and 0.0 %; 5.0 % and 6.0 %; 40.0 % and 30.0 %."
    )
    assert figures.calibration(CURVE).layout.title.text == (
        "Likeliest fifth: 40.0 % expected, 30.0 % churned"
    )


def test_without_rows_a_figure_says_what_is_missing():
    bands, curve = BandOutcomes.create_empty(), CalibrationCurve.create_empty()
    assert figures.band_outcomes(bands).layout.annotations[0].text == figures.NOTHING
    assert figures.band_outcomes_words(bands) == f"{figures.NOTHING}."
    assert figures.calibration(curve).layout.annotations[0].text == figures.UNTESTED
    assert figures.calibration_words(curve) == f"{figures.UNTESTED}."
