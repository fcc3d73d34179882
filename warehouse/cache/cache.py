"""How a result is had: fresh from memory, fresh from the warehouse, or the last good one."""

import datetime as dt
import logging
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import cachetools

from warehouse import clock
from warehouse.cache.breaker import Breaker
from warehouse.cache.single_flight import Flight, Key, SingleFlight
from warehouse.cache.snapshots import Snapshot, Snapshots
from warehouse.cache.store import Store
from warehouse.errors import ReadAbandoned
from warehouse.read_request import ReadRequest

LOG = logging.getLogger("bellwether.cache")
Value = TypeVar("Value")
# How long a failure is remembered, so that those who ask meanwhile cost no attempt.
FAILURE_SECONDS = 5
MOST_FAILURES = 1024
LAST_GOOD = "last good"


@dataclass(frozen=True, kw_only=True)
class CacheRequest(Generic[Value]):
    """What is wanted, and how to have it.

    `place` identifies the result but for the data version; `version` gives that version, cheaply,
    and raises when the warehouse is gone. `make` reads it under a read request and a key. `pack`
    and `unpack` carry it to disk and back (None: not to be shown any more). `can_stand_in` says
    whether a result has anything to show in place of a newer one.
    """

    place: Key
    version: Callable[[], str]
    read_request: ReadRequest
    make: Callable[[ReadRequest, Key], Value]
    size_bytes: Callable[[Value], int]
    made_at: Callable[[Value], dt.datetime]
    pack: Callable[[Value], Snapshot]
    unpack: Callable[[Snapshot], Value | None]
    can_stand_in: Callable[[Value], bool]


@dataclass(frozen=True)
class CacheResult(Generic[Value]):
    """A result, and where it is not fresh, why.

    `value` is None where there is nothing to show. `error` is why no fresh one was had;
    `is_under_way` says that a fresh one is being made and merely takes long. `is_too_old` says
    that a last good one exists and is older than may be shown.
    """

    value: Value | None
    error: Exception | None = None
    is_under_way: bool = False
    is_too_old: bool = False


class Cache:
    """Results of one warehouse, remembered under their data version.

    A result of the current version is fresh however old it is. Of another version, or when the
    warehouse fails, the last good one stands in, up to `stalest` of age: from memory or from
    disk. Failures are remembered for five seconds.
    """

    def __init__(
        self,
        store: Store,
        snapshots: Snapshots,
        *,
        stalest: dt.timedelta,
    ) -> None:
        self._store = store
        self._snapshots = snapshots
        self._stalest = stalest
        self._breaker = Breaker()
        self._flights = SingleFlight()
        self._failures: cachetools.TTLCache[Key, Exception] = cachetools.TTLCache(
            MOST_FAILURES,
            FAILURE_SECONDS,
            timer=lambda: clock.monotonic(),  # noqa: PLW0108 (looked up when asked: tests move it)
        )
        self._lock = threading.Lock()
        self._counts: Counter[str] = Counter()
        self._last_good_at: dt.datetime | None = None

    def find(
        self,
        request: CacheRequest[Value],
        *,
        still_here: Callable[[], None] = lambda: None,
        patience_seconds: float | None = None,
    ) -> CacheResult[Value]:
        """The same as `find_all` for one result."""
        return self.find_all((request,), still_here=still_here, patience_seconds=patience_seconds)[
            0
        ]

    def find_all(
        self,
        requests: Sequence[CacheRequest[Value]],
        *,
        still_here: Callable[[], None] = lambda: None,
        patience_seconds: float | None = None,
    ) -> tuple[CacheResult[Value], ...]:
        """The results, each fresh where it can be had, made at the same time.

        Waits for a fresh one without end where there is nothing else to show, and otherwise until
        `patience_seconds` after its making began. `still_here` is called while waiting and raises
        when the one who asks has left; what it raises passes through.
        """
        begun = [self._had_or_begun(request) for request in requests]
        found: list[CacheResult[Value]] = []
        try:
            for request, one in zip(requests, begun, strict=True):
                if isinstance(one, Flight):
                    one = self._awaited(request, one, still_here, patience_seconds)  # noqa: PLW2901
                found.append(one)
        except BaseException:
            for one in begun[len(found) + 1 :]:
                if isinstance(one, Flight):
                    self._flights.leave(one)
            raise
        return tuple(found)

    def status(self) -> dict[str, Any]:
        """For operators: what is held, how it was served, and how the warehouse does."""
        newest = self._newest_good_at()
        return {
            "hits": self._counts["hits"],
            "misses": self._counts["misses"],
            "stale": self._counts["stale"],
            "failures": self._counts["failures"],
            "under_way": self._flights.under_way,
            "entries": self._store.entries,
            "memory_bytes": self._store.size_bytes,
            "disk_bytes": self._snapshots.size_bytes,
            "disk_failures": self._snapshots.failures,
            "breaker": self._breaker.state,
            "last_good_at": newest and newest.isoformat(timespec="seconds"),
            "last_good_age_seconds": newest and round((clock.now() - newest).total_seconds()),
            "stalest_seconds": round(self._stalest.total_seconds()),
        }

    @property
    def can_answer(self) -> bool:
        """Whether there is anything young enough to be shown, without asking the warehouse."""
        newest = self._newest_good_at()
        return newest is not None and clock.now() - newest <= self._stalest

    def _had_or_begun(self, request: CacheRequest[Value]) -> CacheResult[Value] | Flight:
        try:
            version = request.version()
        except Exception as error:  # noqa: BLE001 (whatever it is, the last good result stands in)
            return self._stand_in(request, error)
        key = (*request.place, version)
        value = self._store.peek(key)
        if value is not None:
            self._count("hits")
            return CacheResult(value)
        refused = self._remembered_failure(key) or self._breaker.refusal(version)
        if refused is not None:
            return self._stand_in(request, refused)
        self._count("misses")
        return self._flights.join(
            key,
            request.read_request,
            lambda read_request: self._attempt(request, key, version, read_request),
        )

    def _awaited(
        self,
        request: CacheRequest[Value],
        flight: Flight,
        still_here: Callable[[], None],
        patience_seconds: float | None,
    ) -> CacheResult[Value]:
        stand_in = self._last_good(request) if patience_seconds is not None else None
        may_go_on = (
            stand_in is not None
            and request.can_stand_in(stand_in)
            and self._is_young(request, stand_in)
        )
        patience = patience_seconds if may_go_on else None
        if not self._flights.landed(flight, still_here, patience):
            self._count("stale")
            return CacheResult(stand_in, is_under_way=True)
        error = flight.future.exception()
        if error is None:
            return CacheResult(flight.future.result())
        if not isinstance(error, Exception):
            raise error
        return self._stand_in(request, error)

    def _attempt(
        self, request: CacheRequest[Value], key: Key, version: str, read_request: ReadRequest
    ) -> Value:
        try:
            value = self._breaker.attempt(version, lambda: request.make(read_request, key))
        except ReadAbandoned:
            raise
        except Exception as error:
            with self._lock:
                self._counts["failures"] += 1
                self._failures[key] = error
            raise
        size = request.size_bytes(value)
        self._store.keep(key, value, size)
        self._store.keep((*request.place, LAST_GOOD), value, size)
        if request.can_stand_in(value):
            self._snapshots.keep(request.place, request.pack(value))
            self._last_good_at = clock.now()
        else:
            # What was there before is superseded, and this has nothing to show.
            self._snapshots.drop(request.place)
        return value

    def _stand_in(self, request: CacheRequest[Value], error: Exception) -> CacheResult[Value]:
        value = self._last_good(request)
        if value is None or not request.can_stand_in(value):
            return CacheResult(None, error)
        if not self._is_young(request, value):
            return CacheResult(None, error, is_too_old=True)
        self._count("stale")
        return CacheResult(value, error)

    def _last_good(self, request: CacheRequest[Value]) -> Value | None:
        place = (*request.place, LAST_GOOD)
        value: Value | None = self._store.peek(place)
        if value is None:
            snapshot = self._snapshots.load(request.place)
            value = None if snapshot is None else _unpacked(request, snapshot)
            if value is not None:
                self._store.keep(place, value, request.size_bytes(value))
        return value

    def _is_young(self, request: CacheRequest[Value], value: Value) -> bool:
        return clock.now() - request.made_at(value) <= self._stalest

    def _newest_good_at(self) -> dt.datetime | None:
        written = self._snapshots.newest()
        on_disk = None if written is None else dt.datetime.fromtimestamp(written, dt.UTC)
        return max(filter(None, (self._last_good_at, on_disk)), default=None)

    def _remembered_failure(self, key: Key) -> Exception | None:
        with self._lock:
            return self._failures.get(key)

    def _count(self, what: str) -> None:
        with self._lock:
            self._counts[what] += 1


def _unpacked(request: CacheRequest[Value], snapshot: Snapshot) -> Value | None:
    """The result of a snapshot; None where another version of Bellwether wrote it otherwise."""
    try:
        return request.unpack(snapshot)
    except (KeyError, TypeError, ValueError) as error:
        LOG.warning("A last good answer on disk is of another version.", exc_info=error)
        return None
