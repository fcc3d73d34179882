"""No cell of an export starts a formula, and no number is touched."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from queries.shared.spreadsheet import STARTS_A_FORMULA, safe_columns, safe_text
from warehouse.flat import flat

PAYLOADS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "\0=1",
    "＝1",
    "＋1",
    "－1",
    "＠SUM(A1)",
    "\u200b=1",
    "\u202e\ufeff@SUM(A1)",
]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_formula_becomes_text(payload):
    assert safe_text(payload) == "'" + flat(payload)
    frame = pl.DataFrame({"first": [payload], "second": ["plain"]})
    assert safe_columns(frame).row(0) == ("'" + flat(payload), "plain")


@pytest.mark.parametrize("plain", ["", "a=1", "1", "'=1", " =1", "–", "$-1"])
def test_plain_text_is_left_alone(plain):
    assert safe_text(plain) == plain


def test_numbers_stay_numbers_and_unknown_stays_unknown():
    frame = pl.DataFrame({"amount": [-1.5, None], "count": [-1, 2], "name": [None, "=x"]})
    safe = safe_columns(frame)
    assert safe.schema == frame.schema
    assert safe.rows() == [(-1.5, -1, None), (None, 2, "'=x")]


@given(
    st.lists(
        st.text(st.sampled_from([*STARTS_A_FORMULA, "a", "'", "$", "{", "1", " ", "\u200b"])),
        max_size=6,
    )
)
def test_the_columns_follow_the_same_rule_as_the_cell(texts):
    frame = pl.DataFrame({"name": texts}, schema={"name": pl.String})
    assert safe_columns(frame)["name"].to_list() == [safe_text(text) for text in texts]
