"""The timeline against an account traced by hand, hand SQL and the demo's planted truth."""

import datetime as dt

import duckdb
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from queries.accounts.timeline.events import KINDS
from queries.core.ask import ask
from tests.rows import hand_sql
from warehouse.context import ALL, Scope

TOLD = [
    ("2026-02-01 00:00", "account", "Churned: Champion left"),
    ("2026-02-01 00:00", "contract", "Contract expired: $150 a year on AWS"),
    ("2026-02-01 00:00", "cluster", "Cluster k1 retired"),
    ("2026-01-28 15:00", "ticket", "Severity 2 networking ticket opened"),
    ("2026-01-26 19:00", "ticket", "Severity 1 networking ticket solved after 1 d 4 h"),
    ("2026-01-25 15:00", "ticket", "Severity 1 networking ticket opened"),
    (
        "2026-01-20 04:00",
        "restatement",
        "1 hour of capacity on 5 Jan 2026 restated, 1 withdrawn",
    ),
    ("2026-01-15 00:00", "offer", "Private offer on AWS expired"),
    (
        "2026-01-10 04:00",
        "restatement",
        "2 hours of capacity on 5 Jan 2026 restated: Counted twice",
    ),
    ("2026-01-03 10:30", "incident", "High-urgency networking incident resolved after 30 min"),
    ("2026-01-03 10:00", "incident", "High-urgency networking incident triggered"),
    ("2025-12-28 10:00", "contact", "Last two-way contact with Data engineer, champion"),
    ("2025-10-05 00:00", "entitlement", "Entitlement to 15 TiB of capacity on AWS: began"),
    ("2025-10-04 00:00", "offer", "Registered as North"),
    ("2025-10-03 00:00", "offer", "Private offer on AWS opened"),
    ("2025-10-01 00:00", "offer", "Private offer on AWS created, $1.5M"),
    ("2025-09-15 09:00", "contact", "Outbound email to Data engineer, champion"),
    ("2025-08-01 00:00", "contract", "Contract amended: $100 to $150 a year; 10 to 15 TiB"),
    ("2025-07-30 00:00", "opportunity", "Expansion opportunity: won, $50"),
    ("2025-06-10 09:00", "contact", "Two-way meeting with n4"),
    ("2025-06-02 09:00", "contact", "Two-way call with n4"),
    ("2025-06-01 00:00", "opportunity", "Expansion opportunity: open"),
    ("2025-03-11 00:00", "feature", "Feature snapshots first used"),
    ("2025-03-02 00:00", "feature", "Feature quota used for the last time"),
    ("2025-03-01 00:00", "feature", "Feature quota first used"),
    ("2025-02-03 09:00", "cluster", "Cluster k1 deployed on AWS us-east-1"),
    ("2025-02-01 00:00", "contract", "Contract ended: $20 a year on AWS"),
    (
        "2025-01-20 14:00",
        "contract",
        "Contract signed: $100 a year for 10 TiB on AWS until 1 Feb 2026",
    ),
    ("2024-12-05 00:00", "contract", "Contract signed: $20 a year on AWS until 1 Feb 2025"),
    ("2024-12-01 00:00", "account", "Account created"),
]


def told(frame):
    return frame.select(pl.col("at").dt.strftime("%Y-%m-%d %H:%M"), "kind", "title").rows()


def test_everything_that_happened_is_told_newest_first(asked):
    answer = asked("account", 2026, 2, 1)
    assert answer.problem is None
    assert told(answer.frame) == TOLD
    assert {kind for _, kind, _ in TOLD} == set(KINDS) - {"action", "annotation"}
    assert answer.finding == "30 events; 1 Feb 2026: Churned: Champion left"


def test_an_event_names_the_row_that_says_so(asked):
    row = asked("account", 2026, 2, 1).frame.filter(kind="restatement").row(0, named=True)
    assert (row["source_table"], row["source_id"]) == ("metering_hourly", "k1 capacity 2026-01-05")
    row = asked("account", 2026, 2, 1).frame.filter(kind="opportunity").row(0, named=True)
    assert (row["source_table"], row["source_id"]) == ("opportunities", "o1")


def test_an_earlier_data_date_knows_nothing_of_what_came_later(asked):
    assert told(asked("account", 2026, 1, 25).frame) == TOLD[5:]
    # On 5 January nobody knew that snapshots would be used again on the 20th.
    paused = ("2025-03-11 00:00", "feature", "Feature snapshots used for the last time")
    assert told(asked("account", 2026, 1, 5).frame) == [*TOLD[9:23], paused, *TOLD[23:]]
    # A contact since hides the earlier ones, an offer expires on its day, and the telemetry known
    # by then goes on for nine days only without quota.
    assert told(asked("account", 2025, 10, 4).frame) == [*TOLD[13:23], *TOLD[24:]]


@pytest.mark.parametrize("account", [None, "", "a9"])
def test_without_such_an_account_nothing_is_told(asked, account):
    answer = asked("account", 2026, 2, 1, account=account)
    assert answer.state == "empty"
    assert answer.finding == "No event of this account is known in these filters"


def test_an_account_outside_the_scope_answers_as_if_it_did_not_exist(asked):
    bens = Scope(questions=ALL, owner_ids=("p2",))
    hidden, absent = (
        asked("account", 2026, 2, 1, scope=bens, account=account) for account in ("a1", "a9")
    )
    assert (hidden.state, hidden.problem) == ("empty", absent.problem)
    assert hidden.frame.height == 0
    assert asked("account", 2026, 2, 1, scope=bens, account="a2").frame.height == 9


def test_a_filter_that_hides_the_account_is_named(asked):
    hidden = asked("account", 2026, 2, 1, region=("apac",))
    events = asked("account", 2026, 2, 1).frame.height
    assert hidden.problem.sentence == f"No rows in these filters: region = APAC hides {events}."


@pytest.mark.parametrize("day", [dt.date(2026, 2, 1), dt.date(2026, 1, 12), dt.date(2025, 7, 1)])
@pytest.mark.parametrize("account", ["a1", "a2"])
def test_it_equals_hand_sql(asked, day, account):
    second = hand_sql(asked.path, "account_events", as_of=day, account=account)
    answer = asked("account", day.year, day.month, day.day, account=account).frame
    columns = ["at", "kind", "source_table", "source_id"]
    assert_frame_equal(answer.select(columns).sort(columns), second.select(columns).sort(columns))


@pytest.mark.slow
def test_every_restated_hour_of_the_demo_is_told_on_the_account_it_was_used_by(demo, on):
    with duckdb.connect(str(demo), read_only=True) as connection:
        planted = connection.execute(
            "SELECT account_id, cluster_id || ' ' || dimension || ' ' "
            "|| hour_start::DATE::VARCHAR, max(restated_at), count(*)::INT, max(reason) "
            "FROM demo_truth.restated_hours JOIN clusters USING (cluster_id) "
            "WHERE restated_at < TIMESTAMP '2026-02-01' GROUP BY 1, 2"
        ).fetchall()
    assert len(planted) >= 15
    for account, source_id, at, hours, reason in planted:
        events = ask("account", on(2026, 1, 31), account=account).frame.filter(
            kind="restatement", source_id=source_id
        )
        assert events["at"].dt.replace_time_zone(None).to_list() == [at]
        assert events["title"].item().startswith(f"{hours} hours of ")
        assert events["title"].item().endswith(f" restated: {reason}")


@pytest.mark.slow
def test_the_timeline_of_a_churned_account_ends_with_its_churn(demo, on):
    with duckdb.connect(str(demo), read_only=True) as connection:
        churned = connection.execute(
            "SELECT account_id, churned_date, reason FROM demo_truth.churned_accounts "
            "ORDER BY churned_date DESC LIMIT 12"
        ).fetchall()
    for account, day, reason in churned:
        frame = ask("account", on(2026, 1, 31), account=account).frame
        # What was still open is closed afterwards; nothing else happens to an account that left.
        last = frame.filter(~pl.col("title").str.contains("solved|resolved")).row(0, named=True)
        assert (last["at"].date(), last["kind"]) == (day, "account")
        assert last["title"] == f"Churned: {reason or 'no reason recorded'}"
        eve = day - dt.timedelta(days=1)
        before = ask("account", on(eve.year, eve.month, eve.day), account=account).frame
        assert before.filter(pl.col("title").str.starts_with("Churned")).height == 0
