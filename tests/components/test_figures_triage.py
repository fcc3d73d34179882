"""The figures of the queue, by their data."""

import polars as pl
import pytest

from components import palette
from components.figures import triage
from queries.churn import ChurnIndicators
from queries.indicators import INDICATORS

ACCOUNTS = pl.DataFrame(
    {
        "arr_touched_usd": [1e6, 5e5, 3e5, 0.0],
        "signals": [2, 1, 1, 0],
        "signalling": ["contact, usage", "usage", "renewal", ""],
    }
)


def test_reasons_are_ranked_by_the_arr_they_touch():
    (bars,) = triage.arr_by_reason(ACCOUNTS).data
    # Drawn from below: the largest comes last, and alone in the accent.
    assert list(bars.y) == ["Renewal near", "Contact silence", "Usage fell"]
    assert bars.x.tolist() == [3e5, 1e6, 1.5e6]
    assert list(bars.text) == ["$300k, 1 account", "$1M, 1 account", "$1.5M, 2 accounts"]
    assert list(bars.marker.color) == [palette.CONTEXT, palette.CONTEXT, palette.ACCENT]


def test_the_title_names_the_largest_reason():
    assert triage.arr_by_reason(ACCOUNTS).layout.title.text == "Usage fell touches most: $1.5M"


def test_the_reasons_in_one_sentence():
    assert triage.arr_by_reason_words(ACCOUNTS) == (
        "ARR touched: usage fell $1.5M (2 accounts), contact silence $1M (1 account), "
        "renewal near $300k (1 account). An account counts under each of its reasons."
    )


@pytest.mark.parametrize("accounts", [ACCOUNTS.tail(1), ChurnIndicators.create_empty()])
def test_nothing_that_signals_is_said_and_draws_no_bar(accounts):
    drawn = triage.arr_by_reason(accounts)
    assert drawn.data == ()
    assert drawn.layout.annotations[0].text == "No indicator signals in these filters"
    assert triage.arr_by_reason_words(accounts) == "No indicator signals in these filters."


def test_every_indicator_has_a_name():
    assert set(triage.REASONS) == {indicator.id for indicator in INDICATORS}
