"""The ledger's tables, each declared once, for SQLite and PostgreSQL.

What is read and written, whose a row is, what its columns mean to a reader, and the schema that the
migrations have to lead to, all follow from here. Every table is append-only but `table_versions`,
the counters that say that a table got a row.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import polars as pl
import sqlalchemy as sa

from ledger.action import KINDS
from ledger.bands import BANDS, UNKNOWN
from ledger.errors import OwnerUndeclared

METADATA = sa.MetaData()


@dataclass(frozen=True)
class Path:
    """How a row reaches the account that owns it: `column` holds the account's id after `prefix`.

    A row whose column does not begin with the prefix is shared: it belongs to no account, and
    everybody who may see anything sees it, as all rows of a table whose path is `shared`.
    """

    column: str
    prefix: str = ""


class Instant(sa.types.TypeDecorator[dt.datetime]):
    """An instant in UTC to the microsecond; SQLite, which knows no zones, keeps it without one."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Any) -> dt.datetime | None:  # noqa: ARG002
        """The instant in UTC."""
        return None if value is None else value.astimezone(dt.UTC)

    def process_result_value(self, value: dt.datetime | None, dialect: Any) -> dt.datetime | None:  # noqa: ARG002
        """The instant in UTC, whatever zone the session has."""
        if value is None:
            return None
        return value.astimezone(dt.UTC) if value.tzinfo else value.replace(tzinfo=dt.UTC)


def _column(
    name: str,
    kind: sa.types.TypeEngine,
    description: str,
    unit: str,
    *,
    key: bool = False,
    nullable: bool = False,
    choices: tuple[str, ...] = (),
) -> sa.Column[Any]:
    facts = {"unit": unit, "choices": choices}
    return sa.Column(name, kind, primary_key=key, nullable=nullable, doc=description, info=facts)


def _about(grain: str, path: Path | Literal["shared"]) -> dict[str, Any]:
    return {"grain": grain, "path": path}


def _said() -> tuple[sa.Column[Any], ...]:
    """What an action and a refused attempt at one have in common, beyond their versions."""
    return (
        _column("action_id", sa.Text(), "Action id, made by whoever clicked", "id", key=True),
        _column("account_id", sa.Text(), "Account", "id"),
        _column("kind", sa.Text(), "Kind", "word", choices=tuple(KINDS)),
        _column("at", Instant(), "When", "UTC"),
        _column("as_of", sa.Date(), "Data date the person was looking at", "day"),
        _column("author", sa.Text(), "Author", "text"),
    )


TRIAGE_ACTIONS = sa.Table(
    "triage_actions",
    METADATA,
    *_said(),
    _column("version", sa.BigInteger(), "Version it made of its account, from 1", "count"),
    _column("payload", sa.Text(), "What was said, as JSON", "text"),
    sa.UniqueConstraint("account_id", "version", name="one_action_per_version"),
    info=_about("One row per action somebody took on an account; append-only.", Path("account_id")),
)

TRIAGE_ATTEMPTS = sa.Table(
    "triage_attempts",
    METADATA,
    *_said(),
    _column("seen_version", sa.BigInteger(), "Version of the account that the person saw", "count"),
    _column("found_version", sa.BigInteger(), "Version the account had by then", "count"),
    _column("payload", sa.Text(), "What was said, as JSON", "text"),
    sa.Index("attempts_of_account", "account_id"),
    info=_about(
        "One row per action that was refused, as somebody else had acted meanwhile; append-only.",
        Path("account_id"),
    ),
)

SCORE_HISTORY = sa.Table(
    "score_history",
    METADATA,
    _column("account_id", sa.Text(), "Account", "id", key=True),
    _column("as_of", sa.Date(), "Data date", "day", key=True),
    _column("card_version", sa.Text(), "Scorecard version", "id", key=True),
    _column("score", sa.Double(), "Score from 0 to 100; null: unknown", "points", nullable=True),
    _column("band", sa.Text(), "Band", "word", choices=(*BANDS, UNKNOWN)),
    _column("coverage_share", sa.Double(), "Share of the card's weight that had an input", "share"),
    _column("contributions", sa.Text(), "Contribution of each factor, as JSON", "text"),
    _column("inputs", sa.Text(), "Value of each input, as JSON", "text"),
    _column("arr_usd", sa.Double(), "ARR on the data date", "USD per year"),
    _column(
        "oldest_input_date",
        sa.Date(),
        "Day of the oldest input; null: nothing is known",
        "day",
        nullable=True,
    ),
    _column(
        "days_to_renewal", sa.BigInteger(), "Days to renewal; null: unknown", "days", nullable=True
    ),
    _column("written_at", Instant(), "When it was written", "UTC"),
    sa.Index("scores_of_day", "as_of"),
    info=_about(
        "One row per account, data date and version of the scorecard; frozen once written.",
        Path("account_id"),
    ),
)

ANNOTATIONS = sa.Table(
    "annotations",
    METADATA,
    _column("annotation_id", sa.Text(), "Annotation id", "id", key=True),
    _column("subject", sa.Text(), "Account, hyperscaler or everyone", "text"),
    _column("at", Instant(), "Instant it marks", "UTC"),
    _column("author", sa.Text(), "Author", "text"),
    _column(
        "kind", sa.Text(), "Kind", "word", choices=("release", "incident", "price", "scorecards")
    ),
    _column("text", sa.Text(), "What happened", "text"),
    info=_about("One row per annotation on a chart.", Path("subject", prefix="account:")),
)

TABLES: dict[str, sa.Table] = {
    table.name: table for table in (TRIAGE_ACTIONS, TRIAGE_ATTEMPTS, SCORE_HISTORY, ANNOTATIONS)
}

TABLE_VERSIONS = sa.Table(
    "table_versions",
    METADATA,
    sa.Column("table_name", sa.Text(), primary_key=True),
    sa.Column("version", sa.BigInteger(), nullable=False),
)

_DTYPES: dict[type[sa.types.TypeEngine], pl.DataType] = {
    sa.Text: pl.String(),
    sa.BigInteger: pl.Int64(),
    sa.Double: pl.Float64(),
    sa.Date: pl.Date(),
    Instant: pl.Datetime("us", "UTC"),
}


def frame_schema(*columns: sa.ColumnElement[Any]) -> pl.Schema:
    """The columns of a select as those of a frame, which it has also without a row."""
    return pl.Schema({str(column.key): _DTYPES[type(column.type)] for column in columns})


def path_of(table: str) -> Path | Literal["shared"]:
    """How the rows of a table reach the account that owns them, or `shared`.

    Raises `OwnerUndeclared` where the table says neither, and `KeyError` where there is none.
    """
    path: Path | Literal["shared"] | None = TABLES[table].info.get("path")
    if path is None:
        raise OwnerUndeclared(table)
    return path


class ColumnFacts(NamedTuple):
    """What a column of the ledger says of itself; `choices` are empty where any text goes."""

    table: str
    grain: str
    column: str
    description: str
    unit: str
    dtype: pl.DataType
    is_key: bool
    is_nullable: bool
    choices: tuple[str, ...]


def column_facts() -> Iterator[ColumnFacts]:
    """Every column of every table, in the order of the declaration."""
    for table in TABLES.values():
        for column in table.c:
            yield ColumnFacts(
                table=table.name,
                grain=table.info["grain"],
                column=column.name,
                description=column.doc or "",
                unit=column.info["unit"],
                dtype=_DTYPES[type(column.type)],
                is_key=column.primary_key,
                is_nullable=bool(column.nullable),
                choices=column.info["choices"],
            )
