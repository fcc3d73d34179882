"""A tile shows its number, or in which of the other states its answer is."""

import datetime as dt
from contextlib import contextmanager
from types import SimpleNamespace

import polars as pl
import pytest
import streamlit as st

from components.core import navigation, tiles
from queries.core import request
from queries.core.answer import Problem
from queries.core.memory import memory
from tests.core.answers import READ_AT, answer
from warehouse import clock


@pytest.fixture
def shown(monkeypatch):
    """What was handed to the elements, by kind."""
    memory().clear()
    seen = {}
    for kind in ("metric", "error", "warning", "info", "dataframe", "caption", "markdown"):

        def record(*given, kind=kind, **named):
            seen.setdefault(kind, []).append((given, named))

        monkeypatch.setattr(st, kind, record)
    return seen


def metric(shown, given, value="1.2k", **named):
    tiles.metric(given, "Usage", value, defined_by="usage_28d", **named)
    [((label, value), facts)] = shown["metric"]
    assert label == "Usage"
    assert facts["help"].startswith("**Usage, last 28 days**, in ")
    return value, facts["delta"]


@pytest.mark.parametrize(
    ("state", "value", "delta"),
    [
        ("ok", "1.2k TiB", "+3 %"),
        ("stale", "1.2k TiB", "+3 %"),
        ("empty", "–", None),
        ("error", "No answer", None),
        ("forbidden", "No access", None),
    ],
)
def test_a_number_is_shown_only_where_there_are_rows(shown, state, value, delta):
    assert metric(shown, answer(state=state), unit="TiB", change="+3 %") == (value, delta)


@pytest.mark.parametrize(
    ("beside", "said"), [(None, "stale, 2 min old"), ("n = 3", "n = 3 · stale, 2 min old")]
)
def test_an_older_answer_says_on_its_tile_how_old_it_is(shown, monkeypatch, beside, said):
    monkeypatch.setattr(clock, "now", lambda: READ_AT + dt.timedelta(minutes=2))
    metric(shown, answer(state="stale"), compared_with=beside)
    assert shown["metric"][0][1]["delta_description"] == said


@pytest.mark.parametrize(("state", "said"), [("ok", "n = 3"), ("empty", None), ("error", None)])
def test_what_a_number_is_compared_with_is_said_only_beside_a_number(shown, state, said):
    metric(shown, answer(state=state), change="+3 %", compared_with="n = 3")
    assert shown["metric"][0][1]["delta_description"] == said


def test_a_fall_is_a_fall_to_streamlit(shown):
    assert metric(shown, answer(), change="−3.0 %") == ("1.2k", "-3.0 %")


def test_an_unknown_number_has_no_unit_and_an_unknown_change_no_arrow(shown):
    assert metric(shown, answer(), "–", unit="TiB", change="–") == ("–", None)


@pytest.mark.parametrize(
    ("good", "colour"), [("higher", "normal"), ("lower", "inverse"), ("neither", "off")]
)
def test_the_colour_of_a_change_follows_what_is_good(shown, good, colour):
    tiles.metric(answer(), "Usage", "1", defined_by="usage_28d", change="+3 %", good=good)
    assert shown["metric"][0][1]["delta_color"] == colour


@pytest.mark.parametrize(
    ("state", "kind", "said"),
    [
        ("empty", "caption", r"No rows\: \<b\>. Clear it."),
        ("error", "error", r"No rows\: \<b\>. Clear it. Reference AB12-CD."),
        ("forbidden", "error", r"No rows\: \<b\>. Clear it."),
    ],
)
def test_a_state_is_said_in_words_and_escaped(shown, state, kind, said):
    problem = Problem("No rows: <b>.", "Clear it.", "AB12-CD")
    assert not tiles.state(answer(state=state, problem=problem))
    assert [given for given, _ in shown[kind]] == [(said,)]
    assert list(shown) == [kind]


def test_a_stale_answer_says_its_age_and_is_shown(shown, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: READ_AT + dt.timedelta(minutes=125))
    problem = Problem("It is gone.", "Try again.", "AB12-CD")
    assert tiles.state(answer(state="stale", problem=problem))
    assert [given for given, _ in shown["warning"]] == [
        ("It is gone. Showing the last good answer, 2 h 5 min old. Try again. Reference AB12-CD.",)
    ]


def test_a_truncated_answer_says_so_and_is_shown(shown):
    assert tiles.state(answer(truncated=True))
    assert shown["warning"][0][0][0].startswith("Truncated: more rows matched")


def test_a_good_answer_says_nothing(shown):
    assert tiles.state(answer())
    assert shown == {}


def test_a_table_shows_the_columns_asked_for_with_their_definitions(shown):
    tiles.table(answer(), {"growth": "Growth", "name": "Name"}, key="t")
    [((frame,), facts)] = shown["dataframe"]
    assert frame.column_names == ["growth", "name"]
    assert frame["growth"].to_pylist() == [-0.25, None, 0.5]
    config = facts["column_config"]
    assert config["growth"]["label"] == "Growth"
    assert config["growth"]["type_config"]["format"] == "percent"
    assert config["growth"]["help"].startswith("**Usage growth**, in share. Higher is better.")
    assert config["name"]["help"] is None
    assert facts["placeholder"] == "–"


def test_days_and_instants_of_a_table_are_never_raw_timestamps(shown):
    tiles.table(answer(), {"on_day": "Day", "at": "Instant"}, key="t")
    config = shown["dataframe"][0][1]["column_config"]
    assert config["on_day"]["type_config"]["format"] == "D MMM YYYY"
    assert config["at"]["type_config"]["format"] == "D MMM YYYY, HH:mm"
    assert config["at"]["type_config"]["timezone"] == "UTC"


def test_a_table_rounds_what_streamlit_would_cut_off(shown):
    empty = dict.fromkeys(("name", "clusters", "on_day", "at"))
    rows = [
        empty | {"quantity": 18.6, "growth": 0.0857},
        empty | {"quantity": -0.4, "growth": -0.01296},
    ]
    tiles.table(answer(rows=rows), {"quantity": "Used", "growth": "Growth"}, key="t")
    [((frame,), _)] = shown["dataframe"]
    assert frame["quantity"].to_pylist() == [19.0, 0.0]
    assert frame["growth"].to_pylist() == [0.086, -0.013]


def test_a_long_table_is_cut_and_says_so(shown):
    rows = [{"name": f"n{number}"} for number in range(1001)]
    tiles.table(answer(rows=rows), {"name": "Name"}, key="t")
    assert shown["dataframe"][0][0][0].num_rows == 1000
    assert shown["caption"][0][0] == ("At most 1,000 rows are shown here; export contains all.",)


def test_a_short_table_says_how_many_rows_it_leaves_out(shown):
    rows = [{"name": f"n{number}"} for number in range(26)]
    tiles.short_table(answer(rows=rows), {"name": "Name"}, key="t")
    [((text,), _)] = shown["markdown"]
    assert text.split("\n")[-1] == "| n23 |"
    assert shown["caption"][0][0] == ("2 more rows in Details.",)


def test_the_contracts_words_are_shown_as_names_and_others_stay():
    frame = pl.DataFrame({"hyperscaler": ["gcp", "mars", None], "name": ["gcp", "aws", None]})
    assert tiles.named(frame).rows() == [("Google Cloud", "gcp"), ("mars", "aws"), (None, None)]


def test_the_loading_state_shows_once_somebody_waits_and_ends_with_the_reading(monkeypatch):
    seen = []

    @contextmanager
    def spinner(text, *, show_time):
        seen.append((text, show_time))
        yield
        seen.append("gone")

    monkeypatch.setattr(st, "spinner", spinner)
    before = request.Request("usage", still_here=lambda: seen.append("asked"))
    request.set_request(before)
    with tiles.reading():
        assert request.current().page == "usage"
    assert seen == []
    with tiles.reading():
        request.current().still_here()
        request.current().still_here()
    assert seen == ["asked", ("Reading the warehouse", True), "asked", "gone"]
    assert request.current() is before
    request.set_request(request.Request())


def test_a_reader_who_has_left_ends_the_reading_and_sees_nothing_of_it(monkeypatch):
    class Left(Exception):
        pass

    def leave():
        raise Left

    monkeypatch.setattr(st, "spinner", lambda *_, **__: pytest.fail("a spinner for nobody"))
    before = request.Request(still_here=leave)
    request.set_request(before)
    with pytest.raises(Left), tiles.reading():
        request.current().still_here()
    assert request.current() is before
    request.set_request(request.Request())


def test_choosing_a_row_opens_its_account_in_the_context_of_the_answer(shown, monkeypatch):
    opened = []
    chosen = SimpleNamespace(selection=SimpleNamespace(rows=[1]))
    monkeypatch.setattr(st, "dataframe", lambda *_, **named: opened.append(named) or chosen)
    monkeypatch.setattr(navigation, "page", lambda name: name)
    monkeypatch.setattr(st, "switch_page", lambda _, query_params: opened.append(query_params))
    rows = [{"name": name} for name in ("a", "b", "c")]
    tiles.table(
        answer(rows=rows), {"name": "Name"}, key="t", view=lambda one: one[1:], account="name"
    )
    named, asked = opened
    assert (named["on_select"], named["selection_mode"]) == ("rerun", "single-row")
    assert asked == {
        "as_of": ["2026-03-31"],
        "hyperscaler": ["aws", "gcp"],
        "region": ["emea"],
        "segment": [],
        "owner": [],
        "account": ["c"],
    }
    assert shown["caption"] == [(("Choose a row to open its account.",), {})]
