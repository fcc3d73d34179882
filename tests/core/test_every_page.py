"""Every page of the navigation, over the demo company, an empty warehouse and hostile text."""

import re

import pytest
import streamlit as st
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue
from streamlit.testing.v1 import AppTest

from components.core import link
from components.core.navigation import ENTRIES
from components.definitions import dictionary
from ledger import LedgerQuery, open_ledger
from ledger.triage import act
from queries.shared import words
from tests.core.hostile import (
    ACCOUNT,
    COMPANY,
    LISTED,
    MORE,
    OWNERS,
    PAYLOADS,
    SELECT_NOBODY,
)
from tests.core.visit import ROOT, open_file, said, sent, shown, spec, title, titles, unfit, visit
from tests.ledger.making import PAYLOADS as SAYS
from tests.ledger.making import action
from tests.rows import build
from warehouse.flat import flat

pytestmark = pytest.mark.usefixtures("patient", "today")


@pytest.fixture(scope="module")
def hostile_file(tmp_path_factory):
    return build(tmp_path_factory.mktemp("hostile") / "hostile.duckdb", COMPANY)


@pytest.fixture
def hostile(hostile_file, monkeypatch):
    """The hostile company as the warehouse that is asked."""
    monkeypatch.setenv("BELLWETHER_WAREHOUSE", f"duckdb:///{hostile_file}")


@pytest.fixture
def served_on(monkeypatch):
    """A function that makes the server's address another."""
    original = st.get_option

    def serve(address):
        monkeypatch.setattr(
            st, "get_option", lambda key: address if key == "server.address" else original(key)
        )

    return serve


# The pages with rows of nobody's account, which filters that select nobody leave as they are.
OF_NOBODY = {"score_proof", "on_call", "benchmarks", "definitions"}
# The pages that begin with a list, or are one.
WITHOUT_CHART = {"triage", "score_proof", "definitions"}
every_page = pytest.mark.parametrize("page", [entry.page for entry in ENTRIES])


@pytest.mark.slow
@pytest.mark.usefixtures("demo")
@every_page
def test_a_page_answers_in_its_title_over_the_demo_company(page):
    at = visit(page)
    assert not at.exception
    assert said(at, "error") == []
    assert len(at.title) == 1
    assert len(at.title[0].value) > len("No answer")
    assert unfit(at) == []
    for chart in at.get("plotly_chart"):
        assert chart.proto.alt.endswith("."), "a chart needs a sentence that stands for it"
    for number in range(len(at.get("plotly_chart"))):
        assert spec(at, number)["layout"]["showlegend"] is False
    # The tables of Definitions are the search's own.
    named = [] if page == "definitions" else [*titles(at), *(tile.label for tile in at.metric)]
    assert [one for one in named if dictionary.found(one).startswith("No entry")] == []


@pytest.fixture
def order(monkeypatch):
    """The kinds of element that a page sends, in order."""
    kinds = []
    enqueue = ForwardMsgQueue.enqueue

    def note(queue, message):
        if message.HasField("delta") and message.delta.HasField("new_element"):
            kinds.append(message.delta.new_element.WhichOneof("type"))
        enqueue(queue, message)

    monkeypatch.setattr(ForwardMsgQueue, "enqueue", note)
    return kinds


@pytest.mark.slow
@pytest.mark.usefixtures("demo")
@pytest.mark.parametrize("page", [one.page for one in ENTRIES if one.page not in WITHOUT_CHART])
def test_title_tiles_and_first_chart_are_sent_before_tables(order, page):
    visit(page, **({"account": "acc-0135"} if page == "account" else {}))
    chart = order.index("plotly_chart")
    assert order.index("heading") < order.index("metric") < chart
    assert "dataframe" not in order[:chart]


@every_page
def test_a_page_stands_over_an_empty_warehouse(warehouse, page):
    warehouse({})
    at = visit(page)
    assert not at.exception
    assert len(at.title) == 1
    assert len(at.get("plotly_chart")) == 0
    assert unfit(at) == []


@every_page
def test_a_page_without_its_warehouse_says_what_a_reader_can_do(tmp_path, monkeypatch, page):
    path = tmp_path / "gone.duckdb"
    monkeypatch.setenv("BELLWETHER_WAREHOUSE", f"duckdb:///{path}")
    at = visit(page)
    assert not at.exception
    assert unfit(at) == []
    path.write_text("no database, and long enough to look at" * 9)
    at.run()
    assert not at.exception
    assert unfit(at) == []
    assert page == "definitions" or "could not be opened. Try again" in said(at, "error")[0]
    monkeypatch.setenv("BELLWETHER_WAREHOUSE", "sqlite://")
    at.run()
    assert not at.exception
    assert unfit(at) == []
    assert page == "definitions" or said(at, "error")[0].startswith("A setting of Bellwether")


@pytest.mark.usefixtures("hostile")
@pytest.mark.parametrize("page", ["overview", "triage", "account"])
def test_a_page_without_its_ledger_says_what_a_reader_can_do(ledger_of_its_own, page):
    ledger_of_its_own.write_text("no database, and long enough to look at" * 9)
    at = visit(page, account=ACCOUNT)
    assert not at.exception
    assert unfit(at) == []
    assert [text for text in said(at, "error") if "The ledger did not answer. Try again" in text]


@pytest.mark.usefixtures("hostile")
@every_page
def test_a_page_that_filters_empty_says_so_once_and_clears_them(page):
    at = visit(page, **SELECT_NOBODY)
    assert not at.exception
    assert unfit(at) == []
    boxes = [text for text in said(at, "info") if "in these filters" in text]
    clear = [button for button in at.button if button.label.startswith("Clear ")]
    assert len(boxes) == len(clear) <= 1
    if page not in OF_NOBODY:
        assert len(boxes) == 1
        clear[0].click().run()
        assert boxes[0] not in said(at, "info")


@pytest.fixture
def opened(monkeypatch):
    """Every popover of a page stands open, as if its reader had pressed it."""
    popover = st.popover

    def open_one(label, *, key, **shown):
        st.session_state[key] = True
        return popover(label, key=key, **shown)

    monkeypatch.setattr(st, "popover", open_one)


@pytest.fixture
def spoken(ledger_of_its_own):
    """A ledger in which people wrote the payloads: into notes, reasons and names."""
    ledger = open_ledger(f"sqlite:///{ledger_of_its_own}")
    kinds = ("note", "snooze", "override", "acknowledge", "assign")
    for place, payload in enumerate(one for one in PAYLOADS if "\x1b" not in one):
        kind, account = kinds[place % len(kinds)], LISTED[place % len(LISTED)]
        said = dict.fromkeys({"text", "reason", "owner_id"} & SAYS[kind].keys(), payload)
        author = payload.replace("\n", " ")
        done = action(f"{place}", kind, account_id=account, author=author, payload=said)
        act(ledger, done, ledger.read(LedgerQuery("triage_actions", account_id=account)).height)
    ledger.close()


OPEN = {
    "account": ACCOUNT,
    "next_all": "true",
    "snoozed": "true",
    "overridden": "true",
    "every_account": "true",
    "usage_accounts_table_shown": "true",
}
# Of these, the browser reads no text as Markdown or HTML.
PLAIN = {("multiselect", "options"), ("multiselect", "raw_values"), ("selectbox", "options")}
PLAIN |= {("dataframe", "data"), ("plotly_chart", "alt")}
OWN_TAGS = re.compile(r"</?(?:b|i|br|sub|sup|extra|span(?: style='[^']*')?)>")


def acting(at):
    """Every text that the browser reads as Markdown, and those of charts without our own tags."""
    for kind, name, text in shown(at):
        if kind == "plotly_chart" and name == "spec":
            yield from re.findall("<.*", OWN_TAGS.sub("", text))
        elif (kind, name) not in PLAIN:
            yield text


@pytest.mark.usefixtures("hostile", "opened", "spoken")
@every_page
def test_text_from_data_and_people_stays_text_and_flat_wherever_it_is_shown(page):
    at = visit(page, owner=OWNERS, **OPEN)
    assert not at.exception
    assert said(at, "error") == []
    assert page == "definitions" or attacked(at)


def attacked(at):
    """The texts of an attack that are shown, all of them flat and none of them acting."""
    for text in acting(at):
        for payload in (*PAYLOADS, MORE[-2]):
            assert payload not in text
    found = [text for _, _, text in shown(at)]
    # What stops an address from becoming a link is our own, and so are the lines of a definition.
    ours = [text.replace(words.WORD_JOINER, "").replace("\n", "") for text in found]
    assert [text for text in ours if text != flat(text)] == []
    assert [text for text in found if "x\n" in text] == []
    return [text for text in found if "evil" in text or "alert" in text]


def every_form():
    import streamlit as st

    from components.triage import action_forms
    from queries.core.ask import ask
    from queries.core.choices import choices
    from tests.core.together import DAY
    from warehouse.context import EVERYTHING, Context

    context = Context(DAY, EVERYTHING)
    names = choices(context.scope).names
    rows = [row for row in ask("triage", context).rows() if row["last_action_id"]]
    for row in rows:
        for kind, form in action_forms.FORMS.items():
            with st.form(f"{kind} {row['account_id']}"):
                form(context=context, row=row, names=names)
                st.form_submit_button()
    action_forms.form(context, rows[0], names, "note", context.as_of)


@pytest.mark.usefixtures("hostile", "spoken")
def test_text_from_data_and_people_stays_text_and_flat_in_every_form_and_dialog():
    at = AppTest.from_function(every_form, default_timeout=60).run()
    assert not at.exception
    assert len(at.text_area) > len(at.date_input) / 3 > 0
    assert attacked(at)


@pytest.mark.usefixtures("hostile")
@every_page
def test_a_page_stands_whatever_a_link_carries_and_without_the_front_door(page):
    plain = visit(page)
    direct = open_file(ROOT / "pages" / f"{page}.py")
    assert not direct.exception
    assert title(direct) == title(plain)
    keys = [
        key
        for node in sent(plain._tree)  # noqa: SLF001 (the harness shows no element of a new kind)
        if (key := getattr(getattr(node, "proto", None), "query_param_key", ""))
    ]
    for value in ("1e309", "nan", "-1", "9" * 400, "\x1b\u202e:red[x]", "x" * 4_000):
        at = visit(page, **dict.fromkeys([*keys, *link.NAMES, "account"], value))
        assert not at.exception, value
        assert said(at, "error") == [], value
        for _, _, text in shown(at):
            assert "\x1b" not in text, value


@pytest.mark.usefixtures("hostile")
@pytest.mark.parametrize(
    ("asked", "given"), [("1e309", 500), ("-1e309", 1), ("501", 500), ("12.7", 12), ("nan", 12)]
)
def test_a_number_of_a_link_is_held_in_its_bounds_and_said(asked, given):
    at = visit("triage", capacity=asked)
    assert at.number_input(key="capacity").value == given
    assert at.query_params.get("capacity", "12") == str(given)
    assert f"The link's number of calls this week cannot be shown: {asked}. Showing {given}." in (
        said(at, "info")
    )


@pytest.mark.usefixtures("hostile")
@pytest.mark.parametrize("front_door", [True, False])
@every_page
def test_no_page_shows_anything_beyond_this_machine(served_on, page, front_door):
    served_on("0.0.0.0")  # noqa: S104 (the address that must be refused)
    at = visit(page) if front_door else open_file(ROOT / "pages" / f"{page}.py")
    assert not at.exception
    assert said(at, "error")[0].startswith("Bellwether has no login yet and is served on 0.0.0.0")
    assert unfit(at) == []
    for kind in ("title", "metric", "dataframe", "plotly_chart", "multiselect", "caption"):
        assert len(at.get(kind)) == 0
