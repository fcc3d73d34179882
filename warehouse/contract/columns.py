"""The kinds of column a contract table is made of.

Each function returns a dataframely column that carries its unit, its allowed words and the
column that says when its value became known, so that DDL, validation, the Definitions page and
the test factories all read one declaration.
"""

import datetime as dt
import re
from typing import Any

import dataframely as dy

FIRST_DAY = dt.date(2000, 1, 1)
LAST_DAY = dt.date(2100, 1, 1)
FIRST_INSTANT = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
LAST_INSTANT = dt.datetime(2100, 1, 1, tzinfo=dt.UTC)
LARGEST_AMOUNT = 1e12
LONGEST_TEXT = 4_000


def identifier(description: str, *, key: bool = False, nullable: bool = False) -> dy.String:
    """An id: text of 1 to 400 characters without line breaks, as the source system writes it."""
    return dy.String(
        primary_key=key,
        nullable=nullable,
        min_length=1,
        max_length=400,
        description=description,
        metadata={"unit": "id"},
    )


def text(
    description: str, *, key: bool = False, nullable: bool = True, learned_at: str | None = None
) -> dy.String:
    """Free text of at most 4,000 characters; never rendered as HTML or as a formula."""
    return dy.String(
        primary_key=key,
        nullable=nullable and not key,
        max_length=LONGEST_TEXT,
        description=description,
        metadata=_facts("text", learned_at),
    )


def word(
    description: str,
    *choices: str,
    key: bool = False,
    nullable: bool = False,
    learned_at: str | None = None,
) -> dy.String:
    """One word of a closed list; the list is the rule and the reader's vocabulary."""
    return dy.String(
        primary_key=key,
        nullable=nullable,
        regex=f"^({'|'.join(map(re.escape, choices))})$",
        description=description,
        metadata=_facts("word", learned_at) | {"choices": choices},
    )


def flag(description: str, *, nullable: bool = False, learned_at: str | None = None) -> dy.Bool:
    """Yes or no; null where nullable means that nobody knows."""
    return dy.Bool(
        nullable=nullable, description=description, metadata=_facts("yes/no", learned_at)
    )


def day(
    description: str, *, key: bool = False, nullable: bool = False, learned_at: str | None = None
) -> dy.Date:
    """A calendar day between 2000 and 2100."""
    return dy.Date(
        primary_key=key,
        nullable=nullable,
        min=FIRST_DAY,
        max=LAST_DAY,
        description=description,
        metadata=_facts("day", learned_at),
    )


def instant(
    description: str, *, key: bool = False, nullable: bool = False, outcome: bool = False
) -> dy.Datetime:
    """An instant in UTC between 2000 and 2100, to the microsecond.

    `outcome` marks an instant that happens after its row was known (an acknowledgement, a
    resolution): a question as of an earlier day reads it as null.
    """
    return dy.Datetime(
        primary_key=key,
        nullable=nullable,
        min=FIRST_INSTANT,
        max=LAST_INSTANT,
        time_zone="UTC",
        description=description,
        metadata=_facts("UTC", None) | {"outcome": outcome},
    )


def hour(description: str, *, key: bool = False) -> dy.Datetime:
    """The start of an hour, `[start, start + 1 h)`, in UTC and on the hour."""
    return dy.Datetime(
        primary_key=key,
        min=FIRST_INSTANT,
        max=LAST_INSTANT,
        resolution="1h",
        time_zone="UTC",
        description=description,
        metadata={"unit": "UTC hour"},
    )


def amount(
    description: str,
    unit: str,
    *,
    nullable: bool = False,
    signed: bool = False,
    learned_at: str | None = None,
) -> dy.Float64:
    """A finite quantity in `unit`; not negative unless `signed`."""
    return dy.Float64(
        nullable=nullable,
        min=-LARGEST_AMOUNT if signed else 0.0,
        max=LARGEST_AMOUNT,
        description=description,
        metadata=_facts(unit, learned_at),
    )


def count(
    description: str,
    *,
    key: bool = False,
    nullable: bool = False,
    unit: str = "count",
    learned_at: str | None = None,
) -> dy.Int64:
    """A whole number from 0."""
    return dy.Int64(
        primary_key=key,
        nullable=nullable,
        min=0,
        max=10**12,
        description=description,
        metadata=_facts(unit, learned_at),
    )


def _facts(unit: str, learned_at: str | None) -> dict[str, Any]:
    return {"unit": unit} if learned_at is None else {"unit": unit, "learned_at": learned_at}
