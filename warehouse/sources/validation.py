"""Batches meet the contract: casting, every declared rule, and the clock."""

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any

import dataframely as dy
import polars as pl

from warehouse import bounded, clock
from warehouse.contract.table import Table
from warehouse.sources.batch import LINE, Batch, LoadRefused, RowError, text
from warehouse.sources.cast import RULES, cast
from warehouse.sources.files import nearest

POSITION = "source_row_position"
_FUTURE = "lies in the future"
_SENTENCES = {
    "nullability": "may not be empty",
    "regex": "is not one of {choices}",
    "min": "is {min}",
    "max": "is {max}",
    "nan": "is not a finite number",
    "inf": "is not a finite number",
    "resolution": "is not the start of an hour",
    "min_length": "is shorter than {min_length} byte",
    "max_length": "is longer than {max_length:,} bytes",
}


@dataclass(frozen=True)
class Checked:
    """The rows of one table that meet the contract, and the errors of those that do not.

    `good` holds the contract's columns and `POSITION`, the row's place in the delivery. `errors`
    are the first of `error_count`.
    """

    table: Table
    good: pl.DataFrame
    errors: list[RowError]
    error_count: int
    rows_read: int
    rows_bad: int
    notes: list[str]


class Origin:
    """Where each row of a table was read: its batch, its line and its cells as found."""

    def __init__(self, batches: list[Batch]) -> None:
        self._batches = batches
        self._starts: list[int] = []
        position = 0
        for batch in batches:
            self._starts.append(position)
            position += batch.rows.height

    def error(self, position: int, column: str, rule: str) -> RowError:
        """The error of `column` in the row at `position`; an empty column means the whole row."""
        index = max(i for i, start in enumerate(self._starts) if start <= position)
        batch = self._batches[index]
        cells = batch.rows.row(position - self._starts[index], named=True)
        line = cells.pop(LINE)
        value = cells.get(column)
        row = {batch.names_in_file.get(name, name): text(cell) for name, cell in cells.items()}
        label = batch.names_in_file.get(column, column)
        return RowError(batch.file, line, label, text(value), rule, json.dumps(row))


def check(table: Table, batches: list[Batch]) -> Checked:
    """Cast and validate the rows of one table.

    Raises `LoadRefused` when a column that may not be null is missing from a file.
    """
    notes = [note for batch in batches for note in _column_notes(table, batch)]
    frames, cast_errors = [], pl.DataFrame(schema={POSITION: pl.Int64, "column": pl.String})
    position = 0
    for batch in batches:
        frame, broken = _typed(table, batch, position)
        frames.append(frame)
        cast_errors = pl.concat([cast_errors, broken])
        position += batch.rows.height
    typed = pl.concat(frames)
    found = _rule_errors(table, typed, cast_errors)
    bad = found[POSITION].unique()
    origin = Origin(batches)
    first = found.sort(POSITION, maintain_order=True).head(bounded.MOST_ERRORS)
    errors = [origin.error(at, column, rule) for at, column, rule in first.iter_rows()]
    unreadable = [error for batch in batches for error in batch.unreadable]
    lost = len(unreadable) + sum(batch.more_unreadable for batch in batches)
    return Checked(
        table=table,
        good=typed.filter(~pl.col(POSITION).is_in(bad.implode())),
        errors=sorted(unreadable + errors)[: bounded.MOST_ERRORS],
        error_count=found.height + lost,
        rows_read=typed.height + lost,
        rows_bad=len(bad) + lost,
        notes=notes,
    )


def _column_notes(table: Table, batch: Batch) -> list[str]:
    present = set(batch.rows.columns)
    missing = [name for name in table.columns if name not in present]
    for name in missing:
        if not table.columns[name].nullable:
            label = batch.names_in_file.get(name, name)
            raise LoadRefused(
                f"{batch.file} has no column {label}{nearest(label, batch.columns)}; "
                f"it has {', '.join(batch.columns)}.",
                f"Add or rename the column; {table.name} cannot be loaded without it.",
            )
    ignored = sorted(present - set(table.columns) - {LINE})
    notes = []
    if missing:
        labels = ", ".join(batch.names_in_file.get(name, name) for name in missing)
        notes.append(f"{batch.file}: no column {labels}; unknown (null) in {table.name}")
    if ignored:
        notes.append(f"{batch.file}: ignored, not in {table.name}: {', '.join(ignored)}")
    return notes


def _typed(table: Table, batch: Batch, position: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    columns, broken = [], []
    rows = batch.rows
    positions = pl.int_range(position, position + rows.height, eager=True).alias(POSITION)
    for name, column in table.columns.items():
        if name not in rows.columns:
            columns.append(pl.Series(name, [None] * rows.height, dtype=column.dtype))
            continue
        raw = rows[name]
        value = cast(raw, column.dtype)
        columns.append(value)
        lost = value.is_null() & raw.is_not_null()
        if lost.any():
            broken.append(
                positions.filter(lost).to_frame().with_columns(pl.lit(name).alias("column"))
            )
    empty = pl.DataFrame(schema={POSITION: pl.Int64, "column": pl.String})
    return pl.DataFrame([*columns, positions]), pl.concat([empty, *broken])


def _rule_errors(table: Table, typed: pl.DataFrame, cast_errors: pl.DataFrame) -> pl.DataFrame:
    """Position, column and rule of every error; a cell that was not cast has that error only.

    Rules of a whole row are not held against one with such a cell.
    """
    of_a_cell = pl.col("column") != ""
    was_cast = ~pl.col(POSITION).is_in(cast_errors[POSITION].implode())
    shape = {POSITION: pl.Int64, "column": pl.String, "rule": pl.String}
    found = [pl.DataFrame(schema=shape)]
    found.extend(
        cast_errors.filter(pl.col("column") == name).with_columns(
            pl.lit(RULES[column.dtype]).alias("rule")
        )
        for name, column in table.columns.items()
    )
    found.extend(frame.filter(of_a_cell | was_cast) for frame in _declared(table, typed))
    found.extend(_future(table, typed))
    errors = pl.concat(found)
    return errors.unique([POSITION, "column"], keep="first", maintain_order=True)


def _declared(table: Table, typed: pl.DataFrame) -> list[pl.DataFrame]:
    traced: type[dy.Schema] = type("Traced", (table.schema,), {POSITION: dy.Int64()})
    _, failure = traced.filter(typed)
    broken = failure.counts()
    if not broken:
        return []
    details = failure.details()
    return [
        details.filter(pl.col(rule) == "invalid").select(
            POSITION,
            pl.lit(rule.rpartition("|")[0]).alias("column"),
            pl.lit(_sentence(table, rule)).alias("rule"),
        )
        for rule in sorted(broken, key=_says_less)
    ]


def _says_less(rule: str) -> bool:
    """Whether a rule waits behind others of its cell: NaN is also above every bound."""
    return not rule.endswith(("|nan", "|inf"))


def _sentence(table: Table, rule: str) -> str:
    if rule == "primary_key":
        return f"repeats the key ({', '.join(table.key)}) of another row in this load"
    name, _, kind = rule.rpartition("|")
    if not name:
        return f"breaks the rule “{kind.replace('_', ' ')}”"
    column: Any = table.columns[name]
    facts = {
        "choices": ", ".join(table.choices(name)),
        "min": _beyond("below", "before", getattr(column, "min", None)),
        "max": _beyond("above", "after", getattr(column, "max", None)),
        "min_length": getattr(column, "min_length", None),
        "max_length": getattr(column, "max_length", None),
    }
    return _SENTENCES.get(kind, f"breaks the rule “{kind}”").format_map(facts)


def _beyond(amount: str, time: str, bound: Any) -> str:
    if isinstance(bound, int | float):
        return f"{amount} {bound:,.15g}"
    return f"{time} {bound:%Y-%m-%d}" if isinstance(bound, dt.date) else ""


def _future(table: Table, typed: pl.DataFrame) -> list[pl.DataFrame]:
    now = clock.now()
    clocks = dict.fromkeys(name for name in (table.known_at, "hour_start") if name in table.columns)
    found = []
    for name in clocks:
        limit: dt.date = now.date() if typed.schema[name] == pl.Date else now
        late = typed.filter(pl.col(name) > limit)
        found.append(
            late.select(
                POSITION,
                pl.lit(name).alias("column"),
                pl.lit(f"{_FUTURE} (it is {now:%Y-%m-%d %H:%M} UTC)").alias("rule"),
            )
        )
    return found
