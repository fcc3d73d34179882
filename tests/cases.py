"""What the subjects' `cases.py` declare, found in their folders: no list names them a second time.

A subject's cases are the small companies that its questions are asked about in both engines, and,
for a question that hand-written SQL cannot follow, the test that stands in for it.
"""

import importlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType, ModuleType

from queries.core.catalog import QUESTIONS
from queries.core.question import Value, nothing
from queries.core.register import question_modules
from tests.rows import Rows
from warehouse.context import Context

TESTS = Path(__file__).parent


@dataclass(frozen=True, kw_only=True)
class Case:
    """A small company, and the contexts in which questions are asked about it.

    The newest data date comes first, then an earlier one, then filters that its tables carry.
    `questions` are asked about it; without them, all that read the warehouse in the subject and
    are asked about no other company of it. `about` are parameters that have to be told.
    """

    name: str
    company: Rows
    contexts: tuple[Context, ...]
    questions: tuple[str, ...] = ()
    about: Mapping[str, Value] = field(default_factory=lambda: MappingProxyType({}))


def subjects() -> dict[str, ModuleType]:
    """The `cases` of each subject that has some."""
    return {
        path.parent.name: importlib.import_module(f"tests.{path.parent.name}.cases")
        for path in sorted(TESTS.glob("*/cases.py"))
    }


def cases() -> dict[str, Case]:
    """Every case by its name."""
    return {case.name: case for one in subjects().values() for case in one.CASES}


def asked() -> Iterator[tuple[str, str]]:
    """Every case with each question that is asked about it."""
    for subject, one in subjects().items():
        named = {name for case in one.CASES for name in case.questions}
        rest = tuple(name for name in _reading(subject) if name not in named)
        for case in one.CASES:
            yield from ((case.name, name) for name in case.questions or rest)


def references() -> dict[str, str]:
    """Of each question without SQL of its own the test that stands in: `path::name`."""
    return {name: test for one in subjects().values() for name, test in one.REFERENCES.items()}


def written() -> frozenset[str]:
    """The names of the hand-written SQL."""
    return frozenset(path.stem for path in TESTS.rglob("*.sql"))


def _reading(subject: str) -> list[str]:
    return [
        question.name
        for module in question_modules()
        if module.__name__.split(".")[1] == subject
        for question in getattr(module, "QUESTIONS", ())
        if QUESTIONS[question.name].reads is not nothing
    ]
