"""Sums and ratios in which an unknown stays unknown."""

import polars as pl


def known_sum(column: str, keep: pl.Expr | None = None) -> pl.Expr:
    """The sum of the known values of `column` (where `keep`); null where none is known."""
    values = pl.col(column) if keep is None else pl.col(column).filter(keep)
    return pl.when(values.count() > 0).then(values.sum())


def whole_sum(column: str) -> pl.Expr:
    """The sum of `column`; null where one of its values is unknown."""
    values = pl.col(column)
    return pl.when(values.is_not_null().all()).then(values.sum())


def ratio(part: str | pl.Expr, whole: str | pl.Expr) -> pl.Expr:
    """`part` / `whole`; null where either is unknown or the whole is not above zero."""
    above, below = (pl.col(one) if isinstance(one, str) else one for one in (part, whole))
    return pl.when(below > 0).then(above / below)
