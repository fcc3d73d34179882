"""The accounts named on the overview, in words."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.core.page_links import Named
from components.health import top_accounts

SCORED = {
    "account_id": "a1",
    "account_name": "Acme",
    "band": "at_risk",
    "arr_usd": 1_234_000.0,
    "arr_lapsed_usd": None,
    "score": 31.4,
    "reasons": ["usage −38 % in 28 d", "3 incidents in 28 d"],
}
CHANGED = {
    "account_id": "a1",
    "account_name": "Acme",
    "band_after": "watch",
    "arr_usd": 200_000.0,
    "change": -17.456,
    "explanation": "The score fell from 82 to 65. Customer behaviour −17.5: usage −17.5.",
}


def test_a_low_score_says_band_name_money_score_and_the_worst_reason():
    assert top_accounts.scored(SCORED) == Named(
        "a1", ":red[▲ At risk] **Acme** \\$1.23M · score 31", ":gray[usage −38 % in 28 d]"
    )


def test_a_lapsed_account_shows_the_money_of_the_contract_that_ended():
    lapsed = SCORED | {"arr_usd": 0.0, "arr_lapsed_usd": 50_000.0}
    assert "**Acme** \\$50k" in top_accounts.scored(lapsed).line


def test_a_change_says_its_points_and_its_explanation():
    assert top_accounts.changed(CHANGED) == Named(
        "a1",
        ":yellow[◆ Watch] **Acme** \\$200k **−17.5**",
        ":gray[The score fell from 82 to 65. Customer behaviour −17.5\\: usage −17.5.]",
    )


def test_text_from_data_is_neither_markup_nor_a_second_line():
    named = top_accounts.scored(SCORED | {"account_name": "<b>x</b>\n- :red[y]"})
    assert "**\\<b\\>x\\</b\\> - \\:red\\[y\\]**" in named.line
    assert "\n" not in named.line + named.below


def changes(*rows):
    names = ("score_before", "score_after", "change", "behaviour", "configuration", "coverage")
    return pl.DataFrame(rows, schema=dict.fromkeys(names, pl.Float64), orient="row")


def test_the_changes_of_all_add_up_to_the_change_of_the_mean():
    frame = changes(
        (80.0, 60.0, -20.0, -22.0, 1.0, 1.0),
        # Nothing was known on both dates: the change is coverage.
        (50.0, 60.0, 10.0, None, 0.0, 10.0),
        (None, 90.0, None, None, None, None),
    )
    assert top_accounts.in_all(frame) == (
        "Average score of 2 accounts fell 5.0: customer behaviour −11.0, rule change +0.5, "
        "data coverage +5.5."
    )


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        # A third of −1, of −1 and of +0.5 is −0.33, −0.33 and +0.17: to tenths, parts that sum.
        (
            [(80.0, 78.5, -1.5, -1.0, -1.0, 0.5), *[(80.0, 80.0, 0.0, 0.0, 0.0, 0.0)] * 2],
            (
                "Average score of 3 accounts fell 0.5: customer behaviour −0.4, rule change −0.3, "
                "data coverage +0.2."
            ),
        ),
        (
            [(80.0, 81.0, 1.0, 1.0, 0.0, 0.0)],
            "Average score of 1 account rose 1.0: customer behaviour +1.0.",
        ),
        ([(80.0, 80.0, 0.0, 0.0, 0.0, 0.0)], "Average score of 1 account did not change."),
    ],
)
def test_the_parts_sum_as_they_are_shown_and_a_part_of_nothing_is_left_out(rows, expected):
    assert top_accounts.in_all(changes(*rows)) == expected


def test_without_a_score_on_both_dates_there_is_nothing_to_add_up():
    frame = changes((None, 90.0, None, None, None, None))
    assert top_accounts.in_all(frame) == "No account has a score on both dates."


hundredths = st.integers(-10_000, 10_000).map(lambda value: value / 100)


@given(st.lists(hundredths, min_size=3, max_size=3), st.floats(-0.015, 0.015))
def test_parts_as_shown_sum_to_the_total_as_shown(parts, rest):
    total = round(sum(parts) + rest, 2)
    shown = [round(part, 2) for part in top_accounts.summing(parts, total)]
    assert sum(shown) == pytest.approx(total, abs=1e-9)
    moved = [abs(one - other) for one, other in zip(shown, parts, strict=True)]
    assert max(moved) <= 0.02 + 1e-9


@pytest.mark.parametrize(("value", "said"), [(-0.04, "+0.0"), (1.25, "+1.2"), (-12.34, "−12.3")])
def test_points_are_said_to_the_tenth_with_their_sign(value, said):
    assert top_accounts.points(value) == said
