"""The ledger's tables, declared once for SQLite and PostgreSQL.

The contract declares the same columns for the dictionary; a test holds the two together. Every
table is append-only but `table_versions`, the counters that say that a table got a row.
"""

import datetime as dt
from typing import Any

import polars as pl
import sqlalchemy as sa

METADATA = sa.MetaData()


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


def _said() -> tuple[sa.Column[Any], ...]:
    """What an action and a refused attempt at one have in common, beyond their key."""
    return (
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
    )


TRIAGE_ACTIONS = sa.Table(
    "triage_actions",
    METADATA,
    sa.Column("action_id", sa.Text(), primary_key=True),
    *_said(),
    sa.Column("version", sa.BigInteger(), nullable=False),
    sa.Column("payload", sa.Text(), nullable=False),
    sa.UniqueConstraint("account_id", "version", name="one_action_per_version"),
)

TRIAGE_ATTEMPTS = sa.Table(
    "triage_attempts",
    METADATA,
    sa.Column("action_id", sa.Text(), primary_key=True),
    *_said(),
    sa.Column("seen_version", sa.BigInteger(), nullable=False),
    sa.Column("found_version", sa.BigInteger(), nullable=False),
    sa.Column("payload", sa.Text(), nullable=False),
    sa.Index("attempts_of_account", "account_id"),
)

SCORE_HISTORY = sa.Table(
    "score_history",
    METADATA,
    sa.Column("account_id", sa.Text(), primary_key=True),
    sa.Column("as_of", sa.Date(), primary_key=True),
    sa.Column("card_version", sa.Text(), primary_key=True),
    sa.Column("score", sa.Double()),
    sa.Column("band", sa.Text(), nullable=False),
    sa.Column("coverage_share", sa.Double(), nullable=False),
    sa.Column("contributions", sa.Text(), nullable=False),
    sa.Column("inputs", sa.Text(), nullable=False),
    sa.Column("arr_usd", sa.Double(), nullable=False),
    sa.Column("oldest_input_date", sa.Date()),
    sa.Column("days_to_renewal", sa.BigInteger()),
    sa.Column("written_at", Instant(), nullable=False),
    sa.Index("scores_of_day", "as_of"),
)

ANNOTATIONS = sa.Table(
    "annotations",
    METADATA,
    sa.Column("annotation_id", sa.Text(), primary_key=True),
    sa.Column("subject", sa.Text(), nullable=False),
    sa.Column("at", Instant(), nullable=False),
    sa.Column("author", sa.Text(), nullable=False),
    sa.Column("kind", sa.Text(), nullable=False),
    sa.Column("text", sa.Text(), nullable=False),
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
