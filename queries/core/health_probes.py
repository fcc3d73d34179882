"""Whether this process can answer, told without waking the warehouse."""

import importlib
import logging
import threading
from typing import Any

from queries.core.choices import choices
from queries.core.errors import new_reference
from queries.core.memory import cache
from warehouse.context import EVERYTHING
from warehouse.errors import WarehouseError

LOG = logging.getLogger("bellwether.queries")
SECONDS_BETWEEN_TRIES = 30
# Why this process is not ready, to the reference of its line in the log: a probe comes every few
# seconds, and a line for each would drown the reason.
_REFERENCES: dict[str, str] = {}
_TELLING = threading.Lock()
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


class NothingToShow(WarehouseError):
    """No answer was had yet, or none that is young enough to be shown."""

    remedy_for_readers = (
        "Wait for the first answer; if it does not come, search the log for the reference."
    )


def readiness() -> tuple[bool, dict[str, Any]]:
    """Whether there is anything young enough to show, and the state of the cache in numbers.

    It asks the cache only: neither the warehouse nor its file is touched. Where there is nothing
    it says why and what to try, with a reference under which the log has the rest: the same one at
    every probe until there is something again.
    """
    try:
        answers = cache()
    except WarehouseError as error:
        return False, _problem(error)
    if answers.can_answer:
        _REFERENCES.clear()
        return True, answers.status()
    nothing = NothingToShow("There is no answer young enough to be shown.", "Check the warehouse.")
    return False, answers.status() | _problem(nothing)


def _problem(error: WarehouseError) -> dict[str, str]:
    """The error in words for an operator, written to the log when it is first told."""
    sentence, remedy = error.for_readers
    with _TELLING:
        if sentence not in _REFERENCES:
            _REFERENCES[sentence] = new_reference()
            LOG.warning("%s not ready", _REFERENCES[sentence], exc_info=error)
        return {"problem": sentence, "remedy": remedy, "reference": _REFERENCES[sentence]}
