"""A remembered answer, beside what Streamlit's own two caches take to give the same frame.

The three take turns in one process. The answer is had through the one door of a page, `ask`: the
data version is looked up, the key made, the answer found.
"""

import datetime as dt
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from unittest.mock import patch

import dataframely as dy
import numpy as np
import polars as pl
import streamlit as st
from streamlit.logger import set_log_level

from queries.core.ask import ask
from queries.core.catalog import QUESTIONS
from queries.core.memory import memory
from queries.core.question import Parameter, Question
from tests.load.measured import Figure, milliseconds, ratio
from tests.load.rerun import percentiles
from tests.load.server import over
from tests.rows import build
from warehouse.context import EVERYTHING, Context

SIZES = (10_000, 100_000, 1_000_000)
ROUNDS, FAST_ROUNDS = 300, 30
MOST_MILLISECONDS = 1.0
CONTEXT = Context(dt.date(2026, 1, 31), EVERYTHING)


class Numbers(dy.Schema):
    """One row per number: three columns, 24 bytes a row."""

    number = dy.Int64(primary_key=True)
    value = dy.Float64()
    other = dy.Float64()


def _numbers(*, context: Context, rows: int) -> pl.DataFrame:  # noqa: ARG001 (as questions are asked)
    drawn = np.random.default_rng(rows).random((2, rows))
    return pl.DataFrame({"number": np.arange(rows), "value": drawn[0], "other": drawn[1]})


NUMBERS = Question(
    name="numbers",
    asks="How long does an answer of so many rows take that is remembered?",
    shape=Numbers,
    reads=lambda context, rows: {},  # noqa: ARG005 (it makes its rows up)
    answer=_numbers,
    finding=lambda frame: f"{frame.height} rows",
    filters="none",
    parameters=(
        Parameter(name="rows", description="Rows", default=SIZES[0], least=1, most=SIZES[-1]),
    ),
)


@st.cache_data
def _as_data(rows: int) -> pl.DataFrame:
    return _numbers(context=CONTEXT, rows=rows)


@st.cache_resource
def _as_resource(rows: int) -> pl.DataFrame:
    return _numbers(context=CONTEXT, rows=rows)


def measure(*, fast: bool) -> list[Figure]:
    """Per size: p95 and p50 of a hit, and the medians of Streamlit's caches as its multiples."""
    # Its caches say on every miss that no server runs.
    set_log_level("ERROR")
    figures = []
    with (
        tempfile.TemporaryDirectory() as folder,
        patch.dict(os.environ, over(build(Path(folder) / "empty.duckdb", {}))),
        patch.dict(QUESTIONS, {NUMBERS.name: NUMBERS}),
    ):
        for rows in SIZES:
            figures += _figures(rows, FAST_ROUNDS if fast else ROUNDS)
    memory().clear()
    return figures


def _figures(rows: int, rounds: int) -> list[Figure]:
    ways: dict[str, Callable[[], pl.DataFrame]] = {
        "own": lambda: ask(NUMBERS.name, CONTEXT, rows=rows).frame,
        "cache_data": lambda: _as_data(rows),
        "cache_resource": lambda: _as_resource(rows),
    }
    heights = {name: hit().height for name, hit in ways.items()}
    if set(heights.values()) != {rows}:
        raise SystemExit(f"Not every cache gave {rows:,} rows: {heights}.")
    took: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, hit in ways.items():
            began = time.perf_counter()
            hit()
            took[name].append((time.perf_counter() - began) * 1000)
    p50, p95 = percentiles(took["own"])
    what = f"cache hit, {rows:,} rows"
    return [
        milliseconds(f"{what}, p95", p95, MOST_MILLISECONDS),
        milliseconds(f"{what}, p50", p50),
        ratio(f"{what}, p50 to st.cache_data's", p50, statistics.median(took["cache_data"])),
        ratio(
            f"{what}, p50 to st.cache_resource's", p50, statistics.median(took["cache_resource"])
        ),
    ]
