"""What is built from an answer is built once, and never shared between answers."""

import numpy as np
import plotly.graph_objects as go
import polars as pl
import pytest

from components.core.cached_artifact import cached_artifact
from components.core.figures.finished import Finished
from queries.core.memory import memory
from tests.core.answers import answer


@pytest.fixture(autouse=True)
def _forgetful():
    memory().clear()
    yield
    memory().clear()


def test_a_part_is_built_once_per_answer():
    made = []

    def make():
        made.append(1)
        return f"figure {len(made)}"

    assert cached_artifact(answer(), "chart", make) == "figure 1"
    assert cached_artifact(answer(), "chart", make) == "figure 1"
    assert cached_artifact(answer(), "other chart", make) == "figure 2"
    assert cached_artifact(answer(key=("another",)), "chart", make) == "figure 3"


def test_what_has_no_answer_behind_it_is_not_remembered():
    parts = iter(["one", "two"])
    assert cached_artifact(answer(key=()), "chart", lambda: next(parts)) == "one"
    assert cached_artifact(answer(key=()), "chart", lambda: next(parts)) == "two"
    assert memory().size_bytes == 0


@pytest.mark.parametrize(
    ("thing", "least_kb", "most_kb"),
    [
        (pl.DataFrame({"value": np.arange(5000.0)}), 40, 46),
        (pl.DataFrame({"value": np.arange(5000.0)}).to_arrow(), 40, 46),
        (go.Figure(go.Bar(y=np.arange(5000.0))), 40, 65),
        # Encoded as text, its numbers take a third more, and it stands there twice.
        (Finished(go.Figure(go.Bar(y=np.arange(5000.0)))), 100, 130),
        (["word " * 1000] + ["other"] * 3, 5, 10),
        ({"column": {"help": "word " * 1000}}, 5, 10),
    ],
)
def test_what_is_kept_counts_with_what_it_weighs(thing, least_kb, most_kb):
    cached_artifact(answer(), "part", lambda: thing)
    assert least_kb * 1000 < memory().size_bytes < most_kb * 1000
