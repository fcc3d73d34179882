"""The on-call figures by what they draw."""

import datetime as dt

import polars as pl
import pytest

from components.core import palette
from components.on_call import figures as on_call
from queries.on_call.limits import ShiftLimits
from queries.on_call.load import OnCallLoad


def person(person_id, name, *, sleep=0, off=0, business=0, unknown=0):
    return {
        "person_id": person_id,
        "person_name": name,
        "interruptions": sleep + off + business + unknown,
        "business_interruptions": business,
        "off_interruptions": off,
        "sleep_interruptions": sleep,
        "unknown_band_interruptions": unknown,
        "incidents": 0,
        "on_call_hours": 12.0,
        "primary_hours": 12.0,
        "shifts": 1,
        "shifts_over_limit": 0,
    }


def load(*people):
    return pl.DataFrame(list(people), schema=OnCallLoad.create_empty().schema)


TEAM = load(
    person("a", "Ana", sleep=3, off=2, business=4),
    person("b", "Ben", sleep=1),
    person("c", None, unknown=2),
    person("d", "Dot"),
)


def limits(**changed):
    row = {
        "window_first_at": dt.datetime(2025, 11, 5, tzinfo=dt.UTC),
        "window_end_at": dt.datetime(2026, 2, 3, tzinfo=dt.UTC),
        "shifts": 180,
        "incidents": 130,
        "incidents_per_shift": 0.7222,
        "incidents_per_shift_low": 0.6034,
        "incidents_per_shift_high": 0.8576,
        "incident_variance_ratio": 1.31,
        "shifts_over_limit": 3,
        "shifts_over_limit_share": 3 / 180,
        "shifts_over_limit_share_low": 0.0046,
        "shifts_over_limit_share_high": 0.0426,
        "verdict": "pass",
    }
    return pl.DataFrame([row | changed], schema=ShiftLimits.create_empty().schema)


UNKNOWN = {name: None for name in ShiftLimits.column_names() if not name.startswith("window")} | {
    "verdict": "unknown",
    "reason": "feed_late",
}


def test_a_bar_is_stacked_from_sleep_to_unknown_in_the_order_of_the_answer():
    figure = on_call.load_by_band(TEAM)
    bars = {bar.name: list(bar.x) for bar in figure.data[:-1]}
    assert bars == {
        "sleep hours": [3, 1, 0, 0],
        "off hours": [2, 0, 0, 0],
        "business hours": [4, 0, 0, 0],
        "hour unknown": [0, 0, 2, 0],
    }
    assert list(figure.data[0].y) == ["Ana", "Ben", "c", "Dot"]
    assert figure.layout.yaxis.autorange == "reversed"
    assert figure.layout.barmode == "stack"


def test_the_end_of_a_bar_says_its_total_and_a_known_zero_says_zero():
    totals = on_call.load_by_band(TEAM).data[-1]
    assert list(totals.x) == [9, 1, 2, 0]
    assert list(totals.text) == [" 9", " 1", " 2", " 0"]


def test_sleep_alone_has_the_accent_and_no_hyperscaler_hue_appears():
    figure = on_call.load_by_band(TEAM)
    colours = [bar.marker.color for bar in figure.data[:-1]]
    assert colours == [palette.ACCENT, palette.CONTEXT, palette.FAINT, palette.GROUND]


def test_a_band_without_an_interruption_is_neither_drawn_nor_named():
    figure = on_call.load_by_band(load(person("a", "Ana", sleep=2)))
    assert [trace.name for trace in figure.data[:-1]] == ["sleep hours"]
    assert "off hours" not in figure.layout.title.text


def test_the_title_says_on_how_many_the_nights_fall():
    title = on_call.load_by_band(TEAM).layout.title.text
    assert title.startswith("2 people of 4 took every one of 4 sleep interruptions<br>")
    assert (
        on_call.concentration(load(person("d", "Dot"))) == "Nobody was interrupted in sleep hours"
    )


def test_people_beyond_the_fourteenth_are_counted_in_words_and_not_drawn():
    crowd = load(*(person(f"p{number:02}", f"P{number:02}", off=1) for number in range(16)))
    assert len(on_call.load_by_band(crowd).data[0].y) == 14
    assert on_call.load_words(crowd).endswith("2 people with fewer not drawn.")


def test_two_people_of_one_name_stay_two_and_a_name_is_never_markup():
    people = load(person("a", "Kim", off=1), person("b", "Kim"), person("c", "<b>&"))
    assert list(on_call.load_by_band(people).data[0].y) == [
        "Kim (a)",
        "Kim (b)",
        "&lt;b&gt;&amp;",
    ]


def test_the_bars_in_words():
    assert on_call.load_words(TEAM) == (
        "12 interruptions of 4 people: 4 in sleep hours, 2 in off hours, 4 in business hours, "
        "2 in hour unknown. First: Ana, 9 interruptions, 3 in sleep hours."
    )


def test_an_empty_load_says_so_instead_of_drawing():
    empty = load()
    figure = on_call.load_by_band(empty)
    assert len(figure.data) == 0
    assert figure.layout.annotations[0].text == on_call.NOBODY
    assert on_call.load_words(empty) == f"{on_call.NOBODY}."
    assert on_call.total(empty, "interruptions") == "0"


def test_interruptions_that_are_unknown_are_not_drawn_as_zero():
    known = person("a", "Ana")
    row = known | {name: None for name in known if name.endswith("interruptions")}
    figure = on_call.load_by_band(load(row))
    assert figure.layout.annotations[0].text == on_call.UNCOUNTED
    assert on_call.load_words(load(row)) == f"{on_call.UNCOUNTED}."
    assert on_call.total(load(row), "interruptions") == "–"


@pytest.mark.parametrize(
    ("verdict", "said"),
    [("pass", "at most 4.3 %"), ("fail", "at least 0.5 %"), ("inconclusive", "0.5 % to 4.3 %")],
)
def test_the_tile_shows_the_bound_that_the_verdict_rests_on(verdict, said):
    assert on_call.bound(limits(verdict=verdict)) == f"{said}, 90 days"
    assert on_call.bound(limits(verdict=verdict), ["region", "owner"]) == (
        f"{said}, 90 days; not filtered by region, owner"
    )


def test_an_unknown_limit_shows_no_number():
    assert on_call.bound(limits(**UNKNOWN)) == "90 days"
    assert on_call.interval(limits(**UNKNOWN)) == "–"
    assert on_call.limit_words(limits(**UNKNOWN)).endswith(
        "The notifications are later than promised, so it is unknown."
    )
    assert (on_call.bound(limits().clear()), on_call.interval(limits().clear())) == ("–", "–")


def test_the_limit_is_explained_with_bounds_mean_and_window():
    assert on_call.limit_words(limits()) == (
        "At most 2 incidents in a 12-hour shift; 5 % of shifts may exceed that. The verdict looks "
        "at 90 days, here 5 Nov 2025 to 2 Feb 2026, whatever window is chosen above. Of 180 "
        "shifts, 3 exceed it (1.7 %). One-sided 95 % bounds: above 0.5 %, below 4.3 %; pass needs "
        "the upper one at 5 % or less, fail the lower one above it. Mean: 130 incidents, 0.72 per "
        "shift, 95 % interval 0.60 to 0.86, variance 1.3 times the mean."
    )
    assert ", variance" not in on_call.limit_words(limits(incident_variance_ratio=None))


@pytest.mark.parametrize("verdict", ["pass", "fail", "inconclusive", "unknown"])
def test_a_verdict_is_a_shape_and_its_word(verdict):
    shape, said = on_call.VERDICTS[verdict].split(" ", maxsplit=1)
    assert (shape in "●▲◆○", said) == (True, verdict)
