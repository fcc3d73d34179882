"""Scores that compare: those of one scorecard, with none of another between them."""

import polars as pl


def same_card(frame: pl.DataFrame, *, date: str) -> pl.DataFrame:
    """The rows of the newest date's scorecard since the last date of another, oldest first.

    `frame` has `card_version` and a column `date` of days. Scores by two scorecards do not compare.
    """
    ordered = frame.sort(date)
    other = pl.col("card_version") != pl.col("card_version").last()
    since = pl.col(date).filter(other).max()
    return ordered.filter((pl.col(date) > since) | since.is_null())
