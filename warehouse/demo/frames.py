"""From rows to contract-shaped frames, and from frames to a hash of their content."""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl

from warehouse.contract.tables import TABLES

Row = Mapping[str, Any]

# The demo rounds every quantity to four decimals or fewer: whole ten-thousandths lose nothing.
_TEN_THOUSANDTHS = 10_000


def contract_frame(table: str, rows: Iterable[Row]) -> pl.DataFrame:
    """`rows` with the columns and types of contract `table`, sorted by its key."""
    frame = pl.DataFrame(list(rows), schema=TABLES[table].polars_schema, orient="row")
    return frame.sort(TABLES[table].key)


def empty(table: str) -> pl.DataFrame:
    """No rows, in the shape of contract `table`."""
    return pl.DataFrame(schema=TABLES[table].polars_schema)


class ContentHash:
    """SHA-256 over a table's rows as plain text.

    Numbers are written as whole ten-thousandths, instants as microseconds since 1970, so that
    the text does not depend on how a library prints them. A table that comes in several frames
    is the sequence of them.
    """

    def __init__(self) -> None:
        self._digest = hashlib.sha256()

    def update(self, frame: pl.DataFrame) -> None:
        """Add the rows of `frame` in their order."""
        plain = frame.select(
            pl.col(pl.String),
            pl.col(pl.Boolean).cast(pl.Int64),
            pl.col(pl.Int64),
            (pl.col(pl.Float64) * _TEN_THOUSANDTHS).round().cast(pl.Int64),
            pl.col(pl.Date).cast(pl.Int32),
            pl.col(pl.Datetime("us", "UTC")).cast(pl.Int64),
        )
        text = plain.write_csv(null_value="\\N", include_header=True, line_terminator="\n")
        self._digest.update(text.encode())

    def hexdigest(self) -> str:
        return self._digest.hexdigest()
