"""The one frozen context in which every question is asked: data date, scope and filters."""

import datetime as dt
from dataclasses import dataclass, field

from warehouse.contract.words import HYPERSCALERS, REGIONS, SEGMENTS

UNKNOWN = "unknown"

# Each filter and its closed list of words; an owner is any person id, or unknown.
FILTERS: dict[str, tuple[str, ...]] = {
    "hyperscaler": (*HYPERSCALERS, UNKNOWN),
    "region": (*REGIONS, UNKNOWN),
    "segment": (*SEGMENTS, UNKNOWN),
    "owner": (),
}


@dataclass(frozen=True)
class Scope:
    """Which questions and rows a viewer may see.

    `questions` and `owner_ids` are None where nothing is withheld; otherwise only the questions
    named are answered, and only from rows of accounts owned by the people named.
    """

    viewer: str
    questions: tuple[str, ...] | None = None
    owner_ids: tuple[str, ...] | None = None

    def allows(self, question: str) -> bool:
        return self.questions is None or question in self.questions


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
    def filters(self) -> dict[str, tuple[str, ...]]:
        """The filters that are set, by name."""
        return {name: getattr(self, name) for name in FILTERS if getattr(self, name)}
