"""What an action may say: each rule with the sentence a person reads when it is broken."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.action import KINDS
from ledger.errors import ActionInvalid
from ledger.tables import TRIAGE_ACTIONS
from tests.ledger.making import DAY, NOON, PAYLOADS, action
from warehouse.contract.columns import LONGEST_TEXT


@pytest.mark.parametrize(
    ("kind", "recorded"),
    [
        ("acknowledge", '{"reasons": ["contact", "usage"]}'),
        ("assign", '{"owner_id": "p2"}'),
        ("due", '{"date": "2026-03-08"}'),
        (
            "snooze",
            '{"reason": "on holiday", "reasons": ["usage"], "until": "2026-03-15"}',
        ),
        ("note", '{"text": "Spoke to the sponsor.\\nCall again."}'),
        ("override", '{"band": "healthy", "expires": "2026-04-01", "reason": "migration"}'),
        ("undo", '{"action_id": "a1"}'),
    ],
)
def test_each_kind_is_recorded_as_json(kind, recorded):
    assert action(kind=kind).payload_json == recorded


def test_there_are_no_other_kinds_and_the_contract_knows_them():
    assert tuple(KINDS) == TRIAGE_ACTIONS.c.kind.info["choices"] == tuple(PAYLOADS)


def test_factors_are_a_set():
    twice = action(kind="acknowledge", payload={"reasons": ["usage", "contact", "usage"]})
    assert twice.payload_json == '{"reasons": ["contact", "usage"]}'
    assert action(kind="acknowledge", payload={"reasons": []}).payload_json == '{"reasons": []}'


@pytest.mark.parametrize(
    ("kind", "payload", "expected"),
    [
        ("note", {"text": " \n"}, "text is empty."),
        ("note", {"text": "x" * 1501}, "text has 1,501 characters; at most 1,500 are kept."),
        ("note", {"text": "a\x00b"}, "text holds the control character U+0000."),
        ("note", {"text": "a\x1b[2J"}, "text holds the control character U+001B."),
        ("note", {"text": "a\x85b"}, "text holds the control character U+0085."),
        ("note", {"text": "a\ud800b"}, "text holds the control character U+D800."),
        ("note", {"text": 7}, "text is empty."),
        ("snooze", {"reason": ""}, "reason is empty."),
        ("snooze", {"reason": "x" * 501}, "reason has 501 characters; at most 500 are kept."),
        ("snooze", {"until": DAY}, "until is 2026-03-01; it lies from 2026-03-02 to 2027-03-02."),
        ("snooze", {"until": NOON}, "until is no day."),
        ("snooze", {"until": "2026-03-15"}, "until is no day."),
        ("snooze", {"reasons": "usage"}, "reasons is no list of at most 20 factors."),
        ("snooze", {"reasons": ["usage", ""]}, "reasons is empty."),
        ("snooze", {"reasons": ["x" * 101]}, "reasons has 101 characters; at most 100 are kept."),
        ("snooze", {"reasons": ["x"] * 21}, "reasons is no list of at most 20 factors."),
        (
            "override",
            {"expires": dt.date(2027, 3, 3)},
            "expires is 2027-03-03; it lies from 2026-03-02 to 2027-03-02.",
        ),
        ("override", {"band": "unknown"}, "band is 'unknown'; it is one of at_risk, watch, "),
        ("due", {"date": dt.date(2026, 2, 28)}, "date is 2026-02-28; it lies from 2026-03-01 "),
        ("assign", {"owner_id": "p2\n"}, "owner_id holds the control character U+000A."),
        ("assign", {"owner_id": ""}, "owner_id is empty."),
        ("assign", {"to": "p3"}, "assign says owner_id; this one says owner_id, to."),
        ("undo", {"action_id": "x" * 401}, "action_id has 401 characters; at most 400 are kept."),
    ],
)
def test_a_payload_that_breaks_a_rule_is_refused(kind, payload, expected):
    with pytest.raises(ActionInvalid) as refused:
        action(kind=kind, payload=payload)
    assert refused.value.sentence.startswith(expected)
    assert refused.value.remedy == "Correct it and try again; nothing was recorded."


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"action_id": ""}, "action_id is empty."),
        ({"account_id": "A\tB"}, "account_id holds the control character U+0009."),
        ({"author": "x" * 401}, "author has 401 characters; at most 400 are kept."),
        ({"at": NOON.replace(tzinfo=None)}, "The instant of an action has no zone or lies "),
        ({"at": NOON.replace(year=1999)}, "The instant of an action has no zone or lies "),
        ({"as_of": NOON}, "as_of is no day."),
        ({"as_of": dt.date(1999, 12, 31)}, "as_of is 1999-12-31; it lies from 2000-01-01 "),
    ],
)
def test_who_when_and_about_whom_are_sane(said, expected):
    with pytest.raises(ActionInvalid) as refused:
        action(**said)
    assert refused.value.sentence.startswith(expected)


def test_an_unknown_kind_is_refused_with_those_there_are():
    from ledger.triage import Action

    with pytest.raises(ActionInvalid, match="'delete' is no kind of action; there are acknowl"):
        Action(action_id="a", account_id="A", kind="delete", at=NOON, as_of=DAY, author="pia")


def test_what_lies_at_a_bound_is_taken():
    assert action(payload={"text": "x" * 1500}).payload["text"] == "x" * 1500
    assert action(kind="due", payload={"date": DAY}).payload["date"] == DAY
    last = DAY + dt.timedelta(days=366)
    longest = action(kind="snooze", payload={"reasons": [f"{n:0100}" for n in range(20)]})
    assert len(longest.payload_json) <= LONGEST_TEXT
    assert len(action(payload={"text": '"' * 1500}).payload_json) <= LONGEST_TEXT
    assert action(kind="snooze", payload={"until": last}).payload["until"] == last


@given(st.text(max_size=1600))
def test_any_text_is_taken_whole_or_refused(text):
    try:
        taken = action(payload={"text": text})
    except ActionInvalid as refused:
        assert refused.sentence.startswith("text ")  # noqa: PT017 (whether it raises is the input's)
    else:
        taken.payload_json.encode()
        assert 0 < len(text) <= 1500
        assert "\x00" not in text
