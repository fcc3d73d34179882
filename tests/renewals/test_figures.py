"""The figures of renewals, by their data."""

import datetime as dt

import polars as pl
import pytest

from components.renewals import figures
from queries.renewals.renewal_totals import PARTS, Totals, said
from queries.renewals.renewals import Renewals


def row(day, state, due, won=0.0, call=None, *, reviewed=None, statistical=None):
    return {
        "renewal_date": dt.date.fromisoformat(day),
        "state": state,
        "due_usd": due,
        "won_usd": won,
        "forecast_usd": call,
        "no_forecast_usd": due if state == "no_forecast" else 0.0,
        "is_reviewed": reviewed,
        "statistical_usd": statistical,
        "statistical_low_usd": statistical and statistical - 10.0,
        "statistical_high_usd": statistical and statistical + 5.0,
    }


def frame(*rows):
    return pl.DataFrame(list(rows), schema=Renewals.create_empty().schema, orient="row")


BOOK = frame(
    row("2026-01-05", "won", 100.0, 80.0, statistical=80.0),
    row("2026-01-31", "lost", 50.0, statistical=0.0),
    row("2026-03-01", "open", 200.0, 20.0, 150.0, reviewed=True, statistical=120.0),
    row("2026-03-31", "open", 90.0, 0.0, 60.0, reviewed=False, statistical=70.0),
    row("2026-04-01", "no_forecast", 70.0),
)


def test_each_month_is_split_into_parts_that_sum_to_what_is_due():
    months = figures.by_month(BOOK)
    assert months.select("month", "due", *PARTS).rows() == [
        (dt.date(2026, 1, 1), 150.0, 80.0, 0.0, 0.0, 0.0, 70.0),
        # 30 and 30 are left of what is due.
        (dt.date(2026, 3, 1), 290.0, 20.0, 150.0, 60.0, 0.0, 60.0),
        (dt.date(2026, 4, 1), 70.0, 0.0, 0.0, 0.0, 70.0, 0.0),
    ]


def test_the_statistical_amount_is_shown_where_all_of_a_month_is_known_and_some_open():
    months = figures.by_month(BOOK)
    assert months["statistical_usd"].to_list() == [None, 190.0, None]
    drawn = figures.due_by_month(BOOK)
    (diamond,) = [trace for trace in drawn.data if trace.name == "statistical"]
    assert (list(diamond.x), diamond.y.tolist()) == (["Mar 2026"], [190.0])
    assert (diamond.error_y.array.tolist(), diamond.error_y.arrayminus.tolist()) == ([10.0], [20.0])


def test_the_bars_are_stacked_from_zero_and_carry_their_total():
    drawn = figures.due_by_month(BOOK)
    bars = {trace.name: trace.y.tolist() for trace in drawn.data if trace.type == "bar"}
    assert bars == {
        "won": [80.0, 20.0, 0.0],
        "forecast": [0.0, 150.0, 0.0],
        "forecast not reviewed": [0.0, 60.0, 0.0],
        "without a forecast": [0.0, 0.0, 70.0],
        "lost or reduced": [70.0, 60.0, 0.0],
    }
    assert drawn.layout.barmode == "stack"
    (totals,) = [trace for trace in drawn.data if trace.type == "scatter" and trace.mode == "text"]
    assert list(totals.text) == ["$150", "$290", "$70"]
    assert "◆ statistical" in drawn.layout.title.text


def test_a_part_that_nothing_is_in_is_neither_drawn_nor_in_the_legend():
    drawn = figures.due_by_month(BOOK.tail(1))
    assert [trace.name for trace in drawn.data if trace.type == "bar"] == ["without a forecast"]
    assert "won" not in drawn.layout.title.text.split("<br>")[1]
    assert "statistical" not in drawn.layout.title.text


@pytest.mark.parametrize(
    ("renewals", "title"),
    [
        (BOOK, "Mar 2026 leaves most open: $210"),
        (BOOK.head(2), "Everything due is decided"),
    ],
)
def test_the_title_says_where_most_is_undecided(renewals, title):
    assert figures.undecided(renewals) == title


def test_the_bars_in_one_sentence():
    assert figures.due_by_month_words(BOOK) == (
        "Due: Jan 2026 $150, Mar 2026 $290, Apr 2026 $70. Of it $100 won, $150 forecast, "
        "$60 forecast not reviewed, $70 without a forecast, $130 lost or reduced. "
        "Statistical: Mar 2026 $190."
    )
    assert figures.due_by_month_words(BOOK.tail(1)).endswith("$0 lost or reduced.")


def test_the_sentence_rounds_what_is_due_as_title_and_tiles_do():
    uneven = BOOK.with_columns(
        pl.col("due_usd", "won_usd", "forecast_usd", "no_forecast_usd") * 1234.567
    )
    sentence = figures.due_by_month_words(uneven)
    for part, usd in said(Totals.of(uneven).amounts).items():
        assert f"{usd} {PARTS[part]}" in sentence


def test_nothing_due_draws_nothing_and_says_so():
    drawn = figures.due_by_month(Renewals.create_empty())
    assert drawn.data == ()
    assert drawn.layout.annotations[0].text == "Nothing is due for renewal in these filters"
    assert figures.due_by_month_words(Renewals.create_empty()) == f"{figures.NOTHING}."
