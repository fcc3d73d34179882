"""Which scores compare: those of the newest scorecard since the last of another."""

import datetime as dt

import polars as pl
import pytest

from queries.health.scorecard.same_card import same_card


@pytest.mark.parametrize(
    ("versions", "kept"),
    [
        ("", []),
        ("a", [1]),
        ("aaa", [1, 2, 3]),
        ("aab", [3]),
        ("abb", [2, 3]),
        ("baab", [4]),
        ("abab", [4]),
    ],
)
def test_scores_compare_up_to_the_last_of_another_card(versions, kept):
    frame = pl.DataFrame(
        {
            "on": [dt.date(2026, 1, day) for day in range(1, len(versions) + 1)],
            "card_version": list(versions),
        },
        schema={"on": pl.Date, "card_version": pl.String},
    )
    found = same_card(frame.reverse(), date="on")
    assert [day.day for day in found["on"]] == kept
