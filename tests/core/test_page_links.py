"""What a link to another page says of its answer."""

from dataclasses import replace

import pytest

from components.core import page_links
from queries.core.answer import Problem
from queries.core.ask import ask
from tests.core.book import BOOK

ERROR = Problem("The warehouse did not answer in 15 s.", "Try again.", "7F3A-21")


@pytest.fixture
def answer(warehouse, on):
    warehouse(BOOK)
    return replace(
        ask("arr_by_hyperscaler", on(2026, 1, 31, region=("emea", "unknown"))),
        applicable_filters=frozenset({"region"}),
    )


def highest(frame):
    return f"{frame['hyperscaler'][0]}: {frame['arr_usd'][0]}"


def test_it_says_the_finding_or_what_it_is_told(answer):
    assert page_links.sentence(answer) == "AWS carries 80.0 % of ARR"
    assert page_links.sentence(answer, highest) == "aws: 800000.0"


def test_a_stale_answer_and_a_filter_that_does_not_reach_it_are_said(answer):
    limited = replace(answer, applicable_filters=frozenset(), state="stale", problem=ERROR)
    assert page_links.sentence(limited) == (
        "AWS carries 80.0 % of ARR (last good answer; not filtered by region)"
    )


def test_where_nothing_is_recorded_it_says_what_is_missing(warehouse, on):
    warehouse(BOOK)
    nothing = ask("benchmark_comparison", on(2026, 1, 31))
    assert page_links.sentence(nothing) == (
        "No claim is registered; choose a campaign to compare its systems"
    )
    assert page_links.sentence(nothing, lambda frame: f"{frame.height} claims") == "0 claims"


def test_where_a_filter_hides_every_row_it_says_which(warehouse, on):
    warehouse(BOOK)
    hidden = ask("arr_by_hyperscaler", on(2026, 1, 31, region=("amer",)))
    assert page_links.sentence(hidden, highest) == (
        "No rows in these filters: region = AMER hides 3."
    )


def test_without_an_answer_it_says_the_problem_and_claims_nothing(answer):
    failed = replace(answer, state="error", problem=ERROR)
    assert page_links.sentence(failed, highest) == "The warehouse did not answer in 15 s."
