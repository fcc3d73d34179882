"""Which settings could erase a claim, against hand SQL and over one pair traced by hand."""

import polars as pl
from polars.testing import assert_frame_equal

from queries.core.ask import ask
from tests.benchmarks.lab import lab
from tests.rows import hand_sql

DIFFERENT = {"mtu": "1460", "capacity_unit": None, "provisioned_mbps": "10000"}


def test_the_largest_worst_case_comes_first_and_only_open_ones_count(warehouse, on):
    warehouse(lab(theirs=DIFFERENT))
    answer = ask("benchmark_bias_budget", on(2026, 1, 31), campaign="lab")
    assert answer.frame.select("knob", "factor", "parity", "is_in_budget").rows() == [
        ("provisioned_tib", 8.0, "EQUAL", False),
        ("provisioned_mbps", 2.0, "DISCLOSED", True),
        ("mtu", 1.1, "DISCLOSED", True),
        ("capacity_unit", 1.0995, "UNKNOWN", True),
        ("data_unit", 1.0737, "EQUAL", False),
        ("throughput_unit", 1.0486, "EQUAL", False),
    ]
    (claim,) = ask("benchmark_claim", on(2026, 1, 31)).rows()
    low = claim["ratio_low"]
    # What is disclosed is worth 2 × 1.1, so that the least hidden difference erases the claim.
    assert 1.1 < low < 2
    assert answer.frame["overturns"].to_list() == [True, True, False, True, True, True]
    assert answer.frame["credited_low"].to_list() == (low / answer.frame["factor"]).to_list()
    assert answer.frame["source"].null_count() == 0
    assert answer.finding == "3 worst cases count against the claim, 2 would overturn it"


def test_without_a_template_nothing_has_a_worst_case(warehouse, on):
    warehouse(lab(benchmark_claims=[]))
    answer = ask("benchmark_bias_budget", on(2026, 1, 31), campaign="lab", system="a", baseline="b")
    assert answer.state == "empty"


def test_without_an_interval_nothing_is_said_to_overturn(warehouse, on):
    warehouse(lab(benchmark_runs=[]))
    frame = ask("benchmark_bias_budget", on(2026, 1, 31)).frame
    assert frame.height == 6
    nothing = frame.select("overturns", "credited_ratio", "credited_low", "credited_high")
    assert nothing.null_count().row(0) == (6, 6, 6, 6)


def test_it_equals_hand_sql(warehouse, on):
    path = warehouse(lab(theirs=DIFFERENT))
    answer = ask("benchmark_bias_budget", on(2026, 1, 31)).frame
    second = hand_sql(path, "benchmark_bias_budget")
    assert_frame_equal(
        answer.select(second.columns), second, check_row_order=False, rel_tol=1e-12, abs_tol=0.0
    )
    counted = second.filter("is_in_budget")
    units = pl.col("knob").str.ends_with("_unit")
    budget = counted.filter(~units)["factor"].product() * counted.filter(units)["factor"].max()
    (claim,) = ask("benchmark_claim", on(2026, 1, 31)).rows()
    assert abs(claim["bias_budget"] / budget - 1) < 1e-12
    disclosed = counted.filter(parity="DISCLOSED")["factor"].product()
    assert disclosed == 2 * 1.1
    assert abs(claim["disclosed_credit"] / disclosed - 1) < 1e-12
    assert abs(claim["room_left"] * disclosed / claim["ratio_low"] - 1) < 1e-12


def test_a_hidden_difference_overturns_by_what_is_left_after_the_disclosed(warehouse, on):
    warehouse(lab(theirs={"mtu": "1460", "capacity_unit": None}))
    frame = ask("benchmark_bias_budget", on(2026, 1, 31), campaign="lab").frame
    overturns = dict(frame.select("knob", "overturns").iter_rows())
    (claim,) = ask("benchmark_claim", on(2026, 1, 31)).rows()
    # Alone 1.0995 does not reach the interval's lower end of 1.16; beside the MTU's 1.1 it does.
    assert 1.0995 < claim["tipping_factor"] < 1.0995 * 1.1
    assert (overturns["capacity_unit"], overturns["mtu"]) == (True, False)
    assert (claim["disclosed_credit"], claim["room_left"]) == (1.1, claim["ratio_low"] / 1.1)
