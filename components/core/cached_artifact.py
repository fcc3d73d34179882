"""What is built from an answer is built once: figures and sentences live beside it in the cache."""

import pickle
from collections.abc import Callable
from typing import TypeVar

from components.core.figures.finished import Finished
from queries.core.answer import Answer
from queries.core.memory import OVERHEAD_BYTES, memory

Built = TypeVar("Built")


def cached_artifact(answer: Answer, part: str, make: Callable[[], Built]) -> Built:
    """`make()`, remembered under the answer's own plain key and the name of the part."""
    if not answer.key:
        return make()
    made: Built = memory().remember((*answer.key, part), make, _size_bytes)
    return made


def _size_bytes(thing: object) -> int:
    """What the thing weighs pickled; a figure twice, since its dictionary is kept beside it."""
    weight = len(pickle.dumps(thing, pickle.HIGHEST_PROTOCOL))
    return OVERHEAD_BYTES + (2 * weight if isinstance(thing, Finished) else weight)
