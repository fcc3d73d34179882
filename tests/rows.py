"""Small warehouses made of a few hand-written rows, and the door to the second road."""

import datetime as dt
import re
from pathlib import Path
from typing import Any

import dataframely as dy
import duckdb
import polars as pl

from warehouse.contract import TABLES
from warehouse.ddl import LOADS
from warehouse.publish import append, next_version

Rows = dict[str, list[dict[str, Any]]]
SQL = Path(__file__).parent / "sql"
LONG_AGO = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
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
    full = []
    for row in rows:
        unknown = row.keys() - contract.columns.keys()
        assert not unknown, f"{table} has no {unknown}"
        full.append({name: row.get(name, _default(table, name)) for name in contract.columns})
    return contract.schema.validate(pl.DataFrame(full, schema=contract.polars_schema))


def _default(table: str, name: str) -> Any:
    column = TABLES[table].columns[name]
    if column.nullable:
        return None
    choices = TABLES[table].choices(name)
    return choices[0] if choices else _DEFAULTS.get(type(column), name)


def build(path: Path, rows: Rows, *, simulated: bool = False) -> Path:
    """A warehouse file at `path` holding `rows`."""
    with next_version(path) as connection:
        for table, given in rows.items():
            append(connection, table, contract_rows(table, given))
            if simulated:
                book = [("l", "demo", "test", "0", table, 1, 1, 0, True, LONG_AGO.date())]
                columns = [column.name for column in LOADS.columns]
                connection.register("load", pl.DataFrame(book, schema=columns, orient="row"))
                connection.execute("INSERT INTO loads SELECT * FROM load")
    return path


def hand_sql(path: Path, name: str, **values: Any) -> pl.DataFrame:
    """The second road: tests/sql/<name>.sql over the warehouse file, with `$values` bound.

    `{another}` in it stands for the whole of tests/sql/another.sql, as a subquery.
    """
    text = _written(name)
    with duckdb.connect(str(path), read_only=True) as connection:
        arrow = connection.sql(text, params=values).to_arrow_table()
    frame = pl.DataFrame(arrow)
    assert frame.height > 0, f"{name}.sql compared nothing"
    return frame.with_columns(
        pl.col(pl.Datetime).dt.cast_time_unit("us").dt.replace_time_zone("UTC"),
        pl.col(pl.Decimal).cast(pl.Float64),
    )


def _written(name: str) -> str:
    text = (SQL / f"{name}.sql").read_text(encoding="utf-8")
    return re.sub(r"\{(\w+)\}", lambda found: f"({_written(found[1])})", text)
