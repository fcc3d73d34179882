"""Single flight: however many ask for a result that is being made, it is made once for all."""

import contextvars
import threading
from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import Any

from warehouse import clock
from warehouse.read_request import ReadRequest

Key = tuple[Hashable, ...]
MOST_UNDER_WAY = 8
# How often somebody who waits is asked whether they are still there.
SECONDS_BETWEEN_SIGNS = 0.05


@dataclass(eq=False)
class Flight:
    """One result being made: its read_request, when it began on the monotonic clock, who waits."""

    key: Key
    read_request: ReadRequest
    began_at: float
    future: Future[Any] = field(default_factory=Future)
    waiting: int = 0


class SingleFlight:
    """Results under way, one flight per key.

    `do` makes one in the thread of whoever asks first. `join` makes one in the background, at most
    eight at a time while further ones queue, and ends it in the engine when the last who waits has
    left.
    """

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(MOST_UNDER_WAY, thread_name_prefix="read")
        self._flights: dict[Key, Flight] = {}
        self._lock = threading.Lock()

    def do(self, key: Key, make: Callable[[], Any]) -> Any:
        """The result of `make`, or of whoever makes one under `key` now.

        A failure is raised to everybody who waited for it.
        """
        with self._lock:
            flight = self._flights.get(key)
            leads = flight is None
            if flight is None:
                flight = self._flights[key] = Flight(key, ReadRequest(), clock.monotonic())
        if leads:
            self._fly(flight, lambda _: make())
        return flight.future.result()

    def join(
        self, key: Key, read_request: ReadRequest, make: Callable[[ReadRequest], Any]
    ) -> Flight:
        """The flight under `key`, begun where there is none; the caller waits for it from now on.

        A flight that is joined keeps the read_request of whoever began it.
        """
        with self._lock:
            flight = self._flights.get(key)
            if flight is None:
                flight = self._flights[key] = Flight(key, read_request, clock.monotonic())
                # Spans and log fields of the one who asks go along.
                context = contextvars.copy_context()
                self._pool.submit(context.run, self._fly, flight, make)
            flight.waiting += 1
            return flight

    def landed(
        self, flight: Flight, still_here: Callable[[], None], patience_seconds: float | None
    ) -> bool:
        """Wait for the flight, at most until `patience_seconds` after it began; whether it landed.

        `still_here` is called while waiting and raises when the one who waits has left. A flight
        that everybody has left is abandoned; one that merely took longer than somebody's
        patience goes on for whoever asks next.
        """
        try:
            while not wait([flight.future], SECONDS_BETWEEN_SIGNS).done:
                still_here()
                took = clock.monotonic() - flight.began_at
                if patience_seconds is not None and took >= patience_seconds:
                    return False
        except BaseException:
            self.leave(flight)
            raise
        return True

    def leave(self, flight: Flight) -> None:
        """Wait for the flight no longer; the last to leave abandons its read_request."""
        with self._lock:
            flight.waiting -= 1
            deserted = flight.waiting == 0 and not flight.future.done()
            if deserted:
                self._forget(flight)
        if deserted:
            flight.read_request.abandon()

    @property
    def under_way(self) -> int:
        """How many results are being made or queue."""
        with self._lock:
            return len(self._flights)

    def _fly(self, flight: Flight, make: Callable[[ReadRequest], Any]) -> None:
        try:
            value = make(flight.read_request)
        except BaseException as error:  # noqa: BLE001 (whoever waits gets it, whatever it is)
            self._land(flight)
            flight.future.set_exception(error)
        else:
            self._land(flight)
            flight.future.set_result(value)

    def _land(self, flight: Flight) -> None:
        with self._lock:
            self._forget(flight)

    def _forget(self, flight: Flight) -> None:
        if self._flights.get(flight.key) is flight:
            del self._flights[flight.key]
