"""The data dictionary as frames: every metric and every column, from the code that uses them."""

import functools
from collections.abc import Iterable, Mapping

import polars as pl

from components import definition
from queries.definitions import METRICS
from warehouse.contract import LEDGER_TABLES, TABLES

# The code does not change while it runs, so a search finds the same again.
SEARCHES = 64


@functools.lru_cache(SEARCHES)
def metrics(search: str = "") -> dict[str, list[str]]:
    """Owner to the definitions of their metrics, as Markdown, that contain every word searched."""
    found: dict[str, list[str]] = {}
    for metric in sorted(METRICS.values(), key=lambda metric: (metric.owner, metric.name)):
        if _matches(search, definition.facts(metric).values()):
            found.setdefault(metric.owner, []).append(definition.markdown(metric.id))
    return found


@functools.lru_cache(SEARCHES)
def columns(search: str = "") -> pl.DataFrame:
    """One row per table and column that contains every word searched.

    Grain: table, column; in the order of the contract. No row where nothing matches.
    """
    rows = [
        {
            "table": table.name,
            "column": name,
            "meaning": table.describe(name),
            "unit": table.unit(name),
            "type": str(column.dtype),
            "key": name in table.key,
            "may be unknown": column.nullable,
            "words": ", ".join(table.choices(name)),
            "source": table.source,
            "one row is": table.grain,
        }
        for table in (TABLES | LEDGER_TABLES).values()
        for name, column in table.columns.items()
    ]
    matching = [row for row in rows if _matches(search, map(str, row.values()))]
    return pl.DataFrame(matching, schema=_SCHEMA)


_SCHEMA: Mapping[str, type[pl.DataType]] = {
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


def _matches(search: str, texts: Iterable[str]) -> bool:
    text = " ".join(texts).lower()
    return all(word in text for word in search.lower().split())
