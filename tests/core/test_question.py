"""In which context a question asks the ones it builds on."""

import datetime as dt

from queries.core.question import Dependency
from queries.health.proof.outcomes import QUESTIONS
from warehouse.context import ALL, EVERYTHING, Context, Scope

CONTEXT = Context(dt.date(2026, 1, 31), Scope(questions=ALL, owner_ids=("p1",)), region=("emea",))


def test_it_is_asked_with_the_same_filters_so_many_days_earlier():
    asked = Dependency(QUESTIONS[0], days_before=28).within(CONTEXT)
    assert asked == Context(dt.date(2026, 1, 3), CONTEXT.scope, region=("emea",))


def test_the_whole_book_sets_filters_and_scope_aside_but_for_nobody_without_a_right():
    asked = Dependency(QUESTIONS[0], days_before=28, whole_book=True)
    assert asked.within(CONTEXT) == Context(dt.date(2026, 1, 3), EVERYTHING)
    nobody = Context(CONTEXT.as_of, Scope(), region=("emea",))
    assert asked.within(nobody) == Context(dt.date(2026, 1, 3), Scope())


def test_everywhere_sets_the_filters_aside_and_never_the_scope():
    asked = Dependency(QUESTIONS[0], ignores_filters=True).within(CONTEXT)
    assert asked == Context(CONTEXT.as_of, CONTEXT.scope)
