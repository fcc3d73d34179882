"""What people did and noted, in the timeline of an account and in the history of its score."""

import datetime as dt
import json

import polars as pl
import pytest

from ledger import LedgerQuery
from ledger.action import KINDS, Action
from ledger.annotations import KINDS as ANNOTATION_KINDS
from ledger.annotations import Annotation
from ledger.annotations import write as annotate
from ledger.scores import SCHEMA
from ledger.scores import write as freeze
from ledger.triage import act
from queries.accounts.timeline.ledger_events import ACTIONS, ANNOTATIONS
from queries.core.ask import ledger
from warehouse.context import ALL, Scope

AS_OF = dt.date(2026, 1, 30)
BENS = Scope(questions=ALL, owner_ids=("p2",))


def at(day, hour=9):
    return dt.datetime(2026, 1, day, hour, tzinfo=dt.UTC)


def did(kind, *, account="a1", as_of=AS_OF, clicked=None, seen=0, **payload):
    action = Action(
        action_id=f"{account} {seen} {kind}",
        account_id=account,
        kind=kind,
        at=clicked or dt.datetime.combine(as_of, dt.time(10, seen), tzinfo=dt.UTC),
        as_of=as_of,
        author="Eve",
        payload=payload,
    )
    act(ledger(), action, seen)


def noted(subject, text, day=29, kind="release"):
    annotate(
        ledger(),
        Annotation(
            annotation_id=f"{subject} {text}",
            subject=subject,
            at=at(day),
            author="Eve",
            kind=kind,
            text=text,
        ),
    )


def titles(answer, *kinds):
    return answer.frame.filter(pl.col("kind").is_in(kinds))["title"].to_list()


def test_every_kind_of_action_is_said_in_words(asked):
    did("acknowledge", reasons=["usage"])
    did("assign", seen=1, owner_id="p1")
    did("due", seen=2, date=dt.date(2026, 2, 3))
    did("snooze", seen=3, until=dt.date(2026, 2, 9), reason="on leave", reasons=["usage"])
    did("note", seen=4, text="{by} is *calm*")
    did("override", seen=5, band="at_risk", reason="merger", expires=dt.date(2026, 3, 1))
    did("undo", seen=6, action_id="a1 4 note")
    assert titles(asked("account", 2026, 1, 31), "action") == [
        "Note undone by Eve",
        "Health overridden to at risk until 1 Mar 2026 by Eve: merger",
        "Note by Eve: {by} is *calm*",
        "Snoozed until 9 Feb 2026 by Eve: on leave",
        "Due 3 Feb 2026, set by Eve",
        "Assigned to p1 by Eve",
        "Acknowledged by Eve",
    ]


def test_every_kind_the_ledger_records_has_its_words():
    assert ACTIONS.keys() == KINDS.keys()
    assert set(ANNOTATIONS) == set(ANNOTATION_KINDS)


def test_an_action_stands_on_the_data_date_its_author_looked_at(asked):
    did("note", text="late", clicked=dt.datetime(2026, 4, 2, 8, tzinfo=dt.UTC))
    (row,) = asked("account", 2026, 1, 31).frame.filter(kind="action").to_dicts()
    assert row["at"].date() == AS_OF
    assert row["title"] == "Note by Eve: late, clicked on 2 Apr 2026"
    assert (row["source_table"], row["source_id"]) == ("triage_actions", "a1 0 note")
    assert titles(asked("account", 2026, 1, 29), "action") == []


def test_an_answer_follows_what_is_done_meanwhile(asked):
    assert titles(asked("account", 2026, 1, 31), "action") == []
    did("note", text="one")
    assert titles(asked("account", 2026, 1, 31), "action") == ["Note by Eve: one"]


def test_annotations_of_the_account_its_hyperscaler_and_everyone_are_told(asked):
    noted("everyone", "5.3.0")
    noted("hyperscaler:aws", "region down", kind="incident")
    noted("account:a1", "new price", kind="price")
    noted("hyperscaler:azure", "elsewhere")
    noted("account:a2", "somebody else")
    noted("everyone", "tomorrow", day=31)
    noted("everyone", "2025-11", day=28, kind="scorecards")
    assert titles(asked("account", 2026, 1, 30), "annotation") == [
        "Price: new price",
        "Release: 5.3.0",
        "Incident: region down",
        "Scorecard: 2025-11",
    ]


def test_the_ledger_tells_nothing_of_an_account_outside_the_scope(asked):
    did("note", text="secret")
    noted("account:a1", "secret")
    noted("everyone", "for all")
    for hidden in (
        asked("account", 2026, 1, 31, scope=BENS),
        asked("account", 2026, 1, 31, region=("apac",)),
        asked("account", 2026, 1, 31, account=None),
    ):
        assert hidden.frame.height == 0
    others = asked("account", 2026, 1, 31, account="a2")
    assert titles(others, "action", "annotation") == ["Release: for all"]


NEWER = dt.date(2025, 11, 1)


def scored(*scores, account="a1", version=None):
    """Freeze scores by week before 31 January, the last one on it, by the card in force then."""
    days = [dt.date(2026, 1, 31) - dt.timedelta(weeks=back) for back in range(len(scores))]
    rows = [
        {
            "account_id": account,
            "as_of": days[-1 - place],
            "card_version": version or ("2025-11" if days[-1 - place] >= NEWER else "2025-01"),
            "score": value,
            "band": "unknown" if value is None else "watch",
            "coverage_share": 0.5,
            "contributions": json.dumps({}),
            "inputs": json.dumps({}),
            "arr_usd": 1.0,
            "oldest_input_date": None if value is None else AS_OF,
            "days_to_renewal": None,
            "written_at": at(31),
        }
        for place, value in enumerate(scores)
    ]
    freeze(ledger(), pl.DataFrame(rows, schema=SCHEMA))


def test_the_history_holds_the_scores_of_twenty_six_weeks_as_they_were_frozen(asked):
    scored(*range(30, 60))
    scored(70.0, account="a2")
    answer = asked("account_score_history", 2026, 1, 31)
    assert answer.frame["score"].to_list() == list(map(float, range(33, 60)))
    assert answer.frame["as_of"].to_list()[0] == dt.date(2025, 8, 2)
    # The first 13 are of the scorecard before, which does not compare.
    assert answer.finding == "Score 59; 46 on 1 Nov 2025"
    earlier = asked("account_score_history", 2026, 1, 24).frame
    assert earlier["score"].to_list() == list(map(float, range(32, 59)))


def test_each_day_is_of_the_scorecard_in_force_on_it_and_an_unknown_score_keeps_its_row(asked):
    scored(*[30.0] * 14, None)
    scored(*[99.0] * 15, version="2025-01")
    scored(99.0, version="2026-02")
    rows = asked("account_score_history", 2026, 1, 31).frame
    assert rows.select("as_of", "card_version", "score").rows()[-15:] == [
        (dt.date(2025, 10, 25), "2025-01", 30.0),
        *((NEWER + dt.timedelta(weeks=week), "2025-11", 30.0) for week in range(13)),
        (dt.date(2026, 1, 31), "2025-11", None),
    ]


@pytest.mark.parametrize("hidden", [{"account": "a2"}, {"scope": BENS}, {"account": None}])
def test_the_history_of_an_account_that_may_not_be_seen_or_was_never_scored_is_empty(asked, hidden):
    scored(40.0)
    answer = asked("account_score_history", 2026, 1, 31, **hidden)
    assert (answer.state, answer.finding) == (
        "empty",
        "No score was written in these 26 weeks",
    )
    assert ledger().read(LedgerQuery("score_history")).height == 1
