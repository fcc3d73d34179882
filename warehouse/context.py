"""The one frozen context in which every question is asked: data date, scope and filters."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from warehouse.contract.words import HYPERSCALERS, REGIONS, SEGMENTS

UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True)
class Filter:
    """One filter of every question.

    It selects accounts by `column` of `table`: by what `accounts` says of one, or by where its
    `contracts` are on the data date. A row that has one of the columns `of_row` is selected by what
    it says itself, where a question filters rows. Readers choose several of `words`, or where
    there are none of the ids of the people who own accounts, in a widget named `title`.
    """

    name: str
    title: str
    table: Literal["accounts", "contracts"]
    column: str
    of_row: tuple[str, ...] = ()
    words: tuple[str, ...] = ()


# Every filter there is, in the order of the filter bar: a new one is a row of this table.
FILTERS: dict[str, Filter] = {
    one.name: one
    for one in (
        Filter(
            name="hyperscaler",
            title="Hyperscaler",
            table="contracts",
            column="hyperscaler",
            of_row=("hyperscaler", "host_provider"),
            words=(*HYPERSCALERS, UNKNOWN),
        ),
        Filter(
            name="region",
            title="Region",
            table="accounts",
            column="region",
            words=(*REGIONS, UNKNOWN),
        ),
        Filter(
            name="segment",
            title="Segment",
            table="accounts",
            column="segment",
            words=(*SEGMENTS, UNKNOWN),
        ),
        Filter(name="owner", title="Owner", table="accounts", column="owner_id"),
    )
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


Words = tuple[str, ...]


@dataclass(frozen=True, init=False)
class Context:
    """A data date (UTC), a scope and the filters; an empty filter lets everything through.

    `chosen` holds each filter that is set with its words: both sorted, so that equal contexts are
    equal cache keys. Raises `TypeError` for a filter that there is not.
    """

    as_of: dt.date
    scope: Scope
    chosen: tuple[tuple[str, Words], ...]

    def __init__(
        self,
        as_of: dt.date,
        scope: Scope,
        chosen: Iterable[tuple[str, Words]] = (),
        **filters: Words,
    ) -> None:
        """`Context(day, EVERYTHING, region=("emea",))`."""
        wanted = dict(chosen) | filters
        for name in wanted:
            if name not in FILTERS:
                raise TypeError(f"there is no filter {name!r}; there are {', '.join(FILTERS)}")
        object.__setattr__(self, "as_of", as_of)
        object.__setattr__(self, "scope", scope)
        kept = ((name, tuple(sorted(set(wanted.get(name, ()))))) for name in FILTERS)
        object.__setattr__(self, "chosen", tuple((name, words) for name, words in kept if words))

    @property
    def cutoff(self) -> dt.datetime:
        """The first instant that is no longer known: midnight UTC after the data date."""
        return dt.datetime.combine(self.as_of + dt.timedelta(days=1), dt.time(), tzinfo=dt.UTC)

    @property
    def filters(self) -> dict[str, Words]:
        """The filters that are set, by name."""
        return dict(self.chosen)

    @property
    def hyperscaler(self) -> Words:
        """The hyperscalers chosen, which a question may look at itself; none: all of them."""
        return self.filters.get("hyperscaler", ())

    def without(self, name: str) -> "Context":
        """The same context with the filter `name` cleared."""
        kept = tuple(one for one in self.chosen if one[0] != name)
        return Context(self.as_of, self.scope, kept)

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
