"""Triage: actions on accounts, each recorded once, and never over what somebody did meanwhile."""

import datetime as dt
from dataclasses import dataclass

import polars as pl
import sqlalchemy as sa

from ledger.action import Action
from ledger.errors import ActionIdTaken, ActionInvalid
from ledger.rows import append
from ledger.store import Ledger
from ledger.tables import TRIAGE_ACTIONS, TRIAGE_ATTEMPTS

_DONE = TRIAGE_ACTIONS.c
_TRIED = TRIAGE_ATTEMPTS.c


@dataclass(frozen=True)
class Recorded:
    """The action stands as `version` of its account."""

    action_id: str
    version: int


@dataclass(frozen=True)
class Done:
    """What somebody did: an action that stands."""

    action_id: str
    kind: str
    at: dt.datetime
    author: str
    version: int


@dataclass(frozen=True)
class Conflict:
    """The action was refused, as others had acted since its author looked: `meanwhile`, in order.

    `version` is the one to act on next, with a new action id. The attempt is kept.
    """

    action_id: str
    version: int
    meanwhile: tuple[Done, ...]


def act(ledger: Ledger, action: Action, seen_version: int) -> Recorded | Conflict:
    """Record an action on the version of its account that its author saw; 0: never acted on.

    On return the action, or the refused attempt, is on disk. The same action id again gives the
    first outcome and writes nothing, whatever version was seen and whenever it was clicked. Raises
    `ActionIdTaken` where that id says something else, `ActionInvalid` for a version the account
    never had or an undo of what it does not know, and `LedgerError` where it could not be
    recorded; then acting again with the same id is harmless.
    """
    with ledger.writing(TRIAGE_ACTIONS.name, TRIAGE_ATTEMPTS.name) as connection:
        earlier = _earlier(connection, action)
        if earlier is not None:
            return earlier
        found_version = _version(connection, action.account_id)
        _check(connection, action, seen_version, found_version)
        row = _row(action)
        if seen_version == found_version:
            append(connection, TRIAGE_ACTIONS, [row | {"version": found_version + 1}])
            return Recorded(action.action_id, found_version + 1)
        versions = {"seen_version": seen_version, "found_version": found_version}
        append(connection, TRIAGE_ATTEMPTS, [row | versions])
        return _conflict(connection, action, seen_version, found_version)


def attempts_against(ledger: Ledger, *action_ids: str) -> pl.DataFrame:
    """The attempts of others that were refused because of the actions named.

    Grain: against_action_id, action_id; by instant. Beside them what was tried: account_id, kind,
    at, as_of, author, seen_version, found_version and payload (JSON). Raises `LedgerError`.
    """
    meanwhile = sa.and_(
        _DONE.account_id == _TRIED.account_id,
        _DONE.version > _TRIED.seen_version,
        _DONE.version <= _TRIED.found_version,
    )
    return ledger.frame(
        sa.select(_DONE.action_id.label("against_action_id"), TRIAGE_ATTEMPTS)
        .join_from(TRIAGE_ATTEMPTS, TRIAGE_ACTIONS, meanwhile)
        .where(_DONE.action_id.in_(action_ids), _DONE.author != _TRIED.author)
        .order_by(_TRIED.at, _TRIED.action_id, _DONE.version)
    )


def _earlier(connection: sa.Connection, action: Action) -> Recorded | Conflict | None:
    """The outcome that this action id had; None for a new one."""
    done = _found(connection, TRIAGE_ACTIONS, action)
    if done is not None:
        return Recorded(action.action_id, done.version)
    tried = _found(connection, TRIAGE_ATTEMPTS, action)
    if tried is not None:
        return _conflict(connection, action, tried.seen_version, tried.found_version)
    return None


def _found(connection: sa.Connection, table: sa.Table, action: Action) -> sa.Row | None:
    query = sa.select(table).where(table.c.action_id == action.action_id)
    row = connection.execute(query).one_or_none()
    same = ("account_id", "kind", "as_of", "author", "payload")
    if row is not None and any(getattr(row, name) != _row(action)[name] for name in same):
        raise ActionIdTaken(
            f"The action {action.action_id} is recorded and says something else.",
            "Load the page again and repeat what you did; nothing was recorded.",
        )
    return row


def _version(connection: sa.Connection, account_id: str) -> int:
    newest = sa.select(sa.func.max(_DONE.version)).where(_DONE.account_id == account_id)
    return connection.scalar(newest) or 0


def _check(
    connection: sa.Connection, action: Action, seen_version: int, found_version: int
) -> None:
    if not 0 <= seen_version <= found_version:
        raise ActionInvalid(
            f"{action.account_id} has no version {seen_version}; it is at {found_version}.",
            "Load the page again and repeat what you did; nothing was recorded.",
        )
    if action.kind == "undo":
        target = _DONE.action_id == action.payload["action_id"]
        ours = _DONE.account_id == action.account_id
        if connection.execute(sa.select(_DONE.version).where(target, ours)).first() is None:
            raise ActionInvalid(
                f"{action.account_id} has no action {action.payload['action_id']} to undo.",
                "Undo an action from the account's history; nothing was recorded.",
            )


def _conflict(
    connection: sa.Connection, action: Action, seen_version: int, found_version: int
) -> Conflict:
    meanwhile = (
        sa.select(_DONE.action_id, _DONE.kind, _DONE.at, _DONE.author, _DONE.version)
        .where(
            _DONE.account_id == action.account_id,
            _DONE.version > seen_version,
            _DONE.version <= found_version,
        )
        .order_by(_DONE.version)
    )
    done = tuple(Done(*row) for row in connection.execute(meanwhile))
    return Conflict(action.action_id, found_version, done)


def _row(action: Action) -> dict[str, object]:
    return {
        "action_id": action.action_id,
        "account_id": action.account_id,
        "kind": action.kind,
        "at": action.at,
        "as_of": action.as_of,
        "author": action.author,
        "payload": action.payload_json,
    }
