"""Text becomes the contract's types; what cannot be cast is marked, never guessed."""

import polars as pl

_NUMBER = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$"
_NOT_FINITE = r"(?i)^[+-]?(nan|inf|infinity)$"
_WHOLE = r"^[+-]?\d+$"
_DAY = r"^\d{4}-\d{2}-\d{2}$"
_INSTANT = (
    r"^(?<day>\d{4}-\d{2}-\d{2})[T ](?<minute>\d{2}:\d{2})(?<second>:\d{2}(?:\.\d+)?)?"
    r" ?(?<zone>Z|z|UTC|[+-]\d{2}:?\d{2})?$"
)
_TRUE = ["true", "t", "yes", "y", "1"]
_FALSE = ["false", "f", "no", "n", "0"]
_UTC = pl.Datetime("us", "UTC")

RULES: dict[pl.DataType, str] = {
    pl.Float64(): "is not a number",
    pl.Int64(): "is not a whole number",
    pl.Boolean(): "is neither true nor false",
    pl.Date(): "is not a day written as 2026-01-31",
    _UTC: "is not an instant written as 2026-01-31T13:00:00Z",
    pl.String(): "is not text",
}


def cast(column: pl.Series, dtype: pl.DataType) -> pl.Series:
    """`column` as `dtype`; null where the value cannot be read as one.

    Instants are read with or without T and Z; without a zone they are UTC, with an offset they
    are converted. NaN and infinities stay what they are, for the contract's rules to refuse.
    A typed column (Parquet) must lose nothing: 3.0 is a whole number, 3.5 is not.
    """
    if column.dtype == dtype:
        return column
    if column.dtype == pl.Null:
        return column.cast(dtype)
    name = column.name
    expression = (
        _from_text(pl.col(name), dtype)
        if column.dtype in (pl.String, pl.Categorical, pl.Enum)
        else _from_typed(pl.col(name), column.dtype, dtype)
    )
    source = column.cast(pl.String) if column.dtype in (pl.Categorical, pl.Enum) else column
    return source.to_frame().select(expression.cast(dtype).alias(name)).to_series()


def _from_text(text: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    bare = text.str.strip_chars()
    if dtype == pl.Float64:
        readable = bare.str.contains(_NUMBER) | bare.str.contains(_NOT_FINITE)
        return pl.when(readable).then(bare).cast(pl.Float64, strict=False)
    if dtype == pl.Int64:
        return pl.when(bare.str.contains(_WHOLE)).then(bare).cast(pl.Int64, strict=False)
    if dtype == pl.Boolean:
        lower = bare.str.to_lowercase()
        return pl.when(lower.is_in(_TRUE)).then(True).when(lower.is_in(_FALSE)).then(False)  # noqa: FBT003 (the two words of the type)
    if dtype == pl.Date:
        day = pl.when(bare.str.contains(_DAY)).then(bare)
        return day.str.to_date("%Y-%m-%d", strict=False)
    if dtype == _UTC:
        return _instant(bare)
    return text


def _instant(bare: pl.Expr) -> pl.Expr:
    part = bare.str.extract_groups(_INSTANT).struct
    clock = pl.concat_str(
        part["day"], pl.lit("T"), part["minute"], part["second"].fill_null(":00")
    ).str.to_datetime("%Y-%m-%dT%H:%M:%S%.f", time_unit="us", strict=False)
    digits = part["zone"].str.replace(":", "")
    hours = digits.str.slice(1, 2).cast(pl.Int64, strict=False).fill_null(0)
    minutes = digits.str.slice(3, 2).cast(pl.Int64, strict=False).fill_null(0)
    sign = pl.when(digits.str.starts_with("-")).then(-1).otherwise(1)
    ahead = pl.duration(minutes=sign * (hours * 60 + minutes), time_unit="us")
    return (clock - ahead).dt.replace_time_zone("UTC")


def _from_typed(value: pl.Expr, found: pl.DataType, dtype: pl.DataType) -> pl.Expr:
    if isinstance(found, pl.Datetime):
        return _from_instant(value, found, dtype)
    if dtype == pl.Float64 and found.is_numeric():
        return value.cast(pl.Float64)
    if dtype == pl.Int64 and found.is_numeric():
        whole = value.cast(pl.Int64, strict=False)
        return pl.when(whole.cast(pl.Float64) == value.cast(pl.Float64)).then(whole)
    if dtype == pl.String and found.is_integer():
        return value.cast(pl.String)
    return pl.repeat(None, pl.len())


def _from_instant(value: pl.Expr, found: pl.Datetime, dtype: pl.DataType) -> pl.Expr:
    if dtype == _UTC:
        instant = value.dt.cast_time_unit("us")
        if found.time_zone is None:
            return instant.dt.replace_time_zone("UTC")
        return instant.dt.convert_time_zone("UTC")
    if dtype == pl.Date:
        day = value.dt.date()
        return pl.when(day.cast(found) == value).then(day)
    return pl.repeat(None, pl.len())
