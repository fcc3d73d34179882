"""A ledger copied whole into an empty one: a backup, or the way from SQLite to PostgreSQL."""

import contextlib

import sqlalchemy as sa

from ledger.errors import CopyRefused
from ledger.rows import append_frame, rows_of
from ledger.store import open_ledger
from ledger.tables import TABLES


def copy_ledger(source_url: str, target_url: str) -> dict[str, int]:
    """Copy every row of a ledger into one that has none yet; rows by table.

    Nobody writes to the source meanwhile, so the copy is of one moment; it is there whole or not
    at all. Raises `CopyRefused` for a target that has rows or is the source, and `LedgerError`.
    """
    with contextlib.ExitStack() as opened:
        source, target = open_ledger(source_url), open_ledger(target_url)
        opened.callback(source.close)
        opened.callback(target.close)
        if source.address == target.address or target.version(*TABLES):
            raise CopyRefused(
                "The ledger to copy to has rows already.",
                "Name a file or a database of its own; nothing was copied.",
            )
        copied = {}
        with source.writing(*TABLES) as reads, target.writing(*TABLES) as writes:
            for name, table in TABLES.items():
                rows = rows_of(reads, sa.select(table))
                append_frame(writes, table, rows)
                copied[name] = rows.height
        return copied
