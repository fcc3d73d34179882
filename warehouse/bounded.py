"""How much is read of a file that somebody hands over, and the readers that stop there.

A file of a few kilobytes can expand to gigabytes, or nest so deep that no parser ends. So every
reader counts while it reads, and refuses with one sentence before the machine is out of memory.
The refusal is of the class that the caller names, whose own remedy says what to try.
"""

import gzip
import io
import json
import os
import re
import tomllib
import zlib
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from warehouse.errors import WarehouseError

MIB = 2**20
# A year of hours of 1,000 clusters is 0.9 GB as CSV and 88 million cells.
LARGEST_TABLE_BYTES = 1024 * MIB
MOST_CELLS = 100_000_000
# Exports compress 5 to 40 times. Nothing is refused for its ratio below the second number.
LARGEST_RATIO = 100
UNSUSPICIOUS_BYTES = 64 * MIB
# The csv module's own limit of a cell; a row of the widest export (FOCUS with its tags) has 64 Ki.
LONGEST_CELL_CHARACTERS = 131_072
LONGEST_ROW_CHARACTERS = 262_144
# FOCUS 1.3 has 65 columns; a provider adds some hundreds of its own.
MOST_COLUMNS = 2_000
LONGEST_NAME_CHARACTERS = 200
# As objects, JSON takes up to 24 times its text: 0.8 GB.
LARGEST_JSON_BYTES = 32 * MIB
# A value measured takes 0.5 kB until it is compared or written.
LARGEST_BENCHMARK_BYTES = 256 * MIB
MOST_MEASUREMENTS = 1_000_000
LONGEST_TEXT_CHARACTERS = 4_000
# Written by hand: a map of all tables has 40 KB. The parser takes the square of a key's dots.
LARGEST_TOML_BYTES = 256 * 2**10
MOST_DOTS_A_LINE = 100
# Deeper than any map, scorecard or result, and shallow enough for every parser and engine.
DEEPEST = 24
# MLCommons' repository of a round has 2,000.
MOST_FILES = 20_000
# Who corrects a file looks at the first; more of one kind help nobody and fill the memory.
MOST_ERRORS = 1_000

Item = TypeVar("Item")
Refusal = type[WarehouseError]
_PIECE = MIB
_GZIP = b"\x1f\x8b"
_ZSTD = b"\x28\xb5\x2f\xfd"


def content(path: Path, most_bytes: int, refusal: Refusal) -> bytes:
    """The bytes of a file, of a pipe too; one with more than `most_bytes` is refused.

    Raises `refusal` for that, and `OSError` where the machine does not give the file.
    """
    with path.open("rb") as handle:
        if os.fstat(handle.fileno()).st_size > most_bytes:
            raise too_large(path.name, most_bytes, refusal)
        return _all_of(handle, path.name, most_bytes, refusal)


def text(path: Path, most_bytes: int, refusal: Refusal) -> str:
    """The same as text in UTF-8, without a mark at its beginning."""
    try:
        return content(path, most_bytes, refusal).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise refusal(f"{path.name} is not UTF-8 text.", "Save the file as UTF-8.") from error


def expanded(path: Path, refusal: Refusal) -> BinaryIO:
    """A file opened for reading, expanded where its name ends in .gz; it stops at the limits.

    Reading raises `refusal` beyond `LARGEST_TABLE_BYTES`, and where a compressed file has grown
    past `LARGEST_RATIO` of its size.
    """
    return io.BufferedReader(_Expanded(path, refusal), buffer_size=_PIECE)


def whole_table(path: Path, refusal: Refusal) -> bytes:
    """The text of a table of comma-separated values, expanded, with at most `MOST_CELLS` cells."""
    with expanded(path, refusal) as handle:
        found = handle.read()
    if found.startswith((_GZIP, _ZSTD)):
        raise refusal(f"{path.name} is compressed, which its name does not say.", "Expand it.")
    if found.count(b",") + found.count(b"\n") > MOST_CELLS:
        raise too_many_cells(path.name, refusal)
    return found


def parquet(
    path: Path, refusal: Refusal, keep: Collection[str] | None = None
) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """The rows of a Parquet file and the names of all its columns.

    `keep` names in lower case the columns whose cells are wanted; None keeps all.

    Its footer is read first, and nothing else of a file that says it holds more than
    `LARGEST_TABLE_BYTES`, `MOST_CELLS` or `MOST_COLUMNS`. Raises `refusal`; for what is no
    Parquet file, Polars' or the machine's own error.
    """
    try:
        footer = pq.read_metadata(path)
        schema = footer.schema.to_arrow_schema()
        texts = {field.name for field in schema if _is_text(field.type)}
    except pa.ArrowException as error:
        raise pl.exceptions.ComputeError(str(error)) from error
    names = tuple(schema.names)
    check_columns(names, path.name, refusal)
    chunks = [
        footer.row_group(group).column(column)
        for group in range(footer.num_row_groups)
        for column in range(footer.num_columns)
    ]
    if sum(chunk.total_uncompressed_size for chunk in chunks) > LARGEST_TABLE_BYTES:
        raise too_large(path.name, LARGEST_TABLE_BYTES, refusal)
    if max(footer.num_rows * len(names), sum(chunk.num_values for chunk in chunks)) > MOST_CELLS:
        raise too_many_cells(path.name, refusal)
    kept = [name for name in names if keep is None or name.strip().lower() in keep]
    try:
        _check_texts(path, texts.intersection(kept), refusal)
    except pa.ArrowException as error:
        raise pl.exceptions.ComputeError(str(error)) from error
    return pl.read_parquet(path, columns=kept, glob=False), names


def toml(file: str, said: bytes | str, refusal: Refusal, remedy: str) -> dict[str, Any]:
    """What a TOML file says; raises `refusal` where it is none, with the line, or too deep."""
    try:
        written = said.decode() if isinstance(said, bytes) else said
        if any(line.count(".") > MOST_DOTS_A_LINE for line in written.splitlines()):
            raise refusal(f"{file} has a line with more than {MOST_DOTS_A_LINE} dots.", remedy)
        found = tomllib.loads(written)
    except UnicodeDecodeError as error:
        raise refusal(f"{file} is not UTF-8 text.", "Save the file as UTF-8.") from error
    except tomllib.TOMLDecodeError as error:
        raise refusal(f"{file} is not TOML: {error}.", remedy) from error
    except ValueError as error:
        raise refusal(f"{file} holds a number too long to be read.", remedy) from error
    except RecursionError:
        raise too_deep(file, refusal, remedy) from None
    if not is_within(found, DEEPEST):
        raise too_deep(file, refusal, remedy)
    return found


def json_value(where: str, said: str, refusal: Refusal, remedy: str, **numbers: Any) -> Any:
    """The value of a JSON text; raises `refusal` for what nests too deep or is no text.

    `numbers` are the parsers of numbers that `json.loads` takes. Raises `json.JSONDecodeError`
    for what is not JSON, since readers differ in what they forgive.
    """
    try:
        found = json.loads(said, **numbers)
    except json.JSONDecodeError:
        raise
    except ValueError as error:
        raise refusal(f"{where} holds a number too long to be read.", remedy) from error
    except RecursionError:
        raise too_deep(where, refusal, remedy) from None
    if not is_within(found, DEEPEST):
        raise too_deep(where, refusal, remedy)
    if _HALF_A_PAIR.search(said):
        try:
            json.dumps(found, ensure_ascii=False).encode()
        except UnicodeEncodeError as error:
            raise refusal(f"{where} holds half a character.", remedy) from error
    return found


_HALF_A_PAIR = re.compile(r"\\u[dD][89a-fA-F]")


def is_within(said: Any, depth: int) -> bool:
    """Whether lists and objects nest at most `depth` deep, the value itself counted."""
    level = [said] if isinstance(said, dict | list) else []
    for _ in range(depth):
        level = [
            part
            for one in level
            for part in (one.values() if isinstance(one, dict) else one)
            if isinstance(part, dict | list)
        ]
        if not level:
            return True
    return False


def files(found: Iterable[Path], folder: str, refusal: Refusal) -> list[Path]:
    """The files in name order; more than `MOST_FILES` are refused."""
    kept = []
    for file in found:
        kept.append(file)
        if len(kept) > MOST_FILES:
            raise refusal(
                f"{folder} holds more than {MOST_FILES:,} files.", "Name a folder further down."
            )
    return sorted(kept)


def measured(found: Iterable[Item], file: str, refusal: Refusal) -> Iterator[Item]:
    """The values measured, one after another; more than `MOST_MEASUREMENTS` are refused."""
    for number, one in enumerate(found):
        if number == MOST_MEASUREMENTS:
            raise refusal(
                f"{file} holds more than {MOST_MEASUREMENTS:,} values.",
                "Load them in several files.",
            )
        yield one


def check_columns(names: Collection[str], file: str, refusal: Refusal) -> None:
    """Raises `refusal` for more than `MOST_COLUMNS`, or a name past `LONGEST_NAME_CHARACTERS`."""
    if len(names) > MOST_COLUMNS:
        raise refusal(f"{file} has more than {MOST_COLUMNS:,} columns.", "Leave some out.")
    if any(len(name) > LONGEST_NAME_CHARACTERS for name in names):
        raise refusal(
            f"{file} has a column name longer than {LONGEST_NAME_CHARACTERS} characters.",
            "Rename the column, or add the line of names that is missing.",
        )


def too_large(file: str, most_bytes: int, refusal: Refusal) -> WarehouseError:
    """The refusal of a file that is larger, or would expand to more, than is read."""
    size = f"{most_bytes // MIB:,} MiB" if most_bytes >= MIB else f"{most_bytes // 2**10} KiB"
    return refusal(f"{file} holds more than {size}.", "Split it, and load the parts in turn.")


def too_many_cells(file: str, refusal: Refusal) -> WarehouseError:
    """The refusal of a table with more cells than are read."""
    return refusal(
        f"{file} holds more than {MOST_CELLS:,} cells.", "Split it, and load the parts in turn."
    )


def too_long(where: str, refusal: Refusal) -> WarehouseError:
    """The refusal of a cell that is longer than is read."""
    return refusal(
        f"{where}: a cell is longer than {LONGEST_CELL_CHARACTERS:,} characters.",
        "Correct that cell, or export the file again.",
    )


def too_deep(file: str, refusal: Refusal, remedy: str) -> WarehouseError:
    """The refusal of what nests deeper than is read."""
    return refusal(f"{file} is nested more than {DEEPEST} deep.", remedy)


class _Expanded(io.RawIOBase):
    """The bytes of a file as they are expanded, counted."""

    def __init__(self, path: Path, refusal: Refusal) -> None:
        self._path, self._refusal = path, refusal
        packed = path.name.lower().endswith(".gz")
        self._handle = gzip.GzipFile(path) if packed else path.open("rb")
        self._most_by_ratio = (
            max(UNSUSPICIOUS_BYTES, LARGEST_RATIO * path.stat().st_size) if packed else None
        )
        self._read = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        piece = self._handle.read(len(buffer))
        buffer[: len(piece)] = piece
        self._read += len(piece)
        if self._read > LARGEST_TABLE_BYTES:
            raise too_large(self._path.name, LARGEST_TABLE_BYTES, self._refusal)
        if self._most_by_ratio is not None and self._read > self._most_by_ratio:
            raise self._refusal(
                f"{self._path.name} expands to more than {LARGEST_RATIO} times its size.",
                "Expand it, see that it holds what it should, and load it without .gz.",
            )
        return len(piece)

    def close(self) -> None:
        self._handle.close()
        super().close()


# What reading a file raises where its compression is broken.
BROKEN_GZIP = (OSError, EOFError, zlib.error)


def _all_of(handle: BinaryIO, file: str, most_bytes: int, refusal: Refusal) -> bytes:
    pieces: list[bytes] = []
    left = most_bytes
    while piece := handle.read(min(_PIECE, left + 1)):
        left -= len(piece)
        if left < 0:
            raise too_large(file, most_bytes, refusal)
        pieces.append(piece)
    return b"".join(pieces)


def _is_text(kind: pa.DataType) -> bool:
    value = kind.value_type if pa.types.is_dictionary(kind) else kind
    return bool(pa.types.is_string(value) or pa.types.is_large_string(value))


def _check_texts(path: Path, names: Collection[str], refusal: Refusal) -> None:
    """Raises `refusal` where a cell is too long or the texts together too many.

    A Parquet file writes a text that repeats once, so that its size says nothing of theirs; as
    dictionaries they are looked at before anything writes them out.
    """
    together = 0
    for name in names:
        with pq.ParquetFile(path, read_dictionary=[name]) as file:
            row = 0
            for batch in file.iter_batches(columns=[name]):
                (cells,) = batch.columns
                characters = pc.take(pc.binary_length(cells.dictionary), cells.indices)
                together += pc.sum(characters).as_py() or 0
                longest = pc.max(characters).as_py() or 0
                if longest > LONGEST_CELL_CHARACTERS:
                    line = row + pc.index(characters, longest).as_py() + 1
                    raise too_long(f"{path.name}, line {line}", refusal)
                row += len(cells)
        if together > LARGEST_TABLE_BYTES:
            raise too_large(path.name, LARGEST_TABLE_BYTES, refusal)
