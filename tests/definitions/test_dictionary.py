"""The data dictionary is generated from the code, complete, and finds the words that pages use."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from components.core import definition
from components.definitions import dictionary
from ledger.tables import TABLES as LEDGER_TABLES
from queries.core.catalog import QUESTIONS
from queries.core.metrics import METRICS
from warehouse.contract.tables import TABLES

EVERY_COLUMN = [
    *((table.name, column) for table in TABLES.values() for column in table.columns),
    *((table.name, column.name) for table in LEDGER_TABLES.values() for column in table.c),
]
ROOT = Path(__file__).resolve().parents[2]
ANSWERED = {
    (question.name, column)
    for question in QUESTIONS.values()
    for column in question.shape.column_names()
}
NAMES = {column for _, column in ANSWERED}
TILES = {"tiles.metric", "scorecard.tile", "tile", "metric"}


def drawn() -> Iterator[ast.AST]:
    """Every node of the modules that draw."""
    for room in ("pages", "components"):
        for path in sorted((ROOT / room).rglob("*.py")):
            yield from ast.walk(ast.parse(path.read_text(encoding="utf-8")))


def titles() -> set[tuple[str, str]]:
    """The columns that tables name, each with its title: what maps columns of answers to texts."""
    found = set()
    for node in drawn():
        if isinstance(node, ast.Dict):
            try:
                named = ast.literal_eval(node)
            except ValueError:
                continue
            if named.keys() <= NAMES and all(isinstance(title, str) for title in named.values()):
                found |= set(named.items())
    return found


def labels() -> set[str]:
    """The labels of tiles that stand in the code; others are names of metrics."""
    said = {
        argument.value
        for node in drawn()
        if isinstance(node, ast.Call) and ast.unparse(node.func) in TILES
        for argument in node.args[1:]
        if isinstance(argument, ast.Constant)
    }
    return said - METRICS.keys()


def test_every_metric_stands_once_under_its_owner():
    found = dictionary.metrics()
    assert sum(map(len, found.values())) == len(METRICS)
    assert list(found) == sorted({metric.owner for metric in METRICS.values()})


def test_every_column_of_every_table_has_a_row():
    frame = dictionary.columns()
    assert frame.select("table", "column").rows() == EVERY_COLUMN
    assert frame["meaning"].str.len_chars().min() > 0


def test_a_column_says_key_unit_words_and_source():
    row = dictionary.columns("metering_hourly cluster_id").row(0, named=True)
    table = TABLES["metering_hourly"]
    assert row["table"] == "metering_hourly"
    assert row["key"] is ("cluster_id" in table.key)
    assert (row["source"], row["one row is"]) == (table.source, table.grain)
    words = dictionary.columns("clusters hyperscaler").filter(
        table="clusters", column="hyperscaler"
    )
    assert words["words"].to_list() == [", ".join(TABLES["clusters"].choices("hyperscaler"))]


def test_a_search_needs_every_word_in_any_case():
    frame = dictionary.columns("CONTRACTS committed_tib")
    assert frame.select("table", "column").rows() == [("contracts", "committed_tib")]
    assert dictionary.columns("committed_tib zebra").height == 0
    assert dictionary.metrics("zebra") == {}
    [only] = dictionary.metrics("EGRESS usage_28d")["Usage"]
    assert only == definition.markdown("usage_28d")


def test_a_search_without_a_hit_keeps_the_columns():
    assert dictionary.columns("zebra").schema == dictionary.columns().schema


def test_every_column_of_every_answer_has_a_row():
    frame = dictionary.answers()
    assert set(frame.select("question", "column").rows()) == ANSWERED
    assert frame.height == len(ANSWERED)
    assert frame["meaning"].str.len_chars().min() > 0


def test_the_title_of_a_column_finds_it():
    shown = titles()
    assert {("usage_growth_share", "Growth"), ("person_name", "Person")} <= shown
    assert len(shown) > 80
    missed = {
        (column, title)
        for column, title in shown
        if column not in dictionary.answers(title)["column"].to_list()
    }
    assert missed == set()


def test_the_label_of_a_tile_finds_a_definition():
    shown = labels()
    assert {"ARR", "Tipping factor", "Expected loss, 90 days"} <= shown
    missed = {
        label
        for label in shown
        if not dictionary.metrics(label) and not any(dictionary.answers(label)["metric"])
    }
    assert missed == set()


def test_every_word_for_a_code_finds_its_column():
    for question, column, codes in (
        dictionary.answers().select("question", "column", "words").rows()
    ):
        for said in filter(None, codes.split(", ")):
            found = dictionary.answers(said).select("question", "column").rows()
            assert (question, column) in found, said


def test_what_a_shape_calls_its_codes_stands_beside_their_column():
    stated = {
        (question.name, column): words
        for question in QUESTIONS.values()
        for column, words in question.words().items()
    }
    shown = {
        (row["question"], row["column"]): row["words"] for row in dictionary.answers().to_dicts()
    }
    assert {place: shown[place] for place in stated} == {
        place: ", ".join(words.values()) for place, words in stated.items()
    }
    assert shown["score_gates", "verdict"] == "● Pass, ▲ Fail, ○ Not enough evidence"
    for (question, column), words in stated.items():
        choices = QUESTIONS[question].shape.columns()[column].metadata["choices"]
        assert tuple(words) == tuple(choices), (question, column)


@pytest.mark.parametrize("said", ["healthy", "● Healthy", "at risk", "watch", "unknown"])
def test_a_status_leads_to_the_bands(said):
    found = dictionary.answers(said).select("question", "column").rows()
    assert ("account_health", "band") in found


def test_a_word_leads_to_what_says_it():
    assert dictionary.answers("Refused")["column"].to_list() == ["is_supported"]
    assert "is_assumed" in dictionary.answers("Assumed triage")["column"].to_list()
    assert "verdict" in dictionary.answers("inconclusive shift_limits")["column"].to_list()


def test_a_metric_is_found_by_the_title_of_a_number_that_it_defines():
    [[only]] = dictionary.metrics("Resolved after").values()
    assert only == definition.markdown("incident_resolved_seconds")
    assert "after" not in only


@pytest.mark.parametrize("row", ["AWS", "Google Cloud"])
def test_a_number_of_one_of_the_rows_leads_to_its_definition(row):
    frame = dictionary.answers(f"{row} capacity, 28 d")
    assert ("usage_growth", "usage_28d") in frame.select("question", "column").rows()
    owned = dictionary.metrics(f"{row} capacity, 28 d").values()
    assert definition.markdown("usage_28d") in [text for texts in owned for text in texts]


@pytest.mark.parametrize("search", ["", "  ", "%", "▲ –"])
def test_a_search_without_a_letter_or_digit_is_none(search):
    assert dictionary.searched(search) == ()
    assert dictionary.answers(search).height == len(ANSWERED)


def test_what_was_searched_is_said():
    columns = len(EVERY_COLUMN)
    of = f"{len(METRICS):,} metrics, {len(ANSWERED):,} columns of answers, {columns:,} columns"
    assert dictionary.found("zebra") == (
        "No entry holds every word of this search. "
        f"Searched: {of} of tables. Try one of the words, or a part of one."
    )
    assert dictionary.found("contracts committed_tib").endswith(
        f", 1 of {columns:,} columns of tables."
    )
