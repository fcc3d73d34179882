"""Looking seldom: one look serves everybody who asks meanwhile, a failed one too."""

import threading
from collections.abc import Callable
from dataclasses import dataclass

from warehouse import clock
from warehouse.errors import WarehouseError

# So long a failed look stands, so that an outage costs one attempt however many ask.
FAILURE_SECONDS = 15.0


@dataclass(frozen=True)
class _Seen:
    version: str
    error: WarehouseError | None
    until: float


class Watch:
    """The version that `look` sees, at most `every_seconds` old.

    One looks and the others wait for it, or go on with what was last seen where there is
    anything. A look that fails is not repeated for 15 s (or `every_seconds`, where that is less):
    until then everybody gets its error.
    """

    def __init__(
        self,
        look: Callable[[], str],
        every_seconds: float,
        now: Callable[[], float] = clock.monotonic,
    ) -> None:
        self._look = look
        self._every_seconds = every_seconds
        self._now = now
        self._looking = threading.Lock()
        self._seen: _Seen | None = None

    def version(self) -> str:
        """What was seen last; raises the `WarehouseError` of a look that failed."""
        seen = self._seen
        if seen is None or self._now() >= seen.until:
            seen = self._seen_anew(seen)
        if seen.error is not None:
            raise seen.error
        return seen.version

    def _seen_anew(self, before: _Seen | None) -> _Seen:
        if before is not None and self._looking.locked():
            return before
        with self._looking:
            if self._seen is None or self._seen is before:
                self._seen = self._looked()
            return self._seen

    def _looked(self) -> _Seen:
        try:
            version = self._look()
        except WarehouseError as error:
            pause = min(FAILURE_SECONDS, self._every_seconds)
            return _Seen("", error, self._now() + pause)
        return _Seen(version, None, self._now() + self._every_seconds)
