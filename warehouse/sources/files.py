"""Files become frames: CSV as text with physical line numbers, Parquet with row numbers."""

import codecs
import csv
import hashlib
import io
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import IO

import polars as pl

from warehouse import bounded
from warehouse.sources.batch import LINE, LoadRefused, RowError

CHUNK_ROWS = 50_000
CHUNK_CHARACTERS = 16 * 2**20
SUFFIXES = (".csv", ".csv.gz", ".parquet")


@dataclass(frozen=True)
class Contents:
    """A file's rows under its own column names, with `LINE`, and the rows that are ragged.

    `columns` are all columns of the file, those that were not kept included. `more_ragged` counts
    the ragged rows beyond the first, which alone are kept.
    """

    rows: pl.DataFrame
    columns: tuple[str, ...]
    ragged: tuple[RowError, ...] = ()
    more_ragged: int = 0


def data_files(path: Path, kind: str) -> list[Path]:
    """The CSV and Parquet files at `path`, a file or a folder, in name order.

    Raises `LoadRefused` when there is nothing there, or nothing of a known ending.
    """
    if not path.exists():
        raise LoadRefused(f"{path} does not exist.", "Check the path.")
    if path.is_file():
        if not _is_data(path):
            raise LoadRefused(
                f"{path.name} is neither CSV nor Parquet.",
                f"Name a file that ends in {', '.join(SUFFIXES)}, or a folder of them.",
            )
        return [path]
    found = bounded.files(
        (file for file in path.iterdir() if file.is_file() and _is_data(file)),
        path.name,
        LoadRefused,
    )
    if not found:
        raise LoadRefused(
            f"{path} holds no file to load as {kind}.",
            f"Put files there that end in {', '.join(SUFFIXES)}.",
        )
    return found


def _is_data(path: Path) -> bool:
    return path.name.lower().endswith(SUFFIXES)


def sha256(files: Iterable[Path]) -> str:
    """The SHA-256 of one file's bytes; of several, that of their digests in sorted order."""
    digests = []
    for file in files:
        with file.open("rb") as handle:
            digests.append(hashlib.file_digest(handle, "sha256").hexdigest())
    if len(digests) == 1:
        return digests[0]
    return hashlib.sha256("".join(sorted(digests)).encode()).hexdigest()


def read(path: Path, keep: Collection[str] | None = None) -> Contents:
    """The rows of a CSV (optionally gzipped) or Parquet file.

    `keep` names in lower case the columns whose cells are wanted; None keeps all.
    Raises `LoadRefused` for a file that is empty, cut short, wrongly encoded, has no rows, or
    holds more than `warehouse.bounded` allows.
    """
    if path.stat().st_size == 0:
        raise LoadRefused(f"{path.name} is empty.", "Export the file again.")
    contents = (_parquet if path.name.lower().endswith(".parquet") else _csv)(path, keep)
    if contents.rows.is_empty() and not contents.ragged:
        raise LoadRefused(
            f"{path.name} has column names and no rows.", "Export the file again, or leave it out."
        )
    return contents


def nearest(name: str, names: Iterable[str]) -> str:
    """A hint in parentheses at the name most like `name`, or nothing where none is close."""
    by_lower = {other.lower(): other for other in names}
    close = get_close_matches(name.lower(), by_lower, n=1)
    return f" (did you mean {by_lower[close[0]]}?)" if close else ""


def _parquet(path: Path, keep: Collection[str] | None) -> Contents:
    try:
        frame, columns = bounded.parquet(path, LoadRefused, keep)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise LoadRefused(
            f"{path.name} is not a complete Parquet file.", "Export it again; it may be cut short."
        ) from error
    return Contents(frame.with_columns(pl.int_range(1, pl.len() + 1).alias(LINE)), columns)


def _csv(path: Path, keep: Collection[str] | None) -> Contents:
    with _text(path) as handle:
        lines = _Lines(handle, path.name)
        reader = csv.reader(lines, strict=True)
        began = 1
        try:
            found = _Rows(path.name, _header(next(reader, []), path.name), keep)
            lines.end_row()
            began = reader.line_num + 1
            for row in reader:
                found.add(row, began, lines.end_row())
                began = reader.line_num + 1
        except csv.Error as error:
            raise LoadRefused(
                f"{path.name}, line {began}: {_csv_sentence(error)}.",
                "Correct the quotes on that line, or export the file again.",
            ) from error
        except UnicodeDecodeError as error:
            raise LoadRefused(
                f"{path.name}{_first_undecodable(path)} is not UTF-8 text.",
                "Save the file as UTF-8.",
            ) from error
        except bounded.BROKEN_GZIP as error:
            raise LoadRefused(
                f"{path.name} is not a complete gzip file.", "Compress or download it again."
            ) from error
    return found.contents()


class _Rows:
    """The rows of a CSV file as they are read, in frames of a bounded size."""

    def __init__(self, name: str, header: list[str], keep: Collection[str] | None) -> None:
        self._name, self._header = name, header
        self._kept = [
            *(column for column in header if keep is None or column.lower() in keep),
            LINE,
        ]
        self._frames: list[pl.DataFrame] = []
        self._chunk: list[list[str]] = []
        self._characters = self._cells = self._more_ragged = 0
        self._ragged: list[RowError] = []

    def add(self, row: list[str], line: int, characters: int) -> None:
        """Keep a row that begins on that line and is so long; a ragged one as an error."""
        self._cells += len(self._kept)
        self._characters += characters
        if self._cells > bounded.MOST_CELLS:
            raise bounded.too_many_cells(self._name, LoadRefused)
        if len(row) == len(self._header):
            self._chunk.append([*row, str(line)])
        elif row and len(self._ragged) < bounded.MOST_ERRORS:
            self._ragged.append(_ragged(self._name, line, row, self._header))
        elif row:
            self._more_ragged += 1
        if len(self._chunk) == CHUNK_ROWS or self._characters > CHUNK_CHARACTERS:
            self._end_chunk()

    def contents(self) -> Contents:
        """All of them."""
        self._end_chunk()
        rows = pl.concat(self._frames)
        return Contents(rows, tuple(self._header), tuple(self._ragged), self._more_ragged)

    def _end_chunk(self) -> None:
        schema = dict.fromkeys([*self._header, LINE], pl.String)
        frame = pl.DataFrame(self._chunk, schema=schema, orient="row").select(self._kept)
        self._frames.append(
            frame.with_columns(
                pl.col(self._kept[:-1]).replace("", None), pl.col(LINE).cast(pl.Int64)
            )
        )
        self._chunk, self._characters = [], 0


@contextmanager
def _text(path: Path) -> Iterator[IO[str]]:
    with (
        bounded.expanded(path, LoadRefused) as raw,
        io.TextIOWrapper(raw, "utf-8-sig", newline="") as handle,
    ):
        yield handle


class _Lines:
    """The lines of a text, as long as a row of them stays within what is read."""

    def __init__(self, handle: IO[str], name: str) -> None:
        self._handle, self._name = handle, name
        self._number = 0
        self._of_row = 0

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self._handle.readline(bounded.LONGEST_ROW_CHARACTERS + 1)
        if not line:
            raise StopIteration
        self._number += 1
        self._of_row += len(line)
        where = f"{self._name}, line {self._number}"
        if "\0" in line:
            raise LoadRefused(
                f"{where} holds NUL bytes, so it is not a text file in UTF-8.",
                "Save the file as UTF-8; UTF-16 is a common cause.",
            )
        if self._of_row > bounded.LONGEST_ROW_CHARACTERS:
            raise LoadRefused(
                f"{where}: the row is longer than {bounded.LONGEST_ROW_CHARACTERS:,} characters.",
                "Correct that row, or export the file again.",
            )
        return line

    def end_row(self) -> int:
        """The characters of the row that was read; the next line begins another."""
        characters, self._of_row = self._of_row, 0
        return characters


def _header(cells: list[str], name: str) -> list[str]:
    header = [cell.strip() for cell in cells]
    bounded.check_columns(header, name, LoadRefused)
    twice = {cell for cell in header if header.count(cell) > 1}
    if not any(header):
        raise LoadRefused(f"{name} has no column names in its first line.", "Add a header line.")
    if twice:
        raise LoadRefused(
            f"{name} has the column {min(twice) or '(without a name)'} twice.",
            "Give every column one name of its own.",
        )
    return header


def _ragged(name: str, line: int, row: list[str], header: list[str]) -> RowError:
    return RowError(
        name, line, "", ",".join(row), f"has {len(row)} cells where the header has {len(header)}"
    )


def _csv_sentence(error: csv.Error) -> str:
    text = str(error)
    if "field larger" in text:
        return f"a cell is longer than {csv.field_size_limit():,} characters"
    if "unexpected end" in text:
        return "a quote that opens here is never closed"
    return "a quoted cell goes on after its closing quote"


def _first_undecodable(path: Path) -> str:
    decoder = codecs.getincrementaldecoder("utf-8")()
    line = 1
    with bounded.expanded(path, LoadRefused) as handle:
        while piece := handle.read(CHUNK_CHARACTERS):
            try:
                decoder.decode(piece)
            except UnicodeDecodeError as error:
                return f", line {line + error.object[: error.start].count(10)}"
            line += piece.count(b"\n")
    return ""
