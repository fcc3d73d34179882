"""What an adapter hands over: text with line numbers, and the rows it could not read."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from warehouse.errors import WarehouseError

LINE = "source_row_line"
SHOWN_CHARACTERS = 80


class LoadRefused(WarehouseError):
    """The files cannot be loaded as they are; nothing was written."""


class BadRows(LoadRefused):
    """Rows that break the contract stopped the load.

    `errors` are the first of them, and `error_count` how many there are in all.
    """

    def __init__(self, errors: list["RowError"], rows: int, error_count: int) -> None:
        noun = "row breaks" if rows == 1 else "rows break"
        super().__init__(
            f"{rows:,} {noun} the contract, so nothing was loaded.",
            "Correct the file, or add --quarantine to load the good rows and keep the bad aside.",
        )
        self.errors = errors
        self.rows = rows
        self.error_count = error_count


@dataclass(frozen=True, order=True)
class RowError:
    """One broken rule: where it was read, what stood there and which rule it breaks.

    `line` is the physical line of a text file (1 is the header) or the row of a Parquet file
    (from 1). `column` is the name as found in the file; empty where the row as a whole is bad.
    """

    file: str
    line: int
    column: str
    value: str | None
    rule: str
    row_json: str = field(default="{}", compare=False)

    def sentence(self) -> str:
        """One line for a person; values over 80 characters are cut."""
        where = f"{self.file}, line {self.line}"
        if self.column:
            where += f", column {self.column}"
        elif self.value is None:
            return f"{where}: {self.rule}"
        return f"{where}: {shown(self.value)} {self.rule}"


@dataclass(frozen=True, kw_only=True)
class Batch:
    """Rows of one contract table read from one file.

    `rows` holds contract column names, mostly as text, and `LINE`, the line each row begins on.
    `names_in_file` maps a contract column to its name in the file, for reports; `columns` are all
    columns of the file. `unreadable` are the first rows whose cells could not be told apart, and
    `more_unreadable` counts the others.
    """

    table: str
    file: str
    rows: pl.DataFrame
    names_in_file: dict[str, str] = field(default_factory=dict)
    columns: tuple[str, ...] = ()
    unreadable: tuple[RowError, ...] = ()
    more_unreadable: int = 0


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """All an adapter read: the batches, the files they came from, and what a reader should know.

    `provenance` are columns that say where a row was read and do not make it another row.
    `providers` counts rows by provider name as found. `repeated` counts, per table, rows that
    another file of the same delivery already brought.
    """

    batches: list[Batch]
    files: list[Path]
    notes: list[str] = field(default_factory=list)
    provenance: frozenset[str] = frozenset()
    providers: dict[str, int] = field(default_factory=dict)
    repeated: dict[str, int] = field(default_factory=dict)


def shown(value: str | None) -> str:
    """A cell as a report quotes it: cut at 80 characters, an absent one as (empty)."""
    if value is None or not value:
        return "(empty)"
    text = value if len(value) <= SHOWN_CHARACTERS else f"{value[:SHOWN_CHARACTERS]}…"
    return repr(text)


def text(cell: Any) -> str | None:
    """A value as the text it was read from; null stays null."""
    return None if cell is None else str(cell)
