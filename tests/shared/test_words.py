"""Numbers, days and words as a reader sees them; an unknown is a dash, never a zero."""

import datetime as dt

import pytest

from queries.shared import words
from warehouse.contract.tables import TABLES


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, "–"),
        (0, "0"),
        (-0.0, "0"),
        (1, "1"),
        (0.5, "0.5"),
        (0.126, "0.13"),
        (0.0042, "0.0042"),
        (-0.00015, "−0.00015"),
        (9.994, "9.99"),
        (9.996, "10"),
        (12.34, "12.3"),
        (99.96, "100"),
        (999.4, "999"),
        (999.6, "1k"),
        (1234, "1.23k"),
        (-1234, "−1.23k"),
        (999_499, "999k"),
        (999_500, "1M"),
        (1_250_000, "1.25M"),
        (3_100_000_000, "3.1B"),
        (1e12, "1,000B"),
    ],
)
def test_a_number_has_three_figures(value, said):
    assert words.number(value) == said


@pytest.mark.parametrize(
    ("value", "said"),
    [(None, "–"), (0, "$0"), (1_200_000, "$1.2M"), (-950, "−$950"), (0.004, "$0.004")],
)
def test_money_is_in_dollars(value, said):
    assert words.money(value) == said


@pytest.mark.parametrize(
    ("value", "signed", "said"),
    [
        (None, True, "–"),
        (0.1234, False, "12.3 %"),
        (0.1234, True, "+12.3 %"),
        (-0.5, True, "−50.0 %"),
        (-0.0001, True, "0.0 %"),
        (-0.0001, False, "0.0 %"),
        (0.0, True, "0.0 %"),
        (1.0, False, "100.0 %"),
    ],
)
def test_a_share_is_a_percentage(value, signed, said):
    assert words.share(value, signed=signed) == said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (None, "–"),
        (0, "0 s"),
        (45.4, "45 s"),
        (59.4, "59 s"),
        (59.7, "1 min"),
        (89, "1 min"),
        (3599, "1 h 0 min"),
        (12_000, "3 h 20 min"),
        (86_399, "1 d 0 h"),
        (187_200, "2 d 4 h"),
    ],
)
def test_a_duration_has_two_units(seconds, said):
    assert words.duration(seconds) == said


def test_a_day_is_written_out():
    assert words.day(dt.date(2026, 1, 3)) == "3 Jan 2026"
    assert words.day(None) == "–"


def test_a_count_has_its_noun():
    assert words.plural(1, "account") == "1 account"
    assert words.plural(0, "account") == "0 accounts"
    assert words.plural(1200, "query", "queries") == "1,200 queries"


def test_a_status_is_a_shape_and_a_word():
    assert words.status("at_risk") == "▲ At risk"
    assert [words.status(word)[0] for word in ("watch", "healthy", "unknown")] == ["◆", "●", "○"]


def test_every_word_a_reader_filters_by_has_a_name():
    accounts, clusters = TABLES["accounts"], TABLES["clusters"]
    for word in (
        *clusters.choices("hyperscaler"),
        *TABLES["usage_charges"].choices("host_provider"),
        *accounts.choices("region"),
        *accounts.choices("segment"),
    ):
        assert words.name(word) != word
    assert words.name("something new") == "something new"


def test_text_from_data_stays_text_in_markdown():
    assert words.plain("[a](http://b) **c** <d> $e$ :red[f]") == (
        "\\[a\\]\\(http\\:\N{WORD JOINER}//b\\) \\*\\*c\\*\\* \\<d\\> \\$e\\$ \\:red\\[f\\]"
    )


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("see WWW.evil.example", "see WWW|.evil.example"),
        ("https://evil.example", r"https\:|//evil.example"),
        ("ann@evil.example", "ann@|evil.example"),
        ("Ann @ work, awww. 1:2", r"Ann @ work, awww|. 1\:2"),
    ],
)
def test_an_address_from_data_is_no_link(address, said):
    assert words.plain(address) == said.replace("|", "\N{WORD JOINER}")


def test_a_change_has_its_sign():
    assert words.money(2_000_000, signed=True) == "+$2M"
    assert words.money(0.0, signed=True) == "$0"
    assert words.number(-0.5, signed=True) == "−0.5"
    assert words.points(0.0123) == "+1.2 pp"
    assert words.points(-0.0123) == "−1.2 pp"
    assert words.points(None) == "–"


def test_a_lower_bound_is_cut_and_never_rounded_up():
    assert words.bound(1.1989) == "1.19×"
    assert words.bound(None) == "–"


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (1, "1 day"),
        (28, "28 days"),
        (29, "4 weeks"),
        (60, "9 weeks"),
        (61, "2 months"),
        (303, "10 months"),
        (731, "24 months"),
        (732, "2 years"),
    ],
)
def test_how_far_a_day_lies_behind_is_said_in_the_unit_that_fits(days, said):
    assert words.behind(days) == said


def test_an_instant_is_said_with_its_minute_in_utc():
    assert words.instant(dt.datetime(2026, 1, 31, 9, 5, 59, 123, tzinfo=dt.UTC)) == (
        "31 Jan 2026 09:05 UTC"
    )
    assert words.instant(None) == "–"
