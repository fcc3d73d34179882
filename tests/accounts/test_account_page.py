"""The account page: the choice of an account, its one screen, and each state of it."""

import datetime as dt

import duckdb
import pytest

from components.accounts.account import SHOWN
from ledger.action import Action
from ledger.triage import act
from queries.core.ask import ask, ledger
from queries.core.memory import memory
from queries.health.scorecard.scoring import score
from tests.accounts.history import HISTORY
from tests.core.book import BOOK
from tests.core.hostile import ACCOUNT, COMPANY, PAYLOADS
from tests.core.together import DAY
from tests.core.visit import markdown, read, said, spec, title, visit
from tests.rows import build
from warehouse.context import EVERYTHING, Context

pytestmark = pytest.mark.usefixtures("patient", "today")


@pytest.fixture(scope="module")
def history(tmp_path_factory):
    return build(tmp_path_factory.mktemp("history") / "history.duckdb", HISTORY)


@pytest.fixture
def opened(history, warehouse, monkeypatch):
    """A function that opens the page of an account of HISTORY, or of other rows."""

    memory().clear()

    def run(rows=None, **asked):
        if rows is None:
            monkeypatch.setenv("BELLWETHER_WAREHOUSE", f"duckdb:///{history}")
        else:
            warehouse(rows)
        at = visit("account", **({"as_of": "2026-01-31"} | asked))
        assert not at.exception
        return at

    return run


def tiles(at):
    return {metric.label: (metric.value, metric.delta) for metric in at.metric}


def events(at):
    """The items of the timeline, each as day, kind and title."""
    (text,) = [text for text in said(at, "markdown") if text.startswith("- ") and "gray[" in text]
    return [item.split("\n")[1].strip() for item in text.split("- ") if item]


def titles(at):
    return [spec(at, place)["layout"]["title"]["text"] for place in range(len(charts(at)))]


def charts(at):
    return at.get("plotly_chart")


def links(at):
    return [
        (read(one.proto.label), dict(part.split("=") for part in one.proto.query_string.split("&")))
        for one in at.main.get("page_link")
        if one.proto.page.endswith("account")
    ]


def test_without_an_account_it_offers_those_of_the_filters_largest_arr_first(opened):
    at = opened()
    assert title(at) == "Which account?"
    assert [label for label, _ in links(at)] == [
        ":gray[○ Unknown] **Account a2** $900 ARR · Ben",
        ":red[▲ At risk] **North *Star*** $150 ARR · Ada",
        ":gray[no contract] **Account a3** $0 ARR · Ben",
    ]
    assert links(at)[1][1] == {"as_of": "2026-01-31", "account": "a1"}


def test_a_search_narrows_the_choice_and_stands_in_the_link(opened):
    at = opened()
    at.text_input(key="account_find").set_value("star").run()
    assert [label for label, _ in links(at)] == [":red[▲ At risk] **North *Star*** $150 ARR · Ada"]
    assert "1 account found." in said(at, "caption")
    again = opened(account_find="star north")
    assert links(again) == links(at)


def test_a_search_without_a_match_says_what_to_try(opened):
    assert said(opened(account_find="nobody"), "info") == [
        "No account matches this name or id. Try a shorter part of it."
    ]


def test_an_account_is_acted_on_from_its_own_page(warehouse):
    warehouse(BOOK)
    at = visit("account", as_of="2026-01-31", account="a1")
    (acknowledge,) = [button for button in at.button if button.label == "Acknowledge"]
    at = acknowledge.click().run()
    assert said(at, "success") == ["North *Star*: acknowledged."]
    assert "acknowledged by local viewer" in said(at, "caption")
    (undo,) = [button for button in at.button if button.label == "Undo"]
    assert said(undo.click().run(), "success") == ["North *Star*: last action undone."]


def test_without_a_contract_there_is_nothing_to_act_on(opened):
    labels = {button.label for button in opened(account="a3").button}
    assert not labels & {"Acknowledge", "Snooze"}


def test_the_title_and_the_line_below_say_who_it_is_and_how_it_fares(opened):
    at = opened(account="a1")
    assert title(at) == "North *Star*: usage trend unknown; renews in 1 d"
    (facts,) = [text for text in said(at, "markdown") if "owner" in text]
    assert facts == ":red[▲ At risk] · Enterprise · EMEA · AWS · owner Ada"
    assert ("Another account", {"as_of": "2026-01-31"}) in links(at)


def test_an_unknown_segment_or_region_is_said_with_its_name(opened):
    at = opened(BOOK, account="a3")
    (facts,) = [text for text in said(at, "markdown") if "owner" in text]
    assert facts.endswith(" · Enterprise · region unknown · Google Cloud · owner unknown")


def test_the_tiles_say_money_score_and_use(opened):
    at = opened(account="a1")
    assert tiles(at)["ARR"] == ("$150", "renews 1 Feb 2026")
    assert tiles(at)["Usage change, 28 d"] == ("–", "")
    assert tiles(at)["Commitment pace"] == ("33.3 %", "of 15 TiB")
    other = tiles(opened(account="a2"))
    assert other["ARR"] == ("$900", "renewal date unknown")
    assert other["Commitment pace"] == ("–", "")


def test_the_timeline_stands_newest_first_and_the_rest_on_demand(opened):
    at = opened(account="a1")
    assert events(at)[0] == "Severity 2 networking ticket opened"
    assert len(events(at)) == SHOWN
    at.toggle(key="account_timeline_all").set_value(True).run()
    assert len(events(at)) == 27
    assert events(at)[-1] == "Account created"


def test_a_kind_of_event_can_be_chosen_and_stands_in_the_link(opened):
    at = opened(account="a1")
    at.pills(key="account_kinds").set_value(["Restatements"]).run()
    restated = [
        "1 hour of capacity on 5 Jan 2026 restated, 1 withdrawn",
        "2 hours of capacity on 5 Jan 2026 restated: Counted twice",
    ]
    assert events(at) == restated
    assert events(opened(account="a1", account_kinds="Restatements")) == restated


def test_kinds_of_the_link_that_the_account_has_no_event_of_show_every_kind(opened):
    for kinds in ("Nonsense", "Annotations"):
        assert len(events(opened(account="a1", account_kinds=kinds))) == SHOWN


def test_the_use_of_the_commitment_is_drawn_with_gap_and_sentence(opened):
    at = opened(account="a1")
    figure = spec(at)
    assert {trace["name"] for trace in figure["data"]} >= {"Committed", "Used", "Projected"}
    assert at.get("plotly_chart")[0].proto.alt.startswith("AWS: ")


def test_lists_carry_what_the_account_signed_uses_and_waits_for(opened):
    at = opened(account="a1")
    frames = {next(iter(frame.value.columns)): frame.value for frame in at.dataframe}
    assert frames["severity"]["ticket_id"].tolist() == ["t2"]
    assert frames["created_at"]["resolved_seconds"].tolist() == ["30 min"]
    assert frames["contract_id"]["contract_status"].tolist() == ["In force", "Ended"]
    assert frames["feature"]["feature"].tolist() == ["snapshots", "quota"]
    assert frames["title"]["days_since_contact"].isna().tolist() == [False, False, True]


def test_an_account_of_which_little_is_known_says_what_is_unknown_and_what_is_none(opened):
    at = opened(account="a3")
    assert title(at) == "Account a3: no contract is in force"
    assert tiles(at)["ARR"] == ("$0", "no contract in force")
    assert tiles(at)["Health score"] == ("–", "")
    assert said(at, "info") == []
    assert [text for text in said(at, "caption") if text.startswith(("No ", "Tele"))] == [
        "No contract is in force to hold usage against.",
        "No score: no contract is in force or lately lapsed. Its timeline says why.",
        "No score was written in these 26 weeks.",
        "No ticket is open.",
        "No incident in 90 d.",
        "No contact person is recorded.",
        "No contract is recorded.",
        "Telemetry of 28 d is missing or late: which features are used is unknown.",
    ]


def test_none_of_a_source_that_holds_nothing_is_unknown(opened):
    rows = {name: given for name, given in HISTORY.items() if name != "tickets"}
    assert (
        "Unknown: nothing says how far the tickets reach. "
        "Nothing at all is recorded by this date, so this is unknown."
        in said(opened(rows, account="a1"), "caption")
    )


def test_an_account_that_does_not_exist_is_said_to_be_unknown(opened):
    at = opened(account="nobody")
    assert title(at) == "This account is not known in these filters"
    assert not at.dataframe
    assert said(at, "error") == []


def test_a_filter_that_hides_the_account_is_named(opened):
    at = opened(account="a1", region="apac")
    assert title(at) == "This account is not known in these filters"
    assert said(at, "info") == ["No accounts in these filters: region = APAC hides 1."]


def test_a_filter_that_leaves_other_accounts_says_nothing_of_the_hidden_one(opened):
    at = opened(BOOK, account="a4", region="emea")
    assert title(at) == "This account is not known in these filters"
    assert tiles(at)["Health score"] == ("–", "")
    assert not [text for text in said(at, "caption") if text.startswith("No score: ")]


def test_an_earlier_data_date_shows_what_was_known_then(opened):
    at = opened(account="a1", as_of="2025-09-01")
    assert title(at) == "North *Star*: usage trend unknown; renews in 153 d"
    assert events(at)[0] == "Contract amended: $100 to $150 a year; 10 to 15 TiB"


def test_the_score_its_points_and_its_change_are_explained(opened):
    at = opened(BOOK, account="a4")
    score, band = tiles(at)["Health score"]
    row = ask("account_health", Context(dt.date(2026, 1, 31), EVERYTHING)).rows(account_id="a4")
    assert (score, band) == (f"{row[0]['score']:.3g}", "● Healthy")
    assert any(text.startswith("Score ") for text in said(at, "caption"))
    assert any("28 days" in text for text in said(at, "markdown"))


def test_scores_that_were_frozen_and_what_was_done_stand_on_the_page(opened):
    at = opened(account="a1")
    assert "No score was written in these 26 weeks." in said(at, "caption")
    (frozen,) = score(ledger(), [dt.date(2026, 1, 31)])
    assert frozen.accounts == 2
    action = Action(
        action_id="1",
        account_id="a1",
        kind="note",
        at=dt.datetime(2026, 1, 31, 9, tzinfo=dt.UTC),
        as_of=dt.date(2026, 1, 31),
        author="Eve",
        payload={"text": "<b>call</b> them"},
    )
    act(ledger(), action, 0)
    at.run()
    assert events(at)[0] == "Note by Eve: <b>call</b> them"
    assert any(text.endswith("the only one by scorecard 2025-11") for text in titles(at))


def test_hostile_text_of_one_account_stays_text(opened):
    at = opened(COMPANY, as_of=DAY.isoformat(), account=ACCOUNT)
    assert said(at, "error") == []
    for text in markdown(at):
        for payload in PAYLOADS:
            assert payload not in text
    for chart in at.get("plotly_chart"):
        assert "<script" not in chart.proto.spec


def test_a_hostile_id_in_the_link_stays_text(opened):
    at = opened(account=" ".join(PAYLOADS))
    assert title(at) == "This account is not known in these filters"
    assert all(payload not in text for text in markdown(at) for payload in PAYLOADS)


def test_a_warehouse_that_vanishes_leaves_the_last_good_screen_marked_as_such(warehouse):
    path = warehouse(HISTORY)
    at = visit("account", as_of="2026-01-31", account="a1")
    path.unlink()
    at.run()
    assert not at.exception
    assert "Showing the last good answer" in at.warning[0].value
    assert title(at) == "North *Star*: usage trend unknown; renews in 1 d"


@pytest.mark.slow
@pytest.mark.usefixtures("demo")
def test_a_restated_day_of_the_demo_shows_on_the_page_of_its_account(demo):
    with duckdb.connect(str(demo), read_only=True) as connection:
        account, reason = connection.execute(
            "SELECT account_id, max(reason) FROM demo_truth.restated_hours "
            "JOIN clusters USING (cluster_id) GROUP BY 1 ORDER BY max(restated_at) DESC LIMIT 1"
        ).fetchone()
    at = visit("account", account=account, account_kinds="Restatements")
    assert not at.exception
    assert events(at)[0].endswith(f" restated: {reason}")
