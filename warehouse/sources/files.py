"""Files become frames: CSV as text with physical line numbers, Parquet with row numbers."""

import csv
import gzip
import hashlib
import io
import zlib
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import IO, BinaryIO, cast

import polars as pl

from warehouse.sources.batch import LINE, Fault, LoadRefused

CHUNK_ROWS = 50_000
SUFFIXES = (".csv", ".csv.gz", ".parquet")


@dataclass(frozen=True)
class Contents:
    """A file's rows under its own column names, with `LINE`, and the rows that are ragged.

    `columns` are all columns of the file, those that were not kept included.
    """

    rows: pl.DataFrame
    columns: tuple[str, ...]
    ragged: tuple[Fault, ...] = ()


def data_files(path: Path, kind: str) -> list[Path]:
    """The CSV and Parquet files at `path`, a file or a folder, in name order.

    Raises `LoadRefused` when there is nothing there, or nothing of a known ending.
    """
    if not path.exists():
        raise LoadRefused(f"{path} does not exist.", "Check the path.")
    if path.is_file():
        if not path.name.lower().endswith(SUFFIXES):
            raise LoadRefused(
                f"{path.name} is neither CSV nor Parquet.",
                f"Name a file that ends in {', '.join(SUFFIXES)}, or a folder of them.",
            )
        return [path]
    found = sorted(
        file for file in path.iterdir() if file.is_file() and file.name.lower().endswith(SUFFIXES)
    )
    if not found:
        raise LoadRefused(
            f"{path} holds no file to load as {kind}.",
            f"Put files there that end in {', '.join(SUFFIXES)}.",
        )
    return found


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
    Raises `LoadRefused` for a file that is empty, cut short, wrongly encoded or has no rows.
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
        columns = list(pl.read_parquet_schema(path))
        frame = pl.read_parquet(path, columns=_kept(columns, keep), glob=False)
    except (pl.exceptions.PolarsError, OSError) as fault:
        raise LoadRefused(
            f"{path.name} is not a complete Parquet file.", "Export it again; it may be cut short."
        ) from fault
    return Contents(frame.with_columns(pl.int_range(1, pl.len() + 1).alias(LINE)), tuple(columns))


def _kept(columns: list[str], keep: Collection[str] | None) -> list[str]:
    return [name for name in columns if keep is None or name.strip().lower() in keep]


def _csv(path: Path, keep: Collection[str] | None) -> Contents:
    with _text(path) as handle:
        reader = csv.reader(_clean_lines(handle, path.name), strict=True)
        began = 1
        try:
            header = _header(next(reader, []), path.name)
            kept = [*_kept(header, keep), LINE]
            frames, ragged = [], []
            began = reader.line_num + 1
            chunk: list[list[str]] = []
            for row in reader:
                if len(row) == len(header):
                    row.append(str(began))
                    chunk.append(row)
                elif row:
                    ragged.append(_ragged(path.name, began, row, header))
                began = reader.line_num + 1
                if len(chunk) == CHUNK_ROWS:
                    frames.append(_frame(chunk, header).select(kept))
                    chunk = []
        except csv.Error as fault:
            raise LoadRefused(
                f"{path.name}, line {began}: {_csv_sentence(fault)}.",
                "Correct the quotes on that line, or export the file again.",
            ) from fault
        except UnicodeDecodeError as fault:
            raise LoadRefused(
                f"{path.name}{_first_undecodable(path)} is not UTF-8 text.",
                "Save the file as UTF-8.",
            ) from fault
        except (OSError, EOFError, zlib.error) as fault:
            raise LoadRefused(
                f"{path.name} is not a complete gzip file.", "Compress or download it again."
            ) from fault
    frames.append(_frame(chunk, header).select(kept))
    return Contents(pl.concat(frames), tuple(header), tuple(ragged))


@contextmanager
def _text(path: Path) -> Iterator[IO[str]]:
    with _opened(path) as raw, io.TextIOWrapper(raw, "utf-8-sig", newline="") as handle:
        yield handle


def _opened(path: Path) -> BinaryIO:
    packed = path.name.lower().endswith(".gz")
    return cast("BinaryIO", gzip.GzipFile(path)) if packed else path.open("rb")


def _clean_lines(handle: IO[str], name: str) -> Iterator[str]:
    for number, line in enumerate(handle, start=1):
        if "\0" in line:
            raise LoadRefused(
                f"{name}, line {number} holds NUL bytes, so it is not a text file in UTF-8.",
                "Save the file as UTF-8; UTF-16 is a common cause.",
            )
        yield line


def _header(cells: list[str], name: str) -> list[str]:
    header = [cell.strip() for cell in cells]
    twice = {cell for cell in header if header.count(cell) > 1}
    if not any(header):
        raise LoadRefused(f"{name} has no column names in its first line.", "Add a header line.")
    if twice:
        raise LoadRefused(
            f"{name} has the column {min(twice) or '(without a name)'} twice.",
            "Give every column one name of its own.",
        )
    return header


def _frame(rows: list[list[str]], header: list[str]) -> pl.DataFrame:
    schema = dict.fromkeys([*header, LINE], pl.String)
    return pl.DataFrame(rows, schema=schema, orient="row").with_columns(
        pl.col(header).replace("", None), pl.col(LINE).cast(pl.Int64)
    )


def _ragged(name: str, line: int, row: list[str], header: list[str]) -> Fault:
    return Fault(
        name, line, "", ",".join(row), f"has {len(row)} cells where the header has {len(header)}"
    )


def _csv_sentence(fault: csv.Error) -> str:
    text = str(fault)
    if "field larger" in text:
        return f"a cell is longer than {csv.field_size_limit():,} characters"
    if "unexpected end" in text:
        return "a quote that opens here is never closed"
    return "a quoted cell goes on after its closing quote"


def _first_undecodable(path: Path) -> str:
    with _opened(path) as handle:
        for number, line in enumerate(handle, start=1):
            try:
                line.decode("utf-8")
            except UnicodeDecodeError:
                return f", line {number}"
    return ""
