"""The second road of the queue: triage.sql, executed in DuckDB over frames."""

from pathlib import Path

import duckdb
import polars as pl

SQL = Path(__file__).with_name("triage.sql").read_text(encoding="utf-8")
# One for all: to open another takes longer than to ask.
ENGINE = duckdb.connect(config={"threads": 1})
Places = list[tuple[str, int, str]]


def queue_by_hand(
    accounts: pl.DataFrame, earlier: pl.DataFrame, *, order: str, capacity: int
) -> Places:
    """Account, rank and place of everybody who has a rank, in that order."""
    ENGINE.register("accounts", accounts.to_arrow())
    ENGINE.register("earlier", earlier.to_arrow())
    values = {"capacity": capacity, "by_loss": order == "loss"}
    return ENGINE.execute(SQL, values).fetchall()


def listed(frame: pl.DataFrame) -> Places:
    """The same of an answer to `triage`."""
    ranked = frame.drop_nulls("rank").sort("rank")
    return ranked.select("account_id", "rank", "place").rows()
