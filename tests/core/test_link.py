"""What a link asks for, part by part; what is wrong with it is said and the rest is kept."""

import datetime as dt

import pytest

from components.core.link import compose, parse
from warehouse.context import FILTERS

OLDEST, NEWEST = dt.date(2023, 5, 2), dt.date(2026, 3, 31)
# No filter set: a test says which are.
NONE = {name: [] for name in FILTERS}
OFFERED = {name: one.words or ("p1", "p2") for name, one in FILTERS.items()}


def link(**given):
    return {name: given.get(name, []) for name in ("as_of", *OFFERED)}


def test_a_whole_link_is_taken_word_for_word():
    found = parse(
        link(as_of=["2026-01-15"], hyperscaler=["gcp", "aws"], region=["unknown"], owner=["p2"]),
        OFFERED,
        OLDEST,
        NEWEST,
    )
    assert found.as_of == dt.date(2026, 1, 15)
    chosen = {"hyperscaler": ["gcp", "aws"], "region": ["unknown"], "owner": ["p2"]}
    assert found.filters == NONE | chosen
    assert found.left_out == ()


def test_a_link_without_a_data_date_shows_the_newest_and_says_nothing():
    found = parse(link(segment=["startup"]), OFFERED, OLDEST, NEWEST)
    assert (found.as_of, found.left_out) == (NEWEST, ())


@pytest.mark.parametrize(
    "text", ["", "yesterday", "2026-02-30", "2026-04-01", "31/03/2026", "20260331x"]
)
def test_a_data_date_that_cannot_be_shown_falls_back_to_the_newest(text):
    found = parse(link(as_of=[text], hyperscaler=["aws"]), OFFERED, OLDEST, NEWEST)
    assert found.as_of == NEWEST
    assert found.filters["hyperscaler"] == ["aws"]
    [sentence] = found.left_out
    assert sentence.startswith("The link's data date cannot be shown: ")
    assert sentence.endswith("Showing 31 Mar 2026, the newest.")


@pytest.mark.parametrize("day", ["2023-05-02", "2026-03-31"])
def test_the_first_and_the_newest_day_can_be_shown(day):
    found = parse(link(as_of=[day]), OFFERED, OLDEST, NEWEST)
    assert (found.as_of.isoformat(), found.left_out) == (day, ())


@pytest.mark.parametrize("day", ["2023-05-01", "0001-01-01"])
def test_a_data_date_before_the_first_record_falls_back_to_it(day):
    found = parse(link(as_of=[day], hyperscaler=["aws"]), OFFERED, OLDEST, NEWEST)
    assert (found.as_of, found.filters["hyperscaler"]) == (OLDEST, ["aws"])
    [sentence] = found.left_out
    assert sentence.startswith("The link's data date lies before the first record: ")
    assert sentence.endswith("Showing 2 May 2023.")


def test_of_two_data_dates_the_last_counts():
    found = parse(link(as_of=["soon", "2026-01-01"]), OFFERED, OLDEST, NEWEST)
    assert (found.as_of, found.left_out) == (dt.date(2026, 1, 1), ())


def test_unknown_words_are_named_once_per_filter_and_known_ones_stay_once():
    found = parse(
        link(hyperscaler=["mars", "aws", "AWS", "aws"], owner=["p9"], region=["emea"]),
        OFFERED,
        OLDEST,
        NEWEST,
    )
    assert found.filters["hyperscaler"] == ["aws"]
    assert found.filters["region"] == ["emea"]
    assert found.filters["owner"] == []
    assert found.left_out == (
        "The link names no known hyperscaler: mars, AWS. Left out.",
        "The link names no known owner: p9. Left out.",
    )


def test_of_many_unknown_words_the_first_ten_are_named():
    [sentence] = parse(
        link(region=[f"r{n}" for n in range(1200)]), OFFERED, OLDEST, NEWEST
    ).left_out
    named = "r0, r1, r2, r3, r4, r5, r6, r7, r8, r9"
    assert sentence == f"The link names no known region: {named} and 1,190 more. Left out."


def test_what_a_link_says_is_shortened_and_escaped():
    [sentence] = parse(link(region=["<b>" + "x" * 60]), OFFERED, OLDEST, NEWEST).left_out
    assert sentence == rf"The link names no known region: \<b\>{'x' * 37}…. Left out."


def test_compose_and_parse_are_inverse():
    filters = NONE | {"hyperscaler": ["aws", "gcp"], "segment": ["startup"], "owner": ["p1"]}
    written = compose(dt.date(2026, 1, 2), filters)
    assert written["as_of"] == ["2026-01-02"]
    found = parse(written, OFFERED, OLDEST, NEWEST)
    assert (found.as_of, found.filters, found.left_out) == (dt.date(2026, 1, 2), filters, ())


def test_a_written_link_does_not_depend_on_the_order_of_picking():
    one = compose(NEWEST, NONE | {"hyperscaler": ["gcp", "aws"]})
    assert one == compose(NEWEST, NONE | {"hyperscaler": ["aws", "gcp"]})
    assert one["hyperscaler"] == ["aws", "gcp"]
