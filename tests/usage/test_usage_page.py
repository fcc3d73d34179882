"""The usage page: what a link, a filter and the state of the warehouse do to what it shows."""

import logging
import re
import shutil
import subprocess
import sys
import threading

import duckdb
import pytest
from streamlit.proto.Metric_pb2 import Metric

from components.core import guard
from queries.core.memory import memory
from tests.core.hostile import COMPANY, OWNERS, PAYLOADS
from tests.core.visit import at_page, lines, markdown, said, sent, short_tables, spec, title, visit
from tests.rows import build
from tests.usage.fleet import FLEET
from tests.usage.test_charges import BILLS
from warehouse.context import ALL, FILTERS, Scope
from warehouse.engine.duckdb import DuckDBWarehouse
from warehouse.flat import flat

pytestmark = pytest.mark.usefixtures("patient", "today")

EVERYTHING = "AWS grows fastest: capacity +67.6 % in 28 days"
LISTED = re.compile(r"\*\*(.+?)\*\* .* (?:TiB|unmetered) :small")
LOCK = (
    "import duckdb, sys; held = duckdb.connect(sys.argv[1]); print('held', flush=True);"
    "sys.stdin.read()"
)


@pytest.fixture(scope="module")
def fleet_file(tmp_path_factory):
    return build(tmp_path_factory.mktemp("fleet") / "fleet.duckdb", FLEET | BILLS)


@pytest.fixture
def fleet(fleet_file, forgetful, tmp_path):
    return forgetful(shutil.copy(fleet_file, tmp_path / "fleet.duckdb"))


@pytest.fixture
def forgetful(monkeypatch):
    """A function that makes a file the warehouse that is asked, with nothing remembered."""

    def ask_from(path):
        monkeypatch.setenv("BELLWETHER_WAREHOUSE", f"duckdb:///{path}")
        return path

    memory().clear()
    yield ask_from
    memory().clear()


def context_line(at):
    return said(at, "caption")[0]


def tiles(at):
    return {metric.label: (metric.value, metric.delta) for metric in at.metric}


def accounts(at):
    """The names that are listed, those that lead to an account and those that lead nowhere."""
    texts = [
        getattr(node.proto, "label" if node.type == "page_link" else "body", "")
        for node in sent(at._tree)  # noqa: SLF001 (the harness shows no element of a new kind)
        if node.type in {"page_link", "markdown"}
    ]
    return [found[1] for text in texts if (found := LISTED.match(text))]


@pytest.mark.usefixtures("fleet")
def test_without_filters_every_hyperscaler_has_its_tile_and_the_unmetered_come_first():
    at = visit("usage")
    assert title(at) == EVERYTHING
    assert context_line(at) == (
        "as of 31 Mar 2026 · metering complete to 31 Mar 2026 · contracts to 1 May 2025 · "
        "bills to 9 Jan 2026"
    )
    # AWS: 28 days of 24 hours at 2, one hour restated from 2 to 66; before: 672 and 168.
    assert tiles(at) == {
        "AWS capacity, 28 d": ("1.41k TiB-h", "+67.6 %"),
        "Azure capacity, 28 d": ("1.34k TiB-h", "-50.0 %"),
        "Google Cloud capacity, 28 d": ("–", ""),
        "On-prem capacity, 28 d": ("0 TiB-h", ""),
        "Unknown capacity, 28 d": ("21 TiB-h", ""),
    }
    # A fall of what is half recorded is no bad news, and the tile says why.
    colours = {
        metric.label: (metric.proto.color, metric.proto.delta_description) for metric in at.metric
    }
    assert colours["AWS capacity, 28 d"] == (Metric.GREEN, "vs 28 d before")
    assert colours["Azure capacity, 28 d"] == (
        Metric.GRAY,
        "vs 28 d before, completeness is unequal",
    )
    assert accounts(at) == ["Cedar", "Dune", "Amber", "Birch", "unknown", "N"]
    assert any("**Cedar** Google Cloud unmetered" in text for text in markdown(at))
    assert dict(at.query_params) == {"as_of": "2026-03-31"}


@pytest.mark.usefixtures("fleet")
def test_every_account_stands_in_a_table_for_whoever_asks_for_it():
    at = visit("usage")
    assert "usage_accounts_table" not in [frame.key for frame in at.dataframe]
    toggle = at.toggle(key="usage_accounts_table_shown")
    assert toggle.label == "Show 6 rows in a table"
    table = visit("usage", usage_accounts_table_shown="true").dataframe[0].value
    assert table["name"].to_list() == accounts(at)


@pytest.mark.usefixtures("fleet")
def test_a_link_narrows_tiles_list_and_chart():
    at = visit("usage", hyperscaler=["aws"])
    assert title(at) == "AWS capacity +67.6 % in 28 days"
    assert context_line(at).startswith("as of 31 Mar 2026 · AWS · ")
    assert list(tiles(at)) == ["AWS capacity, 28 d"]
    assert accounts(at) == ["Amber"]
    assert {trace["name"] for trace in spec(at)["data"]} == {"AWS", "AWS, hours missing"}
    assert dict(at.query_params) == {"as_of": "2026-03-31", "hyperscaler": "aws"}


@pytest.mark.usefixtures("fleet")
def test_a_filter_picked_on_the_page_does_the_same_as_the_link():
    at = visit("usage")
    at.multiselect(key="hyperscaler").set_value(["azure", "aws"]).run()
    link = visit("usage", hyperscaler=["aws", "azure"])
    assert title(at) == title(link) == EVERYTHING
    assert tiles(at) == tiles(link)
    assert list(tiles(at)) == ["AWS capacity, 28 d", "Azure capacity, 28 d"]
    assert at.query_params["hyperscaler"] == link.query_params["hyperscaler"] == ["aws", "azure"]
    assert link.toggle[0].label == "Filters (1 set)"


@pytest.mark.usefixtures("fleet")
def test_a_filter_without_recorded_usage_is_unknown_and_not_zero():
    at = visit("usage", hyperscaler=["gcp"])
    assert title(at) == "Growth of metered capacity is unknown"
    assert tiles(at) == {"Google Cloud capacity, 28 d": ("–", "")}
    assert accounts(at) == ["Cedar"]


@pytest.mark.usefixtures("fleet")
def test_an_earlier_data_date_answers_as_that_day_knew():
    at = visit("usage", as_of="2026-03-01")
    assert title(at) == "Growth of metered capacity is unknown"
    assert context_line(at).startswith(
        "as of 1 Mar 2026, 4 weeks behind today · metering complete to 1 Mar 2026"
    )
    # 26 days of a1 and 7 of e1 at 24 h.
    assert tiles(at)["AWS capacity, 28 d"] == ("792 TiB-h", "")


@pytest.mark.usefixtures("fleet")
def test_a_malformed_link_is_said_and_its_right_parts_are_kept():
    at = visit("usage", as_of="soon", hyperscaler=["mars", "aws"], segment=["vast"])
    assert said(at, "info")[:3] == [
        "The link's data date cannot be shown: soon. Showing 31 Mar 2026, the newest.",
        "The link names no known hyperscaler: mars. Left out.",
        "The link names no known segment: vast. Left out.",
    ]
    assert title(at) == "AWS capacity +67.6 % in 28 days"
    assert dict(at.query_params) == {"as_of": "2026-03-31", "hyperscaler": "aws"}
    assert not [text for text in said(at.run(), "info") if text.startswith("The link")]


@pytest.mark.usefixtures("fleet")
def test_a_data_date_after_the_newest_falls_back_to_it():
    at = visit("usage", as_of="2026-04-01")
    assert said(at, "info")[0] == (
        "The link's data date cannot be shown: 2026-04-01. Showing 31 Mar 2026, the newest."
    )
    assert context_line(at).startswith("as of 31 Mar 2026")


@pytest.mark.usefixtures("fleet")
def test_reset_clears_filters_and_data_date():
    at = visit("usage", as_of="2026-03-01", hyperscaler=["gcp"], region=["unknown"])
    [reset] = [button for button in at.button if button.label == "Reset"]
    reset.click().run()
    assert title(at) == EVERYTHING
    assert dict(at.query_params) == {"as_of": "2026-03-31"}
    assert [picker.value for picker in at.multiselect] == [[] for _ in FILTERS]
    assert at.toggle[0].label == "Filters"


@pytest.mark.usefixtures("fleet")
def test_a_filter_that_empties_the_page_is_named_where_the_rows_would_be():
    at = visit("usage", region=["apac"])
    assert said(at, "info") == ["No accounts in these filters: region = APAC hides 6."]
    # What a region does not filter says so, and shows its rows.
    unfiltered = said(at, "caption").count("Not filtered by region: these rows do not say.")
    nothing = said(at, "caption").count("Nothing in these filters.")
    assert nothing == len(said(at, "header")) - unfiltered > 0
    assert tiles(at) == {}
    assert len(at.get("plotly_chart")) == 0
    [clear] = [button for button in at.button if button.label == "Clear region"]
    clear.click().run()
    assert title(at) == EVERYTHING
    assert said(at, "info") == []
    assert "region" not in dict(at.query_params)


@pytest.mark.usefixtures("fleet")
def test_rows_that_cannot_carry_a_filter_say_so():
    at = visit("usage", region=["unknown"], hyperscaler=["aws"])
    assert said(at, "caption").count("Not filtered by region: these rows do not say.") == 2
    assert "not filtered by" not in context_line(at)


def test_with_the_warehouse_gone_the_last_good_answer_stays_and_says_its_age(fleet):
    at = visit("usage")
    good = tiles(at)
    fleet.unlink()
    at.run()
    assert not at.exception
    assert title(at) == EVERYTHING
    assert tiles(at) == good
    assert len(at.get("plotly_chart")) == 1
    assert accounts(at)[2] == "Amber"
    stale = said(at, "warning")
    assert len(stale) == len(said(at, "header")) > 1
    for sentence in stale:
        assert "There is no warehouse at its address." in sentence
        assert "Showing the last good answer," in sentence
        assert "Reference " in sentence


def test_a_broken_contract_fails_one_section_with_a_reference_that_is_in_the_log(fleet, caplog):
    with duckdb.connect(str(fleet)) as connection:
        connection.execute("ALTER TABLE usage_charges DROP COLUMN billed_cost")
    with caplog.at_level(logging.ERROR, logger="bellwether"):
        at = visit("usage")
    [error] = said(at, "error")
    assert error.startswith("The warehouse does not meet the contract.")
    reference = error.removesuffix(".").rsplit(" ", 1)[1]
    assert f"{reference} charges_by_provider failed" in caplog.text
    assert title(at) == EVERYTHING
    assert accounts(at)[2] == "Amber"
    heads = [lines(at, number)[0] for number in range(len(short_tables(at)))]
    assert "Complete before" in heads[0]
    assert not any("Billed cost" in head for head in heads)


@pytest.mark.usefixtures("fleet")
def test_a_question_outside_the_viewers_scope_is_locked_and_the_others_answer(monkeypatch):
    allowed = ("usage_by_account", "usage_by_hyperscaler", "charges_by_provider")
    monkeypatch.setattr(guard, "EVERYTHING", Scope(questions=allowed, owner_ids=ALL))
    at = visit("usage")
    locked = said(at, "error")
    assert {
        "Your role does not include usage_growth. Ask its owner for access.",
        "Your role does not include consumption_by_unit. Ask its owner for access.",
    } <= set(locked)
    assert not any(name in sentence for name in allowed for sentence in locked)
    assert title(at) == "Your role does not include usage_growth."
    assert tiles(at) == {}
    assert accounts(at)[2] == "Amber"


def test_two_sessions_of_different_scopes_never_share_an_answer(warehouse, monkeypatch):
    owned = [
        {"account_id": "A", "name": "Amber", "owner_id": "p1"},
        {"account_id": "B", "name": "Birch", "owner_id": "p2"},
    ]
    warehouse({**FLEET, "accounts": owned})
    sessions = {"p1": at_page("usage"), "p2": at_page("usage")}
    expected = {"p1": ["Amber"], "p2": ["Birch"]}
    for _ in range(2):
        for owner, at in sessions.items():
            monkeypatch.setattr(guard, "EVERYTHING", Scope(questions=ALL, owner_ids=(owner,)))
            at.run()
            assert accounts(at) == expected[owner]
            assert list(at.multiselect(key="owner").options) == [owner]


def test_an_empty_warehouse_says_how_to_fill_it(warehouse):
    warehouse({})
    at = visit("usage")
    assert title(at) == "Nothing to show yet"
    [error] = said(at, "error")
    assert error == (
        "The warehouse is empty: no row of any table has a date. "
        "Ask whoever operates Bellwether to load its tables."
    )


def test_a_missing_warehouse_is_named_and_comes_back_without_a_restart(warehouse, monkeypatch):
    path = warehouse({}).with_name("later.duckdb")
    monkeypatch.setenv("BELLWETHER_WAREHOUSE", f"duckdb:///{path}")
    at = visit("usage")
    assert title(at) == "Nothing to show yet"
    assert said(at, "error")[0].startswith("There is no warehouse at its address. Ask whoever")
    build(path, FLEET)
    assert title(at.run()) == EVERYTHING


def test_a_file_that_is_no_warehouse_is_said_with_a_reference(warehouse, caplog):
    warehouse({}).write_bytes(b"no database" * 1000)
    at = visit("usage")
    [error] = said(at, "error")
    assert "could not be opened" in error
    assert error.removesuffix(".").rsplit(" ", 1)[1] in caplog.text


def test_a_warehouse_held_by_a_writer_is_said_and_read_once_it_is_free(fleet, later):
    with subprocess.Popen(
        [sys.executable, "-c", LOCK, str(fleet)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as writer:
        assert writer.stdout.readline() == b"held\n"
        at = visit("usage")
        assert title(at) == "Nothing to show yet"
        assert "could not be opened" in said(at, "error")[0]
        writer.stdin.close()
        writer.wait(20)
    # The failure itself is remembered for five seconds.
    assert title(at.run()) == "Nothing to show yet"
    later(seconds=6)
    assert title(at.run()) == EVERYTHING


def test_names_from_data_are_shown_as_text(warehouse):
    warehouse(COMPANY)
    names = {person["person_id"]: person["name"] for person in COMPANY["people"]}
    marked = [one for one in OWNERS if (name := names.get(one)) and flat(name) == name]
    at = visit("usage", owner=marked)
    assert len(marked) > 1
    for owner in marked:
        assert names[owner] in context_line(at)
        assert names[owner] not in at.caption[0].value


@pytest.mark.usefixtures("fleet")
def test_what_a_link_says_is_shown_as_text():
    at = visit("usage", as_of=PAYLOADS[0], hyperscaler=list(PAYLOADS))
    data_date, hyperscalers = said(at, "info")
    cut = [flat(text[:40]) + ("…" if len(text) > 40 else "") for text in PAYLOADS]
    shown = f"{', '.join(cut[:10])} and {len(cut) - 10} more"
    assert data_date.startswith(f"The link's data date cannot be shown: {PAYLOADS[0]}.")
    assert hyperscalers == f"The link names no known hyperscaler: {shown}. Left out."
    assert not [text for text in markdown(at) if any(payload in text for payload in PAYLOADS)]


@pytest.mark.usefixtures("fleet")
def test_definitions_rows_and_files_wait_until_their_button_is_pressed():
    at = at_page("usage")
    at.session_state["usage_growth_more"] = True
    at.run()
    assert [button.proto.label for button in at.get("download_button")] == [
        "Download CSV",
        "Download XLSX",
    ]
    captions = said(at, "caption")
    assert "**Filters** none" in captions
    assert "**As of** 31 Mar 2026" in captions
    assert any(text.startswith("**Usage, last 28 days**") for text in said(at, "markdown"))
    assert len(visit("usage").get("download_button")) == 0


def test_a_warehouse_of_bills_alone_leads_with_the_bills(forgetful, tmp_path):
    euros = [row for row in BILLS["usage_charges"] if row["charge_id"] != "3"]
    forgetful(build(tmp_path / "bills.duckdb", {"usage_charges": euros}))
    at = visit("usage", as_of="2026-01-05")
    assert title(at) == "AWS carries 91.4 % of effective cost"
    assert context_line(at) == "as of 5 Jan 2026, 3 months behind today · bills to 3 Jan 2026"
    sections = [heading.value for heading in at.header]
    assert sections[:3] == ["Cloud bills (FOCUS)", "Consumption by unit", "Capacity in use"]
    assert tiles(at) == {}
    assert not any("Unmetered accounts first" in caption for caption in said(at, "caption"))


def test_a_page_shows_the_last_good_answers_while_newer_ones_are_read(fleet, monkeypatch):
    at = visit("usage")
    assert said(at, "warning") == []
    build(fleet, {"clusters": [{**FLEET["clusters"][0], "cluster_id": "new"}]})
    go = threading.Event()
    original = DuckDBWarehouse.read

    def read(self, statement, *read_request):
        assert go.wait(20)
        return original(self, statement, *read_request)

    monkeypatch.setattr(DuckDBWarehouse, "read", read)
    monkeypatch.setattr(guard, "PATIENCE_SECONDS", 0.1)
    at.run()
    assert title(at) == EVERYTHING
    warnings = said(at, "warning")
    assert len(warnings) == len(said(at, "header")) > 1
    for warning in warnings:
        assert warning.startswith("A newer answer is being read. Showing the last good answer,")
        assert warning.endswith("old. It is shown here as soon as it is there.")
    go.set()
    monkeypatch.setattr(guard, "PATIENCE_SECONDS", 60.0)
    at.run()
    assert said(at, "warning") == []
    assert not at.exception
