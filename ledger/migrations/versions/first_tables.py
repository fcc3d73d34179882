"""Triage actions and refused attempts, score history, annotations; none takes back a row."""

import sqlalchemy as sa
from alembic import op

from ledger.errors import LedgerError

revision = "0001"
down_revision = None

APPEND_ONLY = ("triage_actions", "triage_attempts", "score_history", "annotations")


def upgrade() -> None:
    """Make the tables, their counters, and the rule that rows are only appended."""
    instant = sa.DateTime(timezone=True)
    op.create_table(
        "triage_actions",
        sa.Column("action_id", sa.Text(), primary_key=True),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", instant, nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.UniqueConstraint("account_id", "version", name="one_action_per_version"),
    )
    op.create_table(
        "triage_attempts",
        sa.Column("action_id", sa.Text(), primary_key=True),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", instant, nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("seen_version", sa.BigInteger(), nullable=False),
        sa.Column("found_version", sa.BigInteger(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
    )
    op.create_index("attempts_of_account", "triage_attempts", ["account_id"])
    op.create_table(
        "score_history",
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
        sa.Column("written_at", instant, nullable=False),
    )
    op.create_index("scores_of_day", "score_history", ["as_of"])
    op.create_table(
        "annotations",
        sa.Column("annotation_id", sa.Text(), primary_key=True),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("at", instant, nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
    )
    counters = op.create_table(
        "table_versions",
        sa.Column("table_name", sa.Text(), primary_key=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
    )
    op.bulk_insert(counters, [{"table_name": name, "version": 0} for name in APPEND_ONLY])
    _append_only(op.get_context().dialect.name)


def downgrade() -> None:
    """Refuse: the way back would lose rows."""
    raise LedgerError(
        "The ledger has no way back: its rows would be lost.", "Restore a backup of the ledger."
    )


def _append_only(dialect: str) -> None:
    if dialect == "postgresql":
        op.execute(
            "CREATE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'the ledger only takes new rows'; END $$"
        )
    for table in APPEND_ONLY:
        if dialect == "postgresql":
            op.execute(
                f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
                "EXECUTE FUNCTION append_only()"
            )
            continue
        for change in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_{change.lower()} BEFORE {change} ON {table} "
                "BEGIN SELECT RAISE(ABORT, 'the ledger only takes new rows'); END"
            )
