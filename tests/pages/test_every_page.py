"""Every page of the navigation, over the demo company, an empty warehouse and hostile text."""

import pytest
import streamlit as st

from components.navigation import ENTRIES
from tests.pages.hostile import COMPANY, PAYLOADS
from tests.pages.visit import ROOT, markdown, open_file, said, spec, title, visit
from tests.rows import build


@pytest.fixture(scope="module")
def hostile_file(tmp_path_factory):
    return build(tmp_path_factory.mktemp("hostile") / "hostile.duckdb", COMPANY)


@pytest.fixture
def hostile(hostile_file, monkeypatch):
    """The hostile company as the warehouse that is asked."""
    monkeypatch.setenv("BELLWETHER_WAREHOUSE", f"duckdb:///{hostile_file}")


@pytest.fixture
def served_on(monkeypatch):
    """A function that makes the server's address another."""
    original = st.get_option

    def serve(address):
        monkeypatch.setattr(
            st, "get_option", lambda key: address if key == "server.address" else original(key)
        )

    return serve


every_page = pytest.mark.parametrize("page", [entry.page for entry in ENTRIES])


@pytest.mark.slow
@pytest.mark.usefixtures("demo")
@every_page
def test_a_page_answers_in_its_title_over_the_demo_company(page):
    at = visit(page)
    assert not at.exception
    assert said(at, "error") == []
    assert len(at.title) == 1
    assert len(at.title[0].value) > len("No answer")
    for chart in at.get("plotly_chart"):
        assert chart.proto.alt.endswith("."), "a chart needs a sentence that stands for it"
    for number in range(len(at.get("plotly_chart"))):
        assert spec(at, number)["layout"]["showlegend"] is False


@every_page
def test_a_page_stands_over_an_empty_warehouse(warehouse, page):
    warehouse({})
    at = visit(page)
    assert not at.exception
    assert len(at.title) == 1
    assert len(at.get("plotly_chart")) == 0


@pytest.mark.usefixtures("hostile")
@every_page
def test_hostile_text_from_data_stays_text(page):
    at = visit(page, owner=list(PAYLOADS))
    assert not at.exception
    assert said(at, "error") == []
    for text in markdown(at):
        for payload in PAYLOADS:
            assert payload not in text
    for chart in at.get("plotly_chart"):
        for tag in ("<script", "<img"):
            assert tag not in chart.proto.spec


@pytest.mark.usefixtures("hostile")
@every_page
def test_a_page_run_without_the_front_door_answers_all_the_same(page):
    direct = open_file(ROOT / "pages" / f"{page}.py")
    assert not direct.exception
    assert title(direct) == title(visit(page))


@pytest.mark.usefixtures("hostile")
@pytest.mark.parametrize("front_door", [True, False])
@every_page
def test_no_page_shows_anything_beyond_this_machine(served_on, page, front_door):
    served_on("0.0.0.0")  # noqa: S104 (the address that must be refused)
    at = visit(page) if front_door else open_file(ROOT / "pages" / f"{page}.py")
    assert not at.exception
    assert said(at, "error")[0].startswith("Bellwether has no login yet and is served on 0.0.0.0")
    for kind in ("title", "metric", "dataframe", "plotly_chart", "multiselect", "caption"):
        assert len(at.get(kind)) == 0
