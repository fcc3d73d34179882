"""What one screen of an account needs, traced by hand and against hand SQL."""

import datetime as dt

import pytest
from polars.testing import assert_frame_equal

from queries.core.ask import ask
from tests.accounts.history import HISTORY
from tests.health.indicators import test_churn_indicators
from tests.rows import hand_sql
from warehouse.context import ALL, Scope

DAYS = (dt.date(2026, 1, 31), dt.date(2026, 1, 12))
SMALL = {
    "account_profile": ("a1", "a2"),
    "account_contracts": ("a1", "a2"),
    "account_features": ("a1",),
    "account_tickets": ("a1",),
    "account_incidents": ("a1",),
    "account_contacts": ("a1",),
}
TELEMETRY_IS_UNKNOWN = "Telemetry of 28 d is missing or late: which features are used is unknown"
ROADS = [(name, account, day) for name, some in SMALL.items() for account in some for day in DAYS]


@pytest.mark.parametrize(("name", "account", "day"), ROADS)
def test_each_equals_hand_sql(asked, name, account, day):
    if (name, day) == ("account_tickets", DAYS[1]):
        day = dt.date(2026, 1, 25)  # on the 12th none was open
    second = hand_sql(asked.path, name, as_of=day, account=account)
    answer = asked(name, day.year, day.month, day.day, account=account).frame
    assert_frame_equal(answer.select(second.columns), second, check_dtypes=False)


@pytest.mark.parametrize("name", SMALL)
def test_an_account_outside_the_scope_answers_as_if_it_did_not_exist(asked, name):
    bens = Scope(questions=ALL, owner_ids=("p2",))
    hidden, absent = (
        asked(name, 2026, 1, 31, scope=bens, account=account) for account in ("a1", "a9")
    )
    assert (hidden.state, hidden.frame.height) == ("empty", 0)
    assert (hidden.finding, hidden.problem) == (absent.finding, absent.problem)


def test_the_profile_says_where_usage_goes_and_when_the_account_renews(asked):
    answer = asked("account_profile", 2026, 1, 31)
    row = answer.rows()[0]
    assert (row["account_name"], row["owner_name"], row["hyperscalers"]) == (
        "North *Star*",
        "Ada",
        ["aws"],
    )
    assert (row["arr_usd"], row["committed_tib"], row["days_to_renewal"]) == (150.0, 15.0, 1)
    # 28 days of 5 TiB, one hour of them restated to 4 and one withdrawn.
    assert row["usage_28d_tib_hours"] == 28 * 24 * 5 - 1 - 5
    assert row["usage_change_share"] is None
    assert answer.finding == "North *Star*: usage trend unknown; renews in 1 d"


def test_a_churned_account_keeps_its_profile_with_no_arr_and_the_reason(asked):
    answer = asked("account_profile", 2026, 2, 1)
    row = answer.rows()[0]
    assert (row["arr_usd"], row["hyperscalers"], row["lapsed_date"]) == (
        0.0,
        [],
        dt.date(2026, 2, 1),
    )
    assert answer.finding == "North *Star*: churned on 1 Feb 2026, Champion left"


def test_an_account_without_a_contract_is_no_customer(asked):
    answer = asked("account_profile", 2026, 1, 31, account="a3")
    row = answer.rows()[0]
    assert (row["arr_usd"], row["renewal_date"], row["committed_tib"]) == (0.0, None, None)
    assert answer.finding == "Account a3: no contract is in force"


def test_the_profile_of_a_customer_equals_its_churn_indicators(warehouse, on):
    warehouse(test_churn_indicators.COMPANY)
    context = on(2026, 1, 31)
    rows = ask("churn_indicators", context).rows()
    assert len(rows) == 6
    for row in rows:
        profile = ask("account_profile", context, account=row["account_id"]).rows()[0]
        shared = profile.keys() & row.keys()
        assert {"usage_change_share", "commitment_pace", "renewal_date"} <= shared
        assert {name: profile[name] for name in shared} == {name: row[name] for name in shared}


def test_a_fall_a_rise_and_no_change_are_said_with_their_sign(warehouse, on):
    warehouse(test_churn_indicators.COMPANY)
    findings = {
        account: ask("account_profile", on(2026, 1, 31), account=account).finding
        for account in ("a1", "a2", "a3", "a5", "a9")
    }
    assert findings == {
        "a1": "Account a1: usage −25 % in 28 d; renews in 29 d",
        "a2": "Account a2: usage unchanged in 28 d; renews in 304 d",
        "a3": "Account a3: usage trend unknown; renewal date unknown",
        "a5": "Account a5: contract ended on 21 Jan 2026",
        "a9": "Account a9: usage −100 % in 28 d; renews in 334 d",
    }


def test_contracts_stand_where_the_data_date_finds_them(asked):
    def statuses(*day):
        rows = asked("account_contracts", *day).rows()
        return [(row["contract_id"], row["contract_status"], row["arr_usd"]) for row in rows]

    assert statuses(2025, 1, 10) == [("c0", "in_force", 20.0), ("c1", "draft", 100.0)]
    assert statuses(2025, 1, 31) == [("c0", "in_force", 20.0), ("c1", "signed", 100.0)]
    assert statuses(2025, 9, 1) == [("c1", "in_force", 150.0), ("c0", "ended", 20.0)]
    assert statuses(2026, 2, 1) == [("c1", "ended", 150.0), ("c0", "ended", 20.0)]
    assert asked("account_contracts", 2025, 9, 1).finding == "1 contract in force, $150 ARR"
    assert asked("account_contracts", 2026, 2, 1).finding == (
        "No contract is in force; 2 contracts on record"
    )


def test_a_feature_paid_for_and_left_alone_is_zero_and_silence_is_unknown(asked):
    answer = asked("account_features", 2026, 1, 26)
    used = {row["feature"]: row["active_days_28d"] for row in answer.rows()}
    assert used == {"snapshots": 1, "quota": 0}
    assert answer.finding == "1 of 2 features used in 28 d"
    silent = asked("account_features", 2025, 6, 1)
    assert [row["active_days_28d"] for row in silent.rows()] == [None, None]
    assert silent.finding == TELEMETRY_IS_UNKNOWN


@pytest.mark.parametrize(("until", "days"), [("2026-01-23", [1, 0]), ("2026-01-22", [None, None])])
def test_telemetry_later_than_promised_leaves_the_use_of_features_unknown(
    warehouse, on, until, days
):
    # Telemetry promises 72 hours.
    warehouse(HISTORY, watermark=dt.datetime.fromisoformat(until).replace(tzinfo=dt.UTC))
    answer = ask("account_features", on(2026, 1, 26), account="a1")
    assert answer.frame["active_days_28d"].to_list() == days
    assert (answer.finding == TELEMETRY_IS_UNKNOWN) == (days[0] is None)


def test_a_ticket_is_open_until_the_day_it_is_solved(asked):
    answer = asked("account_tickets", 2026, 1, 25)
    assert [(row["ticket_id"], row["open_days"]) for row in answer.rows()] == [("t1", 0)]
    answer = asked("account_tickets", 2026, 1, 31)
    assert answer.finding == "1 open ticket; the worst has severity 2, 3 d old"
    assert asked("account_tickets", 2026, 1, 24).finding == "No ticket is open"


def test_incidents_of_ninety_days_are_listed_with_the_time_they_took(asked):
    answer = asked("account_incidents", 2026, 1, 31)
    assert [(row["incident_id"], row["resolved_seconds"]) for row in answer.rows()] == [
        ("i1", 1800)
    ]
    assert answer.finding == "1 incident in 90 d, 0 not resolved"
    assert asked("account_incidents", 2026, 4, 3).frame.height == 1
    assert asked("account_incidents", 2026, 4, 4).finding == "No incident in 90 d"


def test_contacts_say_how_long_ago_and_who_the_champion_is(asked):
    answer = asked("account_contacts", 2026, 1, 31)
    assert [(row["contact_id"], row["days_since_contact"]) for row in answer.rows()] == [
        ("n1", 34),
        ("n4", 235),
        ("n2", None),
    ]
    assert answer.finding == "Last two-way contact 34 d ago"
    # Activities know every day; of n1, who has none, the contact made since hides the earlier ones.
    answer = asked("account_contacts", 2025, 6, 5)
    assert [(row["contact_id"], row["days_since_contact"]) for row in answer.rows()] == [
        ("n4", 3),
        ("n1", None),
        ("n2", None),
    ]
    assert asked("account_contacts", 2025, 6, 1).finding == "No two-way contact is known"
    assert asked("account_contacts", 2026, 1, 31, account="a2").finding == (
        "Last two-way contact 5 d ago; no champion is known"
    )


@pytest.mark.parametrize(
    ("find", "found"),
    [
        (None, ["a2", "a1", "a3"]),
        ("  ACCOUNT ", ["a2", "a3"]),
        ("star*", ["a1"]),
        ("A1", ["a1"]),
        ("star* NORTH", ["a1"]),
        ("a3 account", ["a3"]),
        ("account star*", []),
        (".", []),
    ],
)
def test_a_part_of_a_name_or_id_finds_the_accounts_largest_arr_first(warehouse, on, find, found):
    warehouse(HISTORY)
    answer = ask("account_search", on(2026, 1, 31), find=find)
    assert [row["account_id"] for row in answer.rows()] == found


def test_the_search_equals_hand_sql_and_keeps_to_the_scope(warehouse, on):
    path = warehouse(HISTORY)
    second = hand_sql(path, "account_search", as_of=dt.date(2026, 1, 31), find="count a")
    answer = ask("account_search", on(2026, 1, 31), find="count a").frame
    assert_frame_equal(answer, second.select(answer.columns), check_dtypes=False)
    mine = ask("account_search", on(2026, 1, 31, scope=Scope(questions=ALL, owner_ids=("p1",))))
    assert [row["account_id"] for row in mine.rows()] == ["a1"]


def test_a_search_brings_twenty_at_most(warehouse, on):
    many = [{"account_id": f"a{n:02}", "name": f"Firm {n:02}"} for n in range(30)]
    warehouse({"accounts": many, "contracts": HISTORY["contracts"]})
    answer = ask("account_search", on(2026, 1, 31), find="firm")
    assert [row["account_id"] for row in answer.rows()] == [f"a{n:02}" for n in range(20)]
    assert answer.finding == "30 accounts found, 10 with less ARR not shown"
    assert ask("account_search", on(2026, 1, 31), find="firm 07").finding == "1 account found"
