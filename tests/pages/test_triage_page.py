"""The triage page, one test per state it can be in."""

import json
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from components.queue import NO_BREAK
from queries.ask import ask
from tests.pages.book import BOOK

ROOT = Path(__file__).parents[2]
AT_RISK = (
    "- :red[▲ At risk] [**North \\*Star\\***]"
    "(account?as_of=2026-01-31&account=a1) \\$300k ARR · renews in 29 d · AWS *Ada*  \n"
    "  no two-way contact for 61 d · 1 severe ticket, oldest 11 d "
    ":gray[· 6 of 7 indicators known]"
)
WATCH = (
    "- :yellow[◆ Watch] [**Account a2**]"
    "(account?as_of=2026-01-31&account=a2) \\$500k ARR · renews in 334 d · AWS *Ben*  \n"
    "  no two-way contact for 60 d :gray[· 6 of 7 indicators known]"
)
UNKNOWN = (
    "- :gray[○ Unknown] [**Account a3**]"
    "(account?as_of=2026-01-31&account=a3) \\$200k ARR · renewal date unknown · Google Cloud "
    "*no owner known*  \n"
    "  no usage recorded in 28 d :gray[· 2 of 7 indicators known]"
)
HEALTHY = (
    "- :green[● Healthy] [**Account a4**]"
    "(account?as_of=2026-01-31&account=a4) \\$1M ARR · renews in 335 d · Azure *Ada*  \n"
    "  no indicator signals :gray[· 6 of 7 indicators known]"
)


@pytest.fixture
def opened(warehouse):
    def run(rows=BOOK, **link):
        warehouse(rows)
        return visit(**link)

    return run


def visit(**link):
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    for name, value in ({"as_of": "2026-01-31"} | link).items():
        app.query_params[name] = value
    app.switch_page("pages/triage.py").run()
    assert not app.exception
    return app


def queue(app):
    """The items of the list as they are read: facts do not break inside."""
    text = "\n".join(markdown.value for markdown in app.markdown)
    return [f"- {item}" for item in text.replace(NO_BREAK, " ").removeprefix("- ").split("\n- ")]


def tiles(app):
    return {metric.label: metric.value for metric in app.metric}


def captions(app):
    return [caption.value for caption in app.caption]


def test_the_title_says_whom_to_call_first(opened):
    assert opened().title[0].value == "1 account, \\$300k ARR, needs a call first"


def test_the_queue_lists_the_flagged_accounts_by_arr_touched_with_their_reasons(opened):
    assert queue(opened()) == [WATCH, AT_RISK, UNKNOWN]


def test_the_healthy_ones_are_counted_where_they_are_not_listed(opened):
    assert "Not listed here: ● 1 healthy." in captions(opened())


def test_choosing_a_status_lists_that_one_only(opened):
    app = opened()
    app.pills(key="triage_status").set_value(["Healthy"]).run()
    assert queue(app) == [HEALTHY]
    assert "Not listed here: ▲ 1 at risk, ◆ 1 watch, ○ 1 unknown." in captions(app)


def test_choosing_no_status_lists_the_flagged_ones(opened):
    app = opened()
    app.pills(key="triage_status").set_value([]).run()
    assert len(queue(app)) == 3


def test_the_status_comes_from_the_link_and_a_wrong_one_is_left_out(opened):
    assert queue(opened(triage_status="At risk")) == [AT_RISK]
    assert len(queue(opened(triage_status="Dreadful"))) == 3


def test_a_status_without_accounts_says_so(opened):
    app = opened(triage_status="Watch", owner="p1")
    assert [m.value for m in app.markdown] == ["No account in these filters is watch."]


def test_the_tiles_count_money_and_statuses(opened):
    app = opened()
    assert tiles(app) == {
        "ARR touched": "$800k",
        "ARR exposed": "$300k",
        "▲ At risk": "1",
        "◆ Watch": "1",
        "○ Unknown": "1",
        "● Healthy": "1",
    }
    assert [metric.delta for metric in app.metric[:2]] == ["2 with a signal", "1 renew in 90 d"]


def test_the_chart_ranks_the_reasons_by_the_arr_they_touch(opened):
    (chart,) = opened().get("plotly_chart")
    (bars,) = json.loads(chart.proto.spec)["data"]
    assert bars["y"] == ["Severe tickets", "Renewal near", "Contact silence"]


def test_the_table_carries_every_account_and_leaves_the_unknown_empty(opened):
    table = opened().dataframe[0].value
    assert table["account_name"].tolist() == [
        "Account a2",
        "North *Star*",
        "Account a4",
        "Account a3",
    ]
    assert table["status"].tolist() == ["◆ Watch", "▲ At risk", "● Healthy", "○ Unknown"]
    assert table["usage_28d_tib_hours"].isna().tolist() == [False, False, False, True]


def test_a_filter_that_empties_the_page_is_named(opened):
    app = opened(region="amer")
    assert tiles(app)["ARR touched"] == "–"
    assert "region = amer hides 4" in app.info[0].value.replace("\\", "")
    assert not app.dataframe


def test_an_unknown_owner_in_the_link_is_left_out_and_said(opened):
    app = opened(owner="nobody")
    assert app.info[0].value == "The link names no known owner: nobody. Left out."
    assert len(queue(app)) == 3


def test_an_earlier_data_date_knows_what_was_known_then(opened):
    app = opened(as_of="2025-11-30")
    # No ticket or incident was known yet, and contacts made since hide the earlier ones.
    assert app.title[0].value == "No account at risk; 0 to watch, 4 unknown"
    assert len(queue(app)) == 4


def test_an_empty_warehouse_says_what_to_load(opened):
    assert opened({}).title[0].value == "Nothing to show yet"


def test_a_warehouse_that_vanishes_leaves_the_last_good_queue_marked_as_such(warehouse):
    path = warehouse(BOOK)
    app = visit()
    path.unlink()
    app.run()
    assert not app.exception
    assert "Showing the last good answer" in app.warning[0].value
    assert len(queue(app)) == 3


@pytest.mark.slow
@pytest.mark.usefixtures("demo")
def test_the_demo_lists_ten_and_all_on_demand(on):
    accounts = ask("churn_indicators", on(2026, 1, 31))
    flagged = accounts.frame.filter(accounts.frame["status"] != "healthy")
    app = visit()
    assert app.title[0].value == accounts.finding.replace("$", "\\$")
    assert len(queue(app)) == 10
    app.toggle(key="triage_all").set_value(True).run()
    assert len(queue(app)) == flagged.height
    first = flagged.row(0, named=True)
    assert f"**{first['account_name']}**" in queue(app)[0]
