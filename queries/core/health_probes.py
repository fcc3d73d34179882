"""Whether this process can answer, told without waking the warehouse."""

import importlib
import threading
from typing import Any

from queries.core.choices import choices
from queries.core.memory import cache
from warehouse.context import EVERYTHING
from warehouse.errors import WarehouseError

SECONDS_BETWEEN_TRIES = 30
# Modules that a question imports when it is first asked: they bring scikit-learn and statsmodels.
LATE = (
    "queries.health.evidence.curve",
    "queries.health.evidence.gates.every",
    "queries.health.risk.loss",
    "queries.health.risk.record",
    "queries.health.evidence.risk",
    "statsmodels.duration.survfunc",
    "statsmodels.stats.multitest",
    "statsmodels.stats.proportion",
)


def import_late() -> None:
    """Import what a terminal does not wait for and a server has the time for: three seconds.

    The process is not ready before, so that no visitor's first question waits for them.
    """
    for module in LATE:
        importlib.import_module(module)


def first_answer(stop: threading.Event) -> None:
    """Ask the warehouse until it has answered once or `stop` is set; every 30 s.

    A load balancer sends no visitor to a process that is not ready, so the first question has to
    come from the process itself.
    """
    # The newest data date is the cheapest question, and every page's first.
    while choices(EVERYTHING).newest is None and not stop.wait(SECONDS_BETWEEN_TRIES):
        pass


def readiness() -> tuple[bool, dict[str, Any]]:
    """Whether there is anything young enough to show, and the state of the cache in numbers.

    It asks the cache only: neither the warehouse nor its file is touched.
    """
    try:
        answers = cache()
    except WarehouseError as error:
        sentence, _ = error.for_readers
        return False, {"problem": sentence}
    return answers.can_answer, answers.status()
