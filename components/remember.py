"""What is built from an answer is built once: figures and sentences live beside it in the cache."""

from collections.abc import Callable
from typing import TypeVar

import plotly.graph_objects as go
import polars as pl
import pyarrow as pa

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
    if isinstance(thing, pa.Table):
        return 1024 + int(thing.nbytes)
    if isinstance(thing, pl.DataFrame):
        return 1024 + int(thing.estimated_size())
    return 1024 + len(str(thing))
