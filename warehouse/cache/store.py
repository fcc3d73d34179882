"""Results in memory: bounded by bytes, keyed by plain values, each made once for all who ask."""

import datetime as dt
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import cachetools

from warehouse.cache.single_flight import Key, SingleFlight

PLAIN = (str, int, float, bool, dt.date, dt.datetime, type(None))


@dataclass(frozen=True)
class _Entry:
    value: Any
    size_bytes: int


class Store:
    """Remembered results up to `max_bytes` in all; the least recently used leave first."""

    def __init__(self, max_bytes: int) -> None:
        self._entries: cachetools.LRUCache[Key, _Entry] = cachetools.LRUCache(
            maxsize=max_bytes, getsizeof=lambda entry: entry.size_bytes
        )
        self._flights = SingleFlight()
        self._lock = threading.Lock()

    def peek(self, key: Key) -> Any | None:
        """The remembered result, or None where there is none; nothing is computed."""
        entry = self._entry(key)
        return None if entry is None else entry.value

    def remember(self, key: Key, make: Callable[[], Any], size_bytes: Callable[[Any], int]) -> Any:
        """The result under `key`, made once however many ask at the same time.

        A failure is raised to everybody who waited for it and is not remembered. A result larger
        than the whole store is returned and not kept. Raises `TypeError` for a key that is not
        made of plain values: a frame as a key gives wrong answers.
        """
        _check_plain(key)

        def made() -> Any:
            # Whoever made it before may have landed since this one looked.
            entry = self._entry(key)
            if entry is not None:
                return entry.value
            value = make()
            self.keep(key, value, size_bytes(value))
            return value

        entry = self._entry(key)
        return self._flights.do(key, made) if entry is None else entry.value

    def keep(self, key: Key, value: Any, size_bytes: int) -> None:
        """Remember `value` under `key`, unless it is larger than the whole store."""
        _check_plain(key)
        with self._lock:
            if size_bytes <= self._entries.maxsize:
                self._entries[key] = _Entry(value, size_bytes)

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._entries.clear()

    @property
    def size_bytes(self) -> int:
        """Bytes held, by the sizes their makers stated."""
        return int(self._entries.currsize)

    @property
    def entries(self) -> int:
        """How many results are held."""
        return len(self._entries)

    def _entry(self, key: Key) -> _Entry | None:
        with self._lock:
            return self._entries.get(key)


def _check_plain(key: object) -> None:
    if isinstance(key, tuple):
        for part in key:
            _check_plain(part)
    elif not isinstance(key, PLAIN):
        raise TypeError(f"A cache key is made of plain values, not of {type(key).__name__}.")
