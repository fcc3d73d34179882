"""The rows of one source table: the value of each expression, and the joins that it needs."""

from functools import singledispatchmethod
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler

from warehouse.mapping import kinds
from warehouse.mapping.catalog import Catalog, Misfit, QualifiedTable, exactly
from warehouse.mapping.declaration import (
    Cast,
    Coalesce,
    Concatenate,
    Constant,
    Empty,
    Expression,
    Kind,
    Lookup,
    Name,
    Plain,
    Recode,
    Scale,
    Source,
    When,
)

Value = tuple[sa.ColumnElement[Any], Kind | None]


class InUtc(sa.ColumnElement[Any]):
    """An instant that carries a zone, as UTC without one."""

    inherit_cache = False
    type = sa.DateTime()

    def __init__(self, instant: sa.ColumnElement[Any]) -> None:
        self.instant = instant


@compiles(InUtc)
def _in_utc(value: InUtc, compiler: SQLCompiler, **words: Any) -> str:
    return f"timezone('UTC', {compiler.process(value.instant, **words)})"


@compiles(InUtc, "snowflake")
def _in_utc_on_snowflake(value: InUtc, compiler: SQLCompiler, **words: Any) -> str:
    instant = compiler.process(value.instant, **words)
    return f"CAST(CONVERT_TIMEZONE('UTC', {instant}) AS TIMESTAMP_NTZ)"


class SourceRows:
    """The rows of `source` as found; `joined` grows by a join for each lookup that is asked."""

    def __init__(self, source: Source, catalog: Catalog) -> None:
        self._source = source
        self._catalog = catalog
        self._found = catalog.table(source)
        self._table = QualifiedTable(
            self._found.database,
            exactly(self._found.schema),
            exactly(self._found.name),
            *(sa.column(exactly(name)) for name in self._found.columns),
        ).alias("found")
        self.joined: sa.FromClause = self._table
        self._lookups: dict[Lookup, Value] = {}

    def kept(self) -> list[sa.ColumnElement[bool]]:
        """The conditions that a row must meet; raises `Misfit`."""
        return [self.value(condition, "yes/no") for condition in self._source.keep]

    def value(self, expression: Expression, wanted: Kind) -> sa.ColumnElement[Any]:
        """The expression over a row, of the kind that is wanted; raises `Misfit`."""
        value, kind = self.evaluated(expression)
        if kind is not None and not kinds.fits(kind, wanted):
            found = self._data_type(expression) or kind
            remedy = f'; add as = "{wanted}"' if wanted in kinds.CASTS[kind] else ""
            raise Misfit(f"has type {found}, not {wanted}{remedy}", found)
        return value

    @singledispatchmethod
    def evaluated(self, expression: Expression) -> Value:
        """The expression over a row and its kind, None where it is always null."""
        raise TypeError(expression)

    @evaluated.register
    def _(self, name: Name) -> Value:
        found = self._found.column(name)
        if found is None:
            return sa.null(), None
        if found.kind is None:
            raise Misfit(f"has type {found.data_type}, which no map can read", found.data_type)
        cell = self._table.c[found.name]
        return InUtc(cell) if kinds.is_zoned(found.data_type) else cell, found.kind

    @evaluated.register
    def _(self, constant: Constant) -> Value:
        return _literal(constant.value), kinds.of_value(constant.value)

    @evaluated.register
    def _(self, _: Empty) -> Value:
        return sa.null(), None

    @evaluated.register
    def _(self, coalesce: Coalesce) -> Value:
        values = [self.evaluated(part) for part in coalesce.parts]
        known = sorted({kind for _, kind in values if kind is not None})
        if len(known) != 1:
            raise Misfit(f"coalesces {' and '.join(known) or 'nothing'}, which is not one kind")
        sql_type = kinds.SQL_TYPES[known[0]]
        return sa.func.coalesce(*(sa.cast(value, sql_type) for value, _ in values)), known[0]

    @evaluated.register
    def _(self, concatenate: Concatenate) -> Value:
        joined, *others = [self.value(part, "text") for part in concatenate.parts]
        for text in others:
            joined = sa.cast(joined, sa.String()).concat(text)
        return joined, "text"

    @evaluated.register
    def _(self, scale: Scale) -> Value:
        number: sa.ColumnElement[Any] = sa.cast(self.value(scale.of, "number"), sa.Double())
        factor = _literal(scale.factor)
        return number / factor if scale.divides else number * factor, "number"

    @evaluated.register
    def _(self, recode: Recode) -> Value:
        value, kind = self.evaluated(recode.of)
        text = value if kind == "text" else sa.cast(value, sa.String())
        cases = [(text == _literal(found), _literal(word)) for found, word in recode.words]
        otherwise, _ = self.evaluated(recode.otherwise)
        return sa.case(*cases, else_=otherwise), kinds.of_value(recode.words[0][1])

    @evaluated.register
    def _(self, cast: Cast) -> Value:
        value, kind = self.evaluated(cast.of)
        if kind is not None and kind != cast.kind and cast.kind not in kinds.CASTS[kind]:
            found = self._data_type(cast.of) or kind
            raise Misfit(f"has type {found}, which is never read as {cast.kind}", found)
        return sa.cast(value, kinds.SQL_TYPES[cast.kind]), cast.kind

    @evaluated.register
    def _(self, when: When) -> Value:
        value, kind = self.evaluated(when.of)
        return sa.case((self.value(when.condition, "yes/no"), value)), kind

    @evaluated.register
    def _(self, lookup: Lookup) -> Value:
        if lookup not in self._lookups:
            self._lookups[lookup] = self._join(lookup)
        return self._lookups[lookup]

    def _join(self, lookup: Lookup) -> Value:
        others = SourceRows(lookup.source, self._catalog)
        picked, kind = others.evaluated(lookup.pick)
        conditions = others.kept()
        keys, matches = [], []
        for number, (there, here) in enumerate(lookup.match):
            (key, its_kind), (cell, own_kind) = others.evaluated(there), self.evaluated(here)
            if its_kind != own_kind:
                raise Misfit(f"matches {own_kind} with {its_kind} in {there.spellings[0]}")
            keys.append(key.label(f"key_{number}"))
            matches.append(cell)
        newest = sa.func.max(picked) if lookup.latest else sa.func.min(picked)
        found = (
            sa.select(*keys, newest.label("picked"))
            .select_from(others.joined)
            .where(*conditions)
            .group_by(*(key.element for key in keys))
            .subquery(f"lookup_{len(self._lookups)}")
        )
        equal = [found.c[key.name] == cell for key, cell in zip(keys, matches, strict=True)]
        self.joined = self.joined.outerjoin(found, sa.and_(*equal))
        return found.c.picked, kind

    def _data_type(self, expression: Expression) -> str | None:
        """The type of a plain column as the catalog names it."""
        if isinstance(expression, Name) and (found := self._found.column(expression)):
            return found.data_type
        return None


def _literal(value: Plain) -> sa.ColumnElement[Any]:
    sql_type = kinds.SQL_TYPES[kinds.of_value(value)]
    return sa.cast(sa.literal(value, sql_type), sql_type)
