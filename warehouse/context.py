"""The one frozen context in which every question is asked: data date, scope and filters."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Final, Literal

from warehouse.contract.words import HYPERSCALERS, REGIONS, SEGMENTS

UNKNOWN = "unknown"

# Each filter and its closed list of words; an owner is any person id, or unknown.
FILTERS: dict[str, tuple[str, ...]] = {
    "hyperscaler": (*HYPERSCALERS, UNKNOWN),
    "region": (*REGIONS, UNKNOWN),
    "segment": (*SEGMENTS, UNKNOWN),
    "owner": (),
}


# The right to all there is; never meant by leaving something out.
ALL: Final = "everything"
Right = tuple[str, ...] | Literal["everything"]


@dataclass(frozen=True)
class Scope:
    """The rights to see: what is not named is withheld, so `Scope()` sees nothing.

    The questions named are answered, from rows of accounts that the people named own; `ALL` is
    named too. Rights are sorted and hold no viewer's name: who has the same sees the same, from
    one entry of the cache. Raises `TypeError` for a right that is no tuple.
    """

    questions: Right = ()
    owner_ids: Right = ()

    def __post_init__(self) -> None:
        for name in ("questions", "owner_ids"):
            right = getattr(self, name)
            if isinstance(right, tuple):
                object.__setattr__(self, name, tuple(sorted(set(right))))
            elif right != ALL:
                raise TypeError(f"{name} is {right!r}; it is a tuple of names, or {ALL!r}")

    def allows(self, question: str) -> bool:
        """Whether the question is answered: no question is to whom no account is shown."""
        if not self.owner_ids:
            return False
        return self.questions == ALL or question in self.questions


# The right of the system itself, of a terminal, and of the local viewer until login arrives.
EVERYTHING = Scope(questions=ALL, owner_ids=ALL)


@dataclass(frozen=True)
class Context:
    """A data date (UTC), a scope and the filters; an empty filter lets everything through.

    Filters are sorted tuples, so that equal contexts are equal cache keys.
    """

    as_of: dt.date
    scope: Scope
    hyperscaler: tuple[str, ...] = field(default=())
    region: tuple[str, ...] = field(default=())
    segment: tuple[str, ...] = field(default=())
    owner: tuple[str, ...] = field(default=())

    def __post_init__(self) -> None:
        for name in FILTERS:
            object.__setattr__(self, name, tuple(sorted(set(getattr(self, name)))))

    @property
    def cutoff(self) -> dt.datetime:
        """The first instant that is no longer known: midnight UTC after the data date."""
        return dt.datetime.combine(self.as_of + dt.timedelta(days=1), dt.time(), tzinfo=dt.UTC)

    def without(self, name: str) -> "Context":
        """The same context with the filter `name` cleared."""
        kept = {other: values for other, values in self.filters.items() if other != name}
        return Context(self.as_of, self.scope, **kept)

    @property
    def unfiltered(self) -> "Context":
        """The same data date and scope with every filter cleared."""
        return Context(self.as_of, self.scope)

    @property
    def of_the_whole_book(self) -> "Context":
        """The same data date, of all accounts under the system's own right.

        It serves no one without any right: who sees nothing is told nothing that was learned.
        """
        return Context(self.as_of, EVERYTHING if self.scope.owner_ids else self.scope)

    @property
    def filters(self) -> dict[str, tuple[str, ...]]:
        """The filters that are set, by name."""
        return {name: getattr(self, name) for name in FILTERS if getattr(self, name)}
