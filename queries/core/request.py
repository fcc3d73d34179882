"""Who waits for an answer: on which page, in which role, how patiently, and whether still there."""

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass


def _stays() -> None:
    """Somebody who cannot leave: a script, a terminal."""


@dataclass(frozen=True)
class Request:
    """Whoever asks the questions of this thread.

    `patience_seconds` is how long they wait for a fresh answer where an older one can be shown;
    None waits for the fresh one. `still_here` is called while they wait and raises once they have
    left, so that what nobody waits for is cancelled.
    """

    page: str = ""
    role: str = ""
    patience_seconds: float | None = None
    still_here: Callable[[], None] = _stays


_READER: ContextVar[Request] = ContextVar("reader", default=Request())  # noqa: B039 (frozen)


def set_request(reader: Request) -> None:
    """Make `reader` the one who asks from now on in this thread."""
    _READER.set(reader)


def current() -> Request:
    """The one who asks; a patient reader of no page where nobody was introduced."""
    return _READER.get()
