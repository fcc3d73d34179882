"""What followed the scores, traced by hand: bands, probabilities and misses."""

import datetime as dt

import polars as pl
import pytest

from queries.core.question import ParameterInvalid
from queries.health.evidence.curve import curve
from queries.health.proof.score_outcomes import (
    BandOutcomes,
    CalibrationCurve,
    ScoreMisses,
    band_finding,
    band_outcomes,
    calibration_curve,
    calibration_finding,
    misses_finding,
    score_misses,
)
from tests.health.evidence.simulated import (
    IN_FORCE,
    SCORECARD,
    book,
    history_of,
    outcome,
    outcomes_of,
    panel,
    snapshot,
)
from warehouse.context import EVERYTHING, Context

CONTEXT = Context(dt.date(2026, 4, 30), EVERYTHING)
DAY, LATER = "2025-06-30", "2025-07-31"
HISTORY = history_of(
    snapshot("left", DAY, 50.0, arr_usd=10.0),
    # The same account red twice is one account; green once, it counts there too.
    snapshot("left", LATER, 55.0, arr_usd=10.0),
    snapshot("left", "2025-05-31", 90.0),
    snapshot("surprise", DAY, 85.0, arr_usd=30.0),
    snapshot("surprise", LATER, 90.0, arr_usd=40.0),
    snapshot("stays", DAY, 90.0),
    snapshot("renews", DAY, 40.0, arr_usd=5.0),
    snapshot("drifts", DAY, 40.0),
    snapshot("dark", DAY, None),
    # Still open: nothing is known of these 90 days.
    snapshot("stays", "2026-03-31", 40.0),
)
OUTCOMES = outcomes_of(
    outcome("left", "2025-08-15"),
    outcome("surprise", "2025-09-01", churn_reason="Merged"),
    outcome("stays", last_renewal_date=dt.date(2025, 7, 1)),
    outcome("renews", last_renewal_date=dt.date(2025, 9, 28)),
    # Renewed on day 91: no miss of that snapshot.
    outcome("drifts", last_renewal_date=dt.date(2025, 9, 29)),
    outcome("dark"),
)


def asked(question, history=HISTORY, outcomes=OUTCOMES):
    return question(outcomes, history, context=CONTEXT, card_version=SCORECARD.version)


def test_each_snapshot_counts_in_the_band_it_was_seen_in():
    frame = BandOutcomes.validate(asked(band_outcomes))
    counts = ("band", "snapshots", "churned_snapshots", "accounts", "churned_accounts")
    assert frame.select(*counts, "churned_share").rows() == [
        # left twice, renews and drifts once; left churned 46 and 15 days later.
        ("at_risk", 4, 2, 3, 1, 0.5),
        ("watch", 0, 0, 0, 0, None),
        # left was green 76 days before it churned, surprise 63 and 32; stays has stayed.
        ("healthy", 4, 3, 3, 2, 0.75),
        ("unknown", 1, 0, 1, 0, 0.0),
    ]
    unknown = frame.row(3, named=True)
    # Over no event the interval is Wilson's of the one account, never from 0 to 0.
    assert (unknown["churned_share_low"], unknown["churned_share_high"]) == pytest.approx(
        (0.0, 0.7935), abs=1e-4
    )
    assert frame["churned_share_low"][1] is None
    assert band_finding(frame) == (
        "Snapshots with a churn within 90 days: 2 of 4 at risk, 0 of 0 watch, 3 of 4 healthy"
    )


def test_the_misses_are_named_with_their_newest_snapshot():
    frame = ScoreMisses.validate(asked(score_misses))
    columns = ("kind", "account_id", "snapshot_date", "score", "happened_date", "churn_reason")
    assert frame.select(columns).rows() == [
        (
            "healthy_churned",
            "left",
            dt.date(2025, 5, 31),
            90.0,
            dt.date(2025, 8, 15),
            None,
        ),
        (
            "healthy_churned",
            "surprise",
            dt.date(2025, 7, 31),
            90.0,
            dt.date(2025, 9, 1),
            "Merged",
        ),
        ("at_risk_renewed", "renews", dt.date(2025, 6, 30), 40.0, dt.date(2025, 9, 28), None),
    ]
    assert frame["arr_usd"].to_list() == [100.0, 40.0, 5.0]
    assert misses_finding(frame) == "2 healthy accounts churned, 1 at risk renewed"


def test_the_fifths_hold_every_row_and_what_was_expected_of_it():
    history, outcomes = book(churners=40, months=16, seed=3)
    frame = CalibrationCurve.validate(asked(calibration_curve, history, outcomes))
    assert frame["fifth"].to_list() == [1, 2, 3, 4, 5]
    assert frame["expected_share"].is_sorted()
    assert frame["observed_share"][-1] > 5 * frame["observed_share"][0]
    tested = curve(panel(history, outcomes, CONTEXT.as_of))
    # Nobody is lost between the fifths: the churned accounts of all are those of the whole.
    assert tested["churned_accounts"].sum() >= 32
    low, high = (frame[f"observed_share_{end}"] for end in ("low", "high"))
    assert ((low <= frame["observed_share"]) & (frame["observed_share"] <= high)).all()
    assert calibration_finding(frame).startswith("Likeliest fifth: ")


def test_without_a_probability_there_is_no_curve():
    frame = asked(calibration_curve)
    assert frame.height == 0
    assert calibration_finding(frame) == "No probability has been tested out of time yet"


@pytest.mark.parametrize("question", [band_outcomes, calibration_curve, score_misses])
def test_without_a_history_nothing_follows(question):
    assert asked(question, history_of()).height == 0
    assert band_finding(BandOutcomes.create_empty()) == (
        "No score is old enough to have a known outcome"
    )


def test_a_version_is_asked_for_by_its_name():
    history = pl.concat(
        [HISTORY, HISTORY.with_columns(card_version=pl.lit(IN_FORCE), score=pl.lit(99.0))]
    )
    named = score_misses(OUTCOMES, history, context=CONTEXT, card_version=SCORECARD.version)
    assert named["card_version"].unique().to_list() == [SCORECARD.version]
    # Where none is named it is the one in force, whichever has more churned accounts.
    frame = score_misses(OUTCOMES, history.head(3), context=CONTEXT, card_version=None)
    assert frame.height == 0
    frame = score_misses(OUTCOMES, history, context=CONTEXT, card_version=None)
    assert frame["card_version"].unique().to_list() == [IN_FORCE]
    with pytest.raises(ParameterInvalid, match="There is no scorecard 'v3'"):
        band_outcomes(OUTCOMES, history, context=CONTEXT, card_version="v3")
