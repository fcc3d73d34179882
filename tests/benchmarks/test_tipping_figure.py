"""The tipping factor against the documented worst cases, by what is drawn."""

import math

import pytest

from components.benchmarks.figures import tipping as figures
from components.core import palette
from tests.benchmarks.claimed import BUDGET, CLAIM, budget, knob

AFTER = "Beyond the disclosed ×1.10, 1.08× hidden erases it"
OVERTURNED = budget(knob("tier", 8.0, "UNKNOWN", counts=True, overturns=True))


def test_bars_start_at_one_largest_first_and_the_tipping_factor_stands_among_them():
    drawn = figures.bars(BUDGET, claim=CLAIM)
    assert [(bar.base[0], round(bar.x[0], 3), bar.y[0]) for bar in drawn.data] == [
        (1, 7.0, 4),
        (1, 0.198, 3),
        (1, 0.1, 2),
        (1, 0.089, 1),
    ]
    assert [label.text for label in drawn.layout.annotations] == [
        "provisioned tib ×8.00, equal",
        "tipping factor: 1.19×",
        "mtu ×1.10, differs",
        "left of it beside what is disclosed: 1.08×",
        "<b>»</b>",
    ]


def test_a_bar_cut_at_the_axis_carries_a_mark_at_its_height_and_no_other_does():
    drawn = figures.bars(BUDGET, claim=CLAIM)
    (mark,) = [label for label in drawn.layout.annotations if label.text == "<b>»</b>"]
    assert (mark.xref, mark.x, mark.y) == ("paper", 1, 4)
    whole = figures.bars(budget(knob("mtu", 1.1, "DISCLOSED", counts=True)), claim=CLAIM)
    assert all("»" not in label.text for label in whole.layout.annotations)


def test_what_counts_is_solid_and_the_rest_outlined():
    fills = [bar.marker.color for bar in figures.bars(BUDGET, claim=CLAIM).data]
    assert fills == [palette.GROUND, palette.GROUND, palette.WATCH, palette.ACCENT]


def test_the_axis_ends_beyond_what_matters_and_the_tipping_factor_is_marked():
    drawn = figures.bars(BUDGET, claim=CLAIM)
    assert drawn.layout.xaxis.type == "log"
    assert drawn.layout.xaxis.range == pytest.approx((0, math.log10(1.198 * 1.05)))
    # What is left is 1.198 / 1.1: the MTU is known to differ, so that it cannot hide any more.
    (line,) = drawn.layout.shapes
    assert (line.x0, line.x1) == pytest.approx((1.198 / 1.1, 1.198 / 1.1))


def test_where_nothing_is_disclosed_the_tipping_factor_is_what_is_left():
    alike = CLAIM | {"disclosed_credit": 1.0, "room_left": 1.198}
    drawn = figures.bars(BUDGET, claim=alike)
    assert [label.text for label in drawn.layout.annotations][1] == "tipping factor: 1.19×"
    assert len(drawn.data) == 3


def test_without_an_interval_only_the_worst_cases_are_drawn():
    drawn = figures.bars(BUDGET, claim=CLAIM | {"tipping_factor": None, "room_left": None})
    assert (len(drawn.data), len(drawn.layout.shapes)) == (2, 0)


def test_an_interval_that_holds_one_draws_no_bar_of_its_own():
    drawn = figures.bars(BUDGET, claim=CLAIM | {"tipping_factor": 0.98, "room_left": 0.98 / 1.1})
    assert [bar.x[0] for bar in drawn.data][-1] == 0
    assert len(drawn.layout.shapes) == 0


@pytest.mark.parametrize(
    ("factor", "disclosed", "said"),
    [
        (1.198, 1.0, "A hidden 1.19× erases the claim"),
        (1.198, 1.1, "Beyond the disclosed ×1.10, 1.08× hidden erases it"),
        (1.198, 1.2, "The disclosed ×1.20 by itself erases the claim"),
        (0.98, 1.1, "The interval holds 1: nothing need be hidden"),
        (None, 1.1, "No interval: what would erase it is unknown"),
    ],
)
def test_the_title_says_what_erases_the_claim(factor, disclosed, said):
    room = None if factor is None else factor / disclosed
    claim = CLAIM | {"tipping_factor": factor, "disclosed_credit": disclosed, "room_left": room}
    assert figures.title(claim) == said


def test_the_words_count_the_rows_that_would_erase_it():
    said = figures.bars_words(OVERTURNED, claim=CLAIM)
    assert "Worst cases that count, 1 of which would erase it: tier ×8.00" in said


def test_the_bars_in_words_name_the_source_of_what_counts():
    assert figures.bars_words(BUDGET, claim=CLAIM) == (
        f"{AFTER}. Worst cases that count, none of which erases it: mtu ×1.10 "
        "(Book of mtu). Not counted: provisioned tib ×8.00. Cut at the end of the axis (»): "
        "provisioned tib."
    )


def test_no_documented_worst_case_is_said():
    empty = BUDGET.clear()
    assert figures.bars_words(empty, claim=CLAIM) == f"{figures.NO_BOUNDS}."
    assert len(figures.bars(empty, claim=CLAIM).data) == 0


def test_names_of_the_data_are_no_markup():
    label = figures.bars(budget(knob("<b>x", 1.1, "UNKNOWN", counts=True)), claim=CLAIM)
    assert label.layout.annotations[1].text == "&lt;b&gt;x ×1.10, unknown"
