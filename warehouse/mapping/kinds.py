"""The kinds of value a map speaks of: as the contract, Python and an engine's catalog name them."""

import datetime as dt
import re

import dataframely as dy
import sqlalchemy as sa

from warehouse.mapping.declaration import Kind, Plain

SQL_TYPES: dict[Kind, sa.types.TypeEngine] = {
    "text": sa.String(),
    "number": sa.Double(),
    "whole number": sa.BigInteger(),
    "yes/no": sa.Boolean(),
    "day": sa.Date(),
    "instant": sa.DateTime(),
}
_CONTRACT: dict[type[dy.Column], Kind] = {
    dy.String: "text",
    dy.Float64: "number",
    dy.Int64: "whole number",
    dy.Bool: "yes/no",
    dy.Date: "day",
    dy.Datetime: "instant",
}
# In this order: True is an int in Python, and an instant is a day.
_PYTHON: tuple[tuple[type, Kind], ...] = (
    (bool, "yes/no"),
    (int, "whole number"),
    (float, "number"),
    (str, "text"),
    (dt.datetime, "instant"),
    (dt.date, "day"),
)
# The first word of a type's name, as DuckDB and Snowflake say it.
_FOUND: dict[str, Kind] = {
    **dict.fromkeys(("VARCHAR", "TEXT", "STRING", "CHAR", "ENUM", "UUID"), "text"),
    **dict.fromkeys(("DECIMAL", "NUMBER", "NUMERIC", "DOUBLE", "FLOAT", "REAL"), "number"),
    **dict.fromkeys(
        ("TINYINT", "SMALLINT", "INTEGER", "INT", "BIGINT", "HUGEINT"),
        "whole number",
    ),
    **dict.fromkeys(
        ("UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT"),
        "whole number",
    ),
    "BOOLEAN": "yes/no",
    "DATE": "day",
    "DATETIME": "instant",
    "TIMESTAMP": "instant",
}
_DECIMALS = ("DECIMAL", "NUMBER", "NUMERIC")
_ZONED = ("WITH TIME ZONE", "_TZ", "_LTZ")
# From, and what it may be cast to beside itself.
CASTS: dict[Kind, tuple[Kind, ...]] = {
    "text": ("number", "whole number", "yes/no", "day", "instant"),
    "number": ("text", "whole number"),
    "whole number": ("text", "number"),
    "yes/no": ("text",),
    "day": ("text", "instant"),
    "instant": ("text", "day"),
}


def of_contract(column: dy.Column) -> Kind:
    """The kind of a contract column."""
    return _CONTRACT[type(column)]


def of_value(value: Plain) -> Kind:
    """The kind of a constant."""
    return next(kind for kind_of, kind in _PYTHON if isinstance(value, kind_of))


def of_catalog(data_type: str, scale: int | None) -> Kind | None:
    """The kind of a type as the catalog names it; None for one that no map can read, as a list.

    A decimal without decimals is a whole number: Snowflake has no other.
    """
    word = re.match(r"[A-Z]*", data_type.upper())
    first = word.group() if word and not data_type.endswith("]") else ""
    return "whole number" if first in _DECIMALS and scale == 0 else _FOUND.get(first)


def is_zoned(data_type: str) -> bool:
    """Whether a type's instants carry a zone of their own."""
    return data_type.upper().endswith(_ZONED)


def fits(kind: Kind, wanted: Kind) -> bool:
    """Whether a value of one kind is a value of the other without being changed."""
    return kind == wanted or (kind, wanted) == ("whole number", "number")
