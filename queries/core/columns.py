"""The kinds of column an answer is made of: numbers carry the metric that defines them."""

import re
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import dataframely as dy
import polars as pl

from queries.core.metrics import METRICS
from warehouse.context import UNKNOWN
from warehouse.contract.columns import LARGEST_AMOUNT, word

C = TypeVar("C", bound=dy.Column)
RELATIVE = "relative"
OF_BAND = "of_band"
WORDS = "words"


def metric(
    metric_id: str, *, nullable: bool = False, signed: bool = False, description: str = ""
) -> dy.Float64:
    """A number defined by the metric `metric_id`; a null is unknown, never zero.

    `description` says which of the metric's numbers it is, where an answer has several.
    """
    defined = METRICS[metric_id]
    return dy.Float64(
        nullable=nullable,
        min=-LARGEST_AMOUNT if signed else 0.0,
        max=LARGEST_AMOUNT,
        description=description or defined.name,
        metadata=_metadata(metric_id),
    )


def count_metric(metric_id: str, *, nullable: bool = False, signed: bool = False) -> dy.Int64:
    """A whole number defined by the metric `metric_id`; a null is unknown, never zero."""
    defined = METRICS[metric_id]
    return dy.Int64(
        nullable=nullable,
        min=-(10**12) if signed else 0,
        max=10**12,
        description=defined.name,
        metadata=_metadata(metric_id),
    )


def codes(description: str, *choices: str) -> dy.List:
    """A list of words of a closed list, in the order of the answer; empty where there is none."""
    return dy.List(
        dy.String(regex=f"^({'|'.join(map(re.escape, choices))})$"),
        description=description,
        metadata={"unit": "words", "choices": choices},
    )


def coded(
    description: str,
    templates: Mapping[str, str],
    *,
    sentence: Callable[[Mapping[str, Any]], str],
    joined: str | None = None,
    **facts: dy.Column,
) -> dy.List:
    """A list of codes of a closed list, each with its facts; empty where there is none.

    `templates` maps each code to its words, with its facts in braces; `sentence` composes one.
    Nothing reads that back: it is composed where it is shown. With `joined` between them the
    sentences of a row are one text, else a list.
    """
    return dy.List(
        dy.Struct({"code": word("Code", *templates), **facts}),
        description=description,
        metadata={
            "unit": "codes",
            "choices": tuple(templates),
            WORDS: templates,
            "sentence": sentence,
            "joined": joined,
        },
    )


def in_words(frame: pl.DataFrame, shape: type[dy.Schema]) -> pl.DataFrame:
    """A frame of `shape` in which every code with its facts is said in a sentence."""
    return frame.with_columns(
        _sentences(frame[name], column.metadata)
        for name, column in shape.columns().items()
        if column.metadata and "sentence" in column.metadata
    )


def _sentences(codes: pl.Series, how: Mapping[str, Any]) -> pl.Series:
    said = [list(map(how["sentence"], one)) for one in codes.to_list()]
    listed = pl.Series(codes.name, said, dtype=pl.List(pl.String))
    return listed if how["joined"] is None else listed.list.join(how["joined"])


def verdict(
    description: str,
    *,
    good: tuple[str, ...],
    other: tuple[str, ...],
    rests_on: tuple[str, ...] = (),
) -> dy.String:
    """What something is judged to be: words of `good`, of `other`, or `unknown`.

    An input that says nothing (an empty one, a filter that empties it, a feed that ended) is never
    judged good: the tests hold every column made here to that. `rests_on` names the columns whose
    numbers are judged, which are null where the verdict is unknown, never zero.
    """
    column = word(description, *good, *other, *(() if UNKNOWN in other else (UNKNOWN,)))
    facts = {"good": good, "rests_on": rests_on}
    return dy.String(
        nullable=False,
        regex=column.regex,
        description=description,
        metadata={**(column.metadata or {}), "verdict": facts},
    )


def among_selected(column: C) -> C:
    """`column`, marked as a place among all that the filters let through: they change it."""
    column.metadata = {**(column.metadata or {}), RELATIVE: True}
    return column


def of_band(column: C) -> C:
    """`column`, marked as told from the band of a score, whose words it does not have."""
    column.metadata = {**(column.metadata or {}), OF_BAND: True}
    return column


def with_words(column: C, words: Mapping[str, str]) -> C:
    """`column`, with what a reader reads for each of its codes, in the order of `words`."""
    column.metadata = {**(column.metadata or {}), WORDS: words}
    return column


def _metadata(metric_id: str) -> dict[str, str | bool]:
    defined = METRICS[metric_id]
    known: dict[str, str | bool] = {"unit": defined.unit, "metric": metric_id}
    return {**known, RELATIVE: True} if defined.is_relative else known


def texts(description: str) -> dy.List:
    """A list of texts, in the order of the answer; empty where there is none."""
    return dy.List(dy.String(), description=description, metadata={"unit": "text"})
