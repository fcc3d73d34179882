"""What is built from an answer is built once, and never shared between answers."""

import plotly.graph_objects as go
import pytest

from components.remember import built
from queries.memory import memory
from tests.components.answers import answer


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

    assert built(answer(), "chart", make) == "figure 1"
    assert built(answer(), "chart", make) == "figure 1"
    assert built(answer(), "other chart", make) == "figure 2"
    assert built(answer(key=("another",)), "chart", make) == "figure 3"


def test_what_has_no_answer_behind_it_is_not_remembered():
    parts = iter(["one", "two"])
    assert built(answer(key=()), "chart", lambda: next(parts)) == "one"
    assert built(answer(key=()), "chart", lambda: next(parts)) == "two"
    assert memory().size_bytes == 0


def test_a_figure_counts_with_what_it_weighs():
    figure = go.Figure(go.Bar(y=[1.0] * 5000))
    built(answer(), "chart", lambda: figure)
    assert memory().size_bytes == 2 * len(figure.to_json())
