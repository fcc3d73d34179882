"""What a question is: what it reads, how it answers, and the shape it promises."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

import dataframely as dy
import polars as pl

from ledger import LedgerQuery
from queries.core.arguments import declared, only_declared
from warehouse.context import Context
from warehouse.contract.tables import TABLES
from warehouse.errors import WarehouseError
from warehouse.read import FILTERING, Filtering, Read, applicable

Value = str | int | None


class ParameterInvalid(WarehouseError):
    """A parameter of a question has a value it does not take."""


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """One parameter of a question besides its context.

    A whole number from `least` to `most`, one of `choices`, or one text (None: the question
    chooses).
    """

    name: str
    description: str
    default: Value = None
    least: int | None = None
    most: int | None = None
    choices: tuple[str, ...] = ()

    def parse(self, given: Value) -> Value:
        """The value to use for what was given; raises `ParameterInvalid`."""
        if self.choices:
            word = self.default if given in (None, "") else given
            if word not in self.choices:
                raise ParameterInvalid(
                    f"{self.name} is {word!r}; it is one of {', '.join(self.choices)}.",
                    f"Leave it out for {self.default}.",
                )
            return word
        if self.least is None or self.most is None:
            return None if given in (None, "") else str(given)
        text = str(self.default if given is None else given)
        if not text.isdecimal() or not self.least <= int(text) <= self.most:
            raise ParameterInvalid(
                f"{self.name} is {text!r}; it takes a whole number from {self.least} "
                f"to {self.most}.",
                f"Leave it out for {self.default}.",
            )
        return int(text)


@dataclass(frozen=True)
class Dependency:
    """Another question, whose answer one builds on: of the same scope and filters, days earlier.

    `ignores_filters` sets the filters aside (never the scope). `whole_book` sets the scope aside
    too: what is learned from all accounts is asked under the system's own right, and no row of it
    is shown to anybody.
    """

    question: "Question"
    days_before: int = 0
    parameters: Mapping[str, Value] = field(default_factory=lambda: MappingProxyType({}))
    ignores_filters: bool = False
    whole_book: bool = False

    def within(self, context: Context) -> Context:
        """The context in which it is asked by a question that is asked in `context`."""
        inside = context.unfiltered if self.ignores_filters else context
        if self.whole_book:
            inside = context.of_the_whole_book
        return replace(inside, as_of=context.as_of - dt.timedelta(days=self.days_before))


def nothing(**_: object) -> Mapping[str, Any]:
    """What a question reads where it does not read at all."""
    return {}


@dataclass(frozen=True, kw_only=True)
class Question:
    """One question of the dashboard.

    `reads` maps the context and parameters to the named reads of the warehouse; `answer` gets one
    LazyFrame per name, the context and the parameters, and returns a frame of `shape`. Both are
    pure, are called by keyword, and receive what their signature names of context, parameters and
    watermarks; `answer` takes every frame. `filters` says what the reader's filters do to it:
    select `accounts`, each told of whole; select `rows`, so that its numbers are of that part; or
    `none`.
    `watermarks` names the tables whose feed the answer counts or judges: it gets the argument
    `watermarks`, table to how far the source was complete, so that a feed that ended is never
    taken for a quiet one. A question that reads no warehouse builds on others instead:
    `depends_on` maps to the questions whose answers' rows it gets by name, and `entries` to rows
    of the ledger. Of those it gets the rows of accounts that the answers in its reader's scope
    name, unless they are of the whole book; the filters are not theirs, so `answer` joins them.
    `finding` says the answer in one sentence of at most twelve words or so. `row_limit` and
    `timeout_seconds` tighten what each of its reads may bring and take; None leaves the
    warehouse's own limits.
    """

    name: str
    asks: str
    shape: type[dy.Schema]
    answer: Callable[..., pl.DataFrame]
    finding: Callable[[pl.DataFrame], str]
    filters: Filtering
    reads: Callable[..., Mapping[str, Read]] = nothing
    depends_on: Callable[..., Mapping[str, Dependency]] = nothing
    entries: Callable[..., Mapping[str, LedgerQuery]] = nothing
    watermarks: tuple[str, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    row_limit: int | None = None
    timeout_seconds: float | None = None

    def __post_init__(self) -> None:
        if (self.reads is nothing) == (self.depends_on is nothing):
            raise TypeError(f"{self.name} reads the warehouse or builds on answers, one of both")
        if self.depends_on is nothing and self.entries is not nothing:
            raise TypeError(f"{self.name} reads the ledger and builds on no answer with a scope")
        if self.filters not in FILTERING:
            raise TypeError(f"{self.name} says of filters {self.filters!r}; one of {FILTERING}")
        if self.reads is nothing and self.watermarks:
            raise TypeError(f"{self.name} reads no table whose watermark it could be given")
        parameters = [parameter.name for parameter in self.parameters]
        for part in ("reads", "depends_on", "entries"):
            function = getattr(self, part)
            unknown = declared(function)[0] - {"context", *parameters}
            if unknown:
                raise TypeError(f"{self.name} has no {', '.join(sorted(unknown))} for its {part}")
            if function is not nothing:
                object.__setattr__(self, part, only_declared(function, ("context",), parameters))
        offered = ("context", "watermarks")
        object.__setattr__(self, "answer", only_declared(self.answer, offered, parameters))

    def within(self, context: Context) -> Context:
        """The context it is asked in: that of its reader, without filters where it takes none."""
        return context.unfiltered if self.filters == "none" else context

    def parse(self, given: Mapping[str, Value]) -> dict[str, Value]:
        """Every parameter with its value; raises `ParameterInvalid` for one it does not have."""
        known = {parameter.name for parameter in self.parameters}
        for name in given:
            if name not in known:
                takes = ", ".join(sorted(known)) or "no parameters"
                raise ParameterInvalid(
                    f"{self.name} has no parameter {name!r}.", f"It takes: {takes}."
                )
        return {
            parameter.name: parameter.parse(given.get(parameter.name))
            for parameter in self.parameters
        }

    def tables(self, context: Context) -> tuple[str, ...]:
        """The tables it reads, sorted; also those that the questions it builds on read."""
        parameters = self.parse({})
        tables = {read.table for read in self.reads(context=context, **parameters).values()}
        tables |= {
            entries.table for entries in self.entries(context=context, **parameters).values()
        }
        for asked in self.depends_on(context=context, **parameters).values():
            tables.update(asked.question.tables(context))
        return tuple(sorted(tables))

    def applicable_filters(self, context: Context) -> frozenset[str]:
        """The filters that at least one of its reads can carry, or of those it builds on."""
        if self.filters == "none":
            return frozenset()
        parameters = self.parse({})
        found = [
            applicable(read, self.filters)
            for read in self.reads(context=context, **parameters).values()
        ]
        found += [
            asked.question.applicable_filters(context)
            for asked in self.depends_on(context=context, **parameters).values()
            if not (asked.ignores_filters or asked.whole_book)
        ]
        return frozenset().union(*found)

    def units(self) -> dict[str, str]:
        """Column to unit; text and keys without one are left out."""
        return {
            name: str(column.metadata["unit"])
            for name, column in self.shape.columns().items()
            if column.metadata and "unit" in column.metadata
        }

    def metrics(self) -> dict[str, str]:
        """Column to the metric that defines it."""
        return {
            name: str(column.metadata["metric"])
            for name, column in self.shape.columns().items()
            if column.metadata and "metric" in column.metadata
        }

    def words(self) -> dict[str, Mapping[str, str]]:
        """Column to what a reader reads for its codes, where its shape says so."""
        return {
            name: column.metadata["words"]
            for name, column in self.shape.columns().items()
            if column.metadata and "words" in column.metadata
        }

    def defines(self) -> tuple[str, ...]:
        """Every metric of the answer: those of its columns, and those that its rows name.

        An answer with a row per metric names them in the column `metric`.
        """
        column = self.shape.columns().get("metric")
        named = (column.metadata or {}).get("choices", ()) if column is not None else ()
        return tuple(dict.fromkeys([*self.metrics().values(), *named]))


def read_whole(table: str) -> Read:
    """Every column of a table that is small by nature."""
    return Read(table=table, columns=tuple(TABLES[table].columns))
