"""An engine hands rows over in any order: it decides no answer, of any question."""

import datetime as dt
from dataclasses import replace

import pytest
from polars.testing import assert_frame_equal

from queries.core import execute
from queries.core.catalog import QUESTIONS
from queries.core.memory import memory
from tests.core.test_verdicts import AS_OF, asked, merged, roster, shifted
from tests.core.together import named, together

# Weeks with none, one, three and eleven shifts above the limit.
BUSY = roster(180, overloaded=[5, 30, 31, 32, *range(84, 95)])
ROWS = merged(together(dt.date(*AS_OF)), shifted(BUSY, 3))
ACCOUNT = named("ACCOUNT", "a1")


@pytest.fixture
def in_another_order(monkeypatch):
    """A function after which every read brings its rows shuffled by a seed."""
    read = execute._rows  # noqa: SLF001 (the one place where rows come in)

    def shuffle(seed):
        def shuffled(*arguments):
            rows = read(*arguments)
            return replace(rows, frame=rows.frame.sample(fraction=1, shuffle=True, seed=seed))

        monkeypatch.setattr(execute, "_rows", shuffled)
        memory().clear()

    return shuffle


def test_every_question_says_the_same_whatever_the_order_of_its_rows(
    warehouse, on, in_another_order
):
    warehouse(ROWS)
    told = {name: asked(on, question, account=ACCOUNT) for name, question in QUESTIONS.items()}
    assert sum(answer.frame.height > 1 for answer in told.values()) > len(told) / 2
    for seed in (1, 2):
        in_another_order(seed)
        for name, question in QUESTIONS.items():
            again = asked(on, question, account=ACCOUNT)
            assert again.finding == told[name].finding, name
            assert_frame_equal(again.frame, told[name].frame, rel_tol=1e-9)
