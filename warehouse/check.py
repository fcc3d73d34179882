"""Does the connected warehouse meet the contract? Table by table, column by column."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import sqlalchemy as sa

from warehouse import clock
from warehouse.contract import TABLES, Table
from warehouse.ddl import DUCKDB, SQL_TABLES, create_statements
from warehouse.errors import first_line, missing, unreadable
from warehouse.mapping import reading
from warehouse.mapping.catalog import Catalog, column_queries, table_queries
from warehouse.mapping.declaration import Mapping
from warehouse.mapping.translation import Translation
from warehouse.sources.files import nearest
from warehouse.verdict import ColumnVerdict, TableVerdict, Verdict

# The door to the engine: the rows of one select.
Ask = Callable[[sa.Select], list[tuple[Any, ...]]]


def check(path: Path, map_path: Path | None = None) -> Verdict:
    """Hold the DuckDB file at `path`, read through a map if there is one, to the contract.

    Rows are counted in the engine.

    A table meets it when it is there with every column in its type, its keys are unique, nothing
    is empty, out of bounds or outside a word list, no row was known after now, and it is as fresh
    as it promises. Rules that span columns are checked when rows are loaded, not here. An empty
    table meets the contract. A mapped table is judged by what the map makes of it. Raises
    `WarehouseMissing`, `WarehouseUnavailable` or `MapInvalid`.
    """
    mapping = None if map_path is None else reading.load(map_path)
    if not path.is_file():
        raise missing(path)
    expected = _contract_types()
    try:
        with duckdb.connect(str(path), read_only=True) as connection:
            ask = _asking(connection)
            found = _types(ask)
            translation = None if mapping is None else _translation(ask, mapping)
            tables = [
                _mapped_table(ask, table, expected[table.name], translation)
                if translation is not None and table.name in translation.mapping.tables
                else _table(ask, table, expected[table.name], found)
                for table in TABLES.values()
            ]
    except duckdb.Error as fault:
        raise unreadable(path, fault) from fault
    data_date = _data_date(tables)
    aged = tuple(_aged(table, data_date) for table in tables)
    return Verdict(str(path), data_date, aged, map_file=mapping.file if mapping else None)


def _asking(connection: duckdb.DuckDBPyConnection) -> Ask:
    return lambda query: connection.execute(_text(query)).fetchall()


def _translation(ask: Ask, mapping: Mapping) -> Translation:
    columns = [row for query in column_queries(mapping) for row in ask(query)]
    tables = [row for query in table_queries(mapping) for row in ask(query)]
    return Translation(mapping, Catalog(columns, tables))


def _contract_types() -> dict[str, dict[str, str]]:
    with duckdb.connect() as empty:
        for statement in create_statements():
            empty.execute(statement)
        return _types(_asking(empty))


def _types(ask: Ask) -> dict[str, dict[str, str]]:
    columns = sa.table(
        "columns",
        *(sa.column(name) for name in ("table_schema", "table_name", "column_name", "data_type")),
        schema="information_schema",
    )
    query = sa.select(columns.c.table_name, columns.c.column_name, columns.c.data_type).where(
        columns.c.table_schema == sa.literal_column("current_schema()")
    )
    types: dict[str, dict[str, str]] = {}
    for table, column, kind in ask(query):
        types.setdefault(table, {})[column] = kind
    return types


def _table(
    ask: Ask,
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
    rows, newest, broken, faults = _counts(ask, table, sound)
    columns = tuple(
        ColumnVerdict(name, kind, found.get(name), _column_faults(name, kind, found, broken))
        for name, kind in expected.items()
    )
    within = table.fresh_within_hours
    return TableVerdict(table.name, columns, rows, newest, faults, fresh_within_hours=within)


def _mapped_table(
    ask: Ask, table: Table, expected: dict[str, str], translation: Translation
) -> TableVerdict:
    translated = translation.table(table.name)
    source = translation.mapping.tables[table.name].source
    read_from = str(source) if source else "no table"
    if translated.missing is not None:
        columns = tuple(ColumnVerdict(name, kind, None) for name, kind in expected.items())
        fault = str(translated.missing)
        return TableVerdict(table.name, columns, faults=(fault,), source=read_from)

    def through_the_map(query: sa.Select) -> list[tuple[Any, ...]]:
        return ask(translation.mapped(query, misfits=True))

    broken = {name: [str(misfit)] for name, misfit in translated.misfits.items()}
    sound = [name for name in expected if name not in broken]
    broken |= _unconverted(through_the_map, table, sound)
    sound = [name for name in sound if name not in broken]
    rows, newest, ruled, faults = _counts(through_the_map, table, sound)
    columns = tuple(
        ColumnVerdict(
            name,
            kind,
            translated.misfits[name].found if name in translated.misfits else kind,
            tuple((broken | ruled).get(name, ())),
        )
        for name, kind in expected.items()
    )
    within = table.fresh_within_hours
    return TableVerdict(
        table.name, columns, rows, newest, faults, fresh_within_hours=within, source=read_from
    )


def _unconverted(ask: Ask, table: Table, names: list[str]) -> dict[str, list[str]]:
    """Column to what the engine says of a cell that the map's cast cannot convert."""
    cells = [SQL_TABLES[table.name].c[name] for name in names]
    if not cells:
        return {}
    try:
        ask(sa.select(*(sa.func.max(cell) for cell in cells)))
    except duckdb.ConversionException as fault:
        if len(names) == 1:
            return {names[0]: [f"cannot be converted: {first_line(fault)}"]}
        return {
            name: said for one in names for name, said in _unconverted(ask, table, [one]).items()
        }
    return {}


def _column_faults(
    name: str, kind: str, found: dict[str, str], broken: dict[str, list[str]]
) -> tuple[str, ...]:
    if name not in found:
        return (f"is missing{nearest(name, found)}",)
    if found[name] != kind:
        return (f"has type {found[name]}, not {kind}",)
    return tuple(broken.get(name, ()))


def _counts(
    ask: Ask, table: Table, sound: list[str]
) -> tuple[int, dt.datetime | None, dict[str, list[str]], tuple[str, ...]]:
    """Rows, newest known instant, column to its faults, and the faults of the table."""
    there = SQL_TABLES[table.name]
    rules = [rule for name in sound for rule in _rules(table, name)]
    query = sa.select(
        sa.func.count(),
        sa.cast(sa.func.max(there.c[table.known_at]), sa.DateTime)
        if table.known_at in sound
        else sa.null(),
        *(sa.func.count(sa.case((broken, sa.literal_column("1")))) for _, _, broken in rules),
    ).select_from(there)
    ((rows, newest, *counts),) = ask(query)
    faults: dict[str, list[str]] = {}
    for (name, words, _), count in zip(rules, counts, strict=True):
        if count:
            faults.setdefault(name, []).append(
                f"{count:,} {'row' if count == 1 else 'rows'} {words}"
            )
    repeats: tuple[str, ...] = ()
    if rows and set(table.key) <= set(sound):
        keys = [there.c[name] for name in table.key]
        repeated = sa.select(*keys).group_by(*keys).having(sa.func.count() > sa.literal_column("1"))
        counted = sa.select(sa.func.count()).select_from(repeated.subquery("repeated"))
        ((duplicates,),) = ask(counted)
        if duplicates:
            keyed = ", ".join(table.key)
            repeats = (f"keys ({keyed}) that occur more than once: {duplicates:,}",)
    return rows, newest and newest.replace(tzinfo=dt.UTC), faults, repeats


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
