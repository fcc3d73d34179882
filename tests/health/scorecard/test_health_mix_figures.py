"""The figure of the health mix, by its data."""

import datetime as dt

import polars as pl
import pytest

from components.core import palette
from components.health import health_mix_figures
from queries.health.scorecard.health_mix import HealthMix

LAST = dt.date(2026, 1, 31)
BANDS = ("at_risk", "watch", "healthy", "unknown")
SCHEMA = HealthMix.create_empty().schema


def week(back, *accounts, version="2025-11"):
    """The four rows of a week, in the order of `BANDS`; without numbers nobody scored it."""
    day = LAST - dt.timedelta(days=7 * back)
    known = accounts or (None,) * len(BANDS)
    return [
        {
            "week_date": day,
            "band": band,
            "scored_date": day if accounts else None,
            "card_version": version if accounts else None,
            "accounts": count,
            "arr_usd": count and count * 1e6,
        }
        for band, count in zip(BANDS, known, strict=True)
    ]


def mix(*weeks):
    return pl.DataFrame([row for rows in weeks for row in rows], schema=SCHEMA)


HISTORY = mix(
    week(4, 1, 2, 9, 0, version="2025-01"),
    week(3, 2, 2, 8, 0, version="2025-01"),
    week(2),
    week(1, 3, 1, 8, 0),
    week(0, 4, 0, 8, 1),
)


def test_bars_stand_on_those_at_risk_in_the_colours_of_the_bands():
    *bars, gaps = health_mix_figures.health_mix(HISTORY).data
    assert [bar.name for bar in bars] == ["At risk", "Watch", "Unknown", "Healthy"]
    assert [list(bar.y) for bar in bars] == [[1, 2, 3, 4], [2, 2, 1, 0], [0, 0, 0, 1], [9, 8, 8, 8]]
    assert [bar.marker.color for bar in bars] == [
        palette.AT_RISK,
        palette.WATCH,
        palette.UNKNOWN,
        palette.HEALTHY,
    ]
    assert list(bars[0].customdata) == ["$1M", "$2M", "$3M", "$4M"]
    assert health_mix_figures.health_mix(HISTORY).layout.barmode == "stack"
    assert gaps.marker.symbol == "circle-open"


def test_a_week_nobody_scored_is_a_gap_with_a_mark_and_no_bar():
    *bars, gaps = health_mix_figures.health_mix(HISTORY).data
    missing = dt.date(2026, 1, 17)
    assert [day.astype("datetime64[D]").item() for day in gaps.x] == [missing]
    assert all(missing not in {day.astype("datetime64[D]").item() for day in b.x} for b in bars)


def test_the_last_bar_is_labelled_directly_and_labels_keep_apart():
    drawn = health_mix_figures.health_mix(HISTORY).layout.annotations
    labels = {note.text: note.y for note in drawn if note.yref != "paper"}
    assert list(labels) == ["▲ 4 at risk", "◆ 0 watch", "○ 1 unknown", "● 8 healthy"]
    # Middles are 2, 4, 4.5 and 9 accounts high; a label takes 8 % of the tallest bar, of 13.
    assert list(labels.values()) == pytest.approx([2.0, 4.0, 4.0 + 0.08 * 13, 9.0])


def test_another_version_of_the_scorecard_is_marked_before_its_first_week():
    layout = health_mix_figures.health_mix(HISTORY).layout
    (line,) = layout.shapes
    assert line.x0 == line.x1 == dt.date(2026, 1, 20)
    assert [note.text for note in layout.annotations if note.yref == "paper"] == [
        "scorecard 2025-11"
    ]


@pytest.mark.parametrize(
    ("then", "title"),
    [
        ((1, 2, 9, 0), "4 accounts at risk, 3 more than 4 weeks before"),
        ((9, 2, 9, 0), "4 accounts at risk, 5 fewer than 4 weeks before"),
        ((4, 2, 9, 0), "4 accounts at risk, as many as 4 weeks before"),
    ],
)
def test_the_title_compares_with_the_oldest_week_that_was_scored(then, title):
    drawn = health_mix_figures.health_mix(mix(week(5), week(4, *then), week(0, 4, 0, 8, 1)))
    assert drawn.layout.title.text == title


def test_the_words_say_both_ends_the_gaps_and_the_scorecards():
    assert health_mix_figures.health_mix_words(HISTORY) == (
        "Week to 31 Jan 2026: 4 at risk ($4M), 0 watch ($0), 1 unknown ($1M), 8 healthy ($8M). "
        "Week to 3 Jan 2026: 1 at risk ($1M), 2 watch ($2M), 0 unknown ($0), 9 healthy ($9M). "
        "No score was written in 1 week. Scorecard 2025-11 since the week to 24 Jan 2026."
    )


def test_without_a_week_before_the_bands_of_today_are_drawn_and_it_is_said():
    alone = mix(week(1), week(0, 4, 0, 8, 1))
    drawn = health_mix_figures.health_mix(alone)
    (bars,) = drawn.data
    assert list(bars.y) == ["● Healthy", "○ Unknown", "◆ Watch", "▲ At risk"]
    assert list(bars.text) == ["8, $8M ARR", "1, $1M ARR", "0, $0 ARR", "4, $4M ARR"]
    assert drawn.layout.title.text == "No week before the data date is scored yet"
    assert health_mix_figures.health_mix_words(alone) == (
        "Week to 31 Jan 2026: 4 at risk ($4M), 0 watch ($0), 1 unknown ($1M), 8 healthy ($8M). "
        "No week before the data date is scored yet: nobody has written their scores."
    )


def test_a_week_in_which_no_account_was_there_is_drawn_at_zero():
    drawn = health_mix_figures.health_mix(mix(week(1, 0, 0, 0, 0), week(0, 0, 0, 0, 0)))
    assert [list(bar.y) for bar in drawn.data[:4]] == [[0, 0]] * 4
    assert drawn.layout.title.text == "0 accounts at risk, as many as 1 week before"


def test_no_account_draws_nothing_and_says_so():
    nothing = HealthMix.create_empty()
    assert health_mix_figures.health_mix(nothing).data == ()
    assert health_mix_figures.health_mix_words(nothing) == (
        "No account with a contract is known in these filters."
    )
