"""The register of questions: whatever a subject's modules declare in `QUESTIONS`."""

import functools
from collections.abc import Iterator, Mapping

from queries.core.question import Question
from queries.core.register import question_modules


@functools.cache
def declared() -> tuple[Question, ...]:
    """Every question that a subject's modules declare, in their alphabetical order."""
    return tuple(
        question for module in question_modules() for question in getattr(module, "QUESTIONS", ())
    )


@functools.cache
def by_name() -> dict[str, Question]:
    """The same by name."""
    return {question.name: question for question in declared()}


class Catalog(Mapping[str, Question]):
    """The questions by name, collected at the first look: a subject's actions ask them too."""

    def __getitem__(self, name: str) -> Question:
        return by_name()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(by_name())

    def __len__(self) -> int:
        return len(by_name())


QUESTIONS = Catalog()
