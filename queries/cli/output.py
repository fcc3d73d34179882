"""An answer on a terminal: a table for a reader, JSON for a script, CSV for a spreadsheet."""

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

import polars as pl

from queries.core.answer import Answer
from queries.core.metrics import METRICS
from queries.core.question import Question
from queries.shared import words
from queries.shared.spreadsheet import csv_text
from warehouse.context import EVERYTHING, Context
from warehouse.flat import escaped, flat

SHOWN_ROWS = 50
WIDEST_CELL = 40


def as_text(answer: Answer, bands: str = "") -> str:
    """The finding, the context and at most `SHOWN_ROWS` rows, aligned; what is cut is said.

    `bands` says, here and below, whether the bands that the rows tell of are shown to order the
    outcomes; '' where they tell of none.
    """
    lines = [flat(answer.finding), *([bands] if bands else []), _context_line(answer), ""]
    lines += _table(answer.in_words().head(SHOWN_ROWS), answer.question.units())
    hidden = answer.frame.height - SHOWN_ROWS
    if hidden > 0:
        lines.append(f"… and {words.plural(hidden, 'more row')}; --csv or --json prints all.")
    if answer.truncated:
        lines.append("Truncated: a read reached its row limit, so rows are missing.")
    return "\n".join(lines) + "\n"


def as_csv(answer: Answer, bands: str = "") -> str:
    """Every row as CSV, dates and instants in ISO 8601, no cell able to start a formula.

    Rows that tell of bands have a column `bands` that says what those are worth; rows of a made-up
    warehouse a last column `provenance` that says so.
    """
    said = {"bands": bands, "provenance": answer.provenance if answer.simulated else ""}
    beside = {name: pl.lit(text) for name, text in said.items() if text}
    return csv_text(answer.in_words().with_columns(**beside))


def as_json(answer: Answer, bands: str = "") -> str:
    """Everything an answer says, as one JSON object; an unknown is null, never a number."""
    context, question = answer.context, answer.question
    dates = [newest for newest in answer.data_through.values() if newest is not None]
    return _dumped(
        {
            "question": question.name,
            "asks": question.asks,
            "state": answer.state,
            "finding": answer.finding,
            "context": {
                "as_of": context.as_of,
                "filters": context.filters,
                "scope": vars(context.scope),
                "parameters": answer.parameters,
            },
            "data_date": max(dates, default=None),
            "data_through": answer.data_through,
            "complete_to": answer.complete_to,
            "simulated": answer.simulated,
            "provenance": answer.provenance,
            "truncated": answer.truncated,
            "bands": bands or None,
            "problem": vars(answer.problem) if answer.problem else None,
            "units": question.units(),
            "metrics": question.metrics(),
            "definitions": {metric: METRICS[metric].formula for metric in question.defines()},
            "rows": answer.frame.to_dicts(),
        }
    )


def listed_as_text(questions: Mapping[str, Question]) -> str:
    """Every question's name, what it asks and its parameters."""
    lines = []
    for question in questions.values():
        lines += [question.name, f"    {question.asks}"]
        for parameter in question.parameters:
            span = (
                "" if parameter.least is None else f", from {parameter.least} to {parameter.most}"
            )
            default = "" if parameter.default is None else f", default {parameter.default}"
            lines.append(f"    {parameter.name}: {parameter.description}{span}{default}")
    return "\n".join(lines) + "\n"


def listed_as_json(questions: Mapping[str, Question], as_of: dt.date) -> str:
    """Every question with its parameters, filters, tables and columns, as JSON."""
    context = Context(as_of, EVERYTHING)
    return _dumped(
        [
            {
                "question": question.name,
                "asks": question.asks,
                "parameters": [vars(parameter) for parameter in question.parameters],
                "filters": sorted(question.applicable_filters(context)),
                "tables": question.tables(context),
                "key": question.shape.primary_key(),
                "columns": question.shape.column_names(),
                "units": question.units(),
            }
            for question in questions.values()
        ]
    )


def _dumped(content: object) -> str:
    document = json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False, default=_iso)
    return escaped(document) + "\n"


def _iso(value: object) -> str:
    if isinstance(value, dt.datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, dt.date):
        return value.isoformat()
    raise TypeError(f"JSON has no form for {type(value).__name__}.")


def _context_line(answer: Answer) -> str:
    context = answer.context
    facts = [answer.question.name, f"as of {context.as_of}"]
    facts += [f"{name} = {', '.join(values)}" for name, values in context.filters.items()]
    facts += [f"{name} = {value}" for name, value in answer.parameters.items() if value is not None]
    facts.append(words.plural(answer.frame.height, "row"))
    return " · ".join([*facts, answer.provenance] if answer.simulated else facts)


def _table(frame: pl.DataFrame, units: Mapping[str, str]) -> list[str]:
    columns = []
    for name in frame.columns:
        unit = units.get(name, "")
        numeric = frame.schema[name].is_numeric()
        shown_unit = "" if unit in {"id", "text", "word", "day", "yes/no", "UTC"} else unit
        cells = [name, shown_unit, *(_cell(value, unit) for value in frame[name])]
        width = max(map(len, cells))
        columns.append([cell.rjust(width) if numeric else cell.ljust(width) for cell in cells])
    return ["  ".join(cells).rstrip() for cells in zip(*columns, strict=True)]


def _cell(value: Any, unit: str) -> str:
    if value is None:
        return words.ABSENT
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return words.share(value) if unit == "share" else words.number(value)
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, pl.Series):
        value = ", ".join(_cell(one, unit) for one in value)
    text = flat(value if isinstance(value, str) else _iso(value))
    return text if len(text) <= WIDEST_CELL else f"{text[: WIDEST_CELL - 1]}…"
