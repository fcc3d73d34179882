"""The TOML files of a map: the company's own, and under it the shipped ones that it uses."""

import contextlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from warehouse import bounded
from warehouse.errors import MapInvalid
from warehouse.mapping import grammar
from warehouse.mapping.grammar import Unusable
from warehouse.sources.files import nearest

SHIPPED = {path.stem: path for path in sorted((Path(__file__).parent / "shipped").glob("*.toml"))}
MOST_ERRORS_SAID = 12
REMEDY = "Correct the map as docs/mapping.md shows, then run `python -m warehouse check`."


class Errors:
    """Everything in a map that cannot be used, each said with its place."""

    def __init__(self) -> None:
        self.said: list[str] = []

    @contextlib.contextmanager
    def at(self, where: str) -> Iterator[None]:
        """Note what the block finds unusable, as an error of `where`."""
        try:
            yield
        except Unusable as error:
            self.said.append(f"{where} {error}")

    def raise_any(self) -> None:
        """Raises `MapInvalid` where there is an error."""
        if not self.said:
            return
        said = self.said[:MOST_ERRORS_SAID]
        if len(self.said) > len(said):
            said.append(f"and {len(self.said) - len(said)} more")
        raise MapInvalid(f"{'; '.join(said)}.", REMEDY)


@dataclass(frozen=True)
class Document:
    """One TOML file; `place` is where its user says that its tables lie."""

    file: str
    content: bytes
    said: dict[str, Any]
    place: dict[str, Any] = field(default_factory=dict)

    def where(self, table: str, column: str | None = None) -> str:
        """The file, the line on which the table or column begins if it is found, and the name."""
        line = self._line(table, column)
        name = table if column is None else f"{table}.{column}"
        return f"{self.file}{f', line {line}' if line else ''}, {name}"

    def _line(self, table: str, column: str | None) -> int | None:
        header, key = (table, None) if column is None else (f"{table}.columns", column)
        begins = re.compile(rf"""\s*["']?{re.escape(key or table)}["']?\s*=""")
        inside = ""
        for number, line in enumerate(self.content.decode().splitlines(), start=1):
            if opened := re.match(r"\s*\[+\s*([^\]]+?)\s*\]", line):
                inside = opened.group(1)
                if inside == (header if key is None else f"{header}.{key}"):
                    return number
            elif begins.match(line) and inside == ("" if key is None else header):
                return number
        return None


def parsed(file: str, content: bytes, **place: Any) -> Document:
    """The document of that content; raises `MapInvalid` where it is not TOML, with the line."""
    return Document(file, content, bounded.toml(file, content, MapInvalid, REMEDY), place)


def used(own: Document, errors: Errors) -> Iterator[Document]:
    """The shipped maps that a document uses, in its order."""
    entries = own.said.get("use", [])
    for entry in entries if isinstance(entries, list) else [entries]:
        with errors.at(own.where("use")):
            yield _shipped(entry)


def _shipped(entry: Any) -> Document:
    if not isinstance(entry, dict):
        raise Unusable("is not a table like [[use]]")
    grammar.only(entry, ("map", "database", "schema"))
    name = entry.get("map")
    if not isinstance(name, str) or name not in SHIPPED:
        hint = nearest(str(name), SHIPPED)
        raise Unusable(f"names no shipped map {name!r}{hint}; there are {', '.join(SHIPPED)}")
    place = {key: entry[key] for key in entry if key != "map"}
    return parsed(SHIPPED[name].name, SHIPPED[name].read_bytes(), **place)
