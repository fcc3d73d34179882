"""One frozen context: equal contexts are equal keys, and the data date ends at midnight UTC."""

import dataclasses
import datetime as dt

import pytest

from warehouse.context import ALL, EVERYTHING, FILTERS, Context, Scope
from warehouse.contract.tables import TABLES

DAY = dt.date(2026, 1, 31)


def test_the_order_and_repetition_of_filter_values_do_not_matter():
    one = Context(DAY, EVERYTHING, hyperscaler=("gcp", "aws", "gcp"))
    other = Context(DAY, EVERYTHING, hyperscaler=("aws", "gcp"))
    assert one == other
    assert hash(one) == hash(other)
    assert one.hyperscaler == ("aws", "gcp")


def test_the_data_date_is_known_to_its_last_microsecond():
    assert Context(DAY, EVERYTHING).cutoff == dt.datetime(2026, 2, 1, tzinfo=dt.UTC)


def test_clearing_a_filter_keeps_the_others_the_day_and_the_scope():
    scope = Scope(questions=ALL, owner_ids=("p1",))
    context = Context(DAY, scope, hyperscaler=("aws",), region=("emea",), owner=("p1",))
    cleared = context.without("region")
    assert cleared == Context(DAY, scope, hyperscaler=("aws",), owner=("p1",))
    assert context.filters == {"hyperscaler": ("aws",), "region": ("emea",), "owner": ("p1",)}


def test_a_context_cannot_be_changed():
    context = Context(DAY, EVERYTHING)
    with pytest.raises(dataclasses.FrozenInstanceError):
        context.as_of = DAY
    with pytest.raises(TypeError, match="no filter 'industry'"):
        Context(DAY, EVERYTHING, industry=("oil",))


@pytest.mark.parametrize(
    ("scope", "is_allowed"),
    [
        (EVERYTHING, True),
        (Scope(questions=("overview",), owner_ids=ALL), True),
        (Scope(questions=("usage", "overview"), owner_ids=("p1",)), True),
        (Scope(questions=("usage",), owner_ids=ALL), False),
        # A right is named or it is not there: the whole is no default, and a word no part of it.
        (Scope(), False),
        (Scope(owner_ids=ALL), False),
        (Scope(questions=ALL), False),
        (Scope(questions=("everything",), owner_ids=ALL), False),
    ],
)
def test_a_scope_allows_what_it_names_and_nothing_else(scope, is_allowed):
    assert scope.allows("overview") is is_allowed


@pytest.mark.parametrize("right", [None, "p1", ["p1"], frozenset({"p1"}), "", True])
@pytest.mark.parametrize("name", ["questions", "owner_ids"])
def test_a_right_that_is_no_tuple_is_refused(name, right):
    with pytest.raises(TypeError, match=name):
        Scope(**{name: right})


def test_rights_in_another_order_or_twice_are_the_same_rights():
    one = Scope(questions=("b", "a"), owner_ids=("p2", "p1", "p2"))
    assert one == Scope(questions=("a", "b"), owner_ids=("p1", "p2"))
    assert one != Scope(questions=("a", "b"), owner_ids=("p1,p2",))
    assert Scope(owner_ids=ALL) != Scope(owner_ids=(ALL,))


def test_the_filters_words_are_the_contracts_words():
    accounts = TABLES["accounts"]
    assert FILTERS["hyperscaler"].words == (*TABLES["clusters"].choices("hyperscaler"), "unknown")
    assert FILTERS["region"].words == (*accounts.choices("region"), "unknown")
    assert FILTERS["segment"].words == (*accounts.choices("segment"), "unknown")
    assert FILTERS["owner"].words == ()
