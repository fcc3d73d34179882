"""Page tests wait for the fresh answer, however slow the machine."""

import pytest

from components import guard


@pytest.fixture(autouse=True)
def patient(monkeypatch):
    monkeypatch.setattr(guard, "PATIENCE_SECONDS", 60.0)
