"""Answers made by hand, in any state, for what is built from an answer."""

import datetime as dt

import dataframely as dy
import polars as pl

from queries.core.answer import Answer
from queries.core.columns import count_metric, metric
from queries.core.question import Question
from warehouse.context import EVERYTHING, Context
from warehouse.contract.columns import day, instant, text

READ_AT = dt.datetime(2026, 3, 31, 9, 30, 1, 500_000, tzinfo=dt.UTC)


class Shape(dy.Schema):
    name = text("Name")
    quantity = metric("usage_28d", nullable=True)
    growth = metric("usage_growth_share", nullable=True, signed=True)
    clusters = count_metric("clusters_in_service", nullable=True)
    on_day = day("Day", nullable=True)
    at = instant("Instant", nullable=True)


ROWS = [
    {
        "name": "=1+1",
        "quantity": 1234.5,
        "growth": -0.25,
        "clusters": 3,
        "on_day": dt.date(2026, 3, 1),
        "at": dt.datetime(2026, 3, 1, 4, 5, 6, tzinfo=dt.UTC),
    },
    dict.fromkeys(Shape.column_names()),
    dict.fromkeys(Shape.column_names()) | {"name": 'two "quoted", lines\nof text', "growth": 0.5},
]


def nothing_read():
    return {}


def question(shape=Shape):
    return Question(
        name="usage_by_hand",
        asks="What was typed in?",
        shape=shape,
        reads=nothing_read,
        answer=nothing_read,
        finding=lambda *_: "",
        filters="rows",
    )


def answer(*, rows=None, shape=Shape, frame=None, **given):
    """An answer of the hand-made question; anything of it can be given."""
    if frame is None:
        frame = pl.DataFrame(ROWS if rows is None else rows, schema=shape.create_empty().schema)
    facts = {
        "question": question(shape),
        "context": Context(
            dt.date(2026, 3, 31), EVERYTHING, hyperscaler=("gcp", "aws"), region=("emea",)
        ),
        "parameters": {"days": 28, "status": None},
        "frame": frame,
        "state": "ok",
        "finding": "+AWS grows fastest",
        "data_through": {
            "account_usage_daily": dt.datetime(2026, 3, 30, tzinfo=dt.UTC),
            "clusters": None,
        },
        "complete_to": {"account_usage_daily": dt.datetime(2026, 3, 31, tzinfo=dt.UTC)},
        "applicable_filters": frozenset({"hyperscaler"}),
        "provenance": "SIMULATED",
        "read_at": READ_AT,
        "key": ("by hand",),
    }
    return Answer(**(facts | given))
