"""What a contract table is: its shape, where it comes from and when its rows became known."""

import inspect
from dataclasses import dataclass
from functools import cached_property

import dataframely as dy
import polars as pl

Schema = type[dy.Schema]


@dataclass(frozen=True, kw_only=True)
class Table:
    """One declared table.

    `known_at` names the column that says when our warehouse learned a row (null: always known);
    `event` the column that dates the fact itself, where that is another.
    `fresh_within_hours` is how far the watermark of its source (the newest row where none is
    stated) may lie behind the data date before the table is late; None where no cadence is
    promised. `rollup` marks tables that the
    engine builds from others; nobody loads them.
    """

    name: str
    schema: Schema
    source: str
    known_at: str | None
    event: str | None = None
    fresh_within_hours: int | None = None
    rollup: bool = False

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
