"""What a load says at its end, for a person and for a script."""

import datetime as dt
from dataclasses import asdict, dataclass
from typing import Any

import polars as pl

from warehouse.contract.table import Table
from warehouse.sources.batch import RowError

SHOWN_ERRORS = 20


@dataclass(frozen=True, kw_only=True)
class TableSummary:
    """Counts of rows for one table of a load, and the days its good rows cover."""

    table: str
    rows_read: int
    loaded: int
    unchanged: int
    updated: int
    rejected: int
    first_day: dt.date | None
    last_day: dt.date | None


@dataclass(frozen=True, kw_only=True)
class Summary:
    """The outcome of a load; `changed` is False when the warehouse already held all of it.

    `errors` are the first of `error_count`: of each table at most 1,000 are kept.
    """

    kind: str
    source: str
    warehouse: str
    changed: bool
    tables: tuple[TableSummary, ...]
    providers: dict[str, int]
    notes: tuple[str, ...]
    errors: tuple[RowError, ...]
    error_count: int

    def lines(self) -> list[str]:
        """The summary as a person reads it, with at most 20 bad rows quoted."""
        state = "Loaded" if self.changed else "Already loaded"
        end = "" if self.changed else "; nothing changed"
        lines = [f"{state}: {self.kind} from {self.source} into {self.warehouse}{end}."]
        for table in self.tables:
            days = ""
            if table.first_day is not None:
                days = f"; {table.first_day} to {table.last_day}"
            lines.append(
                f"  {table.table}: {table.rows_read:,} rows read, {table.loaded:,} loaded, "
                f"{table.unchanged:,} unchanged, {table.updated:,} updated, "
                f"{table.rejected:,} rejected{days}"
            )
        if self.providers:
            counted = ", ".join(f"{name} {rows:,}" for name, rows in self.providers.items())
            lines.append(f"  rows by provider as found: {counted}")
        lines.extend(f"  note: {note}" for note in self.notes)
        if self.errors:
            lines.append("Rejected rows:")
            lines.extend(error_lines(self.errors, self.error_count))
        if self.error_count > len(self.errors):
            lines.append(f"The first {len(self.errors):,} are kept in quarantine.")
        return lines

    def as_json(self) -> dict[str, Any]:
        """The same for a script; days in ISO 8601, null where a table has no date."""
        return {
            "state": "loaded" if self.changed else "unchanged",
            "kind": self.kind,
            "source": self.source,
            "warehouse": self.warehouse,
            "tables": [
                asdict(table)
                | {
                    "first_day": table.first_day and table.first_day.isoformat(),
                    "last_day": table.last_day and table.last_day.isoformat(),
                }
                for table in self.tables
            ],
            "providers": self.providers,
            "notes": list(self.notes),
            **errors_as_json(self.errors, self.error_count),
        }


def error_lines(errors: tuple[RowError, ...] | list[RowError], count: int) -> list[str]:
    """At most 20 of so many errors as sentences, then how many more there are."""
    lines = [f"  {error.sentence()}" for error in errors[:SHOWN_ERRORS]]
    if count > SHOWN_ERRORS:
        lines.append(f"  … and {count - SHOWN_ERRORS:,} more")
    return lines


def errors_as_json(errors: tuple[RowError, ...] | list[RowError], count: int) -> dict[str, Any]:
    """At most 20 errors with file, line, column, value and rule, and the count of all."""
    return {
        "fault_count": count,
        "faults": [
            {
                "file": error.file,
                "line": error.line,
                "column": error.column,
                "value": error.value,
                "rule": error.rule,
            }
            for error in errors[:SHOWN_ERRORS]
        ],
    }


def days_covered(table: Table, rows: pl.DataFrame) -> tuple[dt.date | None, dt.date | None]:
    """First and last day of `rows` by the column that dates them; None where nothing does."""
    if table.dated_by is None:
        return None, None
    days = rows[table.dated_by].drop_nulls().cast(pl.Date)
    first, last = days.min(), days.max()
    if not isinstance(first, dt.date) or not isinstance(last, dt.date):
        return None, None
    return first, last
