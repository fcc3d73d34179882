"""The product's server with another source of who looks and what time it is: a file of the test.

The file holds JSON: `viewer` is who looks, null for nobody; `seconds` is how far the clock that
measures durations stands ahead.
"""

import json
import os
import time
from pathlib import Path

from asgi import app
from components.core import guard
from queries.core.answer import Problem
from warehouse import clock
from warehouse.context import EVERYTHING

__all__ = ["app"]

FACTS = Path(os.environ["TEST_FACTS"])


def _viewer() -> guard.Viewer:
    name = json.loads(FACTS.read_text())["viewer"]
    if name is None:
        raise guard.Refused(Problem("Your access has ended.", "Ask for it again."))
    return guard.Viewer(name, EVERYTHING)


def _monotonic() -> float:
    return time.monotonic() + json.loads(FACTS.read_text())["seconds"]


guard.viewer = _viewer
clock.monotonic = _monotonic
