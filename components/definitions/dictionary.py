"""The data dictionary: every metric, answer and table, from the code that uses them.

A search finds what holds every word of it, whatever the case and the signs in between.
"""

import functools
import re
from collections.abc import Iterable, Iterator, Mapping

import polars as pl

from components.core import definition
from queries.core import tables
from queries.core.catalog import QUESTIONS
from queries.core.metrics import METRICS
from queries.core.question import Question
from queries.shared import words

# The code does not change while it runs, so a search finds the same again.
SEARCHES = 64
WORD = re.compile(r"\w[\w+-]*")
KINDS = ("metrics", "columns of answers", "columns of tables")


def searched(search: str) -> tuple[str, ...]:
    """The words of a search, in lower case; none where it has no letter and no digit."""
    return tuple(WORD.findall(search.lower()))


@functools.lru_cache(SEARCHES)
def metrics(search: str = "") -> dict[str, list[str]]:
    """Owner to the definitions of their metrics, as Markdown, that the search finds.

    A metric is found by its own facts and by the columns of answers that it defines; where none
    is, by the rest of what finds these columns.
    """
    by_column = {row["metric"] for row, texts, _ in _columns() if _matches(search, texts)}
    found = _owned(
        metric.name
        for metric in METRICS.values()
        if metric.name in by_column or _matches(search, definition.facts(metric).values())
    )
    return found or _owned(answers(search)["metric"])


@functools.lru_cache(SEARCHES)
def answers(search: str = "") -> pl.DataFrame:
    """One row per question and column of its answer that the search finds.

    Grain: question, column; in the order of the pages. `metric` names the definition of a number.
    A page's title of a column, its words for the column's codes and the question find it. Where
    they find none, so do the words that name the rows: `AWS capacity` finds what is told of it.
    """
    rows = [row for row, texts, asks in _columns() if _matches(search, [*texts, *asks.values()])]
    if not rows:
        rows = [
            row
            for row, texts, asks in _columns()
            if _matches(search, [*texts, *asks.values(), *_names_of_rows(asks["question"])])
        ]
    return pl.DataFrame(rows, schema=_ANSWERS)


@functools.lru_cache(SEARCHES)
def columns(search: str = "") -> pl.DataFrame:
    """One row per table and column that the search finds.

    Grain: table, column; in the order of the contract. No row where nothing matches.
    """
    rows = [
        {
            "table": one.table,
            "column": one.column,
            "meaning": one.description,
            "unit": one.unit,
            "type": one.dtype,
            "key": one.is_key,
            "may be unknown": one.is_nullable,
            "words": ", ".join(one.choices),
            "source": one.source,
            "one row is": one.grain,
        }
        for one in tables.columns()
    ]
    matching = [row for row in rows if _matches(search, map(str, row.values()))]
    return pl.DataFrame(matching, schema=_COLUMNS)


def found(search: str) -> str:
    """How many entries of each kind a search finds, of how many; where none, what was searched."""
    hits, of = _counts(search), _counts("")
    if any(hits):
        return f"Found: {', '.join(map(_of, hits, of, KINDS))}."
    whole = ", ".join(f"{count:,} {kind}" for count, kind in zip(of, KINDS, strict=True))
    return (
        f"No entry holds every word of this search. Searched: {whole}. Try one of the words, or "
        "a part of one."
    )


def _of(hits: int, of: int, kind: str) -> str:
    return f"{hits:,} of {of:,} {kind}"


def _counts(search: str) -> tuple[int, int, int]:
    owned = sum(map(len, metrics(search).values()))
    return owned, answers(search).height, columns(search).height


_ANSWERS: Mapping[str, type[pl.DataType]] = dict.fromkeys(
    ("column", "meaning", "unit", "words", "metric", "question", "asks"), pl.String
)
_COLUMNS: Mapping[str, type[pl.DataType]] = {
    "table": pl.String,
    "column": pl.String,
    "meaning": pl.String,
    "unit": pl.String,
    "type": pl.String,
    "key": pl.Boolean,
    "may be unknown": pl.Boolean,
    "words": pl.String,
    "source": pl.String,
    "one row is": pl.String,
}


@functools.cache
def _columns() -> tuple[tuple[dict[str, str], list[str], dict[str, str]], ...]:
    """Each column of each answer as a row, the texts by which it is found, and its question."""
    return tuple(column for question in QUESTIONS.values() for column in _columns_of(question))


def _columns_of(question: Question) -> Iterator[tuple[dict[str, str], list[str], dict[str, str]]]:
    units, defined, stated = question.units(), question.metrics(), question.words()
    asks = {"question": question.name, "asks": question.asks}
    for name, column in question.shape.columns().items():
        codes = (column.metadata or {}).get("choices", ())
        named = stated.get(name, {})
        metric = METRICS.get(defined.get(name, ""))
        row = {
            "column": name,
            "meaning": column.description or "",
            "unit": units[name],
            "words": ", ".join(named.get(code, words.name(code)) for code in codes),
            "metric": metric.name if metric else "",
        }
        facts = definition.facts(metric).values() if metric else ()
        yield row | asks, [*row.values(), *codes, name.replace("_", " "), *facts], asks


def _names_of_rows(question: str) -> Iterator[str]:
    """The words for the codes by which the rows of an answer are told apart."""
    shape = QUESTIONS[question].shape
    for name in shape.primary_key():
        codes = (shape.columns()[name].metadata or {}).get("choices", ())
        yield from map(words.name, codes)


def _owned(names: Iterable[str]) -> dict[str, list[str]]:
    """The definitions of these metrics by their owner, both in the order of their names."""
    wanted = set(names)
    found: dict[str, list[str]] = {}
    for metric in sorted(METRICS.values(), key=lambda metric: (metric.owner, metric.name)):
        if metric.name in wanted:
            found.setdefault(metric.owner, []).append(definition.markdown(metric.id))
    return found


def _matches(search: str, texts: Iterable[str]) -> bool:
    text = " ".join(texts).lower()
    return all(word in text for word in searched(search))
