"""Daily capacity as it is drawn: values, gaps, marks for missing hours, and the sentence."""

import datetime as dt
import math

import polars as pl

from components.core import palette
from components.usage.figures import (
    NOTHING,
    daily_capacity,
    daily_capacity_words,
    growth_in_words,
    mean_capacity,
)
from queries.usage.metered import UsageByHyperscaler

FIRST = dt.date(2026, 3, 1)


def usage(**tib_per_day):
    """Rows of 24 × TiB per hyperscaler and day from 1 March; a tuple gives completeness too."""
    rows = []
    for hyperscaler, days in tib_per_day.items():
        for number, given in enumerate(days):
            tib, complete = given if isinstance(given, tuple) else (given, 1.0)
            rows += [
                {
                    "hyperscaler": hyperscaler,
                    "dimension": dimension,
                    "usage_date": FIRST + dt.timedelta(days=number),
                    "quantity": None if tib is None else tib * 24,
                    "completeness_share": complete,
                }
                for dimension in ("capacity", "egress")
            ]
    return pl.DataFrame(rows, schema=UsageByHyperscaler.create_empty().schema)


TWO = usage(aws=[10.0] * 7 + [None] + [(20.0, 0.9)] * 7, azure=[40.0] * 15)


def test_a_line_per_hyperscaler_with_gaps_where_nothing_was_recorded():
    lines = {trace.name: trace for trace in daily_capacity(TWO).data if trace.mode == "lines"}
    assert list(lines) == ["AWS", "Azure"]
    drawn = lines["AWS"].y.tolist()
    assert drawn[:7] + drawn[8:] == [10.0] * 7 + [20.0] * 7
    assert math.isnan(drawn[7])
    assert lines["AWS"].connectgaps is False
    assert lines["AWS"].line.color == palette.HYPERSCALER["aws"]
    assert lines["Azure"].y.tolist() == [40.0] * 15


def test_days_with_missing_hours_are_marked_with_open_dots():
    marks = {trace.name: trace for trace in daily_capacity(TWO).data if trace.mode == "markers"}
    assert marks["AWS, hours missing"].customdata.tolist() == [0.9] * 7
    assert marks["AWS, hours missing"].marker.symbol == "circle-open"
    assert marks["Azure, hours missing"].y.tolist() == []


def test_every_line_is_labelled_at_its_end_and_the_axis_starts_at_zero():
    made = daily_capacity(TWO)
    assert [(note.text, note.y) for note in made.layout.annotations] == [
        ("AWS", 20.0),
        ("Azure", 40.0),
    ]
    assert made.layout.yaxis.rangemode == "tozero"
    assert made.layout.showlegend is False


def test_labels_of_equal_lines_stand_apart():
    notes = daily_capacity(usage(aws=[50.0], gcp=[50.0])).layout.annotations
    assert [note.y for note in notes] == [50.0, 53.0]


def test_the_title_says_who_grew_most_from_the_first_week_to_the_last():
    assert growth_in_words(mean_capacity(TWO)) == "AWS grew most: +100.0 % in 15 days"
    alone = usage(aws=[10.0] * 7 + [9.0] * 7)
    assert growth_in_words(mean_capacity(alone)) == "AWS −10.0 % in 14 days"
    assert growth_in_words(mean_capacity(usage(aws=[0.0] * 14))) == "Capacity in use per day"


def test_the_sentence_says_the_newest_day_and_the_days_with_missing_hours():
    assert daily_capacity_words(TWO) == (
        "In use on 15 Mar 2026: Azure 40 TiB, AWS 20 TiB. Hours are missing on 7 days."
    )
    assert daily_capacity_words(usage(aws=[1.0])) == "In use on 1 Mar 2026: AWS 1 TiB."


def test_without_a_recorded_day_the_figure_says_so():
    for nothing in (usage(), usage(aws=[None, None])):
        assert [note.text for note in daily_capacity(nothing).layout.annotations] == [NOTHING]
        assert len(daily_capacity(nothing).data) == 0
        assert daily_capacity_words(nothing) == f"{NOTHING}."


def test_the_labels_have_their_room_before_they_are_drawn_and_may_take_more():
    made = daily_capacity(TWO)
    assert made.layout.margin.to_plotly_json() == {"l": 72, "r": 100, "t": 44, "b": 60, "pad": 4}
    assert (made.layout.xaxis.automargin, made.layout.yaxis.automargin) == (True, True)
