"""A question receives the arguments it declares, every frame it reads, and nothing else."""

import datetime as dt
import re
from dataclasses import replace
from pathlib import Path

import pytest

from queries.core.arguments import declared, only_declared
from queries.core.catalog import QUESTIONS
from warehouse.context import EVERYTHING, Context

CONTEXT = Context(dt.date(2026, 1, 31), EVERYTHING)
ROOT = Path(__file__).resolve().parents[2]


def test_a_function_gets_what_it_names_of_what_is_offered():
    def named(rows, *, context):
        return rows, context

    call = only_declared(named, ("context", "watermarks"), ("days",))
    assert call(rows=1, context=2, watermarks=3, days=4) == (1, 2)


def test_what_is_not_offered_must_be_named():
    call = only_declared(lambda rows: rows, ("context",))
    with pytest.raises(TypeError, match="unexpected keyword argument 'other'"):
        call(rows=1, context=2, other=3)
    with pytest.raises(TypeError, match="missing 1 required positional argument: 'rows'"):
        call(context=2)


def test_a_function_that_takes_any_gets_the_rest_and_what_it_names_of_what_is_offered():
    call = only_declared(lambda **rest: rest, ("context", "watermarks"), ("days", "months"))
    assert call(context=1, watermarks=2, days=3, months=4, rows=5) == {
        "days": 3, "months": 4, "rows": 5,
    }  # fmt: skip
    both = only_declared(lambda context, **rest: (context, rest), ("context",), ("days",))
    assert both(context=1, days=2) == (1, {"days": 2})


def test_a_function_without_anything_to_leave_out_is_called_itself():
    def every(context, days):
        return context, days

    assert only_declared(every, ("context",), ("days",)) is every
    # Wrapped once more, as where a question is declared anew with one change, it stays the same.
    twice = only_declared(only_declared(lambda days: days, ("context",)), ("context",))
    assert twice(context=1, days=2) == 2


@pytest.mark.parametrize("name", QUESTIONS)
def test_an_answer_declares_every_frame_that_is_read_for_it(name):
    question = QUESTIONS[name]
    given = {"context": CONTEXT, **question.parse({})}
    frames = {
        frame
        for part in (question.reads, question.depends_on, question.entries)
        for frame in part(**given)
    }
    names, takes_any = declared(question.answer)
    assert frames
    assert takes_any or frames <= names
    able = frames | {"context", *(one.name for one in question.parameters)}
    assert names <= able | ({"watermarks"} if question.watermarks else set())


def test_a_read_by_a_parameter_that_the_question_does_not_have_is_refused_where_it_is_declared():
    question = QUESTIONS["usage_by_hyperscaler"]
    with pytest.raises(TypeError, match="usage_by_hyperscaler has no days for its reads"):
        replace(question, parameters=())


def test_no_argument_of_a_question_or_form_is_declared_and_unused():
    excused = re.compile(r"noqa:.*ARG00[15]")
    found = {
        path.relative_to(ROOT).as_posix()
        for room in ("queries", "components", "pages")
        for path in (ROOT / room).rglob("*.py")
        if excused.search(path.read_text(encoding="utf-8"))
    }
    assert found == set()
