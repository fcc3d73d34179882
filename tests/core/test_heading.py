"""The line under a title tells the whole truth about what is shown."""

import datetime as dt

import pytest

from components.core.heading import line, not_applied, reach
from tests.core.answers import READ_AT, answer
from warehouse import clock
from warehouse.context import EVERYTHING, Context


@pytest.fixture(autouse=True)
def today(monkeypatch):
    """The day after the data date: a function that makes it another."""

    def be(year, month, day):
        monkeypatch.setattr(clock, "today", lambda: dt.date(year, month, day))

    be(2026, 4, 1)
    return be


@pytest.mark.parametrize(
    ("now", "said"),
    [
        ((2026, 3, 31), ""),
        ((2026, 4, 1), ""),
        ((2026, 4, 2), ", 2 days behind today"),
        ((2026, 5, 5), ", 5 weeks behind today"),
        ((2027, 1, 28), ", 10 months behind today"),
        ((2029, 3, 31), ", 3 years behind today"),
        ((2026, 3, 1), ""),
    ],
)
def test_the_line_says_how_far_the_data_lie_behind_today(today, now, said):
    today(*now)
    assert line(context(), (answer(data_through={}, complete_to={}),), {}) == (
        f"as of 31 Mar 2026{said} · **SIMULATED**"
    )


def instant(day):
    return dt.datetime(2026, 3, day, tzinfo=dt.UTC)


def context(**filters):
    return Context(dt.date(2026, 3, 31), EVERYTHING, **filters)


def test_the_line_names_day_filters_feeds_and_provenance():
    said = line(
        context(hyperscaler=("gcp", "aws"), owner=("p1", "p2")),
        (answer(applicable_filters=frozenset({"hyperscaler", "owner"})),),
        {"p1": "Ana *B*"},
    )
    assert said == (
        r"as of 31 Mar 2026 · AWS, Google Cloud · Ana \*B\*, p2 "
        "· metering complete to 30 Mar 2026 · **SIMULATED**"
    )


def test_the_line_says_how_old_the_oldest_stale_answer_is(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: READ_AT + dt.timedelta(minutes=125))
    newer = answer(state="stale", read_at=READ_AT + dt.timedelta(minutes=60))
    said = line(context(), (answer(), newer, answer(state="stale")), {})
    assert said.split(" · ")[-2] == "**stale: last good answers, up to 2 h 5 min old**"
    assert "stale" not in line(context(), (answer(), answer()), {})


@pytest.mark.parametrize(
    ("provenances", "said"),
    [
        (["loaded"], ""),
        (["SIMULATED"], " · **SIMULATED**"),
        (["partly SIMULATED"], " · **partly SIMULATED**"),
        (["SIMULATED", "loaded"], " · **partly SIMULATED**"),
    ],
)
def test_made_up_rows_are_never_shown_without_saying_so(provenances, said):
    answers = tuple(
        answer(provenance=each, data_through={}, complete_to={}) for each in provenances
    )
    assert line(context(), answers, {}) == f"as of 31 Mar 2026{said}"


def test_an_answer_that_failed_takes_nothing_from_simulated():
    failed = answer(state="error", provenance="loaded", data_through={}, complete_to={})
    said = line(context(), (answer(data_through={}, complete_to={}), failed), {})
    assert said == "as of 31 Mar 2026 · **SIMULATED**"


def test_a_feed_reaches_as_far_as_the_answer_that_knows_least():
    answers = (
        answer(
            data_through={
                "account_usage_daily": instant(30),
                "tickets": None,
                "clusters": instant(2),
            },
            complete_to={"account_usage_daily": instant(31), "tickets": None},
        ),
        answer(
            data_through={"account_usage_daily": instant(2), "contracts": instant(5)},
            complete_to={"account_usage_daily": instant(29) + dt.timedelta(hours=23)},
        ),
    )
    # The newest hour of a filter is of 2 March, and the feed is complete to the 28th all the same.
    assert reach(answers) == {"metering": "complete to 28 Mar 2026", "contracts": "to 5 Mar 2026"}


def test_only_filters_that_no_answer_carries_are_named():
    filters = context(hyperscaler=("aws",), region=("emea",), owner=("p1",))
    some = answer(applicable_filters=frozenset({"hyperscaler"}))
    more = answer(applicable_filters=frozenset({"region"}))
    assert not_applied(filters, (some, more)) == ["owner"]
    assert line(filters, (some, more), {}).count("not filtered by owner") == 1
    assert not_applied(context(), (some,)) == []


@pytest.mark.parametrize("state", ["error", "forbidden"])
def test_an_answer_that_was_not_read_says_nothing_about_filters(state):
    unread = answer(state=state, applicable_filters=frozenset())
    assert not_applied(context(region=("emea",)), (unread,)) == []
    assert not_applied(context(region=("emea",)), (unread, answer())) == ["region"]
    assert not_applied(context(region=("emea",)), ()) == []


def test_an_empty_answer_still_says_which_filters_it_cannot_carry():
    assert not_applied(context(region=("emea",)), (answer(state="empty", rows=[]),)) == ["region"]
