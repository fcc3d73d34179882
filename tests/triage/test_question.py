"""The triage question over the ledger: who is to be called, with what people did about it."""

import calendar
import datetime as dt
import itertools

import polars as pl
import pytest

from ledger import Ledger
from ledger.action import Action
from ledger.triage import act
from queries.core.ask import ask, ledger
from queries.health.scorecard.scoring import score
from queries.triage.question import ORDERS, QUESTIONS, Triage
from tests.health.troubled import COMPANY
from tests.triage.by_hand import listed, queue_by_hand
from warehouse.context import ALL, Context, Scope

DAY = dt.date(2026, 1, 31)
AT = dt.datetime(2026, 2, 2, 9, tzinfo=dt.UTC)


def done(account, kind, *, version=0, as_of=DAY, **said):
    action = Action(
        action_id=f"{account} {kind} {version}",
        account_id=account,
        kind=kind,
        at=AT,
        as_of=as_of,
        author="ada",
        payload=said,
    )
    act(ledger(), action, version)


def chances(context):
    """Health and probabilities of every account, as the rule takes them."""
    risk = ask("churn_risk", context).frame.drop("card_version")
    return ask("account_health", context).frame.join(risk, on="account_id")


def rows(on, **parameters):
    answer = ask("triage", on(2026, 1, 31), **parameters)
    assert answer.problem is None
    return {row["account_id"]: row for row in answer.in_words().to_dicts()}


def test_every_account_is_in_order_by_score_while_there_is_no_probability(warehouse, on):
    warehouse(COMPANY)
    found = rows(on, capacity=2)
    # A week before, too little was known of a9: a1 was the top then, with a5 of the unknown.
    assert [
        (account, row["place"], row["rank"], row["causes"]) for account, row in found.items()
    ] == [
        ("a9", "queue", 1, ["flagged"]),
        ("a1", "queue", 2, ["flagged"]),
        ("a2", "next", 3, []),
        ("a3", "next", 4, ["unknown"]),
        ("a5", "next", 5, ["lapsed", "unknown"]),
        ("a4", "next", 6, ["unknown"]),
    ]
    row = found["a1"]
    assert (row["status"], row["band"], row["owner_name"]) == ("at_risk", "at_risk", None)
    assert (row["factors"], row["reasons"]) == (
        ["usage", "tickets", "incidents"],
        ["usage −25 % in 28 d", "3 severe tickets in 90 d", "3 incidents in 28 d"],
    )
    # No score was written before a churn: no probability, and no expected loss.
    assert (row["tier"], row["events"], row["churn_probability"]) == (0, 0, None)
    assert (row["expected_loss_usd"], row["ranking_loss_usd"], row["is_assumed"]) == (
        None,
        None,
        False,
    )
    assert row["time_pressure"] == 3.0
    assert (row["version"], row["notes"], row["entered_date"]) == (0, 0, DAY)


def test_it_equals_hand_sql_over_the_health_and_the_chances_of_both_days(warehouse, on):
    warehouse(COMPANY)
    now = chances(on(2026, 1, 31)).with_columns(apart=pl.lit(None, pl.String))
    earlier = chances(on(2026, 1, 24))
    for order, capacity in itertools.product(ORDERS, (1, 2, 3, 4, 12)):
        frame = ask("triage", on(2026, 1, 31), order=order, capacity=capacity).frame
        assert listed(frame) == queue_by_hand(now, earlier, order=order, capacity=capacity)


@pytest.mark.slow
@pytest.mark.usefixtures("demo")
def test_the_demo_at_three_dates_calls_the_top_by_the_rule(on):
    months = [(2024, 12), *((2025, month) for month in range(1, 13)), (2026, 1)]
    days = [dt.date(year, month, calendar.monthrange(year, month)[1]) for year, month in months]
    list(score(ledger(), days))
    tiers = set()
    for day in (dt.date(2025, 3, 31), dt.date(2025, 8, 31), DAY):
        now = on(day.year, day.month, day.day)
        week_ago = day - dt.timedelta(days=7)
        earlier = on(week_ago.year, week_ago.month, week_ago.day)
        answer = ask("triage", now, capacity=12)
        assert listed(answer.frame) == queue_by_hand(
            chances(now).with_columns(apart=pl.lit(None, pl.String)),
            chances(earlier),
            order="loss",
            capacity=12,
        )
        queue = answer.frame.filter(place="queue")
        assert (queue.height, answer.frame.height) == (12, chances(now).height)
        assert all(queue["causes"].list.len() > 0)
        tiers |= set(answer.frame["tier"])
        # What is expected to be lost in all is what the tile says.
        loss = (answer.frame["arr_selected_usd"] * answer.frame["churn_probability"]).sum()
        (said,) = ask("expected_loss", now).rows()
        assert loss == pytest.approx(said["arr_expected_loss_usd"] or 0.0)
    assert max(tiers) > 0


def test_its_past_comes_from_the_scores_that_were_written(warehouse, on):
    warehouse(COMPANY)
    list(score(ledger(), [dt.date(2026, 1, 17), dt.date(2026, 1, 24)]))
    row = rows(on)["a9"]
    # On 3 Jan, 28 days before, too little was known of it; it scores 33 on all three later days.
    assert row["weekly_scores"] == [None] * 5 + [row["score"]] * 3
    assert row["score"] == pytest.approx(33, abs=0.5)
    assert row["entered_date"] == dt.date(2026, 1, 17)


def test_what_people_did_stands_beside_the_score_and_never_changes_it(warehouse, on):
    warehouse(COMPANY)
    before = rows(on)["a1"]
    done("a1", "acknowledge", reasons=["usage", "tickets", "incidents"])
    done("a1", "assign", version=1, owner_id="p1")
    done("a1", "due", version=2, date=dt.date(2026, 2, 6))
    done("a1", "note", version=3, text="called <Ada>")
    row = rows(on)["a1"]
    assert (row["acknowledged_by"], row["is_new_reason"]) == ("ada", False)
    assert (row["owner_id"], row["owner_name"]) == ("p1", "Ada")
    assert (row["due_date"], row["notes"], row["last_note"]) == (
        dt.date(2026, 2, 6),
        1,
        "called <Ada>",
    )
    assert (row["version"], row["last_action_kind"]) == (4, "note")
    for name in ("score", "band", "status", "place", "rank", "reasons"):
        assert row[name] == before[name]


def test_a_snooze_takes_it_out_until_its_day_or_a_new_reason(warehouse, on):
    warehouse(COMPANY)
    until = dt.date(2026, 2, 14)
    factors = ["usage", "tickets", "incidents"]
    done("a1", "snooze", until=until, reason="migrating", reasons=factors)
    row = rows(on)["a1"]
    assert (row["place"], row["rank"], row["snoozed_until"]) == ("snoozed", None, until)
    assert (row["snooze_reason"], row["snoozed_by"]) == ("migrating", "ada")
    done("a9", "snooze", until=until, reason="migrating", reasons=["usage"])
    row = rows(on)["a9"]
    assert (row["place"], row["is_new_reason"]) == ("queue", True)


def test_an_override_lists_it_apart_and_is_shown_as_one(warehouse, on):
    warehouse(COMPANY)
    done("a1", "override", band="watch", reason="CEO met us", expires=dt.date(2026, 2, 14))
    row = rows(on)["a1"]
    assert (row["place"], row["status"], row["band"]) == ("overridden", "watch", "at_risk")
    assert (row["override_by"], row["override_reason"]) == ("ada", "CEO met us")
    assert row["score"] == pytest.approx(44.625)


def test_an_earlier_data_date_does_not_know_what_was_done_later(warehouse, on):
    warehouse(COMPANY)
    done("a1", "acknowledge", reasons=[])
    (row,) = ask("triage", on(2026, 1, 30)).rows(account_id="a1")
    assert (row["version"], row["acknowledged_by"]) == (0, None)


def test_an_action_shows_at_once_and_neither_warehouse_nor_scores_are_read_again(
    warehouse, on, monkeypatch
):
    warehouse(COMPANY)
    ask("triage", on(2026, 1, 31))
    monkeypatch.setattr("queries.core.ask.execute", None)
    done("a1", "acknowledge", reasons=[])
    seen = []
    read = Ledger.read
    monkeypatch.setattr(
        Ledger, "read", lambda self, entries: (seen.append(entries.table), read(self, entries))[1]
    )
    assert rows(on)["a1"]["acknowledged_by"] == "ada"
    assert seen == ["triage_actions"]


def test_what_was_done_about_an_account_one_may_not_see_stays_unseen(warehouse):
    warehouse(COMPANY)
    done("a1", "note", text="secret")
    nobody = Context(DAY, Scope(questions=ALL, owner_ids=("nobody",)))
    assert ask("triage", nobody).state == "empty"
    mine = ask("triage", Context(DAY, Scope(questions=ALL, owner_ids=("p1",))))
    assert "a1" not in set(mine.frame["account_id"])
    assert mine.frame["last_note"].null_count() == mine.frame.height


def test_a_ledger_that_is_gone_is_said_and_the_last_good_queue_stands_in(
    warehouse, on, monkeypatch, later
):
    warehouse(COMPANY)
    fresh = ask("triage", on(2026, 1, 31))
    monkeypatch.setenv("BELLWETHER_LEDGER", "sqlite:////dev/null/ledger.sqlite")
    later(seconds=6)
    stale = ask("triage", on(2026, 1, 31))
    assert (fresh.state, stale.state) == ("ok", "stale")
    assert stale.frame.equals(fresh.frame)
    assert "ledger" in stale.problem.sentence
    assert stale.problem.reference


def test_the_order_and_the_capacity_are_checked(warehouse, on):
    warehouse(COMPANY)
    wrong = ask("triage", on(2026, 1, 31), order="luck")
    assert wrong.problem.sentence == "order is 'luck'; it is one of loss, score."
    assert ask("triage", on(2026, 1, 31), capacity=0).state == "error"


def test_the_finding_says_who_waits_for_a_first_call(warehouse, on):
    warehouse(COMPANY)
    assert ask("triage", on(2026, 1, 31), capacity=2).finding == (
        "2 accounts, $350 ARR, need a call this week"
    )
    done("a1", "acknowledge", reasons=[])
    assert ask("triage", on(2026, 1, 31), capacity=2).finding == (
        "1 account, $50 ARR, needs a call this week, 1 in progress"
    )
    done("a9", "acknowledge", reasons=[])
    answer = ask("triage", on(2026, 1, 31), capacity=2)
    assert answer.finding == "All acknowledged, 2 in progress"
    apart = answer.frame.filter(pl.col("place") == "next")
    assert QUESTIONS[0].finding(apart) == "No account needs a call: all are snoozed or overridden"
    nobody = Triage.create_empty()
    assert QUESTIONS[0].finding(nobody) == "No account with a contract is known"
