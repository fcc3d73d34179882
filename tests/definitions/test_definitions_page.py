"""The definitions page: every metric and column, and a search that the link keeps."""

import pytest

from queries.core import tables
from queries.core.catalog import QUESTIONS
from queries.core.metrics import METRICS
from tests.core.hostile import PAYLOADS
from tests.core.visit import markdown, said, title, visit

pytestmark = pytest.mark.usefixtures("patient", "today")

ANSWERED = sum(len(question.shape.columns()) for question in QUESTIONS.values())
COLUMNS = len(list(tables.columns()))


def headings(at):
    return said(at, "header")


def test_every_metric_and_every_column_is_listed():
    at = visit("definitions")
    assert title(at) == "What does this number mean?"
    assert headings(at) == [
        f"{len(METRICS)} metrics, by who answers for them",
        f"{ANSWERED} columns of the answers on the pages",
        f"{COLUMNS} columns of the tables behind them",
    ]
    text = "\n".join(said(at, "markdown"))
    assert [metric.name for metric in METRICS.values() if f"**{metric.name}**" not in text] == []
    assert [frame.value.shape[0] for frame in at.dataframe] == [ANSWERED, COLUMNS]
    assert not any(owner.proto.expanded for owner in at.expander)


def test_a_search_in_the_link_narrows_metrics_and_columns():
    at = visit("definitions", definitions_find="committed_tib")
    assert at.text_input(key="definitions_find").value == "committed_tib"
    shown = at.dataframe[1].value
    assert set(shown["column"]) == {"committed_tib"}
    assert shown["table"].to_list() == ["contracts"]
    assert headings(at)[2] == "1 column of the tables behind them"
    assert all(owner.proto.expanded for owner in at.expander)


def test_a_search_typed_on_the_page_finds_the_same_as_the_link():
    at = visit("definitions")
    everything = headings(at)
    at.text_input(key="definitions_find").set_value("renewal").run()
    assert headings(at) != everything
    assert headings(at) == headings(visit("definitions", definitions_find="renewal"))


def test_a_search_without_a_hit_says_so():
    at = visit("definitions", definitions_find="zebra")
    assert headings(at) == []
    assert len(at.expander) == len(at.dataframe) == 0
    assert said(at, "caption")[1].startswith("No entry holds every word of this search.")


def test_a_word_of_a_page_that_is_in_no_metric_leads_to_the_column_that_says_it():
    at = visit("definitions", definitions_find="Not enough evidence")
    assert headings(at) == ["1 column of the answers on the pages"]
    [row] = at.dataframe[0].value.to_dict("records")
    assert (row["question"], row["column"]) == ("score_gates", "verdict")
    assert "○ Not enough evidence" in row["words"]


def test_a_hostile_search_is_never_read_as_markup():
    at = visit("definitions", definitions_find=" ".join(PAYLOADS))
    assert not at.exception
    assert not [text for text in markdown(at) if any(payload in text for payload in PAYLOADS)]


def test_the_page_needs_no_warehouse(monkeypatch):
    monkeypatch.setenv("BELLWETHER_WAREHOUSE", "duckdb:////nowhere/at/all.duckdb")
    at = visit("definitions")
    assert said(at, "error") == []
    assert len(at.dataframe) == 2
