"""Every number has one definition, and the definition is about that number."""

import pytest

from ledger.tables import TABLES as LEDGER_TABLES
from queries.core.catalog import QUESTIONS, declared
from queries.core.metrics import DEFINED, METRICS
from tests.law import holds_for
from warehouse.contract.tables import TABLES

MEASURES = [
    (name, column, metric)
    for name, question in QUESTIONS.items()
    for column, metric in question.metrics().items()
]
# A claim's own margin and plan, and a run's place in its order, are read as given, not computed.
AS_GIVEN = {
    # How many the search found, not a number of the business.
    ("account_search", "matching"),
    ("benchmark_comparison", "margin_share"),
    ("benchmark_runs", "sequence"),
    ("benchmark_claim", "margin_share"),
    ("benchmark_claim", "planned_sessions"),
}
FIELDS = ("id", "name", "unit", "formula", "grain", "period", "excludes", "basis", "owner")


def test_no_metric_and_no_question_is_declared_twice():
    for field in ("id", "name"):
        metrics = [getattr(metric, field) for metric in DEFINED]
        assert sorted(metrics) == sorted(set(metrics))
    questions = [question.name for question in declared()]
    assert sorted(questions) == sorted(set(questions))


@holds_for(METRICS.values())
def test_a_definition_says_all_it_owes(metric):
    for field in FIELDS:
        assert getattr(metric, field).strip(), f"{metric.id} has no {field}"
    assert metric.sources
    assert set(metric.sources) <= TABLES.keys() | LEDGER_TABLES.keys() | QUESTIONS.keys()


@holds_for(MEASURES)
def test_a_number_has_a_definition_in_the_same_unit(number):
    name, column, metric = number
    assert QUESTIONS[name].units()[column] == METRICS[metric].unit


@holds_for(QUESTIONS)
def test_every_number_of_an_answer_is_defined(name):
    question = QUESTIONS[name]
    key = set(question.shape.primary_key())
    numbers = {
        column
        for column, declared in question.shape.columns().items()
        if declared.dtype.is_numeric() and column not in key and (name, column) not in AS_GIVEN
    }
    assert set(question.defines()) <= METRICS.keys()
    rows_name_their_metric = len(question.defines()) > len(set(question.metrics().values()))
    assert rows_name_their_metric or numbers <= question.metrics().keys()


@holds_for(METRICS)
def test_a_definition_is_of_a_number_that_some_answer_has(metric):
    assert metric in {used for question in QUESTIONS.values() for used in question.defines()}


@holds_for(QUESTIONS)
def test_every_column_says_what_it_is(name):
    question = QUESTIONS[name]
    assert question.asks.endswith("?")
    assert (question.shape.__doc__ or "").startswith(("One row ", "One row:"))
    for column, kind in question.shape.columns().items():
        assert kind.description, f"{name}.{column} says nothing"
        assert column in question.units(), f"{name}.{column} has no unit"


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_definition_names_a_source_its_question_reads(name, on):
    question = QUESTIONS[name]
    read = set(question.tables(on(2026, 1, 31)))
    read |= {"metering_hourly"} if "account_usage_daily" in read else set()
    for metric in question.metrics().values():
        assert set(METRICS[metric].sources) & (read | QUESTIONS.keys()), metric
