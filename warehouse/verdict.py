"""What holding a warehouse to the contract found, for a person and for a script."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class ColumnVerdict:
    """One declared column: the type it must have, the one found (None: missing), its faults."""

    name: str
    expected: str
    found: str | None
    faults: tuple[str, ...] = ()

    @property
    def met(self) -> bool:
        return not self.faults


@dataclass(frozen=True)
class TableVerdict:
    """One declared table; `rows` and `newest` are None where they cannot be known.

    `source` is the table it is read from where a map says so. `age_hours` is how far the newest
    row lies behind the data date; `is_late` compares it with the hours the table promises and is
    None where it promises none or holds nothing.
    """

    name: str
    columns: tuple[ColumnVerdict, ...]
    rows: int | None = None
    newest: dt.datetime | None = None
    faults: tuple[str, ...] = ()
    fresh_within_hours: int | None = None
    age_hours: float | None = None
    is_late: bool | None = None
    source: str | None = None

    @property
    def met(self) -> bool:
        return not self.faults and not self.is_late and all(c.met for c in self.columns)


@dataclass(frozen=True)
class Verdict:
    """What `check` found; `data_date` is the newest instant any loaded fact was known.

    `map_file` names the map that the warehouse was read through, None where there is none.
    """

    warehouse: str
    data_date: dt.datetime | None
    tables: tuple[TableVerdict, ...] = field(default=())
    map_file: str | None = None

    @property
    def met(self) -> bool:
        return all(table.met for table in self.tables)

    def lines(self) -> list[str]:
        """A line per table, and one per fault below it."""
        date = f"{self.data_date:%Y-%m-%d %H:%M} UTC" if self.data_date else "unknown (no facts)"
        through = f" through {self.map_file}" if self.map_file else ""
        lines = [f"{self.warehouse}{through}; data date {date}"]
        for table in self.tables:
            lines.append(f"{'ok  ' if table.met else 'FAIL'} {table.name}: {_described(table)}")
            lines.extend(f"       {fault}" for fault in table.faults)
            lines.extend(
                f"       {column.name}: {fault}"
                for column in table.columns
                for fault in column.faults
            )
        broken = sum(not table.met for table in self.tables)
        lines.append(
            f"{broken} of {len(self.tables)} tables do not meet the contract."
            if broken
            else f"All {len(self.tables)} tables meet the contract."
        )
        return lines

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
                    "met": table.met,
                    "rows": table.rows,
                    "newest": _iso(table.newest),
                    "fresh_within_hours": table.fresh_within_hours,
                    "age_hours": table.age_hours,
                    "is_late": table.is_late,
                    "faults": list(table.faults),
                    "columns": [
                        {
                            "column": column.name,
                            "met": column.met,
                            "expected_type": column.expected,
                            "found_type": column.found,
                            "faults": list(column.faults),
                        }
                        for column in table.columns
                    ],
                }
                for table in self.tables
            ],
        }


def _described(table: TableVerdict) -> str:
    read_from = f" from {table.source}" if table.source else ""
    if table.rows is None:
        return f"rows unknown{read_from}"
    words = [f"{table.rows:,} rows{read_from}"]
    if table.newest is not None:
        words.append(f"newest {table.newest:%Y-%m-%d %H:%M} UTC")
    if table.is_late is not None and table.age_hours is not None:
        state = "late" if table.is_late else "fresh"
        words.append(
            f"{state}: {table.age_hours:,.0f} h behind the data date, "
            f"{table.fresh_within_hours} h allowed"
        )
    return ", ".join(words)


def _iso(instant: dt.datetime | None) -> str | None:
    return instant.isoformat() if instant else None
