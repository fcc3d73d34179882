"""A table of outcomes made ready for fitting, and what of it was left out and why."""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from warehouse import bounded
from warehouse.errors import WarehouseError

# Words for "it happened", tried in this order where a label has two values.
HAPPENED = ("1", "1.0", "true", "yes", "y", "t", "churned", "churn", "lost", "left", "exited")
MOST_LEVELS = 20
LEAST_READABLE_SHARE = 0.95
IDENTIFYING_SHARE = 0.9
MISSING = "(missing)"


class TableRefused(WarehouseError):
    """A table of outcomes that cannot be judged: no label, one outcome only, no row."""


@dataclass(frozen=True)
class Outcomes:
    """Rows with a known outcome: factors, whether it happened, whose row it is and from when.

    `factors` holds Float64 columns (null: unknown) and String columns without null. `times` holds
    whole numbers that order the rows' snapshots; None where the table has no time. The outcome of
    a row is known `known_after` later, in the unit of `times`. `remarks` say what was left out or
    read differently.
    """

    factors: pl.DataFrame
    happened: NDArray[np.bool_]
    accounts: NDArray[np.int64]
    times: NDArray[np.int64] | None
    positive: str
    remarks: tuple[str, ...] = field(default=())
    known_after: int = 1

    @property
    def events(self) -> int:
        """Distinct accounts to which it happened."""
        return len(np.unique(self.accounts[self.happened]))

    @property
    def base_share(self) -> float:
        """The share of rows in which it happened."""
        return float(self.happened.mean())


def read_table(path: Path) -> pl.DataFrame:
    """The rows of a CSV or Parquet file; raises `TableRefused` with what is wrong."""
    try:
        if path.suffix.lower() in {".parquet", ".pq"}:
            frame, _ = bounded.parquet(path, TableRefused)
        else:
            frame = pl.read_csv(
                bounded.whole_table(path, TableRefused),
                infer_schema_length=None,
                null_values=["", "NA", "NULL"],
            )
            bounded.check_columns(frame.columns, path.name, TableRefused)
    except FileNotFoundError as missing:
        raise TableRefused(f"There is no file {path}.", "Name a CSV or Parquet file.") from missing
    except (OSError, pl.exceptions.PolarsError) as error:
        reason = str(error).partition("\n")[0]
        raise TableRefused(
            f"{path} cannot be read: {reason}.", "Give a CSV file in UTF-8 or a Parquet file."
        ) from error
    if frame.is_empty():
        raise TableRefused(f"{path} holds no row.", "Give a table with one row per account.")
    return frame


def outcomes(
    frame: pl.DataFrame,
    *,
    label: str,
    account: str | None = None,
    time: str | None = None,
    positive: str | None = None,
) -> Outcomes:
    """The table made ready: `label` says whether it happened, every other column is a factor.

    Rows without an outcome are left out, not counted as kept. Text that reads as numbers becomes
    numbers; text with more than 20 values, columns that name each row, dates and columns with one
    value are left out. Raises `TableRefused` for a column that is not there, a label with other
    than two values, or a time that does not order.
    """
    for name in filter(None, (label, account, time)):
        if name not in frame.columns:
            raise TableRefused(
                f"There is no column {name!r}.", f"Columns: {', '.join(frame.columns)}."
            )
    remarks: list[str] = []
    known = frame.filter(pl.col(label).is_not_null())
    if known.height < frame.height:
        remarks.append(f"{frame.height - known.height:,} rows without an outcome left out")
    happened, word = _happened(known[label], positive)
    whose = known[account] if account else pl.Series(range(known.height))
    factors = {}
    for column in known.drop([name for name in (label, account, time) if name]):
        usable, remark = _factor(column)
        if remark:
            remarks.append(remark)
        if usable is not None:
            factors[column.name] = usable
    if not factors:
        raise TableRefused("No column is left as a factor.", "; ".join(remarks) or "Add columns.")
    return Outcomes(
        factors=pl.DataFrame(factors),
        happened=happened,
        accounts=whose.rank("dense").fill_null(0).cast(pl.Int64).to_numpy(),
        times=_times(known[time]) if time else None,
        positive=word,
        remarks=tuple(remarks),
    )


def _happened(label: pl.Series, positive: str | None) -> tuple[NDArray[np.bool_], str]:
    said = label.cast(pl.String).str.strip_chars()
    values = sorted(said.unique())
    if len(values) != 2:  # noqa: PLR2004 (it happened or it did not)
        raise TableRefused(
            f"The label {label.name!r} has {len(values)} values; it takes two.",
            "Give a column that says whether each account churned, e.g. Yes and No.",
        )
    if positive is None:
        found = [word for word in HAPPENED for value in values if value.lower() == word]
        if not found:
            raise TableRefused(
                f"The label {label.name!r} is {values[0]!r} or {values[1]!r}; which one is churn?",
                f"Say it: --positive {values[1]}",
            )
        positive = next(value for value in values if value.lower() == found[0])
    elif positive not in values:
        raise TableRefused(
            f"The label {label.name!r} is never {positive!r}.",
            f"It is {values[0]!r} or {values[1]!r}.",
        )
    return (said == positive).to_numpy(), positive


def _times(time: pl.Series) -> NDArray[np.int64]:
    if time.null_count():
        raise TableRefused(
            f"{time.null_count():,} rows have no {time.name}.", "Give each row its snapshot's time."
        )
    if time.dtype == pl.String:
        parsed = time.str.to_datetime(strict=False, time_zone="UTC")
        numbers = time.cast(pl.Float64, strict=False)
        time = parsed if parsed.null_count() == 0 else numbers
        if time.null_count():
            raise TableRefused(
                f"{time.name} holds text that is neither a time nor a number.",
                "Write times as 2026-01-31, or as whole numbers.",
            )
    return time.rank("dense").cast(pl.Int64).to_numpy()


def _factor(column: pl.Series) -> tuple[pl.Series | None, str | None]:
    """The column as a factor, or None, and a remark where a reader should know."""
    column, remark = _read(column)
    why = _unusable(column)
    if why:
        return None, f"{column.name} left out: {why}"
    return (column.fill_null(MISSING) if column.dtype == pl.String else column), remark


def _read(column: pl.Series) -> tuple[pl.Series, str | None]:
    """The column as numbers or trimmed text, null where it says nothing, and a remark."""
    remark = None
    if column.dtype == pl.String:
        column, remark = _numbers_where_they_are(column)
    if column.dtype.is_numeric() or column.dtype == pl.Boolean:
        numbers = column.cast(pl.Float64)
        return numbers.set(numbers.is_nan() | numbers.is_infinite(), None), remark
    if column.dtype in {pl.String, pl.Categorical, pl.Enum}:
        return column.cast(pl.String).str.strip_chars().replace("", None), remark
    return column, remark


def _unusable(column: pl.Series) -> str | None:
    """Why a column is no factor; None where it is one."""
    if column.dtype.is_temporal():
        return "a date is no factor"
    if column.dtype not in {pl.String, pl.Float64}:
        return f"{column.dtype} is no factor"
    values = column.drop_nulls().n_unique()
    if values == 0 or (values == 1 and column.null_count() == 0):
        return "it has one value"
    if column.dtype == pl.String and values > IDENTIFYING_SHARE * column.len():
        return "it names each row"
    if column.dtype == pl.String and values > MOST_LEVELS:
        return f"{values:,} different texts"
    return None


def _numbers_where_they_are(column: pl.Series) -> tuple[pl.Series, str | None]:
    said = column.str.strip_chars().replace("", None)
    numbers = said.cast(pl.Float64, strict=False)
    given = said.len() - said.null_count()
    readable = numbers.len() - numbers.null_count()
    if not given or readable < LEAST_READABLE_SHARE * given:
        return column, None
    unread = column.len() - column.null_count() - readable
    note = f"{column.name} read as numbers" + (
        f"; {unread:,} blank or unreadable" if unread else ""
    )
    return numbers, note
