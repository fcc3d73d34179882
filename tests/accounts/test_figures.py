"""The use of a commitment as it is drawn and said: gaps, marks, the projection and its band."""

import datetime as dt
import math

import polars as pl

from components.accounts import figures
from components.core import palette
from queries.accounts.consumption.consumption import AccountConsumption

FIRST = dt.date(2026, 1, 1)
PARTS = ("used", "committed", "projected", "projected_low", "projected_high")


def days(*rows, hyperscaler="aws"):
    """Rows of used, committed, projected, P10 and P90, one a day from 1 January."""
    return pl.DataFrame(
        [
            {
                "hyperscaler": hyperscaler,
                "usage_date": FIRST + dt.timedelta(days=place),
                **{f"{part}_tib_hours": value for part, value in zip(PARTS, row, strict=True)},
            }
            for place, row in enumerate(rows)
        ],
        schema=AccountConsumption.create_empty().schema,
    )


TERM = days(
    (10.0, 20.0, None, None, None),
    (None, 40.0, None, None, None),
    (25.0, 60.0, None, None, None),
    (None, 80.0, 36.0, 32.0, 40.0),
    (None, 100.0, 50.0, 40.0, 60.0),
)


def traces(figure):
    return {trace.name: trace for trace in figure.data}


def test_use_is_solid_the_commitment_dashed_and_the_projection_dotted_in_a_hatched_band():
    drawn = traces(figures.consumption(TERM, "aws"))
    assert {name: trace.line.dash for name, trace in drawn.items() if trace.mode == "lines"} == {
        "P10": None,
        "P10 to P90": None,
        "Committed": "dash",
        "Used": "solid",
        "Projected": "dot",
    }
    assert drawn["P10"].y.tolist() == [32.0, 40.0]
    assert drawn["P10 to P90"].y.tolist() == [40.0, 60.0]
    assert drawn["P10 to P90"].fill == "tonexty"
    assert drawn["P10 to P90"].fillpattern.shape == "/"
    assert drawn["Used"].line.color == palette.HYPERSCALER["aws"]


def test_an_unknown_day_is_a_gap_with_a_mark_and_the_days_ahead_are_none():
    drawn = traces(figures.consumption(TERM, "aws"))
    assert math.isnan(drawn["Used"].y[1])
    assert drawn["Used"].connectgaps is False
    assert drawn["Unknown day"].y.tolist() == [10.0]
    assert drawn["Unknown day"].marker.symbol == "circle-open"


def test_title_and_sentence_say_how_much_of_the_commitment_is_used_by_the_end():
    made = figures.consumption(TERM, "aws")
    assert made.layout.title.text == "AWS: 50.0 % used by the end<br>P10–P90 40–60 %"
    assert figures.consumption_words(TERM, "aws") == (
        "AWS: 25 TiB-h used by 3 Jan 2026, 100 TiB-h committed until 5 Jan 2026. "
        "At this rate 50.0 % is used by then (P10–P90 40–60 %). 1 day unknown."
    )


def test_the_ends_of_the_lines_are_labelled_apart():
    notes = figures.consumption(TERM, "aws").layout.annotations
    assert [(note.text, note.y, note.yanchor) for note in notes] == [
        ("at this rate", 50.0, "top"),
        ("committed", 100.0, "bottom"),
    ]


def test_without_an_interval_there_is_no_band_and_without_a_projection_no_promise():
    few = days((10.0, 20.0, None, None, None), (None, 40.0, 20.0, None, None))
    assert "P10" not in traces(figures.consumption(few, "aws"))
    assert figures.consumption(few, "aws").layout.title.text == "AWS: 50.0 % used by the end"
    over = days((10.0, None, None, None, None))
    assert figures.consumption(over, "aws").layout.title.text == (
        "AWS: use of the commitment so far"
    )
    assert figures.consumption_words(over, "aws") == (
        "AWS: 10 TiB-h used by 1 Jan 2026, – TiB-h committed until 1 Jan 2026."
    )


def test_a_term_that_nobody_metered_says_so():
    unmetered = days((None, 20.0, None, None, None))
    (note,) = figures.consumption(unmetered, "aws").layout.annotations
    assert note.text == figures.NO_USE
    assert figures.consumption_words(unmetered, "aws") == (
        "AWS: no day of this term is metered: its use is unknown."
    )
