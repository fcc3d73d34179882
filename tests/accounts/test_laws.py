"""What holds of any history: no future, no order that matters, no hour counted twice."""

import datetime as dt
import itertools

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from queries.accounts.consumption import term
from queries.accounts.timeline.event import Event
from queries.accounts.timeline.events import KINDS, in_order
from queries.accounts.timeline.operations import restatement_events
from warehouse.context import EVERYTHING, Context

FIRST = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
hours = st.integers(0, 24 * 40)
events = st.lists(
    st.builds(
        Event,
        at=st.none() | hours.map(lambda hour: FIRST + dt.timedelta(hours=hour)),
        kind=st.sampled_from(KINDS),
        title=st.sampled_from(["one", "two"]),
        source_table=st.just("tickets"),
        source_id=st.uuids().map(str),
    ),
    max_size=20,
)
restatements = st.lists(
    st.tuples(st.sampled_from(["k1", "k2"]), st.integers(0, 60), st.integers(72, 120)), max_size=30
)
daily = st.lists(st.none() | st.floats(0, 1e4), min_size=1, max_size=90)


@given(events, st.integers(0, 40), st.randoms())
@settings(max_examples=60, deadline=None)
def test_a_timeline_holds_what_happened_by_the_day_newest_first_in_whatever_order_it_came(
    told, day, chance
):
    context = Context(FIRST.date() + dt.timedelta(days=day), EVERYTHING)
    frame = in_order(told, context)
    at = frame["at"].to_list()
    assert at == sorted(at, reverse=True)
    assert frame.height == sum(one.at is not None and one.at < context.cutoff for one in told)
    chance.shuffle(told)
    assert in_order(told, context).equals(frame)


@given(restatements)
@settings(max_examples=60, deadline=None)
def test_every_restated_hour_is_counted_once_on_the_day_it_was_recorded(rows):
    frame = pl.LazyFrame(
        [
            {
                "cluster_id": cluster,
                "dimension": "capacity",
                "hour_start": FIRST + dt.timedelta(hours=hour),
                "recorded_at": FIRST + dt.timedelta(hours=recorded),
                "quantity": 1.0,
                "reason": None,
            }
            for cluster, hour, recorded in rows
        ],
        schema={
            "cluster_id": pl.String,
            "dimension": pl.String,
            "hour_start": pl.Datetime("us", "UTC"),
            "recorded_at": pl.Datetime("us", "UTC"),
            "quantity": pl.Float64,
            "reason": pl.String,
        },
    )
    counted = sum(int(one.title.split()[0]) for one in restatement_events(frame))
    assert counted == len({(cluster, hour, recorded // 24) for cluster, hour, recorded in rows})


@given(daily, st.integers(0, 60))
@settings(max_examples=60, deadline=None)
def test_a_projection_goes_on_from_what_is_known_never_falls_and_holds_its_band(values, ahead):
    days = pl.date_range(FIRST.date(), FIRST.date() + dt.timedelta(len(values) - 1), eager=True)
    known = pl.DataFrame({"usage_date": days, "tib_hours": values}, strict=False).with_columns(
        pl.col("tib_hours").cast(pl.Float64)
    )
    until = days[-1] + dt.timedelta(days=ahead)
    found = term.projected(known, until)
    newest = known.drop_nulls("tib_hours")["usage_date"].max()
    so_far = known["tib_hours"].sum()
    if found.height:
        assert found["usage_date"].to_list()[0] == newest + dt.timedelta(days=1)
        assert found["usage_date"].to_list()[-1] == until - dt.timedelta(days=1)
    for column in term.PROJECTED:
        path = [so_far, *found[column].drop_nulls()]
        slack = 1e-9 * max(path)
        assert all(one <= other + slack for one, other in itertools.pairwise(path))
    low, high = (found[column].drop_nulls() for column in term.PROJECTED[1:])
    assert (low <= high).all()
