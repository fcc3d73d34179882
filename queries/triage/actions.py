"""What a person does about an account: acknowledge, assign, due, snooze, note, override, undo."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from ledger import LedgerError, triage
from ledger.action import Action, Said
from queries.core.answer import Problem
from queries.core.ask import ask, ledger
from queries.core.choices import choices
from queries.core.errors import reported
from queries.shared import words
from warehouse import clock
from warehouse.context import ALL, Context

DONE = {
    "acknowledge": "acknowledged",
    "assign": "assigned",
    "due": "set a due date for",
    "snooze": "snoozed",
    "note": "wrote a note on",
    "override": "set the band of",
    "undo": "undid an action on",
}
NOT_YOURS = Problem(
    "This account is not among those you may act on.", "Ask its owner, or load the page again."
)
UNKNOWN_ASSIGNEE = Problem(
    "This person owns none of the accounts you may see, so nothing was assigned to them.",
    "Assign it to one of the owners offered.",
)


@dataclass(frozen=True)
class Outcome:
    """What became of an action: it stands, or why it does not.

    `problem` is None where it stands. `is_conflict` says that others acted in the meantime.
    """

    action_id: str
    problem: Problem | None = None
    is_conflict: bool = False


def act(
    context: Context,
    account_id: str,
    kind: str,
    said: Mapping[str, Said],
    *,
    author: str,
    action_id: str,
    seen_version: int,
) -> Outcome:
    """Record an action of `author`, who sees what the context's scope allows, on an account.

    It stands or it does not, and the outcome says which: acting again with the same id is
    harmless. Only accounts that the viewer's scope lets through can be acted on, and be assigned
    only to people who own one of these.
    """
    if not _may_act_on(context, account_id):
        return Outcome(action_id, NOT_YOURS)
    try:
        action = Action(
            action_id=action_id,
            account_id=account_id,
            kind=kind,
            at=clock.now(),
            as_of=context.as_of,
            author=author,
            payload=said,
        )
        if kind == "assign" and said["owner_id"] not in (owners := choices(context.scope)).names:
            return Outcome(action_id, owners.problem or UNKNOWN_ASSIGNEE)
        found = triage.act(ledger(), action, seen_version)
    except LedgerError as error:
        return Outcome(action_id, reported(error, "triage"))
    if isinstance(found, triage.Recorded):
        return Outcome(action_id)
    return Outcome(action_id, _meanwhile(found), is_conflict=True)


def _may_act_on(context: Context, account_id: str) -> bool:
    """Whether the viewer may triage, and the account is among the rows they may see."""
    scope = context.scope
    rows = Context(context.as_of, replace(scope, questions=ALL))
    return scope.allows("triage") and bool(ask("account_health", rows).rows(account_id=account_id))


def refused_by(*action_ids: str) -> Iterator[str]:
    """A sentence per attempt of somebody else that these actions came before."""
    if not action_ids:
        return
    try:
        attempts = triage.attempts_against(ledger(), *action_ids)
    except LedgerError as error:
        reported(error, "triage")
        return
    for attempt in attempts.unique("action_id", maintain_order=True).to_dicts():
        age = _ago(attempt["at"])
        yield (
            f"{attempt['author']} acted on {attempt['account_id']} at the same time, {age}: their "
            f"{attempt['kind']} was refused, as yours came first, and they were told."
        )


def _meanwhile(conflict: triage.Conflict) -> Problem:
    later = ", ".join(
        f"{done.author} {DONE[done.kind]} it {_ago(done.at)}" for done in conflict.meanwhile
    )
    return Problem(
        f"Not recorded: {later}, after you looked.",
        "The queue now shows what stands; do it again if you still mean it.",
    )


def _ago(at: dt.datetime) -> str:
    return f"{words.duration((clock.now() - at).total_seconds())} ago"
