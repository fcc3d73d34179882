"""An answer as a file: it carries its context and definitions, and its cells stay text."""

import datetime as dt
import io
import re
from collections.abc import Iterator

import polars as pl
import xlsxwriter

from components.core import definition
from queries.core.answer import Answer
from queries.core.metrics import METRICS
from queries.shared import words
from queries.shared.spreadsheet import csv_text, one_cell, safe_columns, safe_text

# Excel's own limits; what lies beyond them is left out by every writer of its files.
MOST_XLSX_ROWS = 1_048_575
LONGEST_XLSX_CELL = 32_767
WORKBOOK = {
    "in_memory": True,
    "remove_timezone": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


Fact = str | dt.date | dt.datetime


def about(answer: Answer, bands: str = "") -> Iterator[tuple[str, Fact]]:
    """What a reader of the answer must know: question, context, dates, provenance, its bands.

    A file says a date as ISO does, a page in words.
    """
    context = answer.context
    yield "Question", f"{answer.question.name}: {answer.question.asks}"
    yield "Finding", answer.finding
    yield "As of", context.as_of
    filters = [f"{name} = {', '.join(values)}" for name, values in context.filters.items()]
    yield "Filters", "; ".join(filters) or "none"
    chosen = [f"{name} = {value}" for name, value in answer.parameters.items() if value is not None]
    yield "Parameters", "; ".join(chosen) or "none"
    for table, newest in answer.data_through.items():
        yield f"{table} to", newest or "no rows"
    for table, at in answer.complete_to.items():
        yield f"{table} complete to", at or "unknown"
    yield "Read at", answer.read_at.replace(microsecond=0)
    yield "State", f"{answer.state}{', truncated' if answer.truncated else ''}"
    yield "Provenance", answer.provenance
    if bands:
        yield "Bands", bands


def to_csv(answer: Answer, bands: str = "") -> bytes:
    """The rows as CSV under `#` lines that say what they are; no cell starts a formula."""
    said = "".join(f"# {line}\n" for line in _preamble(answer, bands))
    return f"{said}{csv_text(answer.in_words())}".encode()


def to_xlsx(answer: Answer, bands: str = "") -> bytes:
    """The rows as a workbook: data, and a sheet that says what they are; formulas are off.

    Rows and characters beyond what a sheet can hold are left out, and the second sheet says so.
    """
    frame = one_cell(answer.in_words().head(MOST_XLSX_ROWS))
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, WORKBOOK) as book:
        bold = book.add_format({"bold": True})
        dates = {
            pl.Date: book.add_format({"num_format": "yyyy-mm-dd"}),
            pl.Datetime: book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
        }
        data = book.add_worksheet("Data")
        data.freeze_panes(1, 0)
        for column, (name, dtype) in enumerate(frame.schema.items()):
            data.write_string(0, column, safe_text(name), bold)
            data.set_column(column, column, 18)
            for row, value in enumerate(frame[name], start=1):
                if isinstance(value, str):
                    data.write_string(row, column, _xlsx_text(value))
                elif value is not None:
                    data.write(row, column, value, dates.get(type(dtype)))
        said = book.add_worksheet("About")
        said.set_column(0, 1, 40)
        facts_about = [*_about_in_a_file(answer, bands), *_left_out(answer.in_words())]
        for row, (name, value) in enumerate(facts_about):
            said.write_string(row, 0, name, bold)
            said.write_string(row, 1, _xlsx_text(value))
        start = len(facts_about) + 1
        for offset, metric in enumerate(dict.fromkeys(answer.question.defines())):
            facts = definition.facts(METRICS[metric])
            for column, (name, value) in enumerate(facts.items()):
                said.write_string(start, column, name, bold)
                said.write_string(start + 1 + offset, column, _xlsx_text(value))
    return target.getvalue()


def _about_in_a_file(answer: Answer, bands: str) -> Iterator[tuple[str, str]]:
    for name, value in about(answer, bands):
        yield name, value if isinstance(value, str) else value.isoformat()


def _left_out(frame: pl.DataFrame) -> Iterator[tuple[str, str]]:
    """What a sheet cannot hold, in words; nothing where it holds all."""
    rows = frame.height - MOST_XLSX_ROWS
    if rows > 0:
        said = words.plural(rows, "row")
        yield "Left out", f"{said} beyond the {MOST_XLSX_ROWS:,} of a sheet; CSV has all"
    texts = safe_columns(one_cell(frame)).select(pl.selectors.string())
    cut = sum(int((text.str.len_chars() > LONGEST_XLSX_CELL).sum()) for text in texts)
    if cut:
        said = words.plural(cut, "cell")
        yield "Cut short", f"{said} at the {LONGEST_XLSX_CELL:,} characters of a cell; CSV has all"


def _xlsx_text(value: str) -> str:
    return safe_text(value)[:LONGEST_XLSX_CELL]


def _preamble(answer: Answer, bands: str) -> Iterator[str]:
    for name, value in _about_in_a_file(answer, bands):
        yield _one_line(f"{name}: {value}")
    for metric in dict.fromkeys(answer.question.defines()):
        facts = definition.facts(METRICS[metric])
        yield _one_line("; ".join(f"{name}: {value}" for name, value in facts.items() if value))


def _one_line(text: str) -> str:
    """The text on one line, of which no part starts a formula where a program splits it."""
    parts = re.split(r"([,;]\s*)", " ".join(text.split()))
    return "".join(map(safe_text, parts))
