"""The one step between an engine's Arrow and a frame: names, instants and declared types."""

import polars as pl
import sqlalchemy as sa

from warehouse.errors import ContractBroken

INSTANT = pl.Datetime("us", "UTC")
# By what the statement declares; the first that fits.
_DECLARED: tuple[tuple[type[sa.types.TypeEngine], pl.DataType], ...] = (
    (sa.String, pl.String()),
    (sa.Boolean, pl.Boolean()),
    (sa.Date, pl.Date()),
    (sa.DateTime, INSTANT),
    (sa.Integer, pl.Int64()),
    (sa.Numeric, pl.Float64()),
    (sa.Float, pl.Float64()),
)


def normalised(frame: pl.DataFrame, statement: sa.Select) -> pl.DataFrame:
    """`frame` as `statement` declares it, whichever engine answered.

    Names in lower case; instants in UTC to the microsecond, those without a zone taken as UTC;
    decimals as Float64; and each column in its declared type, where it has one. A column of
    another kind (text for a number), or with fractions where whole numbers are declared, raises
    `ContractBroken`.
    """
    frame = frame.rename(str.lower)
    declared = zip(frame.columns, statement.selected_columns, strict=True)
    return frame.with_columns(
        _as_declared(frame[name], _polars_type(column.type)) for name, column in declared
    )


def _polars_type(declared: sa.types.TypeEngine) -> pl.DataType | None:
    return next((found for kind, found in _DECLARED if isinstance(declared, kind)), None)


def _as_declared(column: pl.Series, wanted: pl.DataType | None) -> pl.Series:
    found = column.dtype
    if isinstance(found, pl.Datetime):
        column = column.cast(INSTANT)
    elif isinstance(found, pl.Decimal) and wanted is None:
        column = column.cast(pl.Float64)
    if wanted is None or column.dtype == wanted:
        return column
    if not _is_of_a_kind(found, wanted):
        raise _differs(column.name, f"comes as {found}, not {wanted}")
    cast = column.cast(wanted)
    if wanted == pl.Int64() and not found.is_integer() and (cast != column).any():
        raise _differs(column.name, "has fractions where whole numbers are declared")
    return cast


def _is_of_a_kind(found: pl.DataType, wanted: pl.DataType) -> bool:
    if found == pl.Null():
        return True
    if wanted.is_numeric():
        return found.is_numeric()
    if wanted == pl.String():
        return isinstance(found, pl.Categorical | pl.Enum)
    return wanted.is_temporal() and isinstance(found, pl.Date | pl.Datetime)


def _differs(column: str, how: str) -> ContractBroken:
    return ContractBroken(
        f"The warehouse does not meet the contract: {column} {how}.",
        "Run `python -m warehouse check` to see every table and column that differs.",
    )
