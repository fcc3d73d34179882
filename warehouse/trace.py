"""Spans around what is worth timing: page, question, query.

Nothing is recorded unless telemetry is configured; until then a span costs microseconds.
"""

import contextlib
from collections.abc import Iterator

from opentelemetry import trace

TRACER = trace.get_tracer("bellwether")


@contextlib.contextmanager
def span(name: str, **attributes: str | float | bool) -> Iterator[trace.Span]:
    """A span below the one under way in this thread; it records an error that passes through."""
    with TRACER.start_as_current_span(f"bellwether.{name}") as current:
        current.set_attributes({f"bellwether.{key}": said for key, said in attributes.items()})
        yield current
