"""A score as it is drawn and said: its points, and how it went from card to card."""

import datetime as dt
import math

import polars as pl
import pytest

from components.accounts import score_figures as figures
from queries.accounts.history import AccountScoreHistory
from queries.health.scorecard.account_health import AccountHealth


def scored(score, **points):
    columns = {f"{factor}_points": value for factor, value in points.items()}
    row = dict.fromkeys(AccountHealth.column_names()) | {"score": score} | columns
    return pl.DataFrame([row], schema=AccountHealth.create_empty().schema)


def test_points_are_bars_with_the_worst_on_top_and_sum_to_the_score():
    health = scored(55.0, usage=-20.0, breadth=4.0, tickets=1.0)
    (bars,) = figures.contributions(health).data
    assert list(bars.y) == ["Features used", "Severe tickets", "Usage"]
    assert list(bars.x) == [4.0, 1.0, -20.0]
    assert list(bars.text) == ["+4.0", "+1.0", "−20.0"]
    assert figures.contributions(health).layout.title.text == "Usage lowers the score most: −20.0"
    assert figures.contributions_words(health) == (
        "Score 55.0 = 70.0 in order, usage −20.0, severe tickets +1.0, features used +4.0. "
        "Unknown or not on the card: use of commitment, incidents, contact."
    )


def test_a_score_that_nothing_lowers_says_so():
    health = scored(78.0, usage=8.0)
    assert figures.contributions(health).layout.title.text == (
        "Score 78: no factor lowers the score"
    )


@pytest.mark.parametrize(
    ("health", "expected"),
    [
        (AccountHealth.create_empty(), figures.NO_SCORE),
        # Its one known factor is in order: green, and no score all the same.
        (
            scored(None, contact=30.0).with_columns(coverage_share=pl.lit(0.38)),
            "No score: only 38.0 % of the scorecard's weight is known",
        ),
    ],
)
def test_what_is_unknown_has_no_score_and_no_points(health, expected):
    assert figures.contributions_words(health) == f"{expected}."
    drawn = figures.contributions(health)
    assert (drawn.layout.annotations[0].text, len(drawn.data)) == (expected, 0)


def week(number):
    return dt.date(2026, 1, 3) + dt.timedelta(weeks=number)


def went(*rows):
    """Rows of week, version, score and band."""
    return pl.DataFrame(
        [
            {
                "as_of": week(number),
                "card_version": version,
                "score": score,
                "band": band,
                "coverage_share": 1.0,
            }
            for number, version, score, band in rows
        ],
        schema=AccountScoreHistory.create_empty().schema,
    )


WENT = went(
    (0, "2025-01", 70.0, "watch"),
    (1, "2025-01", None, "unknown"),
    (2, "2025-11", 82.0, "healthy"),
    (3, "2025-11", 41.0, "at_risk"),
)


def test_the_history_keeps_gaps_shows_bands_as_shapes_and_marks_each_new_card():
    made = figures.history(WENT)
    line, unknown = made.data
    assert line.y.tolist()[0::2] == [70.0, 82.0]
    assert math.isnan(line.y[1])
    assert line.connectgaps is False
    assert line.marker.symbol == ("diamond", "circle-open", "circle", "triangle-up")
    assert (unknown.x.astype("datetime64[D]").tolist(), unknown.y.tolist()) == ([week(1)], [70.0])
    assert [note.text for note in made.layout.annotations] == ["card 2025-11"]
    assert [shape.x0 for shape in made.layout.shapes] == [week(2)]
    assert made.layout.yaxis.range == (0, 100)


def test_its_sentence_says_where_it_went_and_what_changed_it():
    # The scores of 3 and 10 January are of another scorecard, which does not compare.
    assert figures.history(WENT).layout.title.text == "Score 41, after 82 on 17 Jan 2026"
    assert figures.history_words(WENT) == (
        "Score 41, after 82 on 17 Jan 2026; lowest 41 on 24 Jan 2026, highest 82 on 17 Jan 2026. "
        "Scorecard 2025-11 from 17 Jan 2026. Unknown on 1 day."
    )
    alone = went((0, "2025-11", 50.0, "at_risk"))
    assert figures.history(alone).layout.title.text == "Score 50, the only one by scorecard 2025-11"


def test_a_history_without_a_known_score_says_so():
    unknown = went((0, "2025-11", None, "unknown"))
    assert figures.history_words(unknown) == f"{figures.NO_SCORE}."
    (note,) = figures.history(unknown).layout.annotations
    assert note.text == figures.NO_SCORE
