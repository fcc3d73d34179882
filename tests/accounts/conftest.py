"""An account asked about by the small questions of its page."""

import pytest

from queries.core.ask import ask
from queries.core.memory import memory
from tests.accounts.history import HISTORY
from tests.rows import build


@pytest.fixture(scope="session")
def history(tmp_path_factory):
    """HISTORY as a warehouse file, built once: no question changes it."""
    return build(tmp_path_factory.mktemp("history") / "history.duckdb", HISTORY)


@pytest.fixture
def asked(history, on, monkeypatch):
    """A function that asks a question about HISTORY: `asked("account", 2026, 2, 1)`."""
    memory().clear()
    monkeypatch.setenv("BELLWETHER_WAREHOUSE", f"duckdb:///{history}")

    def answer(name, *day, account="a1", **context):
        return ask(name, on(*day, **context), account=account)

    answer.path = history
    return answer
