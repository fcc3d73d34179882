"""The overview page, one test per state it can be in."""

import datetime as dt
import json
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from queries.core.ask import ask, ledger
from queries.health.scorecard.scoring import days_to_score, score
from tests.core.book import BOOK
from tests.core.visit import accounts, read, records, said
from tests.shared.company import incident, ticket

pytestmark = pytest.mark.usefixtures("patient", "today")

ROOT = Path(__file__).parents[2]
# Four severe tickets and four incidents take North Star to a score of 52.
TROUBLED = BOOK | {
    "tickets": [*BOOK["tickets"], *(ticket(f"s{n}", "a1", "2", "2026-01-20") for n in range(3))],
    "incidents": [
        *BOOK["incidents"],
        *(incident(f"j{n}", "a1", "2026-01-20T10:00") for n in range(4)),
    ],
}


@pytest.fixture
def opened(warehouse):
    def run(rows=TROUBLED, **link):
        warehouse(rows)
        return visit(**link)

    return run


def visit(**link):
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    for name, value in ({"as_of": "2026-01-31"} | link).items():
        app.query_params[name] = value
    app.switch_page("pages/overview.py").run()
    assert not app.exception
    return app


def tiles(app):
    return {metric.label: (metric.value, metric.delta) for metric in app.metric}


def page_links(app):
    """The links to other pages, without those to one account."""
    links = [link.proto for link in app.main.get("page_link")]
    return {read(one.label): one for one in links if "account=" not in one.query_string}


def test_the_title_says_how_many_are_at_risk_and_how_much(opened):
    # On 3 January the feeds were complete and nobody had opened a ticket: nobody was at risk.
    assert read(opened().title[0].value) == "1 of 4 accounts at risk, $300k, up $300k in 28 days"


def test_the_tiles_say_arr_retention_risk_and_growth(opened):
    # A year ago 300 + 500 + 200 + 200 thousand, of which all but the last 200 is left.
    assert tiles(opened()) == {
        "ARR": ("$2M", "no change"),
        "NRR, 12 months": ("83.3 %", "no change"),
        "GRR, 12 months": ("83.3 %", "no change"),
        "ARR at risk": ("$300k", "renews in 90 d: $300k"),
        "ARR due without a forecast": ("$300k", "of $300k due in H1 FY2026"),
        "Consumption growth, 28 d": ("0.0 %", "120k after 120k TiB-h"),
        "Expected loss, 90 days": ("–", ""),
    }


def test_every_tile_carries_its_definition(opened):
    assert all("Source:" in metric.help for metric in opened().metric)


def drawn(app, number):
    return json.loads(app.get("plotly_chart")[number].proto.spec)


def test_where_nobody_scored_the_mix_of_today_is_drawn_and_it_is_said(opened):
    app = opened()
    assert drawn(app, 0)["data"][0]["text"] == [
        "2, $1.5M ARR",
        "1, $200k ARR",
        "0, $0 ARR",
        "1, $300k ARR",
    ]
    assert any(text.startswith("Week to 31 Jan 2026: 1 at risk") for text in said(app, "caption"))
    assert any("nobody has written their scores." in text for text in said(app, "caption"))


def test_the_mix_over_26_weeks_proves_the_title(warehouse):
    warehouse(TROUBLED)
    list(score(ledger(), days_to_score(dt.date(2026, 1, 31), 4)))
    app = visit()
    title = "1 account at risk, 1 more than 3 weeks before"
    assert drawn(app, 0)["layout"]["title"]["text"] == title
    # On 10 January a1 had neither the tickets nor the incidents.
    (mix,) = (text for text in said(app, "caption") if text.startswith("Week to 31 Jan 2026"))
    assert "Week to 10 Jan 2026: 0 at risk ($0), " in mix
    assert mix.endswith("No score was written in 22 weeks.")


def test_with_a_hyperscaler_chosen_the_mix_says_what_the_weeks_before_count(opened):
    sentence = "Accounts on these hyperscalers today, each counted whole"
    assert any(sentence in text for text in said(opened(hyperscaler="aws"), "caption"))
    assert not any(sentence in text for text in said(opened(), "caption"))


def test_the_bridge_draws_the_movements_that_sum(opened):
    spec = drawn(opened(), 1)
    (bridge,) = spec["data"]
    assert bridge["x"] == ["Start", "Churn", "Contraction", "Expansion", "Kept", "New", "Now"]
    assert spec["layout"]["title"]["text"] == "NRR 83.3 %: $1M of $1.2M kept or grown"


def test_the_lowest_score_and_the_largest_changes_stand_with_their_reasons(opened):
    app = opened()
    # The lowest score, then the largest change.
    (lowest, _, reason), (change, query, why), *_ = accounts(app)
    # (2 × 70 usage + 2 × 94 commitment + 34 contact + 0 tickets + 0 incidents) / 7.
    name = ":red[▲ At risk] **North *Star*** $300k"
    assert (lowest, reason) == (f"{name} · score 52", ":gray[4 severe tickets in 90 d]")
    assert change.startswith(f"{name} **−")
    assert why.startswith(":gray[The score fell from ")
    assert query == "as_of=2026-01-31&account=a1"
    assert any(text.startswith("Average score of ") for text in said(app, "caption"))


NOT_ENOUGH = "scorecard 2025-11: n = 0 churned accounts, 20 are needed; no score is written yet"
NO_FEED = "Unknown whether shifts keep their limit: nothing says how far the notifications reach"


def test_other_pages_are_answered_in_a_line_that_leads_there_with_the_context(opened):
    app = opened(hyperscaler="aws")
    links = {
        label: link for label, link in page_links(app).items() if not link.page.endswith("account")
    }
    assert list(links) == [
        f"Bands not yet shown to order churn ({NOT_ENOUGH})",
        "Whom to call first, in Triage",
        "**Usage**: AWS capacity 0.0 % in 28 days",
        "**Metering**: every hour expected in 28 days is recorded",
        f"**On-call**: {NO_FEED} (not filtered by hyperscaler)",
        "**Benchmarks**: No claim is registered",
    ]
    assert {link.query_string for link in links.values()} == {"as_of=2026-01-31&hyperscaler=aws"}


def test_the_table_says_what_is_at_risk_and_why_the_expected_loss_is_unknown(opened):
    app = opened()
    assert (
        "ARR at risk $300k; ARR at risk that renews in 90 days $300k; Expected loss, 90 days, "
        "unknown: 0 churned accounts so far, 20 are needed; no score is written yet."
    ) in said(app, "caption")
    table = {row["Metric"]: row for row in records(app)}
    # On 3 January nobody had opened a ticket or an incident yet.
    assert table["ARR at risk"]["28 d before"] == "$0"
    assert table["ARR at risk"]["Remark"] == "earlier: 28 days before, as known then"
    assert table["Logo churn"]["Now"] == "25.0 %"


def test_a_filter_changes_the_numbers(opened):
    app = opened(region="apac")
    assert read(app.title[0].value) == "0 of 1 account at risk"
    assert "No account in these filters is at risk." in said(app, "markdown")


def test_a_filter_that_empties_the_page_is_named(opened):
    app = opened(region="amer")
    assert read(app.title[0].value) == "No contract is known"
    assert {value for value, _ in tiles(app).values()} == {"–"}
    [hidden] = said(app, "info")
    assert hidden == "No rows in these filters: region = AMER hides 11."


def test_an_unknown_owner_in_the_link_is_left_out_and_said(opened):
    app = opened(owner="nobody")
    assert said(app, "info")[0] == "The link names no known owner: nobody. Left out."
    assert tiles(app)["ARR"][0] == "$2M"


def test_an_earlier_data_date_shows_the_book_of_that_day(opened):
    # The account that left in June was still there, and one had not come yet.
    assert tiles(opened(as_of="2025-05-31"))["ARR"] == ("$1.2M", "no change")


def test_an_empty_warehouse_says_what_to_load(opened):
    assert opened({}).title[0].value == "Nothing to show yet"


def test_a_warehouse_that_vanishes_leaves_the_last_good_numbers_marked_as_such(warehouse):
    path = warehouse(TROUBLED)
    app = visit()
    path.unlink()
    app.run()
    assert not app.exception
    assert tiles(app)["ARR"][0] == "$2M"
    assert "Showing the last good answer" in app.warning[0].value
    assert "(last good answer)" in next(
        label for label in page_links(app) if label.startswith("**Usage**")
    )


@pytest.mark.slow
@pytest.mark.usefixtures("demo")
def test_the_demo_is_answered_by_its_finding_without_an_error(on):
    health = ask("overview", on(2026, 1, 31))
    app = visit()
    assert read(app.title[0].value) == health.finding
    assert said(app, "error") == said(app, "warning") == said(app, "info") == []
    # The five areas, and the proof of the bands, of which no score is written yet.
    assert len(page_links(app)) == 6
