"""The leadership's numbers in words."""

import polars as pl
import pytest

from components.leadership import metric_tiles
from queries.leadership.compared import remark
from queries.leadership.overview import Overview
from tests.core import answers as made


@pytest.mark.parametrize(
    ("unit", "amount", "said"),
    [
        ("USD per year", -724_000.0, "−$724k"),
        ("USD per year", 1.5e6, "+$1.5M"),
        ("share", 0.021, "+2.1 pp"),
        ("share", -0.014, "−1.4 pp"),
        ("accounts", 3.0, "+3"),
        ("share", 0.0, "no change"),
        ("share", None, None),
    ],
)
def test_a_change_is_said_with_its_sign_by_its_unit(unit, amount, said):
    assert metric_tiles.change({"unit": unit, "change": amount}) == said


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"unit": "USD per year", "value": 77.9e6}, "$77.9M"),
        ({"unit": "share", "value": 0.945}, "94.5 %"),
        ({"unit": "accounts", "value": 18.0}, "18"),
        ({"unit": "share", "value": None}, "–"),
        ({}, "–"),
    ],
)
def test_a_value_is_said_by_its_unit_and_an_unknown_one_with_a_dash(row, said):
    assert metric_tiles.value(row) == said


def test_the_table_of_no_answer_is_empty():
    worded = metric_tiles.worded(Overview.create_empty())
    assert worded.height == 0
    assert worded.schema["Accounts"] == pl.Int64


def test_what_is_at_risk_is_said_with_the_reason_of_an_unknown_one():
    numbers = made.answer(
        rows=[
            {"metric": "arr_flagged_usd", "name": "ARR at risk", "unit": "USD per year"}
            | {"value": 3e6, "note": []},
            {
                "metric": "arr_exposed_usd",
                "name": "ARR at risk that renews in 90 days",
                "unit": "USD per year",
            }
            | {"value": None, "note": [remark("unjudged")]},
        ],
        shape=Overview,
        key=(),
    )
    loss = made.answer(finding="Expected loss could not be computed.")
    assert metric_tiles.risk_in_words(numbers, loss).replace("\\", "") == (
        "ARR at risk $3M; ARR at risk that renews in 90 days unknown: too little is known of every "
        "account to judge one; "
        "Expected loss could not be computed."
    )
    assert metric_tiles.risk_in_words(made.answer(rows=[], shape=Overview, key=()), loss) == ""
