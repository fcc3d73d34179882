"""An answer that is built on other answers and on the ledger: no newer and no surer than they."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping

import polars as pl

from ledger import LedgerQuery
from ledger.errors import OwnerUndeclared
from ledger.tables import Path, path_of
from queries.core.answer import Answer, Provenance
from queries.core.question import Question, Value
from warehouse.cache import Key
from warehouse.context import ALL, Context
from warehouse.trace import span


def identity(bases: Mapping[str, Answer], ledger_version: int) -> str:
    """What tells these answers, and the ledger at this version, from any others."""
    parts = ((name, base.key, base.state, base.under_way) for name, base in bases.items())
    return repr((ledger_version, *parts))


def missing(bases: Mapping[str, Answer]) -> Answer | None:
    """The first answer that there is nothing to build on; an empty one is something."""
    absent = (base for base in bases.values() if base.state in {"error", "forbidden"})
    return next(absent, None)


def derive(
    question: Question,
    context: Context,
    parameters: dict[str, Value],
    bases: Mapping[str, Answer],
    entries: Mapping[str, LedgerQuery],
    *,
    rows_of: Callable[[LedgerQuery], pl.DataFrame],
    key: Key,
) -> Answer:
    """The answer to a question that builds on `bases` and on entries of the ledger.

    It is stale where a base is. `rows_of` reads entries; the question is given those of them that
    its reader may see. Raises `OwnerUndeclared`.
    """
    frames = {name: base.frame.lazy() for name, base in bases.items()}
    for name, wanted in entries.items():
        frames[name] = _in_scope(rows_of(wanted), wanted, bases, context).lazy()
    with span("question", question=question.name):
        answered = question.answer(**frames, context=context, **parameters)
        frame = question.shape.validate(answered)
    stale = next((base for base in bases.values() if base.state == "stale"), None)
    return Answer(
        question=question,
        context=context,
        parameters=parameters,
        frame=frame,
        state="empty" if frame.is_empty() else "stale" if stale else "ok",
        finding=question.finding(frame),
        problem=stale.problem if stale else None,
        truncated=any(base.truncated for base in bases.values()),
        data_through=_earliest(
            base.data_through for base in bases.values() if base.context == context
        ),
        complete_to=_earliest(
            base.complete_to for base in bases.values() if base.context.as_of == context.as_of
        ),
        applicable_filters=question.applicable_filters(context),
        provenance=_provenance(bases),
        read_at=min(base.read_at for base in bases.values()),
        key=key,
        under_way=any(base.under_way for base in bases.values()),
    )


def _in_scope(
    rows: pl.DataFrame, wanted: LedgerQuery, bases: Mapping[str, Answer], context: Context
) -> pl.DataFrame:
    """Of `rows` those of the accounts that answers in the reader's own scope name.

    The ledger does not know who owns an account today; those answers do. Rows that belong to no
    account are for everybody who may see anything. Raises `OwnerUndeclared`, also where no such
    answer names accounts.
    """
    path, owners = path_of(wanted.table), context.scope.owner_ids
    if not owners:
        return rows.clear()
    if owners == ALL or wanted.whole_book or not isinstance(path, Path):
        return rows
    named = [
        base.frame["account_id"]
        for base in bases.values()
        if base.context.scope == context.scope and "account_id" in base.frame.columns
    ]
    if not named:
        raise OwnerUndeclared(wanted.table)
    theirs, owner = path.prefix + pl.concat(named).unique(), pl.col(path.column)
    return rows.filter(owner.is_in(theirs.implode()) | ~owner.str.starts_with(path.prefix))


def _earliest(
    instants: Iterable[Mapping[str, dt.datetime | None]],
) -> dict[str, dt.datetime | None]:
    """Per table the instant that holds of every answer which read it; None where one has none."""
    earliest: dict[str, dt.datetime | None] = {}
    for one in instants:
        for table, at in one.items():
            known = earliest.get(table, at)
            earliest[table] = min(known, at) if known and at else None
    return earliest


def _provenance(bases: Mapping[str, Answer]) -> Provenance:
    kinds = {base.provenance for base in bases.values()}
    return kinds.pop() if len(kinds) == 1 else "partly SIMULATED"
