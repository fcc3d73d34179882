"""Acting on an account: once, on the version that was seen, and both are told otherwise."""

import datetime as dt

import pytest

from ledger import LedgerQuery
from ledger.errors import ActionIdTaken, ActionInvalid
from ledger.triage import Conflict, Done, Recorded, act, attempts_against
from tests.ledger.making import DAY, NOON, PAYLOADS, action

ACTIONS, ATTEMPTS = LedgerQuery("triage_actions"), LedgerQuery("triage_attempts")
LATER = NOON + dt.timedelta(minutes=5)


def test_actions_on_an_account_are_numbered_from_one(ledger):
    for version, kind in enumerate(PAYLOADS, start=1):
        outcome = act(ledger, action(f"a{version}", kind), version - 1)
        assert outcome == Recorded(f"a{version}", version)
    assert act(ledger, action("b1", account_id="B"), 0) == Recorded("b1", 1)
    rows = ledger.read(ACTIONS)
    assert rows["version"].to_list() == [1, 2, 3, 4, 5, 6, 7, 1]
    assert rows.row(4, named=True) == {
        "action_id": "a5",
        "account_id": "A",
        "kind": "note",
        "at": NOON,
        "as_of": DAY,
        "author": "pia",
        "version": 5,
        "payload": '{"text": "Spoke to the sponsor.\\nCall again."}',
    }


def test_text_comes_back_as_it_went_in(ledger):
    said = '=HYPERLINK("x") <b>\'; DROP TABLE triage_actions; -- ünïcödé 🙂 \u202e\n\tend'
    act(ledger, action(payload={"text": said}), 0)
    (payload,) = ledger.read(ACTIONS)["payload"]
    assert payload == action(payload={"text": said}).payload_json


def test_an_instant_in_another_zone_is_recorded_in_utc(ledger):
    there = NOON.astimezone(dt.timezone(dt.timedelta(hours=5, minutes=30)))
    act(ledger, action(at=there.replace(microsecond=123456)), 0)
    assert ledger.read(ACTIONS)["at"].to_list() == [NOON.replace(microsecond=123456)]


def test_who_acts_on_what_somebody_changed_meanwhile_is_told_and_changes_nothing(ledger):
    act(ledger, action("a1", "assign"), 0)
    act(ledger, action("a2", "due", at=LATER), 1)
    refused = act(ledger, action("b1", "snooze", author="pau"), 0)
    assert refused == Conflict(
        "b1",
        2,
        (Done("a1", "assign", NOON, "pia", 1), Done("a2", "due", LATER, "pia", 2)),
    )
    assert ledger.read(ACTIONS)["action_id"].to_list() == ["a1", "a2"]
    assert act(ledger, action("b2", "snooze", author="pau"), refused.version) == Recorded("b2", 3)


def test_who_was_in_the_way_can_be_told_too(ledger):
    act(ledger, action("a1", "assign"), 0)
    act(ledger, action("b1", "snooze", author="pau", at=LATER), 0)
    act(ledger, action("a2", "due"), 1)
    act(ledger, action("c1", "note", author="kim"), 1)
    told = attempts_against(ledger, "a1", "a2")
    assert told.select("against_action_id", "action_id", "author", "kind", "at").rows() == [
        ("a2", "c1", "kim", "note", NOON),
        ("a1", "b1", "pau", "snooze", LATER),
    ]
    assert told.select("seen_version", "found_version").rows() == [(1, 2), (0, 1)]
    assert attempts_against(ledger, "a2")["action_id"].to_list() == ["c1"]
    assert attempts_against(ledger).schema == told.schema


def test_nobody_is_told_of_their_own_attempt_or_of_one_on_another_account(ledger):
    act(ledger, action("a1"), 0)
    act(ledger, action("a2"), 0)
    act(ledger, action("b1", account_id="B", author="pau"), 0)
    act(ledger, action("b2", account_id="B"), 0)
    assert attempts_against(ledger, "a1").height == 0
    assert attempts_against(ledger, "b1")["action_id"].to_list() == ["b2"]


def test_the_same_click_again_gives_the_first_outcome_and_writes_nothing(ledger):
    first = act(ledger, action("a1"), 0)
    before = ledger.version("triage_actions", "triage_attempts")
    assert act(ledger, action("a1"), 0) == first
    assert act(ledger, action("a1", at=LATER), 1) == first
    assert ledger.version("triage_actions", "triage_attempts") == before
    assert ledger.read(ACTIONS).height == 1


def test_a_refused_click_again_gives_the_same_conflict_whatever_came_after(ledger):
    act(ledger, action("a1"), 0)
    refused = act(ledger, action("b1", author="pau"), 0)
    act(ledger, action("a2"), 1)
    assert act(ledger, action("b1", author="pau"), 2) == refused
    assert ledger.read(ATTEMPTS)["action_id"].to_list() == ["b1"]
    assert ledger.read(ACTIONS)["action_id"].to_list() == ["a1", "a2"]


@pytest.mark.parametrize(
    "other",
    [
        {"payload": {"text": "something else"}},
        {"author": "pau"},
        {"account_id": "B"},
        {"as_of": DAY + dt.timedelta(days=1)},
    ],
)
@pytest.mark.parametrize("action_id", ["a1", "b1"])
def test_an_id_that_says_something_else_is_refused(ledger, other, action_id):
    act(ledger, action("a1"), 0)
    act(ledger, action("b1"), 0)
    before = ledger.read(ACTIONS), ledger.read(ATTEMPTS)
    with pytest.raises(ActionIdTaken, match=f"The action {action_id} is recorded and says some"):
        act(ledger, action(action_id, **other), 1)
    after = ledger.read(ACTIONS), ledger.read(ATTEMPTS)
    assert all(one.equals(other) for one, other in zip(before, after, strict=True))


@pytest.mark.parametrize("seen_version", [-1, 2])
def test_a_version_the_account_never_had_is_refused(ledger, seen_version):
    act(ledger, action("a1"), 0)
    with pytest.raises(ActionInvalid, match=rf"A has no version {seen_version}; it is at 1\."):
        act(ledger, action("a2"), seen_version)
    assert ledger.read(ACTIONS).height == 1


def test_only_an_action_on_the_same_account_can_be_undone(ledger):
    act(ledger, action("a1"), 0)
    with pytest.raises(ActionInvalid, match=r"B has no action a1 to undo\."):
        act(ledger, action("b1", "undo", account_id="B"), 0)
    with pytest.raises(ActionInvalid, match=r"A has no action a9 to undo\."):
        act(ledger, action("a2", "undo", payload={"action_id": "a9"}), 1)
    assert act(ledger, action("a3", "undo"), 1) == Recorded("a3", 2)
