"""In how many waves questions are answered: as many as their dependencies are deep, and no more."""

from collections.abc import Mapping
from dataclasses import dataclass

from queries.core.question import Question, Value, nothing
from warehouse.context import Context
from warehouse.errors import WarehouseError

Key = tuple[str, Context, tuple[tuple[str, Value], ...]]


@dataclass(frozen=True, eq=False)
class Inquiry:
    """A question with its parameters, in the context in which it is asked."""

    question: Question
    context: Context
    parameters: dict[str, Value]

    @property
    def key(self) -> Key:
        """What tells it from any other, in plain values."""
        return (self.question.name, self.context, tuple(self.parameters.items()))


@dataclass(frozen=True)
class Plan:
    """What is asked in which wave, and on which answers each question depends, by its name there.

    The first wave reads the warehouse, all of it at once; each later one is derived from answers
    of the waves before. `errors` says of an inquiry why it cannot be asked.
    """

    waves: tuple[tuple[Inquiry, ...], ...]
    bases: Mapping[Key, Mapping[str, Key]]
    errors: Mapping[Key, WarehouseError]


def inquiry(question: Question, context: Context, parameters: Mapping[str, Value]) -> Inquiry:
    """The question as it is asked by a reader in `context`, whose filters it may set aside."""
    return Inquiry(question, question.within(context), dict(parameters))


def plan(wanted: tuple[Inquiry, ...]) -> Plan:
    """The waves of what is wanted and of everything that it depends on, each asked once."""
    depths: dict[Key, int] = {}
    known: dict[Key, Inquiry] = {}
    bases: dict[Key, Mapping[str, Key]] = {}
    errors: dict[Key, WarehouseError] = {}

    def depth(one: Inquiry) -> int:
        key = one.key
        if key in depths:
            return depths[key]
        known[key] = one
        try:
            below = dependencies(one)
        except WarehouseError as error:
            errors[key], below = error, {}
        bases[key] = {name: base.key for name, base in below.items()}
        depths[key] = 1 + max((depth(base) for base in below.values()), default=-1)
        return depths[key]

    deepest = max((depth(one) for one in wanted), default=-1)
    waves = tuple(
        tuple(known[key] for key, at in depths.items() if at == wave) for wave in range(deepest + 1)
    )
    return Plan(waves, bases, errors)


def dependencies(one: Inquiry) -> Mapping[str, Inquiry]:
    """What a question depends on, by name; empty for one that reads. Raises `ParameterInvalid`."""
    if one.question.depends_on is nothing:
        return {}
    asked = one.question.depends_on(context=one.context, **one.parameters)
    return {
        name: inquiry(base.question, base.within(one.context), base.question.parse(base.parameters))
        for name, base in asked.items()
    }
