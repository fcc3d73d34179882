"""The figures of the overview, by their data."""

import polars as pl
import pytest

from components.core import palette
from components.leadership import figures
from queries.accounts.arr import MOVEMENTS, ArrByHyperscaler, ArrMovements
from queries.usage.usage_growth import QUESTIONS as USAGE


def movements(**arr):
    known = dict.fromkeys(MOVEMENTS, 0.0) | arr
    return pl.DataFrame({"movement": known.keys(), "arr_usd": known.values(), "accounts": 1})


YEAR = movements(start=10e6, churn=-2e6, contraction=-5e5, expansion=1.5e6, new=3e6, end=12e6)
SPLIT = pl.DataFrame(
    {
        "hyperscaler": ["none", "azure"],
        "arr_usd": [3e6, 1e6],
        "arr_share": [0.75, 0.25],
        "accounts": [2, 1],
    }
)


def test_the_bridge_goes_from_start_over_kept_to_now():
    (bridge,) = figures.arr_bridge(YEAR).data
    assert list(bridge.x) == ["Start", "Churn", "Contraction", "Expansion", "Kept", "New", "Now"]
    assert bridge.y.tolist() == [10e6, -2e6, -5e5, 1.5e6, 9e6, 3e6, 12e6]
    assert list(bridge.measure) == [
        "absolute",
        "relative",
        "relative",
        "relative",
        "total",
        "relative",
        "total",
    ]
    assert list(bridge.text) == ["$10M", "−$2M", "−$500k", "+$1.5M", "$9M", "+$3M", "$12M"]


def test_the_bridge_says_net_revenue_retention_in_its_title():
    title = figures.arr_bridge(YEAR).layout.title.text
    assert title == "NRR 90.0 %: $9M of $10M kept or grown"
    assert figures.arr_bridge_words(YEAR) == (
        "ARR went from $10M to $12M: churn −$2M, contraction −$500k, expansion +$1.5M, new +$3M."
    )


def test_a_correction_has_a_bar_of_its_own_and_is_no_loss():
    corrected = YEAR.with_columns(
        arr_usd=pl.when(movement="start").then(12e6).otherwise("arr_usd")
    ).with_columns(arr_usd=pl.when(movement="correction").then(-2e6).otherwise("arr_usd"))
    figure = figures.arr_bridge(corrected)
    (bridge,) = figure.data
    assert (list(bridge.x[:3]), list(bridge.text[:3])) == (
        ["Start", "Correction", "Churn"],
        ["$12M", "−$2M", "−$2M"],
    )
    # Start 12 less the correction of 2 is what NRR divides by.
    assert figure.layout.title.text == "NRR 90.0 %: $9M of $10M kept or grown"
    assert figures.arr_bridge_words(corrected).startswith(
        "ARR went from $12M to $12M: correction −$2M, churn −$2M,"
    )


def test_without_a_start_there_is_no_retention_to_speak_of():
    title = figures.arr_bridge(movements(new=3e6, end=3e6)).layout.title.text
    assert title == "All ARR is new: $3M"


@pytest.mark.parametrize("nothing", [movements(), ArrMovements.create_empty()])
def test_no_arr_at_all_draws_nothing_and_says_so(nothing):
    drawn = figures.arr_bridge(nothing)
    assert drawn.data == ()
    assert drawn.layout.annotations[0].text == "No ARR is known in these filters"
    assert figures.arr_bridge_words(nothing) == "No ARR is known in these filters."


def test_arr_per_hyperscaler_is_drawn_in_the_hues_of_the_hyperscalers():
    drawn = figures.arr_by_hyperscaler(SPLIT)
    (bars,) = drawn.data
    # Drawn from below: the largest comes last.
    assert list(bars.y) == ["Azure", "On-prem"]
    assert bars.x.tolist() == [1e6, 3e6]
    assert list(bars.text) == ["$1M, 25.0 %", "$3M, 75.0 %"]
    assert list(bars.marker.color) == [palette.AZURE, palette.ON_PREM]
    assert drawn.layout.xaxis.range[0] == 0
    assert drawn.layout.title.text == "On-prem carries 75.0 % of ARR"
    assert figures.arr_by_hyperscaler_words(SPLIT) == (
        "ARR in force: On-prem $3M (2 accounts), Azure $1M (1 account). "
        "An account on two hyperscalers counts on each."
    )


def test_contracts_without_arr_have_no_share():
    free = SPLIT.head(1).with_columns(arr_usd=0.0, arr_share=pl.lit(None, pl.Float64))
    drawn = figures.arr_by_hyperscaler(free)
    assert list(drawn.data[0].text) == ["$0, –"]
    assert drawn.layout.title.text == "No ARR is known in these filters"


def test_no_contract_draws_nothing_and_says_so():
    nothing = ArrByHyperscaler.create_empty()
    assert figures.arr_by_hyperscaler(nothing).data == ()
    assert figures.arr_by_hyperscaler_words(nothing) == "No ARR is known in these filters."


def metering(*shares):
    return pl.DataFrame(
        {
            "hyperscaler": ["aws", "gcp", "none"][: len(shares)],
            "dimension": ["capacity", "egress", "capacity"][: len(shares)],
            "completeness_share": shares,
        },
        schema_overrides={"completeness_share": pl.Float64},
    )


def test_metering_is_as_complete_as_its_least_complete_feed():
    assert figures.metering_words(metering(1.0, 0.985, None)) == (
        "Google Cloud egress is least complete: 98.5 % of hours in 28 d; 1 feed unknown"
    )
    assert figures.metering_words(metering(1.0, 0.9996)) == (
        "every hour expected in 28 days is recorded"
    )


def test_metering_nobody_knows_of_is_not_called_complete():
    unknown = "metering completeness is unknown: no hour is expected or recorded"
    assert figures.metering_words(metering(None, None)) == unknown
    assert figures.metering_words(USAGE[0].shape.create_empty()) == unknown
