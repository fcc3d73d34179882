"""The breaker: two attempts in an outage whoever asks, then pauses that grow, until it is well."""

import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from warehouse import clock
from warehouse.cache.breaker import Breaker
from warehouse.errors import (
    ContractBroken,
    ReadAbandoned,
    ReadTimedOut,
    WarehouseMissing,
    WarehouseUnavailable,
)

GONE = WarehouseUnavailable("It is gone.", "Try again.")


def fails(error=GONE):
    def make():
        raise error

    return make


def outcome(breaker, make, version="v1"):
    try:
        return breaker.attempt(version, make)
    except Exception as error:  # noqa: BLE001 (what it was is what is compared)
        return error


@pytest.mark.parametrize("kind", [WarehouseMissing, WarehouseUnavailable, ReadTimedOut])
def test_two_outages_in_a_row_open_it(later, kind):
    breaker = Breaker()
    error = kind("It is gone.", "Try again.")
    assert outcome(breaker, fails(error)) is error
    assert (breaker.state, breaker.refusal("v1")) == ("closed", None)
    assert outcome(breaker, fails(error)) is error
    assert breaker.state == "open"
    later(seconds=5)
    refused = outcome(breaker, lambda: pytest.fail("an attempt was made"))
    assert refused.sentence == (
        "The warehouse failed 2 times in a row and is asked again in 10 s. It is gone."
    )


@pytest.mark.parametrize("hours", [-1, 1])
def test_setting_the_wall_clock_neither_freezes_it_nor_wakes_it(later, monkeypatch, hours):
    breaker = Breaker()
    for _ in range(2):
        outcome(breaker, fails())
    moved = clock.now() + dt.timedelta(hours=hours)
    monkeypatch.setattr(clock, "now", lambda: moved)
    later(seconds=14)
    assert breaker.state == "open"
    later(seconds=1)
    assert breaker.state == "half-open"
    assert outcome(breaker, lambda: "well") == "well"


@pytest.mark.usefixtures("later")
@pytest.mark.parametrize(
    "error", [ContractBroken("a", "b"), ReadAbandoned("a", "b"), ValueError("a"), SystemExit()]
)
def test_what_is_no_outage_never_opens_it(error):
    breaker = Breaker()
    for _ in range(5):
        with pytest.raises(type(error)):
            breaker.attempt("v1", fails(error))
    assert breaker.state == "closed"
    assert outcome(breaker, lambda: "well") == "well"


@pytest.mark.usefixtures("later")
def test_a_success_between_two_outages_keeps_it_closed():
    breaker = Breaker()
    for _ in range(3):
        outcome(breaker, fails())
        assert outcome(breaker, lambda: "well") == "well"
    assert breaker.state == "closed"


def test_each_further_outage_doubles_the_pause_up_to_two_minutes(later):
    breaker = Breaker()
    outcome(breaker, fails())
    outcome(breaker, fails())
    for pause in (15, 30, 60, 120, 120):
        later(seconds=pause - 1)
        assert breaker.state == "open"
        later(seconds=1)
        assert breaker.state == "half-open"
        assert outcome(breaker, fails()) is GONE
    later(seconds=120)
    assert outcome(breaker, lambda: "well") == "well"
    assert breaker.state == "closed"
    outcome(breaker, fails())
    outcome(breaker, fails())
    later(seconds=15)
    assert breaker.state == "half-open", "the pause begins small again"


@pytest.mark.usefixtures("later")
def test_a_new_data_version_closes_it_at_once():
    breaker = Breaker()
    outcome(breaker, fails())
    outcome(breaker, fails())
    assert breaker.refusal("v1") is not None
    assert breaker.refusal("v2") is None
    assert outcome(breaker, lambda: "well", "v2") == "well"


def _ask_at_once(breaker, make, viewers=10):
    barrier = threading.Barrier(viewers)

    def ask():
        barrier.wait()
        return outcome(breaker, make)

    with ThreadPoolExecutor(viewers) as pool:
        return [asked.result() for asked in [pool.submit(ask) for _ in range(viewers)]]


@pytest.mark.usefixtures("later")
def test_ten_viewers_in_an_outage_cost_two_attempts():
    attempts = []
    both_under_way = threading.Barrier(2)

    def make():
        attempts.append(threading.get_ident())
        both_under_way.wait(5)
        raise GONE

    ended = _ask_at_once(Breaker(), make)
    assert len(attempts) == 2
    assert sum(error is GONE for error in ended) == 2
    assert {type(error) for error in ended} == {WarehouseUnavailable}


def test_half_open_lets_one_attempt_through(later):
    breaker = Breaker()
    outcome(breaker, fails())
    outcome(breaker, fails())
    later(seconds=15)
    attempts = []

    def make():
        attempts.append(1)
        raise GONE

    _ask_at_once(breaker, make)
    assert len(attempts) == 1


@pytest.mark.usefixtures("later")
def test_a_warehouse_that_has_just_answered_is_asked_by_all_at_once():
    breaker = Breaker()
    assert outcome(breaker, lambda: "well") == "well"
    together = threading.Barrier(10)
    assert _ask_at_once(breaker, lambda: together.wait(5) >= 0) == [True] * 10
