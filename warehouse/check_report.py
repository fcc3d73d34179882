"""What holding a warehouse to the contract found, for a person and for a script."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Literal

SHOWN = {"pass": "ok  ", "fail": "FAIL", "unknown": "?   "}


@dataclass(frozen=True)
class ColumnReport:
    """One declared column: the type it must have, the one found (None: missing), its errors."""

    name: str
    expected: str
    found: str | None
    errors: tuple[str, ...] = ()

    @property
    def met(self) -> bool:
        return not self.errors


@dataclass(frozen=True)
class TableReport:
    """One declared table; `rows` and `newest` are None where they cannot be known.

    `source` is the table it is read from where a map says so, and `is_declared_empty` that the map
    says there is none. `watermark` is the instant up to which the source says it was complete, None
    where it does not say. `age_hours` is how far that, or else the newest row, lies behind the
    data date; `is_late` compares it with the hours the table promises and is None where it
    promises none or neither is known.
    """

    name: str
    columns: tuple[ColumnReport, ...]
    rows: int | None = None
    newest: dt.datetime | None = None
    errors: tuple[str, ...] = ()
    fresh_within_hours: int | None = None
    age_hours: float | None = None
    is_late: bool | None = None
    source: str | None = None
    watermark: dt.datetime | None = None
    is_declared_empty: bool = False

    @property
    def status(self) -> Literal["pass", "fail", "unknown"]:
        """Whether it meets the contract; unknown where nothing is there that could."""
        if self.errors or self.is_late or not all(column.met for column in self.columns):
            return "fail"
        spoken_for = self.watermark is not None or self.is_declared_empty
        return "pass" if self.rows or spoken_for else "unknown"

    @property
    def met(self) -> bool:
        """Whether it is known to meet the contract."""
        return self.status == "pass"


@dataclass(frozen=True)
class CheckReport:
    """What `check` found; `data_date` is the newest instant any loaded fact was known.

    `map_file` names the map that the warehouse was read through, None where there is none.
    """

    warehouse: str
    data_date: dt.datetime | None
    tables: tuple[TableReport, ...] = field(default=())
    map_file: str | None = None

    @property
    def met(self) -> bool:
        """Whether no table breaks the contract and at least one is there to keep it."""
        statuses = {table.status for table in self.tables}
        return "pass" in statuses and "fail" not in statuses

    def lines(self) -> list[str]:
        """A line per table, and one per error below it."""
        date = f"{self.data_date:%Y-%m-%d %H:%M} UTC" if self.data_date else "unknown (no facts)"
        through = f" through {self.map_file}" if self.map_file else ""
        lines = [f"{self.warehouse}{through}; data date {date}"]
        for table in self.tables:
            lines.append(f"{SHOWN[table.status]} {table.name}: {_described(table)}")
            lines.extend(f"       {error}" for error in table.errors)
            lines.extend(
                f"       {column.name}: {error}"
                for column in table.columns
                for error in column.errors
            )
        return [*lines, self._summed_up()]

    def _summed_up(self) -> str:
        counts = Counter(table.status for table in self.tables)
        every = len(self.tables)
        if counts["fail"]:
            return f"{counts['fail']} of {every} tables do not meet the contract."
        if not counts["pass"]:
            return f"Unknown: none of {every} tables holds anything."
        if counts["unknown"]:
            return (
                f"{counts['pass']} of {every} tables meet the contract; "
                f"{counts['unknown']} hold nothing and are unknown."
            )
        return f"All {every} tables meet the contract."

    def as_json(self) -> dict[str, Any]:
        """The same for a script; instants in ISO 8601 UTC, unknown as null."""
        return {
            "warehouse": self.warehouse,
            "map": self.map_file,
            "met": self.met,
            "data_date": _iso(self.data_date),
            "tables": [
                {
                    "table": table.name,
                    "source": table.source,
                    "verdict": table.status,
                    "met": table.met,
                    "rows": table.rows,
                    "newest": _iso(table.newest),
                    "watermark": _iso(table.watermark),
                    "fresh_within_hours": table.fresh_within_hours,
                    "age_hours": table.age_hours,
                    "is_late": table.is_late,
                    "faults": list(table.errors),
                    "columns": [
                        {
                            "column": column.name,
                            "met": column.met,
                            "expected_type": column.expected,
                            "found_type": column.found,
                            "faults": list(column.errors),
                        }
                        for column in table.columns
                    ],
                }
                for table in self.tables
            ],
        }


def _described(table: TableReport) -> str:
    read_from = f" from {table.source}" if table.source else ""
    if table.rows is None:
        return f"rows unknown{read_from}"
    words = [f"{table.rows:,} rows{read_from}"]
    if table.newest is not None:
        words.append(f"newest {table.newest:%Y-%m-%d %H:%M} UTC")
    if table.watermark is not None:
        words.append(f"complete to {table.watermark:%Y-%m-%d %H:%M} UTC")
    if table.is_late is not None and table.age_hours is not None:
        state = "late" if table.is_late else "fresh"
        words.append(
            f"{state}: {table.age_hours:,.0f} h behind the data date, "
            f"{table.fresh_within_hours} h allowed"
        )
    return ", ".join(words)


def _iso(instant: dt.datetime | None) -> str | None:
    return instant.isoformat() if instant else None
