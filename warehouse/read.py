"""A question's declaration of what it reads, and its translation into one select.

The declaration names contract columns only; values are bound. The context adds, wherever a table
can carry it: what was known on the data date, the scope, and the filters.

What the filters do is declared as one of `FILTERING`. `accounts` selects accounts, and brings
every row of each: a fact about an account is the same under every filter. `rows` selects rows by
what they say themselves, so that a number is of a part: usage on one hyperscaler. `none` sets the
filters aside. The scope always applies: a row is of the account that its table's path leads to
today, whatever the data date, and a table without a path is read by nobody.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from types import MappingProxyType
from typing import Literal

import dataframely as dy
import sqlalchemy as sa

from warehouse.context import ALL, FILTERS, UNKNOWN, Context, Filter, Scope
from warehouse.contract.table import SHARED, Path
from warehouse.contract.tables import TABLES
from warehouse.ddl import SQL_TABLES
from warehouse.errors import OwnerUndeclared

Filtering = Literal["accounts", "rows", "none"]
FILTERING: tuple[Filtering, ...] = ("accounts", "rows", "none")
# What filters and the scope look at, on a table that has it.
FILTERED = frozenset({"account_id"}.union(*(one.of_row for one in FILTERS.values())))
# Which contracts say on which hyperscalers an account is: the first kind of these that it has.
_IN_FORCE, _LAST_ENDED, _TO_COME = 0, 1, 2
_ENDED = ("expired", "terminated")


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
    has a value that another read of one column brings. A table that names no account is asked for
    the `account_id` that its path leads to. `every_version` brings each known version
    of a restated fact, for a question that follows how it changed; filters then judge the fact by
    its newest version. `ignores_filters` sets the filters aside (never the scope). `whole_book`
    sets the scope aside too: what is learned from all accounts is read under the system's own
    right, and no row of it is shown to anybody.
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
    ignores_filters: bool = False
    whole_book: bool = False


def select(read: Read, context: Context, filtering: Filtering = "rows") -> sa.Select:
    """The read as one SQLAlchemy select, as known at the end of the context's data date.

    Rows recorded later are invisible, a restated fact shows its latest known version, and columns
    learned later than the data date are null. Filters apply as `filtering` says, where the table
    belongs to an account or, of `rows`, carries the filter itself; tables that can carry none
    (people, shifts) are read whole. Raises `OwnerUndeclared` for a table without a path.
    """
    if read.whole_book:
        context = context.of_the_whole_book
    elif read.ignores_filters or filtering == "none":
        context = context.unfiltered
    table = _as_known(read.table, context, _looked_at(read), every_version=read.every_version)
    keep = [
        *_in_scope(read.table, table, context.scope),
        *_let_through(read, table, context, filtering),
        *_in_period(read, table),
    ]
    keep += [_is_one_of(read.table, table, *equal) for equal in read.equal.items()]
    keep += [table.c[column].is_not(None) for column in read.known]
    keep += [
        table.c[column].in_(select(other, context, filtering))
        for column, other in read.within.items()
    ]
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


def applicable(read: Read, filtering: Filtering) -> frozenset[str]:
    """The names of the filters that `read` can carry."""
    if read.ignores_filters or read.whole_book or filtering == "none":
        return frozenset()
    columns = TABLES[read.table].columns
    if _selected_by_account(read.table, filtering):
        return frozenset(FILTERS)
    found = (applicable(other, filtering) for other in read.within.values())
    by_row = {name for name, one in FILTERS.items() if filtering == "rows" and _own(one, columns)}
    return frozenset(by_row).union(*found)


def _own(one: Filter, columns: Iterable[str]) -> str | None:
    """The column by which a row says itself what the filter asks for; None where none does."""
    return next((column for column in one.of_row if column in columns), None)


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
    if isinstance(contract.path, Path):
        shown |= {contract.path.column}
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
    read: Read, table: sa.FromClause, context: Context, filtering: Filtering
) -> list[sa.ColumnElement[bool]]:
    """The filters on `table`; on a fact with many versions by what its newest says.

    A contract that moved to another hyperscaler is there, and no longer where it was.
    """
    contract = TABLES[read.table]
    if not (read.every_version and contract.restated):
        return _in_filters(read.table, table, context, filtering)
    newest = _as_known(read.table, context)
    keep = _in_filters(read.table, newest, context, filtering)
    if not keep:
        return []
    facts = sa.select(*(newest.c[column] for column in contract.fact_key)).where(*keep)
    return [sa.tuple_(*(table.c[column] for column in contract.fact_key)).in_(facts)]


def _in_scope(name: str, table: sa.FromClause, scope: Scope) -> list[sa.ColumnElement[bool]]:
    """What `scope` lets through of `table`, by who owns the account of a row today.

    So a fact that named another account once, or names another later, is shown with the account
    that its newest version names. Raises `OwnerUndeclared`.
    """
    contract = TABLES[name]
    path, owners = contract.path, scope.owner_ids
    if path is None:
        raise OwnerUndeclared(name)
    if not owners:
        return [sa.false()]
    if owners == ALL or path == SHARED:
        return []
    accounts = SQL_TABLES["accounts"]
    theirs = sa.select(accounts.c.account_id).where(accounts.c.owner_id.in_(owners))
    if not contract.restated or path.column in contract.fact_key:
        return [_of_account(name, table, lambda account: account.in_(theirs))]
    stored = SQL_TABLES[name]
    key = [stored.c[column] for column in contract.fact_key]
    newest = sa.func.row_number().over(partition_by=key, order_by=stored.c.recorded_at.desc())
    today = sa.select(*key, stored.c[path.column], newest.label("version")).subquery(
        f"{name}_today"
    )
    facts = sa.select(*(today.c[column] for column in contract.fact_key)).where(
        today.c.version == 1, _of_account(name, today, lambda account: account.in_(theirs))
    )
    return [sa.tuple_(*(table.c[column] for column in contract.fact_key)).in_(facts)]


def _of_account(
    name: str,
    table: sa.FromClause,
    holds: Callable[[sa.ColumnElement], sa.ColumnElement[bool]],
) -> sa.ColumnElement[bool]:
    """Whether `holds` is true of the account that the path of `table` leads to."""
    path = TABLES[name].path
    if not isinstance(path, Path):
        raise OwnerUndeclared(name)
    if path.table == "accounts":
        return holds(table.c[path.column])
    owner = SQL_TABLES[path.table]
    (key,) = TABLES[path.table].key
    return table.c[path.column].in_(
        sa.select(owner.c[key]).where(_of_account(path.table, owner, holds))
    )


def _is_one_of(
    name: str, table: sa.FromClause, column: str, values: tuple[str, ...]
) -> sa.ColumnElement[bool]:
    """Whether the column has one of the values; an account's id is that of the row's owner."""
    if column == "account_id" and column not in TABLES[name].columns:
        return _of_account(name, table, lambda account: account.in_(values))
    return table.c[column].in_(values)


def _selected_by_account(name: str, filtering: Filtering) -> bool:
    """Whether filters select rows of `name` by their account: every row of it, or its own word."""
    if filtering == "accounts":
        return isinstance(TABLES[name].path, Path)
    return "account_id" in TABLES[name].columns


def _in_filters(
    name: str, table: sa.FromClause, context: Context, filtering: Filtering
) -> list[sa.ColumnElement[bool]]:
    keep: list[sa.ColumnElement[bool]] = []
    by_account = _selected_by_account(name, filtering)
    of_account: dict[str, tuple[str, ...]] = {}
    for one, words in ((FILTERS[each], words) for each, words in context.chosen):
        own = _own(one, TABLES[name].columns) if filtering == "rows" else None
        if own is not None:
            keep.append(_on_row(table.c[own], words, one.words))
        elif by_account and one.table == "contracts":
            placed = partial(_is_placed, one.column, words, context)
            keep.append(_of_account(name, table, placed))
        elif by_account:
            of_account[one.column] = words
    if of_account:
        keep.append(_of_account(name, table, partial(_belongs, of_account)))
    return keep


def _belongs(
    chosen: Mapping[str, tuple[str, ...]], account: sa.ColumnElement
) -> sa.ColumnElement[bool]:
    """Whether an account says one of the words; one that is not declared is unknown in all."""
    accounts = SQL_TABLES["accounts"]
    conditions = [_one_of(accounts.c[column], words) for column, words in chosen.items()]
    matching = account.in_(sa.select(accounts.c.account_id).where(*conditions))
    if not all(UNKNOWN in words for words in chosen.values()):
        return matching
    stray = account.not_in(sa.select(accounts.c.account_id))
    return sa.or_(matching, account.is_(None), stray)


def _on_row(
    column: sa.ColumnElement, words: tuple[str, ...], listed: tuple[str, ...]
) -> sa.ColumnElement[bool]:
    """Whether a row says one of the words; one that says none of the list is unknown."""
    said = column.in_([one for one in words if one != UNKNOWN])
    if UNKNOWN not in words:
        return said
    return sa.or_(said, column.is_(None), column.not_in([one for one in listed if one != UNKNOWN]))


def _is_placed(
    column: str, words: tuple[str, ...], context: Context, account: sa.ColumnElement
) -> sa.ColumnElement[bool]:
    """Whether an account's contracts say one of the words; one without a contract is unknown."""
    placed = _placed(column, context)
    listed = account.in_(sa.select(placed.c.account_id).where(placed.c[column].in_(words)))
    if UNKNOWN not in words:
        return listed
    return sa.or_(listed, account.is_(None), account.not_in(sa.select(placed.c.account_id)))


def _placed(column: str, context: Context) -> sa.Subquery:
    """Where each account is by its contracts: (account_id, `column`), as of the data date.

    Those of its contracts in force; where none is, of those that ended last; where none ever
    began, of those to come, drafts included. Each contract by its newest known version.
    """
    looked_at = frozenset({column, "status", "start_date", "end_date", "recorded_at"})
    versions = _as_known("contracts", context, looked_at, every_version=True)
    is_draft = sa.case((versions.c.status == "draft", 1), else_=0)
    newest = sa.select(
        versions,
        sa.func.row_number()
        .over(
            partition_by=versions.c.contract_id,
            # A draft of what was signed before replaces nothing.
            order_by=(is_draft, versions.c.recorded_at.desc()),
        )
        .label("version"),
    ).subquery("newest_contracts")
    recorded = sa.cast(newest.c.recorded_at, sa.Date)
    end = newest.c.end_date
    cut_short = sa.and_(newest.c.status.in_(_ENDED), sa.or_(end.is_(None), recorded < end))
    until = sa.case((cut_short, recorded), else_=end)
    contract_status = sa.case(
        (sa.or_(newest.c.status == "draft", newest.c.start_date > context.as_of), _TO_COME),
        (until <= context.as_of, _LAST_ENDED),
        else_=_IN_FORCE,
    )
    ranked = (
        sa.select(
            newest.c.account_id,
            newest.c[column],
            contract_status.label("contract_status"),
            until.label("until_date"),
        )
        .where(newest.c.version == 1)
        .subquery("contract_statuses")
    )
    last = sa.case((ranked.c.contract_status == _LAST_ENDED, ranked.c.until_date))
    first = sa.func.rank().over(
        partition_by=ranked.c.account_id, order_by=(ranked.c.contract_status, last.desc())
    )
    told = sa.select(ranked.c.account_id, ranked.c[column], first.label("place")).subquery(
        "contract_places"
    )
    return sa.select(told.c.account_id, told.c[column]).where(told.c.place == 1).subquery("placed")


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
