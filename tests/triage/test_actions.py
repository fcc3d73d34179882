"""What a person does about an account: once, only where they may, and told what came of it."""

import datetime as dt
from dataclasses import replace

import pytest

from ledger import LedgerQuery
from queries.core.answer import Choices, Problem
from queries.core.ask import ledger
from queries.triage import actions as of_triage
from queries.triage.actions import NOT_YOURS, UNKNOWN_ASSIGNEE, act, refused_by
from tests.health.troubled import COMPANY
from tests.shared.company import account
from warehouse import clock
from warehouse.context import ALL, EVERYTHING, Context, Scope

DAY = dt.date(2026, 1, 31)


@pytest.fixture
def of(warehouse):
    warehouse(COMPANY)
    return lambda **rights: Context(DAY, replace(EVERYTHING, **rights))


def actions():
    return ledger().read(LedgerQuery("triage_actions"))


def note(context, *, author="ada", action_id="n1", seen_version=0, text="hello", account="a1"):
    said = {"text": text}
    by = {"author": author, "action_id": action_id, "seen_version": seen_version}
    return act(context, account, "note", said, **by)


def test_an_action_is_recorded_under_its_author_data_date_and_instant(of, later):
    outcome = note(of(questions=("triage",)))
    assert (outcome.action_id, outcome.problem, outcome.is_conflict) == ("n1", None, False)
    (row,) = actions().to_dicts()
    assert (row["account_id"], row["kind"], row["version"]) == ("a1", "note", 1)
    assert (row["author"], row["as_of"], row["payload"]) == ("ada", DAY, '{"text": "hello"}')
    later(seconds=0)
    assert row["at"] <= clock.now()


def test_doing_it_again_under_the_same_id_is_harmless(of):
    assert note(of()).problem is None
    assert note(of()).problem is None
    assert actions().height == 1


def test_two_people_at_once_are_both_told(of, later):
    later(seconds=0)
    assert note(of(), action_id="n1").problem is None
    later(seconds=3)
    second = note(of(), author="ben", action_id="n2", text="mine")
    assert second.is_conflict
    assert second.problem.sentence == (
        "Not recorded: ada wrote a note on it 3 s ago, after you looked."
    )
    assert second.problem.reference == ""
    (told,) = refused_by("n1")
    assert told == (
        "ben acted on a1 at the same time, 0 s ago: their note was refused, as yours came first, "
        "and they were told."
    )
    assert list(refused_by()) == []
    assert actions()["author"].to_list() == ["ada"]
    # Having seen the first, the second may act.
    assert note(of(), author="ben", action_id="n3", seen_version=1, text="mine").problem is None


@pytest.mark.parametrize("account", ["a1", "nobody", "a6"])
def test_an_account_out_of_scope_gone_or_unknown_cannot_be_acted_on(of, account):
    # a1 has no owner, a6 has churned.
    outcome = note(of(owner_ids=("p1",)), account=account)
    assert outcome.problem == NOT_YOURS
    assert actions().is_empty()


def test_who_may_not_triage_cannot_act(of):
    assert note(of(questions=("account_health",))).problem == NOT_YOURS
    assert actions().is_empty()


def test_what_breaks_a_rule_is_refused_in_a_sentence(of):
    outcome = note(of(), text=" ")
    assert outcome.problem.sentence == "text is empty."
    assert actions().is_empty()


def test_a_ledger_that_is_gone_refuses_with_a_reference(of, monkeypatch):
    context = of()
    monkeypatch.setenv("BELLWETHER_LEDGER", "sqlite:////dev/null/ledger.sqlite")
    outcome = note(context)
    assert not outcome.is_conflict
    assert "ledger" in outcome.problem.sentence
    assert outcome.problem.reference
    assert list(refused_by("n1")) == []


def assign(context, to, *, account="a2"):
    by = {"author": "ada", "action_id": "n1", "seen_version": 0}
    return act(context, account, "assign", {"owner_id": to}, **by)


def test_an_account_is_assigned_to_somebody_who_owns_one_in_scope(of):
    assert assign(of(owner_ids=("p1",)), "p1").problem is None
    assert actions()["payload"].to_list() == ['{"owner_id": "p1"}']


@pytest.mark.parametrize(
    ("owners", "to"),
    [
        (ALL, "p2"),  # A person who owns no account.
        (ALL, "p9"),  # Nobody.
        (ALL, "Ada"),  # A name is no id.
        (("p1",), "p3"),  # Somebody whose accounts this viewer may not see.
    ],
)
def test_an_account_is_assigned_to_nobody_out_of_scope(warehouse, owners, to):
    people = [{"person_id": person, "name": person} for person in ("p1", "p2", "p3")]
    theirs = [*COMPANY["accounts"], account("a10", owner_id="p3")]
    warehouse(COMPANY | {"people": people, "accounts": theirs})
    outcome = assign(Context(DAY, Scope(questions=ALL, owner_ids=owners)), to)
    assert outcome.problem == UNKNOWN_ASSIGNEE
    assert actions().is_empty()
    assert assign(Context(DAY, EVERYTHING), "p3").problem is None


def test_nobody_is_assigned_where_the_owners_cannot_be_read(of, monkeypatch):
    unread = Choices(None, problem=Problem("The warehouse does not answer.", "Try again."))
    context = of()
    monkeypatch.setattr(of_triage, "choices", lambda _: unread)
    assert assign(context, "p1").problem == unread.problem
    assert actions().is_empty()
