"""A map file becomes a `Mapping`: shipped maps under it, every table and column validated."""

import functools
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from warehouse import bounded
from warehouse.contract.table import Table
from warehouse.contract.tables import TABLES, loaded_from
from warehouse.errors import MapInvalid
from warehouse.mapping import documents, grammar, kinds
from warehouse.mapping.declaration import (
    Coalesce,
    Constant,
    Expression,
    MappedTable,
    Mapping,
    Plain,
    Recode,
    When,
)
from warehouse.mapping.documents import Document, Errors
from warehouse.mapping.grammar import Unusable
from warehouse.rollups import ROLLUPS
from warehouse.sources.files import nearest

PLACE = ("database", "schema", "table", "keep")
NOT_TABLES = {"use", "empty"}


def load(path: Path) -> Mapping:
    """The map at `path`, with the shipped maps that it uses; read again when its text changes.

    Raises `MapInvalid`, which names the file, the line where it is known, the table, the column
    and the rule of everything that cannot be used.
    """
    try:
        content = bounded.content(path, bounded.LARGEST_TOML_BYTES, MapInvalid)
    except OSError as error:
        raise MapInvalid(
            "The map cannot be read.",
            "Name another file in BELLWETHER_MAP, or unset it.",
            error.strerror or "",
        ) from error
    return _parsed(path.name, content)


@functools.lru_cache(maxsize=8)
def _parsed(file: str, content: bytes) -> Mapping:
    own = documents.parsed(file, content)
    errors = Errors()
    layers = [*documents.used(own, errors), own]
    names = dict.fromkeys(name for layer in layers for name in layer.said if name not in NOT_TABLES)
    tables: dict[str, MappedTable] = {}
    for name in names:
        speaking = [layer for layer in layers if name in layer.said]
        with errors.at(speaking[-1].where(name)):
            tables[name] = _table(name, speaking, own, errors)
    with errors.at(own.where("empty")):
        tables |= {name: MappedTable(name, None, ()) for name in _empty(own, names)}
    with errors.at(own.file):
        tables |= {table.name: table for table in [*_rollups_left_out(tables)]}
    errors.raise_any()
    digest = hashlib.sha256(b"\0".join(layer.content for layer in layers))
    return Mapping(own.file, tables, digest.hexdigest()[:16])


def _empty(own: Document, mapped: dict[str, None]) -> Iterator[str]:
    names = own.said.get("empty", [])
    for name in names if isinstance(names, list) else [names]:
        _known(str(name))
        if name in mapped:
            raise Unusable(f"names {name}, which is mapped too")
        yield name


def _known(name: str) -> Table:
    if name not in TABLES:
        raise Unusable(f"says {name!r}, which is no table of the contract{nearest(name, TABLES)}")
    return TABLES[name]


def _rollups_left_out(tables: dict[str, MappedTable]) -> Iterator[MappedTable]:
    """The rollups of mapped tables that the map leaves out, each made of them when it is read.

    A rollup is made of its tables where they lie, so that a map of them does not reach it. One
    whose tables are too large to be read whole must be mapped as well.
    """
    mapped = {name for name, table in tables.items() if table.source}
    for name, rollup in ROLLUPS.items():
        made_of = [source for source in loaded_from(name) if source in mapped]
        if made_of and name not in tables:
            if not rollup.is_of_whole_tables:
                raise Unusable(
                    f"maps {made_of[0]}, and not {name}, which is made from it; map both"
                )
            yield MappedTable(name, None, (), is_made=True)


def _table(name: str, layers: list[Document], own: Document, errors: Errors) -> MappedTable:
    """The table as the last layer that speaks of each of its facts declares it."""
    contract = _known(name)
    place: dict[str, Any] = {}
    columns: dict[str, tuple[Document, Any]] = {}
    synced: Any = None
    for layer in layers:
        said = layer.said[name]
        if not isinstance(said, dict) or not isinstance(said.get("columns", {}), dict):
            raise Unusable("is not a table with columns")
        grammar.only(said, (*PLACE, "synced", "columns"))
        place |= {key: said[key] for key in PLACE if key in said} | layer.place
        synced = said.get("synced", synced)
        columns |= {column: (layer, told) for column, told in said.get("columns", {}).items()}
    source = grammar.source(place)
    expressions: dict[str, Expression] = {}
    for column, (layer, told) in columns.items():
        with errors.at(layer.where(name, column)):
            expressions[column] = _column(contract, column, grammar.expression(told, source))
    for column, declared in contract.columns.items():
        if column not in columns and not declared.nullable:
            with errors.at(f"{own.where(name)}.{column}"):
                raise Unusable("is not mapped and may not be empty")
    last = None if synced is None else grammar.synced(synced, source)
    return MappedTable(name, source, tuple(expressions.items()), last)


def _column(contract: Table, name: str, expression: Expression) -> Expression:
    """What an expression can become, as far as the map alone says it, held to the contract."""
    if name not in contract.columns:
        raise Unusable(f"is no column of the contract{nearest(name, contract.columns)}")
    wanted = kinds.of_contract(contract.columns[name])
    choices = contract.choices(name)
    for outcome in _outcomes(expression):
        kind = kinds.of_value(outcome)
        if not kinds.fits(kind, wanted):
            raise Unusable(f"becomes {outcome!r}, a {kind}; the contract has a {wanted}")
        if choices and outcome not in choices:
            hint = nearest(str(outcome), choices)
            raise Unusable(f"becomes {outcome!r}{hint}; the contract has {', '.join(choices)}")
    return expression


def _outcomes(expression: Expression) -> list[Plain]:
    match expression:
        case Constant(value):
            return [value]
        case Recode(_, words, otherwise):
            return [becomes for _, becomes in words] + _outcomes(otherwise)
        case Coalesce(parts):
            return [outcome for part in parts for outcome in _outcomes(part)]
        case When(of, _):
            return _outcomes(of)
        case _:
            return []
