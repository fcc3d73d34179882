"""Rows of the ledger under one owner's right: what a question is handed, and what is refused."""

import datetime as dt

import dataframely as dy
import polars as pl
import pytest

from ledger import LedgerQuery
from ledger.errors import OwnerUndeclared
from ledger.tables import TABLES
from queries.core.catalog import QUESTIONS
from queries.core.derive import derive
from queries.core.question import Dependency, Question
from tests.core.answers import answer
from warehouse.context import ALL, EVERYTHING, Context, Scope
from warehouse.contract.columns import identifier

DAY = dt.date(2026, 1, 31)
MINE = Scope(questions=ALL, owner_ids=("p1",))
ACTIONS, ANNOTATIONS = LedgerQuery("triage_actions"), LedgerQuery("annotations")
WHOLE = LedgerQuery("triage_actions", whole_book=True)
ROWS = {
    "triage_actions": pl.DataFrame({"account_id": ["mine", "theirs"], "author": ["a", "b"]}),
    "annotations": pl.DataFrame(
        {"subject": ["account:mine", "account:theirs", "hyperscaler:gcp", "everyone"]}
    ),
}


class Accounts(dy.Schema):
    account_id = identifier("Account", key=True)


class Handed(dy.Schema):
    said = identifier("What was handed over", key=True)


BASE = Dependency(answer().question)


def handed(wanted, scope, *, base_scope=None, shape=Accounts):
    """What a question with one base, which names the account `mine`, is handed of the ledger."""
    question = Question(
        name="handed",
        asks="What is handed over?",
        shape=Handed,
        depends_on=lambda: {"base": BASE},
        entries=lambda: {"rows": wanted},
        answer=lambda rows, **_: rows.select(said=pl.first()).collect(),
        finding=lambda _: "",
        filters="accounts",
    )
    column = next(iter(shape.column_names()))
    base = answer(
        shape=shape,
        frame=pl.DataFrame({column: ["mine"]}),
        context=Context(DAY, base_scope or scope),
    )
    made = derive(
        question,
        Context(DAY, scope),
        {},
        {"base": base},
        {"rows": wanted},
        rows_of=lambda asked: ROWS[asked.table],
        key=(),
    )
    return made.frame["said"].to_list()


def test_an_owner_gets_the_rows_of_accounts_that_an_answer_of_their_own_names():
    assert handed(ACTIONS, MINE) == ["mine"]
    assert handed(ANNOTATIONS, MINE) == ["account:mine", "hyperscaler:gcp", "everyone"]


def test_everything_and_the_whole_book_are_named_rights():
    assert handed(ACTIONS, EVERYTHING) == ["mine", "theirs"]
    assert handed(WHOLE, MINE) == ["mine", "theirs"]


@pytest.mark.parametrize("wanted", [ACTIONS, ANNOTATIONS, WHOLE])
def test_without_a_right_there_is_no_row(wanted):
    assert handed(wanted, Scope()) == []


def test_an_answer_of_the_whole_book_opens_no_account():
    with pytest.raises(OwnerUndeclared):
        handed(ACTIONS, MINE, base_scope=EVERYTHING)


def test_where_no_answer_names_an_account_nothing_is_handed_over():
    with pytest.raises(OwnerUndeclared, match="who may see the rows of triage_actions"):
        handed(ACTIONS, MINE, shape=Handed)


@pytest.mark.parametrize("scope", [MINE, EVERYTHING])
def test_a_table_that_says_nothing_of_its_owners_is_handed_to_nobody(scope, monkeypatch):
    monkeypatch.delitem(TABLES["triage_actions"].info, "path")
    with pytest.raises(OwnerUndeclared):
        handed(ACTIONS, scope)


def test_every_question_that_reads_the_ledger_asks_for_accounts_or_learns_from_the_whole_book():
    asking = {}
    for name, question in QUESTIONS.items():
        given = question.parse({})
        entries = question.entries(context=Context(DAY, MINE), **given)
        bases = question.depends_on(context=Context(DAY, MINE), **given).values()
        of_accounts = any(
            not base.whole_book and "account_id" in base.question.shape.column_names()
            for base in bases
        )
        for wanted in entries.values():
            asking[name] = wanted.whole_book
            assert wanted.whole_book or of_accounts, name
    assert {name for name, is_whole in asking.items() if is_whole} == {
        "band_order",
        "band_outcomes",
        "calibration_curve",
        "churn_risk",
        "expected_loss",
        "expected_loss_record",
        "score_gates",
    }
    assert len(asking) > 10
