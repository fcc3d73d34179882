"""The circuit breaker: a warehouse that does not answer is left alone, whoever asks."""

import threading
from collections.abc import Callable
from typing import TypeVar

from warehouse import clock
from warehouse.errors import ReadTimedOut, WarehouseError, WarehouseMissing, WarehouseUnavailable

Made = TypeVar("Made")
# Errors that say something of the warehouse and not only of the question.
OUTAGES = (WarehouseMissing, WarehouseUnavailable, ReadTimedOut)
FAILURES_TO_OPEN = 2
FIRST_PAUSE_SECONDS = 15.0
LONGEST_PAUSE_SECONDS = 120.0
# So long after a success the warehouse is taken to be well, and attempts are not counted.
TRUSTED_SECONDS = 5.0
SCOUTS = 2


class Breaker:
    """Decides whether the warehouse may be asked, from how the last attempts ended.

    Closed, it lets everybody through. When nothing has succeeded for five seconds, only two
    attempts are under way at a time and the others wait for them, so that an outage costs two
    attempts however many viewers there are. Two outages in a row open it for 15 s, then one
    attempt is let through; each further outage doubles the pause, up to two minutes. A new data
    version closes it at once: the warehouse has evidently changed.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._failures = 0
        self._under_way = 0
        self._closed_again_at: float | None = None
        self._pause_seconds = FIRST_PAUSE_SECONDS
        self._succeeded_at: float | None = None
        self._version: str | None = None
        self._error: BaseException | None = None

    @property
    def state(self) -> str:
        """`closed`, `open`, or `half-open` when the pause is over and nobody has tried yet."""
        with self._changed:
            if self._closed_again_at is None:
                return "closed"
            return "open" if clock.monotonic() < self._closed_again_at else "half-open"

    def refusal(self, version: str) -> WarehouseUnavailable | None:
        """Why the warehouse is not to be asked now; None where it may be asked."""
        with self._changed:
            self._heed(version)
            return self._refusal()

    def attempt(self, version: str, make: Callable[[], Made]) -> Made:
        """`make()`, once it is let through, and remembered by how it ended.

        An error that is no outage says nothing of the warehouse and counts neither way. Raises
        `WarehouseUnavailable` without an attempt while the breaker is open.
        """
        self._enter(version)
        outage: BaseException | None = None
        answered = False
        try:
            made = make()
            answered = True
        except OUTAGES as error:
            outage = error
            raise
        else:
            return made
        finally:
            self._leave(outage, answered=answered)

    def _enter(self, version: str) -> None:
        with self._changed:
            self._heed(version)
            while True:
                refused = self._refusal()
                if refused is not None:
                    raise refused
                if self._under_way < self._most_under_way():
                    self._under_way += 1
                    return
                self._changed.wait()

    def _leave(self, outage: BaseException | None, *, answered: bool) -> None:
        with self._changed:
            self._under_way -= 1
            if answered:
                self._close()
                self._succeeded_at = clock.monotonic()
            elif outage is not None:
                self._failures += 1
                self._succeeded_at = None
                self._error = outage
                if self._closed_again_at is not None:
                    self._pause_seconds = min(2 * self._pause_seconds, LONGEST_PAUSE_SECONDS)
                if self._failures >= FAILURES_TO_OPEN:
                    self._closed_again_at = clock.monotonic() + self._pause_seconds
            self._changed.notify_all()

    def _heed(self, version: str) -> None:
        if self._version != version:
            self._version = version
            self._close()

    def _close(self) -> None:
        self._failures = 0
        self._closed_again_at = None
        self._pause_seconds = FIRST_PAUSE_SECONDS
        self._error = None

    def _most_under_way(self) -> int | float:
        if self._closed_again_at is not None:
            return 1
        trusted = self._succeeded_at is not None and (
            clock.monotonic() - self._succeeded_at < TRUSTED_SECONDS
        )
        return float("inf") if trusted else SCOUTS - self._failures

    def _refusal(self) -> WarehouseUnavailable | None:
        if self._closed_again_at is None or clock.monotonic() >= self._closed_again_at:
            return None
        seconds = self._closed_again_at - clock.monotonic()
        cause = self._error.sentence if isinstance(self._error, WarehouseError) else "It failed."
        return WarehouseUnavailable(
            f"The warehouse failed {self._failures} times in a row and is asked again in "
            f"{max(1, round(seconds))} s. {cause}",
            "Wait for the next attempt; if it persists, run `python -m warehouse check`.",
        )
