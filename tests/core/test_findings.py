"""A finding adds no unknown up as if it were zero: the questions' sentences with a null planted."""

import dataframely as dy
import polars as pl
import pytest

from queries.core.ask import ask
from queries.core.catalog import QUESTIONS
from queries.core.metrics import METRICS
from tests.core.test_verdicts import ABOUT, LIVE
from tests.usage.fleet import FLEET
from tests.usage.test_charges import BILLS

# In one currency they add up.
EUROS = {"usage_charges": [row for row in BILLS["usage_charges"] if row["charge_id"] != "3"]}
# Rows, data date, and columns whose sum some finding tells of.
COMPANIES = {
    "accounts": (
        LIVE,
        (2026, 1, 31),
        {("outcomes", "arr_lost_usd")},
    ),
    "fleet": (
        FLEET | EUROS,
        (2026, 3, 31),
        {("charges_by_provider", "effective_cost")},
    ),
}
# What a null is where it is no unknown, and where a sentence is of what is recorded alone.
NO_UNKNOWN = {
    ("health_mix", "accounts"): "null: a week that nobody scored, which is not compared",
    (
        "usage_by_hyperscaler",
        "quantity",
    ): "of what is metered, with the hours that are not beside it",
    ("renewals", "forecast_usd"): "null: no forecast, and the state of the row says so",
    ("account_consumption", "committed_tib_hours"): "of nothing committed there is no share either",
    ("triage", "arr_lapsed_selected_usd"): "null: the account has not lapsed",
}


def added_up(question):
    """The columns whose sum means something, and that may be unknown."""
    return [
        name
        for name, column in question.shape.columns().items()
        if column.nullable
        and isinstance(column, dy.Float64 | dy.Int64)
        and "metric" in (column.metadata or {})
        and METRICS[column.metadata["metric"]].additive != "none"
    ]


def planted(frame, column, place, value):
    at = pl.int_range(pl.len()) == place
    return frame.with_columns(pl.when(at).then(pl.lit(value)).otherwise(column).alias(column))


@pytest.mark.parametrize("company", COMPANIES)
def test_a_finding_tells_an_unknown_from_zero(warehouse, on, company):
    rows, as_of, told_of = COMPANIES[company]
    warehouse(rows)
    told, errors = set(), {}
    for question in QUESTIONS.values():
        about = {one.name: ABOUT[one.name] for one in question.parameters if one.name in ABOUT}
        frame = ask(question.name, on(*as_of), **about).frame
        for column in added_up(question):
            if (question.name, column) in NO_UNKNOWN:
                continue
            for place in range(frame.height):
                some, none, unknown = (
                    question.finding(planted(frame, column, place, value))
                    for value in (1e6, 0, None)
                )
                if some != none:
                    told.add((question.name, column))
                    if unknown == none:
                        errors[question.name, column] = unknown
    assert not errors
    assert told >= told_of
