"""A finished figure sends the same dictionary every time, and the one it was made from."""

import numpy as np
import plotly.graph_objects as go

from components.figures.finished import Finished


def test_its_dictionary_is_the_figures_own_and_made_once():
    figure = go.Figure(go.Scatter(x=np.array([1, 2]), y=np.array([0.5, 1.5])), {"title": "T"})
    finished = Finished(figure)
    assert finished.to_dict() == figure.to_dict()
    assert finished.to_dict() is finished.to_dict()
    assert finished.to_json() == figure.to_json()
