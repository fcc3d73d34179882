"""What people did about an account and noted beside its charts, one event per row of the ledger."""

import datetime as dt
import json
from collections.abc import Callable, Collection, Iterator, Mapping

import polars as pl

from queries.accounts.timeline.event import Event, Row, rows_of
from queries.shared import words
from queries.shared.periods import midnight

# By its kind, what an action says; the names in braces are those of its payload.
ACTIONS = {
    "acknowledge": "Acknowledged {by}",
    "assign": "Assigned to {owner_id} {by}",
    "due": "Due {date}, set {by}",
    "snooze": "Snoozed until {until} {by}: {reason}",
    "note": "Note {by}: {text}",
    "override": "Health overridden to {band} until {expires} {by}: {reason}",
    "undo": "{undone} undone {by}",
}
ANNOTATIONS = {
    "release": "Release",
    "incident": "Incident",
    "price": "Price",
    "scorecards": "Scorecard",
}


def action_events(actions: pl.LazyFrame) -> Iterator[Event]:
    """Each triage action with who took it and what they said, undone ones included.

    An action stands on the data date that its author was looking at: one that was clicked later
    stands at the end of that day, and says when it was clicked.
    """
    rows = rows_of(actions)
    kinds = {row["action_id"]: row["kind"] for row in rows}
    for row in rows:
        seen_until = midnight(row["as_of"] + dt.timedelta(days=1)) - dt.timedelta(microseconds=1)
        clicked = f", clicked on {words.day(row['at'])}" if row["at"] > seen_until else ""
        title = f"{_done(row, kinds)}{clicked}"
        at = min(row["at"], seen_until)
        yield Event(at, "action", title, "triage_actions", row["action_id"])


def annotation_events(annotations: pl.LazyFrame, subjects: Collection[str]) -> Iterator[Event]:
    """Each annotation of one of `subjects`."""
    for row in rows_of(annotations):
        if row["subject"] in subjects:
            title = f"{ANNOTATIONS[row['kind']]}: {row['text']}"
            yield Event(row["at"], "annotation", title, "annotations", row["annotation_id"])


def _done(row: Row, kinds: dict[str, str]) -> str:
    said = json.loads(row["payload"])
    shown = {name: _WORDED[name](value) for name, value in said.items() if name in _WORDED}
    undone = kinds.get(said.get("action_id", ""), "action").capitalize()
    return ACTIONS[row["kind"]].format(**{**said, **shown}, by=f"by {row['author']}", undone=undone)


def _day(text: str) -> str:
    return words.day(dt.date.fromisoformat(text))


_WORDED: Mapping[str, Callable[[str], str]] = {
    "date": _day,
    "until": _day,
    "expires": _day,
    "band": lambda band: words.name(band).lower(),
}
