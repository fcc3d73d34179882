"""Questions are answered in as many waves as their dependencies are deep."""

from dataclasses import replace

import pytest

from queries.core import ask as asking
from queries.core import plan
from queries.core.ask import ask_all
from queries.core.catalog import QUESTIONS
from queries.core.question import ParameterInvalid, nothing
from tests.health.troubled import COMPANY
from warehouse.cache import Cache

OVERVIEW = (
    *("overview", "health_mix", "account_health", "health_change", "arr_movements"),
    *("arr_by_hyperscaler", "usage_growth", "renewals_due", "shift_limits"),
    *("benchmark_claim", "band_order"),
)
TRIAGE = ("triage", "overview", "expected_loss", "band_order")


def inquiries(context, *names):
    given = {"account": "a1"}
    return tuple(
        plan.inquiry(
            question,
            context,
            question.parse({one.name: given[one.name] for one in question.parameters
                            if one.name in given}),
        )
        for question in map(QUESTIONS.__getitem__, names)
    )  # fmt: skip


def depth(one):
    """The longest way down to a question that reads, found without the plan."""
    below = [] if one.question.depends_on is nothing else plan.dependencies(one).values()
    return 1 + max(map(depth, below), default=0)


@pytest.mark.parametrize("names", [*((name,) for name in QUESTIONS), OVERVIEW, TRIAGE])
def test_there_are_as_many_waves_as_the_deepest_dependency(on, names):
    wanted = inquiries(on(2026, 1, 31), *names)
    planned = plan.plan(wanted)
    assert len(planned.waves) == max(map(depth, wanted))
    seen = set()
    for number, wave in enumerate(planned.waves):
        for one in wave:
            assert (one.question.depends_on is nothing) == (number == 0)
            assert set(planned.bases[one.key].values()) <= seen
        seen |= {one.key for one in wave}
    asked = [one.key for wave in planned.waves for one in wave]
    assert len(asked) == len(set(asked))
    assert {one.key for one in wanted} <= seen


@pytest.mark.parametrize(("names", "waves"), [(OVERVIEW, 2), (TRIAGE, 3)])
def test_a_page_asks_memory_and_warehouse_once_per_wave(warehouse, on, monkeypatch, names, waves):
    warehouse(COMPANY)
    calls = []
    find_all = Cache.find_all

    def counted(self, requests, **how):
        calls.append(len(requests))
        return find_all(self, requests, **how)

    monkeypatch.setattr(Cache, "find_all", counted)
    context = on(2026, 1, 31)
    monkeypatch.setattr(asking, "_explained_if_empty", lambda answer: answer)
    ask_all(context, *names)
    assert len(calls) == waves == len(plan.plan(inquiries(context, *names)).waves)


def test_what_cannot_be_asked_is_an_error_and_leaves_the_rest_of_the_plan(on):
    def refuses(context):
        raise ParameterInvalid(f"Nothing is known on {context.as_of}.", "Ask for another day.")

    broken = replace(QUESTIONS["health_change"], name="broken", depends_on=refuses)
    wanted = [
        plan.inquiry(question, on(2026, 1, 31), question.parse({}))
        for question in (broken, QUESTIONS["health_change"])
    ]
    planned = plan.plan(tuple(wanted))
    error, fine = (one.key for one in wanted)
    assert str(planned.errors[error]).startswith("Nothing is known on 2026-01-31.")
    assert set(planned.errors) == {error}
    assert planned.bases[error] == {}
    assert planned.bases[fine]
    assert len(planned.waves) == 2
