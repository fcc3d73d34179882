"""What the subjects declare, found in their packages: nobody lists a module a second time."""

import importlib
import pkgutil
from collections.abc import Iterator
from types import ModuleType

import queries

NO_SUBJECT = frozenset({"core", "shared", "cli"})
METRICS = "metrics"


def metric_modules() -> Iterator[ModuleType]:
    """Every module of definitions: `metrics`, or `…_metrics` where a subject has several."""
    yield from (importlib.import_module(name) for name in _names() if _defines_metrics(name))


def question_modules() -> Iterator[ModuleType]:
    """Every other module of the subjects."""
    yield from (importlib.import_module(name) for name in _names() if not _defines_metrics(name))


def _names() -> list[str]:
    """The dotted names of the subjects' modules, in alphabetical order."""
    found = pkgutil.walk_packages(queries.__path__, f"{queries.__name__}.")
    subjects = [one.name for one in found if not one.ispkg and one.name.count(".") > 1]
    return sorted(name for name in subjects if name.split(".")[1] not in NO_SUBJECT)


def _defines_metrics(name: str) -> bool:
    module = name.rsplit(".", 1)[1]
    return module == METRICS or module.endswith(f"_{METRICS}")
