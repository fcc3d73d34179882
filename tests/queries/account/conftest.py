"""An account asked about by the small questions of its page."""

import pytest

from queries.ask import ask
from tests.queries.account.history import HISTORY


@pytest.fixture
def asked(warehouse, on):
    """A function that asks a question about HISTORY: `asked("account", 2026, 2, 1)`."""
    path = warehouse(HISTORY)

    def answer(name, *day, account="a1", **context):
        return ask(name, on(*day, **context), account=account)

    answer.path = path
    return answer
