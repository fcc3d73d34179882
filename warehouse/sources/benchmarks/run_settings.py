"""The settings of benchmark systems, gathered from runs and from a file."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from warehouse import bounded
from warehouse.contract.tables import TABLES
from warehouse.sources.batch import LINE, Batch, LoadRefused
from warehouse.sources.files import read

TABLE = "benchmark_settings"
OWED = ("system_id", "setting", "value")


@dataclass(frozen=True)
class Place:
    """Where a setting stands, and how a person is told."""

    file: str
    line: int
    description: str


@dataclass(frozen=True)
class Cell:
    """What was said of one setting, and where."""

    value: str | None
    unit: str | None
    source: str
    place: Place


@dataclass
class Cells:
    """Every setting said so far, by system and setting.

    Each has one value; unknown gives way to a value said elsewhere.
    """

    said: dict[tuple[str, str], Cell] = field(default_factory=dict)

    def add_column(self, file: str, rows: pl.DataFrame) -> None:
        """The settings of the column `settings`: per run a JSON object, by name.

        A setting is a text, a number, true or false, or an object with `value`, `unit` and
        `source`; null is unknown. Raises `LoadRefused` for anything else.
        """
        if rows.schema["settings"] not in (pl.String, pl.Null):
            raise LoadRefused(f"{file}: settings is no text.", "Write a JSON object in each cell.")
        columns = [name for name in ("run_id", "system_id") if name in rows.columns]
        for row in rows.select(*columns, "settings", LINE).iter_rows(named=True):
            if row["settings"] is None or row.get("system_id") is None:
                continue
            place = Place(file, row[LINE], f"run {row.get('run_id')}")
            for setting, given in _object(file, row[LINE], row["settings"]).items():
                told = given if isinstance(given, dict) else {"value": given}
                self._add(str(row["system_id"]), setting, told, place)

    def add_file(self, path: Path) -> None:
        """The settings of a CSV, Parquet or JSON file: a row or an object per setting."""
        for line, row in _rows(path):
            for name in OWED:
                if name not in row or (name != "value" and not row[name]):
                    raise LoadRefused(
                        f"{path.name}, line {line} has no {name}.",
                        "Give each setting a system_id, a setting and a value (null: unknown).",
                    )
            place = Place(path.name, line, f"{path.name}, line {line}")
            self._add(str(row["system_id"]), str(row["setting"]), row, place)

    def batches(self) -> Iterator[Batch]:
        """The settings as rows of the contract, a batch per file."""
        columns = [*TABLES[TABLE].columns, LINE]
        for file in dict.fromkeys(cell.place.file for cell in self.said.values()):
            rows = [
                (system, setting, cell.value, cell.unit, cell.source, cell.place.line)
                for (system, setting), cell in self.said.items()
                if cell.place.file == file
            ]
            schema = dict.fromkeys(columns, pl.String) | {LINE: pl.Int64}
            yield Batch(table=TABLE, file=file, rows=pl.DataFrame(rows, schema, orient="row"))

    def _add(self, system: str, setting: str, told: dict[str, Any], place: Place) -> None:
        told = {name: told.get(name) for name in ("value", "unit", "source")}
        if any(isinstance(given, dict | list) for given in told.values()):
            raise LoadRefused(
                f"{place.file}, line {place.line} gives {setting} neither text nor number.",
                "Write one value per setting.",
            )
        value, unit, source = map(_text, told.values())
        cell = Cell(value, unit, source or place.file, place)
        first = self.said.setdefault((system, setting), cell)
        if first.value is None:
            self.said[system, setting] = cell
        elif value is not None and (first.value, first.unit) != (value, unit):
            raise LoadRefused(
                f"{system} has {setting} {_shown(first)} in {first.place.description} and "
                f"{_shown(cell)} in {place.description}.",
                "A system has one value of a setting: give each set-up a system id of its own.",
            )


def _rows(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Line (of JSON the place in the list) and cells of each row."""
    if not path.exists():
        raise LoadRefused(f"{path} does not exist.", "Check the path.")
    if path.suffix.lower() != ".json":
        contents = read(path)
        if contents.ragged:
            raise LoadRefused(f"{contents.ragged[0].sentence()}.", "Correct the file.")
        for row in contents.rows.iter_rows(named=True):
            yield row.pop(LINE), row
        return
    rows = _parsed(path.name, 1, bounded.text(path, bounded.LARGEST_JSON_BYTES, LoadRefused))
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise LoadRefused(f"{path.name} is no list of objects.", "Write one object per setting.")
    yield from enumerate(rows, start=1)


def _object(file: str, line: int, cell: str) -> dict[str, Any]:
    value = _parsed(file, line, cell)
    if not isinstance(value, dict):
        raise LoadRefused(
            f"{file}, line {line}: settings is no JSON object.",
            'Write one such as {"mtu": "8896"}.',
        )
    return value


def _parsed(file: str, line: int, text: str) -> Any:
    """A JSON value, its numbers as they were written."""
    where, remedy = f"{file}, line {line}", "Correct the file."
    as_written = dict.fromkeys(("parse_float", "parse_int", "parse_constant"), str)
    try:
        return bounded.json_value(where, text, LoadRefused, remedy, **as_written)
    except json.JSONDecodeError as error:
        raise LoadRefused(f"{where} is not JSON.", remedy) from error


def _text(value: Any) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    return None if value is None or value == "" else str(value)


def _shown(cell: Cell) -> str:
    return " ".join(part for part in (cell.value or "unknown", cell.unit) if part)
