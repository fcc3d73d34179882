"""The frame that every figure shares, its notice, and labels that do not overlap."""

import plotly.graph_objects as go
import pytest

from components.core.figures.base import HEIGHT_PX, figure, notice, plotted, spread


def test_a_figure_keeps_the_products_frame_around_what_it_is_given():
    made = figure(go.Bar(y=[1]), title="Azure grows", yaxis={"title": {"text": "TiB"}})
    assert made.layout.title.text == "Azure grows"
    assert made.layout.height == HEIGHT_PX
    assert made.layout.showlegend is False
    assert made.layout.dragmode is False
    assert (made.layout.yaxis.automargin, made.layout.yaxis.title.text) == (True, "TiB")
    assert len(made.data) == 1


@pytest.mark.parametrize(
    ("layout", "below", "beside"),
    [
        ({}, 32, 8),
        ({"xaxis": {"visible": False}}, 8, 8),
        ({"xaxis": {"title": {"text": "h"}}, "yaxis": {"title": {"text": "TiB"}}}, 56, 68),
        ({"yaxis": {"title": {"text": "TiB"}}, "margin": {"l": 100}}, 32, 100),
    ],
)
def test_a_margin_has_the_room_that_labels_and_titles_take(layout, below, beside):
    margin = figure(title="", **layout).layout.margin
    assert (margin.b, margin.l, margin.r, margin.t) == (below, beside, 8, 44)


def test_text_from_data_is_no_markup_and_no_hover_field():
    assert plotted('<a href="x">%{y}</a> & 5 %') == (
        '&lt;a href="x"&gt;%&#123;y}&lt;/a&gt; &amp; 5 %'
    )


def test_a_title_holds_data_and_the_legend_under_it_markup():
    made = figure(title="<b> grows", legend="<b>Azure</b>")
    assert made.layout.title.text == "&lt;b&gt; grows<br><b>Azure</b>"


def test_a_notice_says_its_data_as_text():
    assert notice("<b> & GiB").layout.annotations[0].text == "&lt;b&gt; &amp; GiB"


def test_a_notice_draws_nothing_and_says_why():
    made = notice("Nothing was metered", height=100)
    assert len(made.data) == 0
    assert [note.text for note in made.layout.annotations] == ["Nothing was metered"]
    assert (made.layout.xaxis.visible, made.layout.yaxis.visible) == (False, False)
    assert made.layout.height == 100


@pytest.mark.parametrize(
    ("values", "placed"),
    [
        ([], []),
        ([5.0], [5.0]),
        ([0.0, 100.0], [0.0, 100.0]),
        ([100.0, 98.0], [108.0, 98.0]),
        ([50.0, 50.0, 100.0], [50.0, 60.0, 100.0]),
        ([100.0, 99.0, 98.0], [118.0, 108.0, 98.0]),
        ([0.0, 0.0], [0.0, 0.0]),
    ],
)
def test_labels_are_moved_apart_by_a_tenth_of_the_largest(values, placed):
    assert spread(values, share=0.1) == placed
