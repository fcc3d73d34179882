"""Renewals in words: the list of disagreements, and the numbers of retention."""

import polars as pl
import pytest

from components.renewals import sections
from queries.accounts.retention.retention import RetentionNumbers
from queries.renewals.renewals import DISAGREEMENTS
from queries.shared.words import NO_BREAK

ROW = {
    "account_id": "a1",
    "account_name": "North *Star*",
    "owner_name": "Ada",
    "band": "at_risk",
    "due_usd": 1_240_000.0,
    "forecast_usd": 1_100_000.0,
    "days_to_renewal": 41,
    "reasons": ["usage −38 % in 28 d"],
    "disagreement": "forecast_at_risk",
}


def test_an_item_says_signal_money_clock_and_what_disagrees():
    item = sections.item(ROW)
    assert (item.account_id, item.line.replace(NO_BREAK, " "), item.below) == (
        "a1",
        ":red[▲ At risk] **North \\*Star\\*** \\$1.24M due · ends in 41 d",
        "Forecast \\$1.1M; the signal says usage −38 % in 28 d · Ada",
    )
    assert sections.item(ROW | {"owner_name": None}).below.endswith(" · no owner known")


@pytest.mark.parametrize(
    ("disagreement", "expected"),
    [
        ("forecast_at_risk", "Forecast $1.1M; the signal says usage −38 % in 28 d"),
        ("given_up_healthy", "Forecast only $1.1M; the signal is healthy"),
        ("no_forecast_in_time", "No forecast"),
        ("not_reviewed_in_time", "Forecast $1.1M is as first entered; not reviewed"),
    ],
)
def test_each_disagreement_has_its_sentence(disagreement, expected):
    assert disagreement in DISAGREEMENTS
    assert sections.wrong(ROW | {"disagreement": disagreement}) == expected


@pytest.mark.parametrize(
    ("days", "expected"), [(41, "ends in 41 d"), (0, "ends in 0 d"), (-3, "ended 3 d ago")]
)
def test_the_clock_runs_past_the_end(days, expected):
    assert sections.clock({"days_to_renewal": days}) == expected


def test_the_numbers_of_retention_are_said_by_their_unit():
    def number(name, value, unit, low=None, high=None):
        return {
            "name": name,
            "value": value,
            "unit": unit,
            "low": low,
            "high": high,
            "accounts": 3,
            "note": "a year",
        }

    rows = [
        number("NRR", 0.805, "share"),
        number("Time to value", 141.0, "days", 5.0),
        number("Time to value", 20.0, "days", 5.0, 30.0),
        number("Active days", None, "share"),
    ]
    in_words = RetentionNumbers.create_empty().schema | {"note": pl.String}
    frame = pl.DataFrame(rows, schema=in_words, orient="row")
    assert sections.said_numbers(frame).rows() == [
        ("NRR", "80.5 %", "–", 3, "a year"),
        ("Time to value", "141 d", "5 d to not reached", 3, "a year"),
        ("Time to value", "20 d", "5 d to 30 d", 3, "a year"),
        ("Active days", "–", "–", 3, "a year"),
    ]
