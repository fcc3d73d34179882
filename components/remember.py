"""What is built from an answer is built once: figures and sentences live beside it in the cache."""

from collections.abc import Callable
from typing import TypeVar

import plotly.graph_objects as go

from queries.answer import Answer
from queries.memory import memory

Built = TypeVar("Built")


def built(answer: Answer, part: str, make: Callable[[], Built]) -> Built:
    """`make()`, remembered under the answer's own plain key and the name of the part."""
    if not answer.key:
        return make()
    made: Built = memory().remember((*answer.key, part), make, _size_bytes)
    return made


def _size_bytes(thing: object) -> int:
    if isinstance(thing, go.Figure):
        return 2 * len(thing.to_json())
    return 1024 + len(str(thing))
