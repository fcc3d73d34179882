"""Results under way: made once for all who wait, given up when the last of them has left."""

import threading

import pytest

from warehouse.cache.single_flight import SingleFlight
from warehouse.read_request import ReadRequest


class Left(BaseException):
    """What a page raises when its reader has gone."""


def stays():
    pass


def leaves():
    raise Left


class Runway:
    """A result that is made when the test says so, or given up with its read_request."""

    def __init__(self):
        self.made = 0
        self._go = threading.Event()
        self.abandoned = threading.Event()

    def make(self, read_request):
        self.made += 1
        with read_request.stopping(self.abandon):
            assert self._go.wait(10)
        return "landed"

    def abandon(self):
        self.abandoned.set()
        self._go.set()

    def clear(self):
        self._go.set()


@pytest.fixture
def runway():
    made = Runway()
    yield made
    made.clear()


def test_all_who_join_wait_for_one_flight(runway):
    flights = SingleFlight()
    joined = [flights.join(("key",), ReadRequest(), runway.make) for _ in range(3)]
    assert flights.under_way == 1
    runway.clear()
    for flight in joined:
        assert flights.landed(flight, stays, None)
        assert flight.future.result() == "landed"
    assert (runway.made, flights.under_way) == (1, 0)


def test_the_last_to_leave_ends_the_errand(runway):
    flights = SingleFlight()
    first, second = (flights.join(("key",), ReadRequest(), runway.make) for _ in range(2))
    with pytest.raises(Left):
        flights.landed(first, leaves, None)
    assert not runway.abandoned.is_set()
    assert flights.under_way == 1
    with pytest.raises(Left):
        flights.landed(second, leaves, None)
    assert runway.abandoned.wait(5)
    assert flights.under_way == 0


def test_who_asks_after_everybody_left_begins_anew(runway):
    flights = SingleFlight()
    deserted = flights.join(("key",), ReadRequest(), runway.make)
    flights.leave(deserted)
    again = flights.join(("key",), ReadRequest(), lambda _: "anew")
    assert flights.landed(again, stays, None)
    assert again.future.result() == "anew"


def test_a_flight_that_outlasts_patience_goes_on(runway):
    flights = SingleFlight()
    flight = flights.join(("key",), ReadRequest(), runway.make)
    assert not flights.landed(flight, stays, 0)
    assert not runway.abandoned.is_set()
    later = flights.join(("key",), ReadRequest(), runway.make)
    with pytest.raises(Left):
        flights.landed(later, leaves, None)
    assert not runway.abandoned.is_set(), "the one whose patience ended still wants it"
    runway.clear()
    assert flights.landed(flight, stays, None)
    assert runway.made == 1


def test_an_error_reaches_all_who_wait():
    flights = SingleFlight()
    ready = threading.Event()

    def fail(_):
        assert ready.wait(5)
        raise ValueError("no answer")

    joined = [flights.join(("key",), ReadRequest(), fail) for _ in range(3)]
    ready.set()
    for flight in joined:
        assert flights.landed(flight, stays, None)
        assert str(flight.future.exception()) == "no answer"
    assert flights.under_way == 0
