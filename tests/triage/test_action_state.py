"""What stands of the actions: by hand, and the laws that any order and any undo keep."""

import datetime as dt
import json

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.action import KINDS
from ledger.tables import TRIAGE_ACTIONS, frame_schema
from queries.triage.action_state import ActionState, action_state, covered
from tests.ledger.making import DAY, NOON, PAYLOADS, action

SCHEMA = frame_schema(*TRIAGE_ACTIONS.c)
NOTHING = dict.fromkeys(
    (
        "acknowledged_by",
        "acknowledged_at",
        "acknowledged_reasons",
        "assigned_owner_id",
        "due_date",
        "snoozed_until",
        "snooze_reason",
        "snoozed_by",
        "snoozed_reasons",
        "last_note",
        "last_note_by",
        "last_note_at",
        "override_band",
        "override_reason",
        "override_by",
        "override_expires",
    )
) | {"notes": 0}
NEWEST = ("version", "last_action_id", "last_action_kind", "last_action_at", "last_action_by")


def row(version, kind, account="A", **said):
    """The row that the ledger has of an action: its id is its account and version."""
    taken = action(f"{account}{version}", kind, account_id=account, **said)
    return {
        "action_id": taken.action_id,
        "account_id": account,
        "kind": kind,
        "at": taken.at,
        "as_of": taken.as_of,
        "author": taken.author,
        "version": version,
        "payload": taken.payload_json,
    }


def undo(version, target, **said):
    return row(version, "undo", payload={"action_id": target}, **said)


def fold(*rows, as_of=DAY):
    frame = action_state(pl.LazyFrame(rows, schema=SCHEMA), as_of)
    assert ActionState.is_valid(frame)
    return frame


def state(*rows, as_of=DAY):
    """What stands of account A, without what says which action was the newest."""
    (found,) = fold(*rows, as_of=as_of).filter(account_id="A").to_dicts()
    return {name: found[name] for name in NOTHING}


def test_nothing_done_is_no_row():
    assert fold().schema == ActionState.create_empty().schema
    assert fold().height == 0
    assert fold(row(1, "note", as_of=DAY + dt.timedelta(days=1))).height == 0


def test_every_kind_leaves_what_it_says():
    later = NOON + dt.timedelta(hours=1)
    rows = [row(version, kind) for version, kind in enumerate(list(KINDS)[:5], start=1)]
    rows += [row(6, "override", author="pau", at=later)]
    (found,) = fold(*rows).to_dicts()
    assert found == {
        "account_id": "A",
        "version": 6,
        "acknowledged_by": "pia",
        "acknowledged_at": NOON,
        "acknowledged_reasons": ["contact", "usage"],
        "assigned_owner_id": "p2",
        "due_date": dt.date(2026, 3, 8),
        "snoozed_until": dt.date(2026, 3, 15),
        "snooze_reason": "on holiday",
        "snoozed_by": "pia",
        "snoozed_reasons": ["usage"],
        "notes": 1,
        "last_note": "Spoke to the sponsor.\nCall again.",
        "last_note_by": "pia",
        "last_note_at": NOON,
        "override_band": "healthy",
        "override_reason": "migration",
        "override_by": "pau",
        "override_expires": dt.date(2026, 4, 1),
        "last_action_id": "A6",
        "last_action_kind": "override",
        "last_action_at": later,
        "last_action_by": "pau",
    }


def test_the_newest_of_a_kind_stands_by_version_and_not_by_the_clock():
    early = NOON - dt.timedelta(days=1)
    rows = [
        row(1, "assign"),
        row(2, "assign", at=early, payload={"owner_id": "p3"}),
        row(3, "note", payload={"text": "one"}),
        row(4, "note", at=early, author="pau", payload={"text": "two"}),
    ]
    found = state(*rows)
    assert found["assigned_owner_id"] == "p3"
    assert (found["notes"], found["last_note"], found["last_note_by"]) == (2, "two", "pau")


@pytest.mark.parametrize(
    ("as_of", "until"),
    [
        (dt.date(2026, 3, 1), dt.date(2026, 3, 15)),
        (dt.date(2026, 3, 14), dt.date(2026, 3, 15)),
        (dt.date(2026, 3, 15), None),
    ],
)
def test_a_snooze_ends_on_its_date(as_of, until):
    found = state(row(1, "snooze"), as_of=as_of)
    assert found["snoozed_until"] == until
    assert found["snooze_reason"] == (until and "on holiday")
    assert found["snoozed_reasons"] == (until and ["usage"])


@pytest.mark.parametrize(
    ("as_of", "band"), [(dt.date(2026, 3, 31), "healthy"), (dt.date(2026, 4, 1), None)]
)
def test_an_override_expires_by_itself(as_of, band):
    found = state(row(1, "override"), as_of=as_of)
    assert (found["override_band"], found["override_by"]) == (band, band and "pia")


def test_a_snooze_that_is_over_does_not_uncover_the_one_before_it():
    long = {"until": dt.date(2026, 5, 1)}
    rows = [row(1, "snooze", payload=long), row(2, "snooze")]
    assert state(*rows, as_of=dt.date(2026, 3, 20)) == NOTHING


def test_an_undo_takes_away_and_an_undo_of_it_brings_back():
    rows = [row(1, "assign"), row(2, "assign", payload={"owner_id": "p3"}), undo(3, "A2")]
    assert state(*rows)["assigned_owner_id"] == "p2"
    rows += [undo(4, "A3")]
    assert state(*rows)["assigned_owner_id"] == "p3"
    rows += [undo(5, "A4"), undo(6, "A1")]
    assert state(*rows) == NOTHING
    assert fold(*rows).select(NEWEST).row(0) == (6, "A6", "undo", NOON, "pia")


def test_what_is_undone_twice_needs_both_undone():
    rows = [row(1, "assign"), undo(2, "A1"), undo(3, "A1"), undo(4, "A3")]
    assert state(*rows) == NOTHING
    assert state(*rows, undo(5, "A2"))["assigned_owner_id"] == "p2"


def test_accounts_do_not_touch_each_other():
    rows = [row(1, "assign"), row(1, "snooze", account="B"), undo(2, "A1")]
    found = fold(*rows)
    assert found["account_id"].to_list() == ["A", "B"]
    assert found["version"].to_list() == [2, 1]
    assert found["snoozed_until"].to_list() == [None, dt.date(2026, 3, 15)]


def test_an_earlier_data_date_sees_what_was_done_then():
    later = DAY + dt.timedelta(days=3)
    rows = [row(1, "assign"), undo(2, "A1", as_of=later)]
    assert state(*rows)["assigned_owner_id"] == "p2"
    assert state(*rows, as_of=later)["assigned_owner_id"] is None


def test_a_reason_that_appeared_since_is_not_covered():
    frame = pl.DataFrame(
        {
            "now": [["usage"], ["usage", "contact"], [], ["usage"]],
            "then": [["contact", "usage"], ["usage"], ["usage"], None],
        }
    )
    assert frame.select(covered("now", by="then")).to_series().to_list() == [
        True,
        False,
        True,
        False,
    ]


@st.composite
def histories(draw):
    """Up to a dozen actions on two accounts, any kind, undos of any earlier action of theirs."""
    rows, taken = [], {"A": 0, "B": 0}
    for _ in range(draw(st.integers(0, 12))):
        account = draw(st.sampled_from(sorted(taken)))
        kinds = list(PAYLOADS) if taken[account] else [kind for kind in PAYLOADS if kind != "undo"]
        kind = draw(st.sampled_from(kinds))
        changed = {}
        if kind == "undo":
            changed = {"action_id": f"{account}{draw(st.integers(1, taken[account]))}"}
        elif kind == "assign":
            changed = {"owner_id": draw(st.sampled_from(["p1", "p2", "p3"]))}
        elif kind == "snooze":
            changed = {"until": DAY + dt.timedelta(days=draw(st.integers(1, 9)))}
        taken[account] += 1
        rows.append(row(taken[account], kind, account=account, payload=changed))
    return rows


AS_OFS = st.sampled_from([DAY, DAY + dt.timedelta(days=5), DAY + dt.timedelta(days=400)])


@settings(max_examples=60, deadline=None)
@given(histories(), AS_OFS, st.randoms(use_true_random=False))
def test_order_and_repetition_of_rows_change_nothing(rows, as_of, dice):
    found = fold(*rows, as_of=as_of)
    shuffled = rows + dice.sample(rows, k=len(rows) // 2)
    dice.shuffle(shuffled)
    assert fold(*shuffled, as_of=as_of).equals(found)
    assert found["account_id"].is_unique().all()


@settings(max_examples=60, deadline=None)
@given(histories(), st.sampled_from(list(PAYLOADS)), AS_OFS)
def test_an_action_and_its_undo_leave_what_was_before(rows, kind, as_of):
    begun = [row(1, "note"), *(one for one in rows if one["account_id"] == "A")]
    begun = [one | {"version": n, "action_id": f"A{n}"} for n, one in enumerate(begun, start=1)]
    after = len(begun) + 1
    acted = [*begun, row(after, kind, payload={"action_id": "A1"} if kind == "undo" else {})]
    undone = [*acted, undo(after + 1, f"A{after}")]
    assert state(*undone, as_of=as_of) == state(*begun, as_of=as_of)
    again = [*undone, undo(after + 2, f"A{after + 1}")]
    assert state(*again, as_of=as_of) == state(*acted, as_of=as_of)
    assert fold(*again, as_of=as_of)["version"].to_list() == [after + 2]


@settings(max_examples=60, deadline=None)
@given(histories(), AS_OFS)
def test_it_agrees_with_reading_the_log_line_by_line(rows, as_of):
    """The other road: a plain loop over the log of one account."""
    for account in ("A", "B"):
        log = [one for one in rows if one["account_id"] == account]
        stands = {}
        for one in reversed(log):
            is_undone = any(
                other["kind"] == "undo"
                and stands[other["action_id"]]
                and json.loads(other["payload"])["action_id"] == one["action_id"]
                for other in log
                if other["version"] > one["version"]
            )
            stands[one["action_id"]] = not is_undone
        alive = [one for one in log if stands[one["action_id"]]]
        owners = [
            json.loads(one["payload"])["owner_id"] for one in alive if one["kind"] == "assign"
        ]
        snoozes = [json.loads(one["payload"])["until"] for one in alive if one["kind"] == "snooze"]
        until = dt.date.fromisoformat(snoozes[-1]) if snoozes else None
        found = fold(*rows, as_of=as_of).filter(account_id=account).to_dicts()
        assert len(found) == bool(log)
        if log:
            assert found[0]["notes"] == sum(one["kind"] == "note" for one in alive)
            assert found[0]["assigned_owner_id"] == (owners[-1] if owners else None)
            assert found[0]["snoozed_until"] == (until if until and until > as_of else None)
