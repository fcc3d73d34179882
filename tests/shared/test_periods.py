"""Every ratio of two periods: what does not change stays, whatever the lengths of the months."""

import datetime as dt
import re

import pytest

from queries.core.ask import ask
from queries.core.catalog import QUESTIONS
from queries.core.metrics import METRICS
from tests.law import holds_for
from tests.rows import build
from tests.shared.company import account, cluster, contract, metered

COMPARING = {one.id: one for one in METRICS.values() if one.compares}
# The day after a month of 28, 29, 30 and 31 days, and ends of months that a shorter one precedes.
DATES = ("2025-03-01", "2024-03-01", "2025-05-01", "2025-08-01", "2024-02-29", "2025-03-31")
# The periods that a reader can choose, short and long; a month is the one whose length changes.
CHOICES = {"months": (1, 2, 12), "days": (7, 31)}
FIRST = "2022-01-01"


def chosen(question):
    """What is asked of the question: each choice of its period, or the one it has."""
    names = [one.name for one in question.parameters if one.name in CHOICES]
    return [{name: value} for name in names for value in CHOICES[name]] or [{}]


def values(answer, metric):
    """Every value of the metric in an answer: a row's, or a column's."""
    if "metric" in answer.frame.columns:
        return answer.frame.filter(metric=metric)["value"].to_list()
    columns = [name for name, used in answer.question.metrics().items() if used == metric]
    return [value for name in columns for value in answer.frame[name].to_list()]


@holds_for(METRICS.values())
def test_a_ratio_to_an_earlier_period_says_how_it_compares(metric):
    divided_by_earlier = re.search(r"/.*\b(before|earlier|previous)\b", metric.formula)
    assert bool(divided_by_earlier) == bool(metric.compares)


@pytest.fixture(scope="module")
def steady(tmp_path_factory):
    """A company whose use is the same in every hour, from two years before the first date on."""
    rows = {
        "accounts": [account("a")],
        "contracts": [contract("a1", "a", FIRST, None, committed_tib=3.0)],
        "clusters": [cluster("k", "a", deployed=FIRST)],
        "metering_hourly": metered("k", "2022-01-30", max(DATES), 3.0),
    }
    return build(tmp_path_factory.mktemp("steady") / "steady.duckdb", rows)


@pytest.mark.parametrize("as_of", DATES)
def test_constant_usage_does_not_grow_at_any_length_of_a_month(steady, monkeypatch, on, as_of):
    monkeypatch.setenv("BELLWETHER_WAREHOUSE", f"duckdb:///{steady}")
    day = dt.date.fromisoformat(as_of)
    compared = set()
    for question in QUESTIONS.values():
        for metric in COMPARING.keys() & question.defines():
            unchanged = 0.0 if COMPARING[metric].formula.endswith("- 1") else 1.0
            for parameters in chosen(question):
                answer = ask(question.name, on(day.year, day.month, day.day), **parameters)
                found = [value for value in values(answer, metric) if value is not None]
                assert set(found) <= {unchanged}, (question.name, metric, parameters)
                compared |= {metric for _ in found}
    assert compared == COMPARING.keys()
