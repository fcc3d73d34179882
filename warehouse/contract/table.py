"""What a contract table is: its shape, where it comes from, whose rows it holds, when known."""

import inspect
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal

import dataframely as dy
import polars as pl

Schema = type[dy.Schema]
# Rows that belong to no account and are shown to everybody who may see anything.
SHARED: Final = "shared"


@dataclass(frozen=True)
class Path:
    """How a row reaches the account that owns it: `column` holds the key of a row of `table`.

    That row is the account itself, or one whose own path leads to it.
    """

    column: str
    table: str = "accounts"


@dataclass(frozen=True, kw_only=True)
class Table:
    """One declared table.

    `known_at` names the column that says when our warehouse learned a row (null: always known);
    `event` the column that dates the fact itself, where that is another.
    `fresh_within_hours` is how far the watermark of its source (the newest row where none is
    stated) may lie behind the data date before the table is late; None where no cadence is
    promised. `path` says how a row reaches the account that owns it, or that the table is
    `SHARED`; a table that says neither is read by nobody. `rollup_of` names the tables that the
    engine makes a rollup of, the one that brings new rows first; nobody loads a rollup.
    """

    name: str
    schema: Schema
    source: str
    known_at: str | None
    path: Path | Literal["shared"] | None = None
    event: str | None = None
    fresh_within_hours: int | None = None
    rollup_of: tuple[str, ...] = ()

    @cached_property
    def grain(self) -> str:
        """One sentence saying what one row is."""
        return inspect.cleandoc(self.schema.__doc__ or "").splitlines()[0]

    @cached_property
    def columns(self) -> dict[str, dy.Column]:
        return self.schema.columns()

    @cached_property
    def key(self) -> tuple[str, ...]:
        return tuple(self.schema.primary_key())

    @property
    def rollup(self) -> bool:
        """Whether the engine makes the table of others."""
        return bool(self.rollup_of)

    @property
    def dated_by(self) -> str | None:
        """The column that dates a row for a reader."""
        return self.event or self.known_at

    @property
    def restated(self) -> bool:
        """Whether a fact may be appended again with a later `recorded_at`."""
        return "recorded_at" in self.key

    @cached_property
    def fact_key(self) -> tuple[str, ...]:
        """The key of the fact itself, without the instant it was recorded."""
        return tuple(column for column in self.key if column != "recorded_at")

    @cached_property
    def learned(self) -> dict[str, str]:
        """Column name to the column whose instant or day made it known."""
        learned = {}
        for name, column in self.columns.items():
            facts = column.metadata or {}
            if facts.get("outcome"):
                learned[name] = name
            elif "learned_at" in facts:
                learned[name] = facts["learned_at"]
        return learned

    @cached_property
    def polars_schema(self) -> pl.Schema:
        return pl.Schema({name: column.dtype for name, column in self.columns.items()})

    def unit(self, column: str) -> str:
        return str((self.columns[column].metadata or {}).get("unit", ""))

    def choices(self, column: str) -> tuple[str, ...]:
        """The allowed words of a column, empty where any text goes."""
        return tuple((self.columns[column].metadata or {}).get("choices", ()))

    def describe(self, column: str) -> str:
        return self.columns[column].description or ""
