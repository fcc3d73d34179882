"""Score history: what a card said of each account on each data date, frozen once written."""

from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl
import sqlalchemy as sa

from ledger.bands import UNKNOWN
from ledger.errors import ScoresInvalid
from ledger.rows import append_frame, rows_of
from ledger.store import Ledger
from ledger.tables import SCORE_HISTORY, frame_schema

KEY = tuple(column.name for column in SCORE_HISTORY.primary_key)
SCHEMA = frame_schema(*SCORE_HISTORY.c)
VALUES = tuple(name for name in SCHEMA if name not in {*KEY, "written_at"})
BAND_WORDS: tuple[str, ...] = SCORE_HISTORY.c.band.info["choices"]
_MAY_BE_NULL = {column.name for column in SCORE_HISTORY.c if column.nullable}


@dataclass(frozen=True)
class Written:
    """How many rows were new, were there with the same values, and were there with others.

    `differing` holds the keys of the last: what is stored of them stayed as it was.
    """

    new: int
    same: int
    different: int
    differing: pl.DataFrame


def write(ledger: Ledger, scores: pl.DataFrame) -> Written:
    """Add the scores that are not in the history yet; nothing that is there changes.

    `scores` has the columns of `score_history` in any order. Each data date is one transaction,
    so that what was killed halfway is completed by writing again. When a row was written is no
    value: the same score written later is the same. Raises `ScoresInvalid` before anything is
    written, and `LedgerError`.
    """
    checked = _checked(scores)
    days = [_write_day(ledger, day) for day in checked.partition_by("as_of", maintain_order=True)]
    differing = pl.concat([checked.select(KEY).clear(), *(day.differing for day in days)])
    return Written(
        new=sum(day.new for day in days),
        same=sum(day.same for day in days),
        different=differing.height,
        differing=differing,
    )


def _write_day(ledger: Ledger, scores: pl.DataFrame) -> Written:
    stored_day = sa.select(SCORE_HISTORY).where(SCORE_HISTORY.c.as_of == scores["as_of"][0])
    with ledger.writing(SCORE_HISTORY.name) as connection:
        stored = rows_of(connection, stored_day)
        new = scores.join(stored, on=KEY, how="anti", maintain_order="left")
        append_frame(connection, SCORE_HISTORY, new)
    both = scores.join(stored, on=KEY, suffix=" stored", maintain_order="left")
    # Earlier versions wrote the score of the known part, which says nothing of an unknown one.
    is_unknown = (pl.col("band") == UNKNOWN) & (pl.col("band stored") == UNKNOWN)
    is_same = pl.all_horizontal(
        pl.col(name).eq_missing(pl.col(f"{name} stored")) | (is_unknown & (name == "score"))
        for name in VALUES
    )
    differing = both.filter(~is_same).select(KEY)
    return Written(new.height, both.height - differing.height, differing.height, differing)


def _checked(scores: pl.DataFrame) -> pl.DataFrame:
    """The scores as the table's columns, none of which breaks a rule."""
    if set(scores.columns) != set(SCHEMA):
        raise _refused(f"its columns are {_names(scores.columns)}, not {_names(SCHEMA)}")
    try:
        cast = scores.select(pl.col(name).cast(dtype) for name, dtype in SCHEMA.items())
    except pl.exceptions.InvalidOperationError as error:
        raise _refused(str(error).partition("\n")[0]) from error
    for rule, keeps in _rules().items():
        broken = cast.filter(~keeps.fill_null(value=False))
        if broken.height:
            first = " on ".join(str(value) for value in broken.select(KEY[:2]).row(0))
            raise _refused(f"{first}: {rule}")
    return cast


def _rules() -> dict[str, pl.Expr]:
    present = {
        f"{name} is there": pl.col(name).is_not_null()
        for name in SCHEMA
        if name not in _MAY_BE_NULL
    }
    score = pl.col("score")
    return present | {
        "the key stands there once": ~pl.struct(KEY).is_duplicated(),
        "score is from 0 to 100, or unknown": score.is_null() | score.is_between(0, 100),
        "band is one of " + _names(BAND_WORDS): pl.col("band").is_in(BAND_WORDS),
        "an unknown score has no band": score.is_not_null() | (pl.col("band") == UNKNOWN),
        "an unknown band has no score": score.is_null() | (pl.col("band") != UNKNOWN),
        "coverage_share is from 0 to 1": pl.col("coverage_share").is_between(0, 1),
        "arr_usd is a number": pl.col("arr_usd").is_finite(),
    }


def _names(names: Iterable[str]) -> str:
    return ", ".join(names)


def _refused(rule: str) -> ScoresInvalid:
    return ScoresInvalid(
        f"The scores break a rule of the score history: {rule}.",
        "Correct what made them; nothing was written.",
    )
