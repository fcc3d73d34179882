"""Why a score is low or an indicator signals: a code with its facts, and what it says."""

from collections.abc import Mapping
from typing import Any

import dataframely as dy
import polars as pl

from queries.core.columns import coded
from queries.shared import words

# What each says of its facts.
SENTENCES = {
    "usage": "usage {change} % in 28 d",
    "commitment": "uses {percent} % of its commitment",
    "breadth": "{count} of {total} features used",
    "tickets": "{severe_tickets} in 90 d",
    "open_tickets": "{severe_tickets}, oldest {days} d",
    "incidents": "{incidents} in 28 d",
    "contact": "no two-way contact for {days} d",
    "renewal": "renews in {days} d",
    "lapsed": "contract ended {days} d ago",
    "silence": "no usage recorded in 28 d",
}
_FACTS: dict[str, type[pl.DataType]] = {
    "share": pl.Float64,
    "count": pl.Int64,
    "total": pl.Int64,
    "days": pl.Int64,
}


def reason_list(description: str) -> dy.List:
    """A list of reasons; of each its code and the facts it rests on, null where it has none."""
    return coded(
        description,
        SENTENCES,
        sentence=sentence,
        share=dy.Float64(nullable=True),
        count=dy.Int64(nullable=True),
        total=dy.Int64(nullable=True),
        days=dy.Int64(nullable=True),
    )


def reason(code: str, **facts: pl.Expr) -> pl.Expr:
    """One reason of `SENTENCES` with its facts: a share, a count, of how many, and days."""
    absent = pl.lit(None)
    named = (facts.get(name, absent).cast(kind).alias(name) for name, kind in _FACTS.items())
    return pl.struct(pl.lit(code).alias("code"), *named)


def sentence(reason: Mapping[str, Any]) -> str:
    """One reason as a reader sees it, e.g. 'usage −38 % in 28 d'."""
    percent, count = round((reason["share"] or 0.0) * 100), reason["count"] or 0
    return SENTENCES[reason["code"]].format(
        percent=percent,
        change=f"{'+' if percent > 0 else words.MINUS}{abs(percent)}",
        count=count,
        severe_tickets=words.plural(count, "severe ticket"),
        incidents=words.plural(count, "incident"),
        total=reason["total"],
        days=reason["days"],
    )
