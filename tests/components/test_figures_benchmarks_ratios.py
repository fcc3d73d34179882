"""The ratio after crediting the baseline and in every view, by what is drawn."""

import datetime as dt

import pytest

from components import palette
from components.figures import benchmarks_ratios as figures
from tests.components.claimed import BUDGET, CLAIM, budget, knob, views

BESIDE = "n = 10 + 9, parity OPEN"
RAW = {"view": "raw", "ratio": 1.23, "ratio_low": 1.19, "ratio_high": 1.27}
PRICED = {
    "view": "per_usd",
    "ratio": 0.9,
    "ratio_low": 0.87,
    "ratio_high": 0.93,
    "price_date": dt.date(2025, 9, 1),
    "price_age_days": 152,
    "is_price_stale": True,
}
MISSING = {"view": "per_usable_tib", "reason": "usable_tib unknown in TiB on a side"}


def labels(figure):
    return [label.text for label in figure.layout.annotations]


def test_each_worst_case_that_counts_is_credited_alone_under_the_ratio_as_measured():
    drawn = figures.credited(BUDGET, claim=CLAIM, beside=BESIDE)
    assert labels(drawn) == [
        "<b>as measured</b> 1.23× [1.19, 1.27]",
        "<b>mtu ×1.10</b> 1.12× [1.08, 1.15]",
    ]
    assert [dot.x[0] for dot in drawn.data] == [1.23, 1.23 / 1.1]
    bars = drawn.data[0].error_x
    assert (bars.array, bars.arrayminus) == ((1.27 - 1.23,), (1.23 - 1.19,))


def test_several_worst_cases_are_credited_together_too():
    both = budget(
        knob("mtu", 1.1, "UNKNOWN", counts=True), knob("unit", 1.0995, "UNKNOWN", counts=True)
    )
    whole = {"bias_budget": 1.20945, "credited_ratio": 1.017}
    ends = {"credited_low": 0.984, "credited_high": 1.05, "robustness": "falls"}
    drawn = figures.credited(both, claim=CLAIM | whole | ends, beside=BESIDE)
    assert labels(drawn)[-1] == "<b>all that count, ×1.21</b> 1.02× [0.98, 1.05]"
    assert drawn.data[-1].marker.color == palette.ACCENT


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({}, "Credited, the interval stays above the margin<br>"),
        ({"robustness": "weakens"}, "Credited, the interval is within the margin<br>"),
        ({"robustness": "falls"}, "Credited, the interval reaches 1<br>"),
        ({"bias_budget": 1.0}, "Nothing has to be credited to the baseline"),
        ({"robustness": None}, "Unknowns have no bound: nothing to credit<br>"),
    ],
)
def test_the_title_says_what_crediting_leaves(changed, said):
    title = figures.credited(BUDGET, claim=CLAIM | changed, beside=BESIDE).layout.title.text
    assert title.startswith(said)
    assert title.endswith(f"<br>{BESIDE}; above 1 favours the claim")


def test_an_unbounded_budget_has_a_lane_that_says_unknown():
    unbounded = dict.fromkeys(
        ("bias_budget", "credited_ratio", "credited_low", "credited_high", "robustness")
    )
    drawn = figures.credited(BUDGET, claim=CLAIM | unbounded, beside=BESIDE)
    assert labels(drawn)[-1] == "<b>all that count, no bound</b> unknown"
    assert drawn.data[-1].x == (None,)
    assert not drawn.data[-1].error_x.visible


def test_every_view_keeps_its_lane_and_a_turned_sign_is_the_title():
    drawn = figures.views(views(RAW, MISSING, PRICED), beside=BESIDE)
    assert labels(drawn) == [
        "<b>as measured</b> 1.23× [1.19, 1.27]",
        "<b>per usable TiB</b> unknown",
        "<b>per USD per hour</b> 0.90× [0.87, 0.93]",
    ]
    assert drawn.layout.title.text.startswith("The baseline is ahead per USD per hour<br>")
    low, high = drawn.layout.xaxis.range
    assert low < 0.87
    assert high > 1.27
    assert [(line.x0, line.x1) for line in drawn.layout.shapes] == [(1, 1)]


def test_several_views_that_turn_the_sign_are_counted():
    turned = views(RAW, PRICED, PRICED | {"view": "per_usable_tib"})
    title = figures.views(turned, beside=BESIDE).layout.title.text
    assert title.startswith("The baseline is ahead in 2 of 3 views<br>")


def test_the_views_in_words_name_what_is_missing_and_flag_a_stale_price():
    assert figures.views_words(views(RAW, MISSING, PRICED), beside=BESIDE) == (
        "Ratio by view (n = 10 + 9, parity OPEN): as measured 1.23× [1.19, 1.27]; per usable TiB "
        "unknown; per USD per hour 0.90× [0.87, 0.93]. Per usable TiB: usable_tib unknown in TiB "
        "on a side. Price of 1 Sep 2025, 152 days old. ▲ Stale."
    )


def test_views_that_agree_say_so():
    title = figures.views(views(RAW, MISSING), beside=BESIDE).layout.title.text
    assert title.startswith("The same side is ahead in every view that is known")


def test_without_a_ratio_nothing_is_drawn_and_it_is_said():
    nothing = views({"view": "raw", "reason": "units differ"}, MISSING)
    assert len(figures.views(nothing, beside=BESIDE).data) == 0
    assert figures.views_words(nothing, beside=BESIDE) == "There is no ratio to show in any view."
    none = dict.fromkeys(("ratio", "ratio_low", "ratio_high", "robustness", "bias_budget"))
    none |= dict.fromkeys(("credited_ratio", "credited_low", "credited_high"))
    assert figures.credited_words(BUDGET, claim=CLAIM | none, beside=BESIDE) == (
        "There is no ratio to show, so nothing can be credited."
    )


def test_the_credited_ratios_in_words():
    assert figures.credited_words(BUDGET, claim=CLAIM, beside=BESIDE) == (
        "Ratio after crediting the baseline (n = 10 + 9, parity OPEN): "
        "as measured 1.23× [1.19, 1.27]; mtu ×1.10 1.12× [1.08, 1.15]."
    )


def test_a_ratio_without_an_interval_says_so():
    point = {"view": "raw", "ratio": 1.23}
    assert labels(figures.views(views(point), beside=BESIDE)) == [
        "<b>as measured</b> 1.23× [no interval]"
    ]
