"""The one rule that keeps data from becoming a spreadsheet formula.

OWASP ASVS 5 1.2.10 and CWE-1236: a text cell that begins with = + - @, a tab, a line break or a
NUL, or with the full-width form of one of the signs, gets a leading apostrophe, and so does one
that begins so once what is invisible is left out. Numbers stay numbers, so a negative amount is
never touched.
"""

import polars as pl
import polars.selectors as cs

from queries.shared.words import ABSENT
from warehouse.flat import flat, flat_columns

STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")


def safe_text(value: str) -> str:
    """The text as a spreadsheet cell that stays text."""
    shown = flat(value)
    starts = value.startswith(STARTS_A_FORMULA) or shown.startswith(STARTS_A_FORMULA)
    return f"'{shown}" if starts else shown


def safe_columns(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with every text column made of cells that stay text; other columns untouched."""
    first = "".join(f"\\x{{{ord(letter):x}}}" for letter in STARTS_A_FORMULA)
    starts, shown = f"\\A[{first}]", flat_columns(frame)
    return shown.with_columns(
        pl.when(frame[name].str.contains(starts) | pl.col(name).str.contains(starts))
        .then(pl.concat_str(pl.lit("'"), pl.col(name)))
        .otherwise(pl.col(name))
        .alias(name)
        for name, kind in frame.schema.items()
        if kind == pl.String
    )


def one_cell(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with every list as one text, its parts after each other, an unknown one as –."""
    texts = cs.list().list.eval(pl.element().cast(pl.String).fill_null(ABSENT))
    return frame.with_columns(texts.list.join(", "))


def csv_text(frame: pl.DataFrame) -> str:
    """The frame as CSV whose cells and column names stay text.

    Days and instants are in ISO 8601, an unknown is an empty cell, a list its words.
    """
    iso = pl.col(pl.Datetime).dt.strftime("%Y-%m-%dT%H:%M:%S%.fZ")
    return safe_columns(one_cell(frame.with_columns(iso))).rename(safe_text).write_csv()
