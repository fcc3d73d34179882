"""Scores, contributions and changes: the field guide's vectors, and what must always add up."""

import datetime as dt

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from queries.health.change.attribution import change
from queries.health.scorecard.definition import Band, Factor, Scorecard, ScorecardVersion
from queries.health.scorecard.score import (
    band,
    contribution,
    coverage,
    factor_score,
    health,
    reference,
)

PLAIN = ((0.0, 0.0), (100.0, 100.0))


def factor(name, weight=1.0, *, ref=70.0, points=PLAIN):
    return Factor(name, name, name, "higher", weight, ref, points)


def card(*factors):
    return Scorecard("all", None, factors)


def book(**columns):
    rows = {"account_id": [f"a{row}" for row in range(len(next(iter(columns.values()))))]}
    schema = {"account_id": pl.String} | dict.fromkeys(columns, pl.Float64)
    return pl.LazyFrame(rows | columns, schema=schema)


def scored(inputs, one):
    named = {f"by {f.id}": contribution(one, f) for f in one.factors}
    return inputs.select(
        score=health(one), coverage=coverage(one), reference=reference(one), **named
    ).collect()


def test_a_missing_input_shares_its_weight_among_the_known_and_lowers_coverage():
    one = card(factor("a", 2), factor("b"), factor("c"))
    found = scored(book(a=[80.0, None], b=[40.0, 40.0], c=[None, 60.0]), one)
    assert found["score"].to_list() == [pytest.approx(66.67, abs=0.005), 50.0]
    assert found["coverage"].to_list() == [0.75, 0.5]


def test_contributions_are_the_guides():
    found = scored(book(a=[80.0], b=[40.0]), card(factor("a", 2), factor("b", 1)))
    assert found.row(0) == pytest.approx((66.6667, 1.0, 70.0, 6.6667, -10.0), abs=5e-5)


def test_below_the_coverage_floor_no_score_has_a_band():
    bands = (Band("at_risk", 0), Band("watch", 50), Band("healthy", 75))
    scorecards = ScorecardVersion("v1", dt.date(2025, 1, 1), 0.6, 55, bands, ())
    rows = pl.LazyFrame(
        {
            "score": [0.0, 49.9, 50.0, 74.9, 75.0, 100.0, 100.0, None],
            "covered": [1.0, 1.0, 1.0, 1.0, 0.6, 1.0, 0.59, 1.0],
        }
    )
    named = rows.select(band(scorecards, pl.col("score"), pl.col("covered"))).collect().to_series()
    assert named.to_list() == [
        "at_risk", "at_risk", "watch", "watch", "healthy", "healthy", "unknown", "unknown",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("value", "score"),
    [(-1.0, 0.0), (-0.5, 0.0), (-0.25, 35.0), (0.0, 70.0), (0.1, 85.0), (0.2, 100.0), (9.0, 100.0)],
)
def test_a_factors_score_lies_on_the_line_between_its_points(value, score):
    usage = factor("usage", points=((-0.5, 0.0), (0.0, 70.0), (0.2, 100.0)))
    found = book(usage=[value, None, float("nan")]).select(factor_score(usage)).collect()
    assert found.to_series().to_list() == [pytest.approx(score), None, None]


def test_a_factor_may_be_best_in_the_middle():
    pace = factor("pace", points=((0.5, 0.0), (0.8, 100.0), (1.0, 100.0), (1.3, 20.0)))
    found = book(pace=[0.4, 0.65, 0.9, 1.15, 2.0]).select(factor_score(pace)).collect()
    assert found.to_series().to_list() == pytest.approx([0.0, 50.0, 100.0, 60.0, 20.0])


def test_an_account_of_which_nothing_is_known_has_no_score():
    found = scored(book(a=[None], b=[None]), card(factor("a"), factor("b")))
    assert found.row(0) == (None, 0.0, None, None, None)


def split(before, after, old, new):
    return change(book(**before), book(**after), old, new).collect().row(0, named=True)


def test_a_vanished_bad_input_raises_the_score_by_coverage_and_not_by_behaviour():
    old, new = card(factor("a"), factor("b")), card(factor("a", 2), factor("b"))
    found = split({"a": [80.0], "b": [40.0]}, {"a": [50.0], "b": [None]}, old, new)
    assert (found["score_before"], found["score_after"]) == (60.0, 50.0)
    assert found["configuration"] == pytest.approx(6.67, abs=0.005)
    assert found["coverage"] == pytest.approx(13.33, abs=0.005)
    assert found["behaviour"] == pytest.approx(-30.0)


def test_without_a_common_input_the_change_is_coverage():
    one = card(factor("a"), factor("b"))
    found = split({"a": [80.0], "b": [None]}, {"a": [None], "b": [50.0]}, one, one)
    assert (found["configuration"], found["behaviour"], found["coverage"]) == (0.0, None, -30.0)


@pytest.mark.parametrize(("before", "after"), [(None, 50.0), (50.0, None), (None, None)])
def test_without_both_scores_there_is_no_change_to_split(before, after):
    one = card(factor("a"))
    found = split({"a": [before]}, {"a": [after]}, one, one)
    assert found == {
        "account_id": "a0",
        "score_before": before,
        "score_after": after,
        "configuration": None,
        "behaviour": None,
        "coverage": None,
        "by a": None,
    }


values = st.one_of(st.none(), st.floats(-50, 150))
cards = st.lists(
    st.tuples(
        st.sampled_from("abcd"),
        st.floats(0.1, 10),
        st.floats(0, 100),
        st.tuples(st.floats(0, 100), st.floats(0, 100), st.floats(0, 100)),
    ),
    min_size=1,
    max_size=4,
    unique_by=lambda one: one[0],
).map(
    lambda said: card(
        *(
            factor(name, weight, ref=ref, points=((-20.0, low), (30.0, middle), (110.0, high)))
            for name, weight, ref, (low, middle, high) in said
        )
    )
)
# A dozen accounts or more in each: as many cases as books of two or three in five times the runs.
books = st.lists(
    st.fixed_dictionaries(dict.fromkeys("abcd", values)), min_size=12, max_size=20
).map(lambda rows: {name: [row[name] for row in rows] for name in "abcd"})


@settings(max_examples=200, deadline=None)
@given(books, cards)
def test_contributions_sum_to_the_score(columns, one):
    found = scored(book(**columns), one)
    for row in found.iter_rows(named=True):
        parts = [value for name, value in row.items() if name.startswith("by ")]
        if row["score"] is None:
            assert set(parts) == {None}
            continue
        known = sum(value for value in parts if value is not None)
        assert known == pytest.approx(row["score"] - row["reference"], abs=1e-9)
        assert -1e-9 <= row["score"] <= 100 + 1e-9


@settings(max_examples=200, deadline=None)
@given(st.data(), cards, cards)
def test_the_three_parts_of_a_change_sum_to_it(data, old, new):
    before = data.draw(books)
    rows = len(before["a"])
    after = {name: [data.draw(values) for _ in range(rows)] for name in "abcd"}
    found = change(book(**before), book(**after), old, new).collect()
    assert found.height == rows
    for row in found.iter_rows(named=True):
        if None in (row["score_before"], row["score_after"], row["configuration"]):
            continue
        moved = [part for name, part in row.items() if name.startswith("by ") and part is not None]
        assert sum(moved) == pytest.approx(row["behaviour"] or 0.0, abs=1e-9)
        parts = (row["configuration"], row["behaviour"] or 0.0, row["coverage"])
        assert sum(parts) == pytest.approx(row["score_after"] - row["score_before"], abs=1e-9)


@settings(max_examples=50, deadline=None)
@given(books, cards, st.permutations(range(4)))
def test_the_order_of_factors_changes_nothing(columns, one, order):
    shuffled = Scorecard(
        "all", None, tuple(one.factors[at] for at in order if at < len(one.factors))
    )
    first, second = (
        book(**columns).select(health(c).alias("score")).collect()["score"] for c in (one, shuffled)
    )
    assert first.to_list() == pytest.approx(second.to_list(), abs=1e-9)
