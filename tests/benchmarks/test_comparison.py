"""What is decided of two arms: by the interval against the margin, and what forbids it."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from queries.benchmarks import comparison
from queries.benchmarks.arms import Arm
from queries.benchmarks.comparison import Comparison, is_equivalent, margin_in_force, noise_floor

SLOW = (1.00, 1.04, 0.97, 1.02, 0.99, 1.01, 0.98, 1.03, 0.96, 1.05)
FAST = tuple(1.23 * value for value in (1.01, 0.98, 1.03, 0.99, 1.02, 0.97, 1.00, 1.04, 0.96, 1.05))


def arm(values, unit="MiB/s"):
    return Arm(values=tuple(values), units=(unit,))


def decided(values=FAST, baseline=SLOW, *, direction="higher", **facts):
    known = {"margin_share": 0.01, "noise_floor_share": 0.01} | facts
    return Comparison(arm(values), arm(baseline), direction).decide(**known)


def said(decision):
    return tuple(map(str, decision.reasons))


def test_an_interval_above_the_margin_is_superior_and_its_reverse_inferior():
    found = decided()
    assert (found.verdict, said(found)) == ("superior", ())
    assert found.ratio == pytest.approx(1.23, rel=1e-12)
    assert found.interval[0] > 1.01
    turned = decided(SLOW, FAST)
    assert turned.verdict == "inferior"
    assert turned.interval == pytest.approx(tuple(1 / end for end in reversed(found.interval)))


def test_where_lower_is_better_the_ratio_is_turned():
    assert decided(SLOW, FAST, direction="lower") == decided()


def test_a_margin_above_the_difference_makes_it_equivalent():
    found = decided(margin_share=0.4)
    assert (found.verdict, said(found)) == ("equivalent", ())


def test_an_interval_across_the_margin_decides_nothing():
    found = decided(margin_share=0.2299)
    assert found.verdict == "inconclusive"
    assert said(found) == ("the interval holds values on both sides of the margin",)


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"noise_floor_share": None}, "no A/A control"),
        ({"values": FAST[:5]}, "too few sessions (5 < 6)"),
        (
            {"has_ceiling": True},
            "ceiling: the accelerators set the pace in both arms, not the storage",
        ),
        ({"noise_floor_share": 0.5}, "A/A noise: the same system twice differs as much"),
        (
            {"values": sorted(FAST)},
            "drift along the runs of the system (p = 5.5e-07)",
        ),
        (
            {"baseline": sorted(SLOW, reverse=True)},
            "drift along the runs of the baseline (p = 5.5e-07)",
        ),
    ],
)
def test_whatever_the_ratio_is_it_is_inconclusive_where_the_guide_forbids_it(facts, reason):
    found = decided(**facts)
    assert (found.verdict, said(found)) == ("inconclusive", (reason,))


def test_the_noise_floor_is_in_force_where_it_exceeds_the_margin():
    assert margin_in_force(0.01, 0.03) == 0.03
    assert margin_in_force(0.05, 0.01) == margin_in_force(0.05, None) == 0.05


def test_the_noise_floor_is_half_the_width_about_1_whichever_arm_is_called_a():
    assert noise_floor((1 / 1.02, 1.02)) == pytest.approx(0.02, rel=1e-12)
    assert noise_floor((0.98, 1.01)) == pytest.approx(1 / 0.98 - 1, rel=1e-12)
    assert noise_floor((1 / 1.01, 1 / 0.98)) == pytest.approx(noise_floor((0.98, 1.01)))
    assert noise_floor((1.0, 1.0)) == 0
    assert noise_floor(None) is None


def test_no_claim_is_supported_by_less_than_a_system_differs_from_itself():
    floor = noise_floor((1.051, 1.054))
    assert floor == pytest.approx(0.054, rel=1e-12)
    found = decided([1.03 * value for value in SLOW], noise_floor_share=floor)
    assert found.verdict == "inconclusive"
    assert decided(noise_floor_share=floor).verdict == "superior"


def test_equivalence_needs_the_whole_90_percent_interval_within_the_margin():
    assert is_equivalent((0.995, 1.005), 0.01)
    assert not is_equivalent((0.98, 1.005), 0.01)
    assert not is_equivalent((0.995, 1.01), 0.01)
    assert not is_equivalent(None, 0.01)


@pytest.mark.parametrize(("values", "baseline"), [((), SLOW), (FAST, (0.0,) * 10)])
def test_no_ratio_over_nothing_or_zero(values, baseline):
    with pytest.raises(ValueError, match="two medians that are not zero"):
        decided(values, baseline)


@settings(max_examples=40)
@given(st.floats(0.5, 2), st.permutations(range(10)))
def test_a_change_of_unit_changes_no_decision_and_ranks_no_p(scale, order):
    values = [FAST[place] for place in order]
    first = decided(values)
    second = decided([scale * v for v in values], [scale * v for v in SLOW])
    assert first.verdict == second.verdict
    assert first.interval == pytest.approx(second.interval, rel=1e-9)
    assert first.p_value == pytest.approx(decided().p_value, rel=1e-12)


def test_one_module_makes_ratios_of_medians_and_one_says_which_way_is_better():
    folder = Path(comparison.__file__).parent
    sources = {path.stem: path.read_text(encoding="utf-8") for path in folder.glob("*.py")}
    for word, module in (
        ("statistics.ratio", "comparison"),
        ("statistics.rank_test", "comparison"),
        ("statistics.hodges_lehmann", "comparison"),
        ("_per_s(", "metric_facts"),
        ("class Arm", "arms"),
    ):
        assert [name for name, source in sources.items() if word in source] == [module]
