"""Does the connected warehouse meet the contract? Table by table, column by column."""

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from warehouse import address, clock, provenance
from warehouse.check_report import CheckReport, ColumnReport, TableReport
from warehouse.contract.table import Table
from warehouse.contract.tables import TABLES
from warehouse.ddl import SQL_TABLES
from warehouse.engine.base import Warehouse
from warehouse.errors import ContractBroken, ConversionFailed
from warehouse.introspection import Ask, Introspection, introspect, type_of
from warehouse.mapping import reading
from warehouse.mapping.applied import mapped
from warehouse.mapping.catalog import Catalog, column_queries, table_queries
from warehouse.mapping.declaration import Mapping
from warehouse.mapping.translation import Translation
from warehouse.provenance import Statement
from warehouse.read_request import QueryTag, ReadRequest
from warehouse.sources.files import nearest

# Snowflake takes a constant for the part of an instant.
HOUR: sa.ColumnElement[str] = sa.literal_column("'hour'")


def check(warehouse: Warehouse, map_path: Path | None = None) -> CheckReport:
    """Hold a warehouse, read through a map if there is one, to the contract.

    Rows are counted in the engine.

    A table meets it when it is there with every column in its type, its keys are unique, nothing
    is empty, out of bounds or outside a word list, no row was known after now, and its source was
    complete as lately as it promises: by the watermark of its loads or of its map, else by its
    newest row. Rules that span columns are checked when rows are loaded, not here. A table that
    holds nothing, and of which nobody says that it is complete, is unknown. A mapped table is
    judged by what the map makes of it; `warehouse` is the warehouse without the map. Raises
    `MapInvalid`, and what the warehouse raises.
    """
    mapping = None if map_path is None else reading.load(map_path)
    ask = _asking(warehouse)
    introspection = introspect(ask, on_snowflake=address.is_snowflake(warehouse.address))
    translation = None if mapping is None else _translation(ask, mapping)
    tables = [
        _mapped_table(ask, table, translation)
        if translation is not None and table.name in translation.mapping.tables
        else _table(ask, table, introspection)
        for table in TABLES.values()
    ]
    data_date = _data_date(tables)
    stated = {name: said.at for name, said in _stated(warehouse, map_path).items()}
    aged = tuple(_aged(table, data_date, stated.get(table.name)) for table in tables)
    return CheckReport(
        warehouse.address, data_date, aged, map_file=mapping.file if mapping else None
    )


def _stated(warehouse: Warehouse, map_path: Path | None) -> dict[str, Statement]:
    """Up to when each source says it was complete; none where the map's own do not fit."""
    mapped_warehouse = warehouse if map_path is None else mapped(warehouse, map_path)
    try:
        return provenance.stated_watermarks(
            mapped_warehouse, ReadRequest(tag=QueryTag(question="check"))
        )
    except ContractBroken:
        return {}


def _asking(warehouse: Warehouse) -> Ask:
    read_request = ReadRequest(tag=QueryTag(question="check"))
    return lambda query: warehouse.read(query, read_request).whole()


def _translation(ask: Ask, mapping: Mapping) -> Translation:
    columns = [row for query in column_queries(mapping) for row in ask(query)]
    tables = [row for query in table_queries(mapping) for row in ask(query)]
    return Translation(mapping, Catalog(columns, tables))


def _types(table: Table) -> dict[str, str]:
    return {name: type_of(column) for name, column in table.columns.items()}


def _table(ask: Ask, table: Table, introspection: Introspection) -> TableReport:
    expected = _types(table)
    there = introspection.tables.get(table.name)
    if there is None:
        columns = tuple(ColumnReport(name, kind, None) for name, kind in expected.items())
        error = f"the table is missing{nearest(table.name, introspection.others)}"
        return TableReport(table.name, columns, errors=(error,))
    sound = [name for name in expected if introspection.fits(table.name, name)]
    rows, newest, broken, errors = _counts(ask, table, sound)
    types = {name: column.data_type for name, column in there.items()}
    for name in expected.keys() - set(sound):
        broken[name] = [
            f"has type {types[name]}, not {expected[name]}"
            if name in types
            else f"is missing{nearest(name, types)}"
        ]
    columns = tuple(
        ColumnReport(name, kind, types.get(name), tuple(broken.get(name, ())))
        for name, kind in expected.items()
    )
    within = table.fresh_within_hours
    return TableReport(table.name, columns, rows, newest, errors, fresh_within_hours=within)


def _mapped_table(ask: Ask, table: Table, translation: Translation) -> TableReport:
    expected = _types(table)
    translated = translation.table(table.name)
    declared = translation.mapping.tables[table.name]
    source, made_of = declared.source, ", ".join(table.rollup_of)
    read_from = str(source) if source else made_of if declared.is_made else "no table"
    if translated.missing is not None:
        columns = tuple(ColumnReport(name, kind, None) for name, kind in expected.items())
        error = str(translated.missing)
        return TableReport(table.name, columns, errors=(error,), source=read_from)

    def through_the_map(query: sa.Select) -> list[tuple[Any, ...]]:
        return ask(translation.mapped(query, misfits=True))

    unsynced = translation.unsynced(table.name)
    broken = {name: [str(misfit)] for name, misfit in translated.misfits.items()}
    sound = [name for name in expected if name not in broken]
    broken |= _unconverted(through_the_map, table, sound)
    sound = [name for name in sound if name not in broken]
    rows, newest, ruled, errors = _counts(through_the_map, table, sound)
    columns = tuple(
        ColumnReport(
            name,
            kind,
            translated.misfits[name].found if name in translated.misfits else kind,
            tuple((broken | ruled).get(name, ())),
        )
        for name, kind in expected.items()
    )
    within = table.fresh_within_hours
    errors += () if unsynced is None else (f"synced {unsynced}",)
    return TableReport(
        table.name,
        columns,
        rows,
        newest,
        errors,
        fresh_within_hours=within,
        source=read_from,
        is_declared_empty=source is None and not declared.is_made,
    )


def _unconverted(ask: Ask, table: Table, names: list[str]) -> dict[str, list[str]]:
    """Column to what the engine says of a cell that the map's cast cannot convert."""
    cells = [SQL_TABLES[table.name].c[name] for name in names]
    if not cells:
        return {}
    try:
        # As text, since not every engine has a greatest yes/no.
        ask(sa.select(*(sa.func.max(sa.cast(cell, sa.String())) for cell in cells)))
    except ConversionFailed as error:
        if len(names) == 1:
            return {names[0]: [f"cannot be converted: {error.engine_says}"]}
        return {
            name: said for one in names for name, said in _unconverted(ask, table, [one]).items()
        }
    return {}


def _counts(
    ask: Ask, table: Table, sound: list[str]
) -> tuple[int, dt.datetime | None, dict[str, list[str]], tuple[str, ...]]:
    """Rows, newest known instant, column to its errors, and the errors of the table."""
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
    errors: dict[str, list[str]] = {}
    for (name, words, _), count in zip(rules, counts, strict=True):
        if count:
            errors.setdefault(name, []).append(
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
    return rows, newest and newest.replace(tzinfo=dt.UTC), errors, repeats


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
        rules.append((name, "not on the hour", sa.func.date_trunc(HOUR, cell) != cell))
    low, high = getattr(column, "min", None), getattr(column, "max", None)
    if low is not None and high is not None:
        bounds = (_bound(low), _bound(high))
        rules.append((name, f"outside {low} to {high}", sa.not_(cell.between(*bounds))))
    if name in (table.known_at, "hour_start"):
        rules.append((name, "in the future", cell > _bound(clock.now())))
    return rules


def _bound(value: Any) -> Any:
    return value.replace(tzinfo=None) if isinstance(value, dt.datetime) else value


def _data_date(tables: list[TableReport]) -> dt.datetime | None:
    """The newest instant any loaded fact was known, at most now; rollups say nothing new."""
    now = clock.now()
    newest = [
        min(table.newest, now)
        for table in tables
        if table.newest is not None and not TABLES[table.name].rollup
    ]
    return max(newest, default=None)


def _aged(
    table: TableReport, data_date: dt.datetime | None, watermark: dt.datetime | None
) -> TableReport:
    table = replace(table, watermark=watermark)
    reached = watermark or table.newest
    if reached is None or data_date is None:
        return table
    age = max(0.0, (data_date - reached) / dt.timedelta(hours=1))
    within = table.fresh_within_hours
    return replace(table, age_hours=round(age, 2), is_late=None if within is None else age > within)
