"""One frozen context: equal contexts are equal keys, and the data date ends at midnight UTC."""

import dataclasses
import datetime as dt

import pytest

from warehouse.context import FILTERS, Context, Scope
from warehouse.contract import TABLES

DAY = dt.date(2026, 1, 31)


def test_the_order_and_repetition_of_filter_values_do_not_matter():
    one = Context(DAY, Scope("v"), hyperscaler=("gcp", "aws", "gcp"))
    other = Context(DAY, Scope("v"), hyperscaler=("aws", "gcp"))
    assert one == other
    assert hash(one) == hash(other)
    assert one.hyperscaler == ("aws", "gcp")


def test_the_data_date_is_known_to_its_last_microsecond():
    assert Context(DAY, Scope("v")).cutoff == dt.datetime(2026, 2, 1, tzinfo=dt.UTC)


def test_clearing_a_filter_keeps_the_others_the_day_and_the_scope():
    scope = Scope("v", owner_ids=("p1",))
    context = Context(DAY, scope, hyperscaler=("aws",), region=("emea",), owner=("p1",))
    cleared = context.without("region")
    assert cleared == Context(DAY, scope, hyperscaler=("aws",), owner=("p1",))
    assert context.filters == {"hyperscaler": ("aws",), "region": ("emea",), "owner": ("p1",)}


def test_a_context_cannot_be_changed():
    context = Context(DAY, Scope("v"))
    with pytest.raises(dataclasses.FrozenInstanceError):
        context.region = ("emea",)


def test_a_scope_allows_what_it_names_and_everything_where_it_names_nothing():
    assert Scope("v").allows("overview")
    assert Scope("v", questions=("overview",)).allows("overview")
    assert not Scope("v", questions=()).allows("overview")


def test_the_filters_words_are_the_contracts_words():
    accounts = TABLES["accounts"]
    assert FILTERS["hyperscaler"] == (*TABLES["clusters"].choices("hyperscaler"), "unknown")
    assert FILTERS["region"] == (*accounts.choices("region"), "unknown")
    assert FILTERS["segment"] == (*accounts.choices("segment"), "unknown")
    assert FILTERS["owner"] == ()
