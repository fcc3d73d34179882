"""The triage page, one test per state it can be in and per action."""

import datetime as dt

import pytest

from components.core import guard
from components.triage.queue import MOST
from ledger import LedgerQuery, triage
from ledger.action import Action
from queries.core.ask import ask, ledger
from tests.core.book import BOOK
from tests.core.visit import accounts, read, said, visit

pytestmark = pytest.mark.usefixtures("patient", "today")

DAY = dt.date(2026, 1, 31)


@pytest.fixture
def opened(warehouse):
    def run(rows=BOOK, **link):
        warehouse(rows)
        app = visit("triage", **({"as_of": "2026-01-31"} | link))
        assert not app.exception
        return app

    return run


def queue(app):
    """The items of the queue as they are read, in their order."""
    return [f"{name} / {below}" for name, _, below in accounts(app)]


def acted_on(app):
    """How many accounts have buttons."""
    return len([button for button in app.button if button.label == "Acknowledge"])


def names(app):
    return [name.split("**", 1)[1].removesuffix("**") for name, _, _ in accounts(app)]


def tiles(app):
    return {metric.label: read(metric.value) for metric in app.metric}


def press(app, name, account, version=0):
    button = app.button(key=f"{name} {account} {version}")
    app = button.click().run()
    assert not app.exception
    return app


def actions():
    return ledger().read(LedgerQuery("triage_actions"))


def test_the_title_says_who_needs_a_call(opened):
    title = read(opened(capacity="1").title[0].value)
    assert title == "1 account, $300k ARR, needs a call this week"


EVERYBODY = ["North *Star*", "Account a2", "Account a4", "Account a3"]


def test_the_queue_opens_with_items_of_money_reasons_score_clock_and_owner(opened):
    app = opened()
    assert names(app) == EVERYBODY
    assert accounts(app)[0][1] == "as_of=2026-01-31&account=a1"
    assert queue(app)[0] == (
        ":yellow[◆ Watch] **North *Star*** / "
        "$300k ARR · AWS | among the lowest scores · no two-way contact for 61 d / "
        ":gray[score 76 ·······▇ · was 91 · 88 % known] | renews in 29 d / Ada"
    )
    assert queue(app)[3] == (
        ":gray[○ Unknown] **Account a3** / "
        "$200k ARR · Google Cloud | too little is known · no usage recorded in 28 d / "
        ":gray[score – ········ · 25 % known] | renewal date unknown / no owner known"
    )


def test_no_history_says_that_the_lowest_score_comes_first(opened):
    assert (
        "Lowest score first, then largest ARR: no probability yet (tier 0, 0 churned accounts). "
        "The queue holds as many accounts as the team can call: 0 accounts are at risk by score, "
        "0 of them in the queue."
    ) in map(read, said(opened(), "caption"))


def test_the_tiles_leave_what_is_unknown_unknown(opened):
    assert tiles(opened()) == {
        "ARR at risk": "$0",
        "At risk, renews in 90 d": "$0",
        "Expected loss, 90 days": "–",
    }


def test_where_nothing_is_known_of_anybody_money_at_risk_is_unknown_and_not_zero(opened):
    silent = {"metering_hourly": [], "tickets": [], "incidents": [], "contacts": []}
    assert tiles(opened(BOOK | silent))["ARR at risk"] == "–"


def test_a_band_set_by_hand_changes_no_money_at_risk(opened):
    app = opened(TROUBLED)
    said_by_hand = {
        "band": "healthy",
        "reason": "CEO met us",
        "expires": dt.date(2026, 2, 14),
    }
    override = Action(
        action_id="o",
        account_id="a1",
        kind="override",
        at=dt.datetime(2026, 2, 1, tzinfo=dt.UTC),
        as_of=DAY,
        author="ben",
        payload=said_by_hand,
    )
    triage.act(ledger(), override, 0)
    app.run()
    assert names(app) == EVERYBODY[1:]
    assert tiles(app)["ARR at risk"] == "$300k"
    app.toggle(key="overridden").set_value(True).run()
    assert names(app) == [*EVERYBODY[1:], "North *Star*"]


def test_the_table_carries_every_account(opened):
    app = opened()
    assert not app.dataframe
    (toggle,) = [toggle for toggle in app.toggle if toggle.key == "every_account"]
    assert toggle.label == "Show 4 accounts in a table"
    table = opened(every_account="true").dataframe[0].value
    assert table["account_name"].tolist() == EVERYBODY
    assert table["place"].tolist() == ["Queue"] * 4
    assert table["expected_loss_usd"].isna().all()


TROUBLED = BOOK | {
    "metering_hourly": [
        row | {"quantity": 20.0}
        if row["cluster_id"] == "k1" and row["hour_start"] >= dt.datetime(2026, 1, 3, tzinfo=dt.UTC)
        else row
        for row in BOOK["metering_hourly"]
    ]
}


def test_an_account_whose_usage_fell_leads_the_queue_with_its_reasons(opened):
    app = opened(TROUBLED)
    assert names(app) == EVERYBODY
    assert "at risk by score · usage −75 % in 28 d" in queue(app)[0]
    assert tiles(app)["ARR at risk"] == "$300k"


def test_acknowledging_takes_it_from_the_title_and_says_so(opened):
    app = press(opened(TROUBLED, capacity="2"), "acknowledge", "a1")
    title = read(app.title[0].value)
    assert title == "1 account, $500k ARR, needs a call this week, 1 in progress"
    assert said(app, "success") == ["North *Star*: acknowledged."]
    assert "acknowledged by local viewer" in queue(app)[0]
    assert not [button for button in app.button if button.key == "acknowledge a1 1"]
    (row,) = actions().to_dicts()
    assert (row["kind"], row["author"], row["as_of"]) == ("acknowledge", guard.LOCAL_VIEWER, DAY)


def test_an_action_is_undone_by_one_button_and_nothing_is_deleted(opened):
    app = press(opened(TROUBLED), "acknowledge", "a1")
    (undo,) = [button for button in app.button if button.label == "Undo"]
    app = undo.click().run()
    assert said(app, "success") == ["North *Star*: last action undone."]
    assert "acknowledged" not in queue(app)[0]
    assert actions()["kind"].to_list() == ["acknowledge", "undo"]


def test_on_a_past_data_date_a_click_records_nothing_before_it_is_confirmed(opened):
    app = press(opened(TROUBLED, as_of="2026-01-15"), "acknowledge", "a1")
    assert actions().is_empty()
    assert said(app, "success") == []


def test_a_click_on_what_somebody_else_changed_meanwhile_is_refused_and_told(opened):
    app = opened(TROUBLED)
    other = Action(
        action_id="x",
        account_id="a1",
        kind="note",
        at=dt.datetime(2026, 2, 1, tzinfo=dt.UTC),
        as_of=DAY,
        author="ben",
        payload={"text": "mine"},
    )
    triage.act(ledger(), other, 0)
    app = press(app, "acknowledge", "a1")
    (warning,) = said(app, "warning")
    assert warning.startswith("Not recorded: ben wrote a note on it")
    assert "1 note, last: mine" in queue(app)[0]
    assert actions()["author"].to_list() == ["ben"]


def test_fewer_calls_a_week_move_the_rest_below_the_line(opened):
    app = opened(TROUBLED, capacity="1")
    assert names(app) == EVERYBODY
    assert "team capacity: 1 this week" in said(app, "markdown")
    assert acted_on(app) == 1
    (toggle,) = [toggle for toggle in app.toggle if toggle.key == "next_all"]
    assert toggle.label == "Show actions for all 3"
    app.toggle(key="next_all").set_value(True).run()
    assert names(app) == EVERYBODY
    assert acted_on(app) == 4


def test_the_order_comes_from_the_link(opened):
    app = opened(TROUBLED, order="Score alone")
    assert app.get("button_group")[0].value == "Score alone"


def test_a_filter_that_empties_the_page_is_named(opened):
    app = opened(region="amer")
    assert tiles(app)["ARR at risk"] == "–"
    assert said(app, "info") == ["No accounts in these filters: region = AMER hides 4."]
    assert not app.dataframe


def test_an_empty_warehouse_says_what_to_load(opened):
    assert opened({}).title[0].value == "Nothing to show yet"


def test_a_warehouse_that_vanishes_leaves_the_last_good_queue_and_actions_still_stand(
    warehouse,
):
    path = warehouse(TROUBLED)
    app = visit("triage", as_of="2026-01-31")
    path.unlink()
    app.run()
    assert not app.exception
    assert "Showing the last good answer" in app.warning[0].value
    assert names(app) == EVERYBODY
    press(app, "acknowledge", "a1")
    assert actions().height == 1


def test_a_ledger_that_is_gone_is_said_with_a_reference_and_the_page_stands(opened, monkeypatch):
    monkeypatch.setenv("BELLWETHER_LEDGER", "sqlite:////dev/null/ledger.sqlite")
    app = opened(TROUBLED)
    assert any("Reference" in text for text in said(app, "error"))
    assert tiles(app)["Expected loss, 90 days"] == "No answer"
    # What needs no ledger is answered all the same.
    assert tiles(app)["ARR at risk"] == "$300k"


@pytest.mark.slow
@pytest.mark.usefixtures("demo")
def test_the_demo_cuts_the_queue_at_the_capacity_and_shows_the_rest_on_demand(on):
    accounts = ask("triage", on(2026, 1, 31), capacity=3)
    app = visit("triage", as_of="2026-01-31", capacity="3")
    assert read(app.title[0].value) == accounts.finding
    assert len(queue(app)) == 3 + 5
    app.toggle(key="next_all").set_value(True).run()
    assert accounts.frame.height > 3 + MOST
    assert len(queue(app)) == 3 + MOST
