"""In which context a question asks the ones it builds on."""

import datetime as dt

from queries.outcomes import QUESTIONS
from queries.question import Asked
from warehouse.context import ALL, Context, Scope

CONTEXT = Context(dt.date(2026, 1, 31), Scope(questions=ALL, owner_ids=("p1",)), region=("emea",))


def test_it_is_asked_with_the_same_filters_so_many_days_earlier():
    asked = Asked(QUESTIONS[0], days_before=28).within(CONTEXT)
    assert asked == Context(dt.date(2026, 1, 3), CONTEXT.scope, region=("emea",))


def test_everywhere_sets_the_filters_aside_and_never_the_scope():
    asked = Asked(QUESTIONS[0], everywhere=True).within(CONTEXT)
    assert asked == Context(CONTEXT.as_of, CONTEXT.scope)
