"""Why a read is made, how large and how long it may get, and whether anybody still waits for it."""

import contextlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class QueryTag:
    """What an engine may write beside a query, so that its cost finds its cause.

    `context_hash` stands for the data date, filters and scope; no word of theirs leaves with it.
    """

    question: str = ""
    page: str = ""
    role: str = ""
    context_hash: str = ""


@dataclass(frozen=True, kw_only=True)
class ReadRequest:
    """One or more reads for one purpose, which are given up together when nobody waits any more.

    `row_limit` and `timeout_seconds` tighten the warehouse's own limits; None leaves them.
    """

    tag: QueryTag = QueryTag()
    row_limit: int | None = None
    timeout_seconds: float | None = None
    _stops: list[Callable[[], None]] = field(default_factory=list, init=False, repr=False)
    _abandoned: threading.Event = field(default_factory=threading.Event, init=False, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False)

    def tightened(self, row_limit: int, timeout_seconds: float) -> tuple[int, float]:
        """A warehouse's own limits on rows and seconds, tightened by this read_request's."""
        return (
            min(row_limit, self.row_limit or row_limit),
            min(timeout_seconds, self.timeout_seconds or timeout_seconds),
        )

    @property
    def abandoned(self) -> bool:
        """Whether nobody waits for the answer any more."""
        return self._abandoned.is_set()

    def abandon(self) -> None:
        """Stop the read under way in its engine, and every later one before it begins."""
        with self._lock:
            self._abandoned.set()
            stops = list(self._stops)
        for stop in stops:
            stop()

    @contextlib.contextmanager
    def stopping(self, stop: Callable[[], None]) -> Iterator[None]:
        """While the block runs, `abandon` calls `stop`; at once where it was called before."""
        with self._lock:
            self._stops.append(stop)
            abandoned = self._abandoned.is_set()
        if abandoned:
            stop()
        try:
            yield
        finally:
            with self._lock:
                self._stops.remove(stop)
