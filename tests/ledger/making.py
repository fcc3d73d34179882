"""Actions and scores of which a test states only what it is about."""

import datetime as dt

import polars as pl

from ledger.scores import SCHEMA
from ledger.triage import Action

NOON = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)
DAY = dt.date(2026, 3, 1)
PAYLOADS = {
    "acknowledge": {"reasons": ("usage", "contact")},
    "assign": {"owner_id": "p2"},
    "due": {"date": dt.date(2026, 3, 8)},
    "snooze": {"until": dt.date(2026, 3, 15), "reason": "on holiday", "reasons": ("usage",)},
    "note": {"text": "Spoke to the sponsor.\nCall again."},
    "override": {"band": "healthy", "reason": "migration", "expires": dt.date(2026, 4, 1)},
    "undo": {"action_id": "a1"},
}


def action(action_id="a1", kind="note", **said):
    """An action of Pia's on account A; `payload` changes single fields of it."""
    payload = PAYLOADS[kind] | said.pop("payload", {})
    plain = {"account_id": "A", "at": NOON, "as_of": DAY, "author": "pia"}
    return Action(action_id=action_id, kind=kind, payload=payload, **(plain | said))


def scores(*rows, **every):
    """Scores of which each row states what differs; `every` is the same in all."""
    plain = {
        "account_id": "A",
        "as_of": DAY,
        "card_version": "2026-01",
        "score": 62.5,
        "band": "watch",
        "coverage_share": 0.75,
        "contributions": '{"usage": -7.5}',
        "inputs": '{"usage_change_share": -0.25}',
        "arr_usd": 120_000.0,
        "oldest_input_date": dt.date(2026, 2, 20),
        "days_to_renewal": 41,
        "written_at": NOON,
    }
    return pl.DataFrame([plain | every | row for row in rows or ({},)], schema=SCHEMA)
