"""Small warehouses made of a few hand-written rows, and the door to the second road."""

import datetime as dt
import re
from pathlib import Path
from typing import Any

import dataframely as dy
import duckdb
import polars as pl

from warehouse.contract.tables import TABLES
from warehouse.ddl import LOADS
from warehouse.normalise import INSTANT
from warehouse.publish import append, next_version

Rows = dict[str, list[dict[str, Any]]]
TESTS = Path(__file__).parent
LONG_AGO = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
# The watermark of a feed that is alive on every data date a test asks for.
ALIVE = dt.datetime(2100, 1, 1, tzinfo=dt.UTC)
_DEFAULTS: dict[type[dy.Column], Any] = {
    dy.Float64: 0.0,
    dy.Int64: 0,
    dy.Bool: False,
    dy.Date: LONG_AGO.date(),
    dy.Datetime: LONG_AGO,
}


def contract_rows(table: str, rows: list[dict[str, Any]]) -> pl.DataFrame:
    """`rows` in the shape of `table`; a column left out is null, or a plain default."""
    contract = TABLES[table]
    defaults = {name: _default(table, name) for name in contract.columns}
    for row in rows:
        unknown = row.keys() - defaults.keys()
        assert not unknown, f"{table} has no {unknown}"
    columns = {name: [row.get(name, default) for row in rows] for name, default in defaults.items()}
    return contract.schema.validate(pl.DataFrame(columns, schema=contract.polars_schema))


def _default(table: str, name: str) -> Any:
    column = TABLES[table].columns[name]
    if column.nullable:
        return None
    choices = TABLES[table].choices(name)
    return choices[0] if choices else _DEFAULTS.get(type(column), name)


def build(
    path: Path, rows: Rows, *, simulated: bool = False, watermark: dt.datetime | None = ALIVE
) -> Path:
    """A warehouse file at `path` holding `rows`.

    Every table named was complete up to `watermark` when it was loaded: by default its feed is
    alive on any data date, also where it has no row; None: nobody says.
    """
    with next_version(path) as connection:
        for table, given in rows.items():
            append(connection, table, contract_rows(table, given))
            book(connection, table, simulated=simulated, watermark=watermark)
    return path


def book(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    *,
    simulated: bool = False,
    watermark: dt.datetime | None = ALIVE,
) -> None:
    """A load of `table` in the book of loads."""
    row = {
        **dict.fromkeys(("load_id", "kind", "source", "content_sha256"), "test"),
        **dict.fromkeys(("rows_read", "rows_loaded", "rows_rejected"), 0),
        "table_name": table,
        "is_simulated": simulated,
        "loaded_at": LONG_AGO,
        "watermark_at": watermark,
    }
    append(connection, LOADS.name, pl.DataFrame([row], schema_overrides={"watermark_at": INSTANT}))


def hand_sql(path: Path, name: str, **values: Any) -> pl.DataFrame:
    """The second road: <name>.sql beside its test over the warehouse file, with `$values` bound.

    `{another}` in it stands for the whole of another.sql, as a subquery.
    """
    text = sql_of(name)
    with duckdb.connect(str(path), read_only=True) as connection:
        arrow = connection.sql(text, params=values).to_arrow_table()
    frame = pl.DataFrame(arrow)
    assert frame.height > 0, f"{name}.sql compared nothing"
    return frame.with_columns(
        pl.col(pl.Datetime).dt.cast_time_unit("us").dt.replace_time_zone("UTC"),
        pl.col(pl.Decimal).cast(pl.Float64),
    )


def sql_of(name: str) -> str:
    """The hand-written SQL of that name, wherever its subject keeps it."""
    (path,) = TESTS.rglob(f"{name}.sql")
    text = path.read_text(encoding="utf-8")
    return re.sub(r"\{(\w+)\}", lambda found: f"({sql_of(found[1])})", text)
