"""A finished figure sends the same dictionary every time, and the one it was made from."""

import json

import numpy as np
import plotly.graph_objects as go

from components.core.figures.finished import Finished


def test_its_dictionary_is_the_figures_own_and_made_once():
    figure = go.Figure(go.Bar(x=np.array([1, 2]), y=np.array([0.5, 1.5])), {"title": {"text": "T"}})
    finished = Finished(figure)
    assert json.loads(finished.to_json()) == json.loads(figure.to_json())
    assert finished.to_dict() is finished.to_dict()
    assert finished.to_dict()["layout"]["title"] == {"text": "T"}
