"""The ratio after crediting the baseline and in every view, by what is drawn."""

import datetime as dt

import pytest

from components.benchmarks.figures import ratios as figures
from components.core import palette
from tests.benchmarks.claimed import BUDGET, CLAIM, budget, knob, views

BESIDE = "n = 10 + 9, parity OPEN"
RAW = {"view": "raw", "ratio": 1.23, "ratio_low": 1.19, "ratio_high": 1.27, "outcome": "ahead"}
CREDIT = {"credit": "credited", "credit_factor": 1.1}
CREDITED = CREDIT | {
    "view": "raw",
    "ratio": 1.118,
    "ratio_low": 1.0818,
    "ratio_high": 1.1545,
    "outcome": "ahead",
}
PRICED = {
    "view": "per_usd",
    "ratio": 0.9,
    "ratio_low": 0.87,
    "ratio_high": 0.93,
    "outcome": "behind",
    "price_date": dt.date(2025, 9, 1),
    "price_age_days": 152,
    "is_price_stale": True,
}
MISSING = {"view": "per_usable_tib", "reasons": ["usable_tib unknown in TiB on a side"]}


def labels(figure):
    return [label.text for label in figure.layout.annotations]


def test_each_worst_case_that_counts_is_credited_alone_under_the_ratio_as_measured():
    drawn = figures.credited(BUDGET, claim=CLAIM, beside=BESIDE)
    assert labels(drawn) == [
        "<b>as measured</b> 1.23× [1.19, 1.27]",
        "<b>mtu ×1.10</b> 1.12× [1.08, 1.16]",
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
        ({"robustness": "weakens"}, "Credited, the interval reaches into the margin<br>"),
        ({"robustness": "falls"}, "Credited, the interval reaches 1<br>"),
        ({"bias_budget": 1.0}, "Nothing has to be credited to the baseline"),
        (
            {"robustness": None, "bias_budget": None},
            "Unknowns have no bound: nothing to credit<br>",
        ),
        ({"robustness": None}, "Credited, the ratio has no interval<br>"),
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
        "<b>per USD</b> 0.90× [0.87, 0.93]",
    ]
    title = drawn.layout.title.text
    assert title.startswith("Not ahead per USD: the baseline is ahead<br>")
    assert title.endswith("above 1 favours the claim<br>unknown: per usable TiB")
    low, high = drawn.layout.xaxis.range
    assert low < 0.87
    assert high > 1.27
    assert [(line.x0, line.x1) for line in drawn.layout.shapes] == [(1, 1)]


def test_several_views_that_turn_the_sign_are_counted():
    turned = views(RAW, PRICED, PRICED | {"view": "per_usable_tib"})
    title = figures.views(turned, beside=BESIDE).layout.title.text
    assert title.startswith("Not ahead in 2 of 3, least per USD<br>")


def test_the_views_in_words_name_what_is_missing_and_flag_a_stale_price():
    assert figures.views_words(views(RAW, MISSING, PRICED), beside=BESIDE) == (
        "Not ahead per USD: the baseline is ahead; unknown: per usable TiB. "
        "Ratio by view (n = 10 + 9, parity OPEN): as measured 1.23× [1.19, 1.27]; per usable TiB "
        "unknown; per USD 0.90× [0.87, 0.93]. Per usable TiB: usable_tib unknown in TiB "
        "on a side. Price of 1 Sep 2025, 152 days old. ▲ Stale."
    )


def test_ahead_in_every_view_takes_every_credit_too_and_names_the_unknown():
    title = figures.views(views(RAW, CREDITED, MISSING), beside=BESIDE).layout.title.text
    assert title.startswith("Ahead in every view and credit known<br>")
    assert title.endswith("<br>unknown: per usable TiB")
    whole = figures.views(views(RAW, CREDITED), beside=BESIDE).layout.title.text
    assert "unknown" not in whole


def test_one_view_inside_the_margin_once_credited_is_the_title():
    crossed = views(
        RAW,
        CREDITED,
        RAW | {"view": "per_usd", "ratio": 1.124, "ratio_low": 1.095, "ratio_high": 1.154},
        CREDITED
        | {
            "view": "per_usd",
            "ratio": 1.022,
            "ratio_low": 0.9953,
            "ratio_high": 1.0492,
            "outcome": "inside_margin",
        },
    )
    drawn = figures.views(crossed, beside=BESIDE)
    assert drawn.layout.title.text.startswith(
        "Not ahead per USD, ×1.10 credited: inside the margin"
    )
    assert labels(drawn) == [
        "<b>as measured</b> 1.23× [1.19, 1.27]",
        "<b>as measured, ×1.10 credited</b> 1.12× [1.08, 1.16]",
        "<b>per USD</b> 1.12× [1.09, 1.16]",
        "<b>per USD, ×1.10 credited</b> 1.02× [0.99, 1.05]",
    ]
    assert "Not ahead per USD, ×1.10 credited" in figures.views_words(crossed, beside=BESIDE)


def test_a_credit_of_nothing_draws_no_lane_and_one_without_a_bound_says_so():
    alike = CREDITED | {"credit_factor": 1.0, "ratio": 1.23}
    assert len(figures.views(views(RAW, alike), beside=BESIDE).data) == 1
    unbounded = {"view": "raw", "credit": "credited", "credit_factor": None}
    drawn = figures.views(views(RAW, unbounded), beside=BESIDE)
    assert labels(drawn)[1] == "<b>as measured, credit without a bound</b> unknown"
    assert drawn.layout.title.text.endswith("unknown: as measured, credit without a bound")


def test_without_a_claim_no_view_is_said_to_be_ahead():
    title = figures.views(views(RAW | {"outcome": None}), beside=BESIDE).layout.title.text
    assert title.startswith("Least as measured; no claim or interval decides")


def test_without_a_ratio_nothing_is_drawn_and_it_is_said():
    nothing = views({"view": "raw", "reasons": ["units differ"]}, MISSING)
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
        "as measured 1.23× [1.19, 1.27]; mtu ×1.10 1.12× [1.08, 1.16]."
    )


def test_a_ratio_without_an_interval_says_so():
    point = {"view": "raw", "ratio": 1.23}
    assert labels(figures.views(views(point), beside=BESIDE)) == [
        "<b>as measured</b> 1.23× [no interval]"
    ]
