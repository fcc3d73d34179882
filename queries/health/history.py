"""The scores that were written for earlier days: pure functions of the ledger's score history."""

import datetime as dt

import polars as pl

# What says how an account stood; the rest of a row is what its score was made of.
STOOD = ("account_id", "as_of", "card_version", "score", "band", "arr_usd")


def written_before(history: pl.LazyFrame, as_of: dt.date) -> pl.LazyFrame:
    """The scores of the days before `as_of`, each day by the newest scorecard that scored it."""
    newest = pl.col("card_version").max().over("as_of")
    return history.filter(pl.col("as_of") < as_of).filter(pl.col("card_version") == newest)
