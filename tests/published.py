"""Published data that tests are held against: skipped where it is absent, failed in CI."""

import os
from pathlib import Path

import pytest

DATA = Path(__file__).parents[1] / "../shared/data"


def published_path(name: str) -> Path:
    """The file of that name in the shared data."""
    path = DATA / name
    if not path.exists():
        if os.environ.get("CI") == "true":
            pytest.fail(f"{name} is not there")
        pytest.skip(f"{name} is not there")
    return path


def published(name: str) -> str:
    """The text of the file of that name in the shared data."""
    return published_path(name).read_text(encoding="utf-8")
