"""A question's declaration of what it reads, and its translation into one select.

The declaration names contract columns only; values are bound. The context adds, wherever a table
can carry it: what was known on the data date, the scope, and the filters.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import dataframely as dy
import sqlalchemy as sa

from warehouse.context import UNKNOWN, Context
from warehouse.contract import TABLES
from warehouse.ddl import SQL_TABLES

# What filters and the scope look at, on a table that has it.
FILTERED = frozenset({"account_id", "hyperscaler", "host_provider"})


@dataclass(frozen=True, kw_only=True)
class Read:
    """One table or rollup, the columns wanted of it, and where rows would be many their grouping.

    `columns` are fetched as they are, or grouped by when any of `sums`, `count`, `earliest` and
    `latest` is given; the smallest and largest values come out as `earliest_<column>` and
    `latest_<column>`.
    `first` and `last` bound `period` (a day or instant column), both days inclusive. `since` parts
    it in two: `sums` run from that day on, and over what lies before it as `previous_<column>`.
    `equal` keeps rows whose column has one of the values, `known` those whose column is not null,
    `above_zero` those with more than nothing in every column named, and `within` those whose column
    has a value that another read of one column brings: so a table that names no account is read
    for the clusters of one. `every_version` brings each known version
    of a restated fact, for a question that follows how it changed; filters then judge the fact by
    its newest version. `everywhere` sets the filters aside (never the scope), for a question
    whether a source holds anything at all.
    """

    table: str
    columns: tuple[str, ...]
    sums: tuple[str, ...] = ()
    count: str | None = None
    earliest: tuple[str, ...] = ()
    latest: tuple[str, ...] = ()
    period: str | None = None
    first: dt.date | None = None
    last: dt.date | None = None
    since: dt.date | None = None
    equal: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    known: tuple[str, ...] = ()
    within: Mapping[str, "Read"] = field(default_factory=lambda: MappingProxyType({}))
    above_zero: tuple[str, ...] = ()
    every_version: bool = False
    everywhere: bool = False


def select(read: Read, context: Context) -> sa.Select:
    """The read as one SQLAlchemy select, as known at the end of the context's data date.

    Rows recorded later are invisible, a restated fact shows its latest known version, and columns
    learned later than the data date are null. Filters apply where the table carries them itself
    or belongs to an account; tables that can carry none (people, shifts) are read whole.
    """
    if read.everywhere:
        context = Context(context.as_of, context.scope)
    table = _as_known(read.table, context, _looked_at(read), every_version=read.every_version)
    keep = [*_let_through(read, table, context), *_in_period(read, table)]
    keep += [table.c[column].in_(values) for column, values in read.equal.items()]
    keep += [table.c[column].is_not(None) for column in read.known]
    keep += [table.c[column].in_(select(other, context)) for column, other in read.within.items()]
    keep += [table.c[column] > 0 for column in read.above_zero]
    wanted = [table.c[column] for column in read.columns]
    measures: list[sa.ColumnElement] = [
        *_sums(read, table),
        *(sa.func.min(table.c[column]).label(f"earliest_{column}") for column in read.earliest),
        *(sa.func.max(table.c[column]).label(f"latest_{column}") for column in read.latest),
    ]
    if read.count is not None:
        measures.append(sa.func.count().label(read.count))
    if not measures:
        return sa.select(*wanted).where(*keep)
    return sa.select(*wanted, *measures).where(*keep).group_by(*wanted)


def _sums(read: Read, table: sa.FromClause) -> Iterator[sa.ColumnElement]:
    if read.period is None or read.since is None:
        yield from (sa.func.sum(table.c[column]).label(column) for column in read.sums)
        return
    recent = table.c[read.period] >= read.since
    for column in read.sums:
        yield sa.func.sum(sa.case((recent, table.c[column]))).label(column)
        previous = sa.case((sa.not_(recent), table.c[column]))
        yield sa.func.sum(previous).label(f"previous_{column}")


def honoured(table: str) -> frozenset[str]:
    """The names of the filters that rows of `table` can carry."""
    columns = TABLES[table].columns
    if table == "accounts" or "account_id" in columns:
        return frozenset({"hyperscaler", "region", "segment", "owner"})
    if {"hyperscaler", "host_provider"} & columns.keys():
        return frozenset({"hyperscaler"})
    return frozenset()


def _looked_at(read: Read) -> frozenset[str]:
    """The columns a read names; every other costs an engine time that answers nothing."""
    measured = (*read.sums, *read.earliest, *read.latest)
    period = () if read.period is None else (read.period,)
    kept = (*read.equal, *read.known, *read.above_zero, *read.within)
    return frozenset((*read.columns, *measured, *period, *kept))


def _as_known(
    name: str,
    context: Context,
    columns: frozenset[str] = frozenset(),
    *,
    every_version: bool = False,
) -> sa.FromClause:
    """The table's `columns`, its key and what filters look at, as known on the data date."""
    contract = TABLES[name]
    table = SQL_TABLES[name]
    shown = columns | FILTERED | {*contract.fact_key}
    cutoff = context.cutoff.replace(tzinfo=None)

    def known(column: str) -> sa.ColumnElement[bool]:
        if isinstance(contract.columns[column], dy.Date):
            return table.c[column] <= context.as_of
        return table.c[column] < cutoff

    statement = sa.select(
        *(
            sa.case((known(contract.learned[column.name]), column)).label(column.name)
            if column.name in contract.learned
            else column
            for column in table.columns
            if column.name in shown
        )
    )
    if "known_until_date" in contract.columns:
        until = table.c.known_until_date
        return statement.where(
            table.c.known_from_date <= context.as_of,
            sa.or_(until.is_(None), until > context.as_of),
        ).subquery(name)
    if contract.known_at is not None:
        visible = known(contract.known_at)
        if contract.columns[contract.known_at].nullable:
            visible = sa.or_(table.c[contract.known_at].is_(None), visible)
        statement = statement.where(visible)
    if contract.restated and not every_version:
        version = (
            sa.func.row_number()
            .over(
                partition_by=[table.c[column] for column in contract.fact_key],
                order_by=table.c.recorded_at.desc(),
            )
            .label("version")
        )
        ranked = statement.add_columns(version).subquery(f"{name}_versions")
        return (
            sa.select(*(column for column in ranked.c if column.name in shown))
            .where(ranked.c.version == 1)
            .subquery(name)
        )
    return statement.subquery(name)


def _let_through(
    read: Read, table: sa.FromClause, context: Context
) -> list[sa.ColumnElement[bool]]:
    """Scope and filters on `table`; on a fact with many versions by what its newest says.

    A contract that moved to another hyperscaler is there, and no longer where it was.
    """
    contract = TABLES[read.table]
    if not (read.every_version and contract.restated):
        return _in_scope(read.table, table, context)
    newest = _as_known(read.table, context)
    keep = _in_scope(read.table, newest, context)
    if not keep:
        return []
    facts = sa.select(*(newest.c[column] for column in contract.fact_key)).where(*keep)
    return [sa.tuple_(*(table.c[column] for column in contract.fact_key)).in_(facts)]


def _in_scope(name: str, table: sa.FromClause, context: Context) -> list[sa.ColumnElement[bool]]:
    contract = TABLES[name]
    keep: list[sa.ColumnElement[bool]] = []
    by_account = "account_id" in contract.columns
    if context.hyperscaler:
        if "hyperscaler" in contract.columns:
            keep.append(table.c.hyperscaler.in_(context.hyperscaler))
        elif "host_provider" in contract.columns:
            keep.append(table.c.host_provider.in_(context.hyperscaler))
        elif by_account:
            contracts = _as_known("contracts", context)
            keep.append(
                table.c.account_id.in_(
                    sa.select(contracts.c.account_id).where(
                        contracts.c.hyperscaler.in_(context.hyperscaler)
                    )
                )
            )
    if by_account:
        belongs = _account_conditions(context)
        if belongs:
            accounts = SQL_TABLES["accounts"]
            account = table.c.account_id
            matching: sa.ColumnElement[bool] = account.in_(
                sa.select(accounts.c.account_id).where(*belongs)
            )
            if _admits_unknown_accounts(context):
                stray = account.not_in(sa.select(accounts.c.account_id))
                matching = sa.or_(matching, account.is_(None), stray)
            keep.append(matching)
    return keep


def _admits_unknown_accounts(context: Context) -> bool:
    """Whether rows of no declared account pass: their region, segment and owner are unknown."""
    if context.owner or context.scope.owner_ids is not None:
        return False
    return all(not words or UNKNOWN in words for words in (context.region, context.segment))


def _account_conditions(context: Context) -> list[sa.ColumnElement[bool]]:
    accounts = SQL_TABLES["accounts"]
    conditions = [
        _one_of(column, values)
        for column, values in (
            (accounts.c.region, context.region),
            (accounts.c.segment, context.segment),
            (accounts.c.owner_id, context.owner),
        )
        if values
    ]
    if context.scope.owner_ids is not None:
        conditions.append(accounts.c.owner_id.in_(context.scope.owner_ids))
    return conditions


def _one_of(column: sa.ColumnElement, values: tuple[str, ...]) -> sa.ColumnElement[bool]:
    listed = column.in_([value for value in values if value != UNKNOWN])
    return sa.or_(listed, column.is_(None)) if UNKNOWN in values else listed


def _in_period(read: Read, table: sa.FromClause) -> list[sa.ColumnElement[bool]]:
    if read.period is None:
        return []
    column = table.c[read.period]
    keep = []
    if read.first is not None:
        keep.append(column >= read.first)
    if read.last is not None:
        keep.append(column < read.last + dt.timedelta(days=1))
    return keep
