"""What a map can say: where a contract table's rows lie, and each column as an expression."""

import datetime as dt
from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "number", "whole number", "yes/no", "day", "instant"]
Plain = str | int | float | bool | dt.date | dt.datetime


@dataclass(frozen=True)
class Name:
    """A column by the spellings it may have; an optional one is empty where there is none."""

    spellings: tuple[str, ...]
    optional: bool = False


@dataclass(frozen=True)
class Constant:
    """The same value in every row."""

    value: Plain


@dataclass(frozen=True)
class Empty:
    """Null in every row, and said so."""


@dataclass(frozen=True)
class Coalesce:
    """The first part that is not empty."""

    parts: tuple["Expression", ...]


@dataclass(frozen=True)
class Concatenate:
    """The texts one after another; empty where one of them is."""

    parts: tuple["Expression", ...]


@dataclass(frozen=True)
class Scale:
    """A number multiplied or divided by a constant, as a number."""

    of: "Expression"
    factor: float
    divides: bool


@dataclass(frozen=True)
class Recode:
    """Each listed value as its word; any other, an empty one included, as `otherwise`."""

    of: "Expression"
    words: tuple[tuple[str, Plain], ...]
    otherwise: Constant | Empty


@dataclass(frozen=True)
class Cast:
    """The same value as another kind."""

    of: "Expression"
    kind: Kind


@dataclass(frozen=True)
class When:
    """The value where a condition is met, and empty elsewhere."""

    of: "Expression"
    condition: "Expression"


@dataclass(frozen=True)
class Lookup:
    """The latest (or earliest) value among another table's rows that match this row.

    `match` pairs a column of the other table with the column of this one that it must equal.
    """

    source: "Source"
    match: tuple[tuple[Name, Name], ...]
    pick: Name
    latest: bool


Expression = (
    Name | Constant | Empty | Coalesce | Concatenate | Scale | Recode | Cast | When | Lookup
)


@dataclass(frozen=True)
class Source:
    """A table of the company's, and the conditions that a row must meet to be read.

    Without a database or schema it is the one that the connection is in.
    """

    table: str
    schema: str | None = None
    database: str | None = None
    keep: tuple[Expression, ...] = ()

    def __str__(self) -> str:
        return ".".join(part for part in (self.database, self.schema, self.table) if part)


@dataclass(frozen=True)
class Synced:
    """When a source was last brought in: the largest instant of a column, of whichever table."""

    source: Source
    pick: Name


@dataclass(frozen=True)
class MappedTable:
    """One contract table: its source (None: it has no rows) and an expression for each column.

    `synced` says up to when the source is complete; None where the map does not say it. A rollup
    that `is_made` has no source of its own: it is made of the mapped tables when it is read.
    """

    name: str
    source: Source | None
    columns: tuple[tuple[str, Expression], ...]
    synced: Synced | None = None
    is_made: bool = False

    @property
    def sources(self) -> tuple[Source, ...]:
        """Every table of the company's that is read for this one."""
        if self.source is None:
            return ()
        expressions = [*(expression for _, expression in self.columns), *self.source.keep]
        beside = () if self.synced is None else (self.synced.source,)
        kept = () if self.synced is None else self.synced.source.keep
        expressions = [*expressions, *kept]
        found = (found for part in expressions for found in _sources(part))
        return (self.source, *beside, *found)


def _sources(expression: Expression) -> list[Source]:
    if isinstance(expression, Lookup):
        nested = [found for part in expression.source.keep for found in _sources(part)]
        return [expression.source, *nested]
    if isinstance(expression, Coalesce | Concatenate):
        return [found for part in expression.parts for found in _sources(part)]
    if isinstance(expression, When):
        return [*_sources(expression.of), *_sources(expression.condition)]
    if isinstance(expression, Scale | Recode | Cast):
        return _sources(expression.of)
    return []


@dataclass(frozen=True)
class Mapping:
    """A map that was read: its file, its tables by contract name, and a hash of all it says."""

    file: str
    tables: dict[str, MappedTable]
    fingerprint: str
