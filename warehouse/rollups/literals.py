"""Constants of a rollup: a dynamic table takes no parameters, so they stand in its text."""

import sqlalchemy as sa

ZERO: sa.ColumnElement[int] = sa.literal_column("0", sa.BigInteger())
ONE: sa.ColumnElement[int] = sa.literal_column("1", sa.BigInteger())
UNKNOWN: sa.ColumnElement[str] = sa.literal_column("'unknown'", sa.String())
MICROSECOND: sa.ColumnElement[str] = sa.literal_column("'microsecond'", sa.String())
