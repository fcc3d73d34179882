"""Parity, bias budget and robustness, on the field guide's vectors and by their laws."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queries.benchmarks.bias_budget import (
    bias_budget,
    credited,
    disclosed_credit,
    robustness,
    worth,
)
from queries.benchmarks.parity_sheet import verdict_of

INTERVAL = (1.19, 1.27)


def row(setting, parity="EQUAL", **facts):
    return {
        "setting": setting,
        "setting_group": "Network",
        "parity": parity,
        "is_under_test": False,
        "favours": None,
        "worst_case_factor": None,
        "broken_rule": None,
        **facts,
    }


MTU = row("mtu", "DISCLOSED", favours="system", worst_case_factor=1.10)
TIB = row("capacity_unit", "UNKNOWN", setting_group="Units", worst_case_factor=1.0995)
MIB = row("throughput_unit", "UNKNOWN", setting_group="Units", worst_case_factor=1.0486)
UNBOUNDED = row("kernel", "UNKNOWN")


@pytest.mark.parametrize(
    ("budget", "state", "ratio", "low", "high"),
    [
        (1.0, "stands", 1.23, 1.19, 1.27),
        (1.10, "stands", 1.118, 1.082, 1.155),
        (1.18, "weakens", 1.042, 1.008, 1.076),
        (1.19, "falls", 1.034, 1.0, 1.067),
        (1.2095, "falls", 1.017, 0.984, 1.050),
    ],
)
def test_the_table_of_the_field_guide(budget, state, ratio, low, high):
    assert robustness(INTERVAL[0], budget, 0.01) == state
    assert credited(INTERVAL, budget) == pytest.approx((low, high), abs=5e-4)
    assert 1.23 / budget == pytest.approx(ratio, abs=5e-4)


def test_without_an_interval_or_a_bound_robustness_is_unknown():
    assert robustness(None, 1.1, 0.01) is None
    assert robustness(1.19, None, 0.01) is None
    assert (credited(None, 1.1), credited(INTERVAL, None)) == (None, None)


def test_of_the_units_one_counts_and_the_rest_multiplies():
    assert bias_budget([MTU, TIB, MIB, row("zone")]) == pytest.approx(1.10 * 1.0995, rel=1e-15)
    assert bias_budget([row("zone")]) == 1.0


@pytest.mark.parametrize(
    "harmless",
    [
        {**MTU, "favours": "baseline"},
        {**MTU, "favours": None},
        {**MTU, "parity": "EQUAL"},
        {**MTU, "is_under_test": True},
        {**MTU, "setting_group": "Money", "parity": "UNKNOWN"},
        row("colour", "UNKNOWN", setting_group="Other"),
    ],
)
def test_what_does_not_count_against_the_claim(harmless):
    assert bias_budget([row("zone"), harmless]) == 1.0


def test_an_unbounded_unknown_has_no_budget():
    assert bias_budget([MTU, UNBOUNDED]) is None
    assert bias_budget([]) is None


def test_the_disclosed_credit_is_the_part_of_the_budget_that_is_not_hidden():
    assert disclosed_credit([MTU, TIB, MIB, UNBOUNDED]) == 1.10
    assert disclosed_credit([TIB, row("zone")]) == 1.0
    # What differs without a bound is in no product, and what favours the baseline hides nothing.
    tuned = row("tuned_by", "DISCLOSED", setting_group="People")
    against = MTU | {"favours": "baseline"}
    assert disclosed_credit([tuned, against]) == 1.0
    assert disclosed_credit([row("colour", setting_group="Other")]) is None


@given(st.lists(st.floats(1.0, 4.0), max_size=6), st.floats(1.0, 4.0))
def test_one_more_unknown_never_makes_a_claim_stand_better(factors, more):
    rows = [row(f"s{place}", "UNKNOWN", worst_case_factor=one) for place, one in enumerate(factors)]
    before = bias_budget([row("zone"), *rows])
    after = bias_budget([row("zone"), *rows, row("more", "UNKNOWN", worst_case_factor=more)])
    assert before == pytest.approx(math.prod(factors), rel=1e-12)
    assert after >= before >= 1
    states = ("falls", "weakens", "stands")
    assert states.index(robustness(1.5, after, 0.01)) <= states.index(robustness(1.5, before, 0.01))


def test_a_row_is_worth_what_it_adds_to_the_disclosed_and_of_the_units_one_counts():
    unit = TIB | {"parity": "DISCLOSED", "favours": "system"}
    sheet = [MTU, unit, MIB]
    assert disclosed_credit(sheet) == pytest.approx(1.10 * 1.0995)
    # A result is written in one wrong unit: the smaller factor adds nothing to the disclosed one.
    assert worth(MIB, sheet) == pytest.approx(1.10 * 1.0995)
    assert worth(row("zone", "UNKNOWN", worst_case_factor=1.2), sheet) == pytest.approx(
        1.10 * 1.0995 * 1.2
    )
    assert worth(MTU, sheet) == 1.10


@pytest.mark.parametrize(
    ("rows", "verdict", "reasons"),
    [
        ([row("zone")], "CLOSED", ()),
        ([row("zone"), row("storage", "DISCLOSED", is_under_test=True)], "CLOSED", ()),
        ([row("zone"), row("price_basis", "UNKNOWN", setting_group="Money")], "CLOSED", ()),
        ([MTU, TIB], "OPEN", ("unknown within a bound: capacity_unit", "differs: mtu")),
        (
            [row("zone"), row("colour", "UNKNOWN", setting_group="Other")],
            "OPEN",
            ("unknown within a bound: colour",),
        ),
        ([MTU, UNBOUNDED], "INVALID", ("unknown without a bound: kernel",)),
        (
            [MTU, {**UNBOUNDED, "broken_rule": "must be known"}],
            "INVALID",
            ("breaks a rule: kernel must be known",),
        ),
        (
            [row("storage", "UNKNOWN", is_under_test=True)],
            "INVALID",
            ("unknown without a bound: storage",),
        ),
        ([], "INVALID", ("no parity template: the claim names no campaign type",)),
        (
            [row("colour", setting_group="Other")],
            "INVALID",
            ("no parity template: the claim names no campaign type",),
        ),
    ],
)
def test_the_parity_verdict_names_its_rows(rows, verdict, reasons):
    found = verdict_of(rows)
    assert (found.parity, found.reasons) == (verdict, reasons)
