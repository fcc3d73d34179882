"""Tables that are text: how a cell is said, and that no cell acts as Markdown."""

import datetime as dt

import polars as pl
import pytest

from components.core import short_rows

NOON = dt.datetime(2026, 1, 31, 12, 5, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        (None, "USD", "–"),
        (1_234_567.6, "USD", r"\$1,234,568"),
        (-0.4, "USD per year", r"\$0"),
        (-1200, "USD", r"−\$1,200"),
        (0.1234, "share", "12.3 %"),
        (None, "share", "–"),
        (12_000, "seconds", "3 h 20 min"),
        (1234.5678, "TiB", "1,235"),
        (1234.5678, "", "1,234.57"),
        (2.0, "", "2"),
        (-0.001, "", "0"),
        (1200, "", "1,200"),
        (True, "", "Yes"),
        (["azure", "gcp"], "", "azure, gcp"),
        (dt.date(2026, 1, 31), "", "31 Jan 2026"),
        (NOON, "", r"31 Jan 2026 12\:05 UTC"),
    ],
)
def test_a_cell_says_its_value_by_its_unit(value, unit, said):
    assert short_rows.cell(value, unit) == said


def test_numbers_stand_to_the_right_and_columns_in_the_order_asked_for():
    frame = pl.DataFrame({"spent": [12.0, None], "name": ["Amber", "Birch"]})
    text = short_rows.markdown(frame, {"name": "Account", "spent": "Spent"}, {"spent": "USD"})
    assert text == ("| Account | Spent |\n| --- | ---: |\n| Amber | \\$12 |\n| Birch | – |")


def test_no_cell_and_no_title_leaves_its_cell_or_acts_as_markdown():
    frame = pl.DataFrame({"a": ["x | y\n| z |", "**b** [c](d) <i>", ":red[e]"]})
    *head, first, second, third = short_rows.markdown(frame, {"a": "A | *B*"}).split("\n")
    assert head == [r"| A \| \*B\* |", "| --- |"]
    assert first == r"| x \| y \| z \| |"
    assert second == r"| \*\*b\*\* \[c\]\(d\) \<i\> |"
    assert third == r"| \:red\[e\] |"


def test_a_table_without_rows_is_its_titles():
    empty = pl.DataFrame(schema={"A": pl.String, "B": pl.Int64})
    assert short_rows.worded(empty) == "| A | B |\n| --- | ---: |"
