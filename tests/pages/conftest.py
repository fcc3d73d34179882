"""Page tests wait for the fresh answer, however slow the machine."""

import datetime as dt

import pytest

from components import guard
from warehouse import clock


@pytest.fixture(autouse=True)
def patient(monkeypatch):
    monkeypatch.setattr(guard, "PATIENCE_SECONDS", 60.0)


@pytest.fixture(autouse=True)
def today(monkeypatch):
    """The day after the newest data date of most books: nothing lies behind it unsaid."""
    monkeypatch.setattr(clock, "today", lambda: dt.date(2026, 4, 1))
