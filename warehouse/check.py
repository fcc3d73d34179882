"""Does the connected warehouse meet the contract? Table by table, column by column."""

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import sqlalchemy as sa

from warehouse import clock
from warehouse.contract import TABLES, Table
from warehouse.ddl import DUCKDB, SQL_TABLES, create_statements
from warehouse.errors import missing, unreadable
from warehouse.sources.files import nearest
from warehouse.verdict import ColumnVerdict, TableVerdict, Verdict


def check(path: Path) -> Verdict:
    """Hold the DuckDB file at `path` to the contract, counting in the engine.

    A table meets it when it is there with every column in its type, its keys are unique, nothing
    is empty, out of bounds or outside a word list, no row was known after now, and it is as fresh
    as it promises. Rules that span columns are checked when rows are loaded, not here. An empty
    table meets the contract. Raises `WarehouseMissing` or `WarehouseUnavailable`.
    """
    if not path.is_file():
        raise missing(path)
    expected = _contract_types()
    try:
        with duckdb.connect(str(path), read_only=True) as connection:
            found = _types(connection)
            tables = [
                _table(connection, table, expected[table.name], found) for table in TABLES.values()
            ]
    except duckdb.Error as fault:
        raise unreadable(path, fault) from fault
    data_date = _data_date(tables)
    return Verdict(str(path), data_date, tuple(_aged(table, data_date) for table in tables))


def _contract_types() -> dict[str, dict[str, str]]:
    with duckdb.connect() as empty:
        for statement in create_statements():
            empty.execute(statement)
        return _types(empty)


def _types(connection: duckdb.DuckDBPyConnection) -> dict[str, dict[str, str]]:
    columns = sa.table(
        "columns",
        *(sa.column(name) for name in ("table_schema", "table_name", "column_name", "data_type")),
        schema="information_schema",
    )
    query = sa.select(columns.c.table_name, columns.c.column_name, columns.c.data_type).where(
        columns.c.table_schema == sa.literal_column("current_schema()")
    )
    types: dict[str, dict[str, str]] = {}
    for table, column, kind in connection.execute(_text(query)).fetchall():
        types.setdefault(table, {})[column] = kind
    return types


def _table(
    connection: duckdb.DuckDBPyConnection,
    table: Table,
    expected: dict[str, str],
    types: dict[str, dict[str, str]],
) -> TableVerdict:
    found = types.get(table.name)
    if found is None:
        others = [name for name in types if name not in TABLES]
        columns = tuple(ColumnVerdict(name, kind, None) for name, kind in expected.items())
        fault = f"the table is missing{nearest(table.name, others)}"
        return TableVerdict(table.name, columns, faults=(fault,))
    sound = [name for name, kind in expected.items() if found.get(name) == kind]
    rows, newest, broken, duplicates = _counts(connection, table, sound)
    columns = tuple(
        ColumnVerdict(name, kind, found.get(name), _column_faults(name, kind, found, broken))
        for name, kind in expected.items()
    )
    faults = []
    if duplicates:
        faults.append(f"keys ({', '.join(table.key)}) that occur more than once: {duplicates:,}")
    return TableVerdict(
        table.name,
        columns,
        rows,
        newest,
        tuple(faults),
        fresh_within_hours=table.fresh_within_hours,
    )


def _column_faults(
    name: str, kind: str, found: dict[str, str], broken: dict[str, list[str]]
) -> tuple[str, ...]:
    if name not in found:
        return (f"is missing{nearest(name, found)}",)
    if found[name] != kind:
        return (f"has type {found[name]}, not {kind}",)
    return tuple(broken.get(name, ()))


def _counts(
    connection: duckdb.DuckDBPyConnection, table: Table, sound: list[str]
) -> tuple[int, dt.datetime | None, dict[str, list[str]], int]:
    """Rows, newest known instant, column to its faults, and keys that repeat."""
    there = SQL_TABLES[table.name]
    rules = [rule for name in sound for rule in _rules(table, name)]
    query = sa.select(
        sa.func.count(),
        sa.cast(sa.func.max(there.c[table.known_at]), sa.DateTime)
        if table.known_at in sound
        else sa.null(),
        *(sa.func.count(sa.case((broken, sa.literal_column("1")))) for _, _, broken in rules),
    ).select_from(there)
    rows, newest, *counts = connection.execute(_text(query)).fetchone() or (0, None)
    faults: dict[str, list[str]] = {}
    for (name, words, _), count in zip(rules, counts, strict=True):
        if count:
            faults.setdefault(name, []).append(
                f"{count:,} {'row' if count == 1 else 'rows'} {words}"
            )
    duplicates = 0
    if rows and set(table.key) <= set(sound):
        keys = [there.c[name] for name in table.key]
        repeated = sa.select(*keys).group_by(*keys).having(sa.func.count() > sa.literal_column("1"))
        counted = sa.select(sa.func.count()).select_from(repeated.subquery("repeated"))
        (duplicates,) = connection.execute(_text(counted)).fetchone() or (0,)
    return rows, newest and newest.replace(tzinfo=dt.UTC), faults, duplicates


def _rules(table: Table, name: str) -> list[tuple[str, str, sa.ColumnElement[bool]]]:
    """Column, what is wrong, and the condition of a row that is wrong, as the contract says it."""
    column: Any = table.columns[name]
    cell = SQL_TABLES[table.name].c[name]
    rules: list[tuple[str, str, sa.ColumnElement[bool]]] = []
    if not column.nullable:
        rules.append((name, "empty", cell.is_(None)))
    if choices := table.choices(name):
        rules.append((name, f"outside {', '.join(choices)}", cell.not_in(choices)))
    if getattr(column, "resolution", None):
        rules.append((name, "not on the hour", sa.func.date_trunc("hour", cell) != cell))
    low, high = getattr(column, "min", None), getattr(column, "max", None)
    if low is not None and high is not None:
        bounds = (_bound(low), _bound(high))
        rules.append((name, f"outside {low} to {high}", sa.not_(cell.between(*bounds))))
    if name in (table.known_at, "hour_start"):
        rules.append((name, "in the future", cell > _bound(clock.now())))
    return rules


def _bound(value: Any) -> Any:
    return value.replace(tzinfo=None) if isinstance(value, dt.datetime) else value


def _data_date(tables: list[TableVerdict]) -> dt.datetime | None:
    """The newest instant any loaded fact was known, at most now; rollups say nothing new."""
    now = clock.now()
    newest = [
        min(table.newest, now)
        for table in tables
        if table.newest is not None and not TABLES[table.name].rollup
    ]
    return max(newest, default=None)


def _aged(table: TableVerdict, data_date: dt.datetime | None) -> TableVerdict:
    if table.newest is None or data_date is None:
        return table
    age = max(0.0, (data_date - table.newest) / dt.timedelta(hours=1))
    within = table.fresh_within_hours
    return replace(table, age_hours=round(age, 2), is_late=None if within is None else age > within)


def _text(query: sa.Select) -> str:
    """DuckDB's words for a query whose values all come from the contract or the clock."""
    return str(query.compile(dialect=DUCKDB, compile_kwargs={"literal_binds": True})).replace(
        "%%", "%"
    )
