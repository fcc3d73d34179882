"""The on-call page, one test per state it can be in."""

import datetime as dt
import json
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

ROOT = Path(__file__).parents[2]


def at(text):
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


def incident(number, day, hyperscaler, acknowledged=None, resolved=None):
    created = at(f"2026-{day} 09:00")
    minute = dt.timedelta(minutes=1)
    return {
        "incident_id": f"i{number}",
        "hyperscaler": hyperscaler,
        "created_at": created,
        "acknowledged_at": created + acknowledged * minute if acknowledged else None,
        "resolved_at": created + resolved * minute if resolved else None,
    }


def page(person, number, sent):
    return {
        "notification_id": f"{person}-{number}",
        "incident_id": f"i{number}",
        "person_id": person,
        "channel": "push",
        "sent_at": at(sent),
    }


def shift(person, start, end):
    return {
        "schedule_id": "sre",
        "level": 1,
        "start_at": at(start),
        "end_at": at(end),
        "person_id": person,
    }


# As of 3 February: the 28 days begin on 6 January, the 56 days on 9 December.
COMPANY = {
    "people": [
        {"person_id": "ana", "name": "Ana", "time_zone": "UTC"},
        {"person_id": "ben", "name": "Ben", "time_zone": "UTC"},
    ],
    "shifts": [
        shift("ana", "2026-02-01 20:00", "2026-02-02 08:00"),
        shift("ben", "2026-02-02 08:00", "2026-02-02 20:00"),
        shift("ben", "2025-12-20 08:00", "2025-12-20 20:00"),
    ],
    "incidents": [
        incident(1, "02-01", "aws", acknowledged=10, resolved=60),
        incident(2, "02-01", "aws", acknowledged=20, resolved=120),
        incident(3, "02-02", "azure"),
        # On the data date: not yet a complete day, so counted nowhere.
        incident(4, "02-03", "azure"),
    ],
    "notifications": [
        page("ana", 1, "2026-02-01 23:00"),
        page("ana", 2, "2026-02-02 01:00"),
        page("ana", 3, "2026-02-02 03:00"),
        page("ben", 3, "2026-02-02 09:00"),
    ],
}


@pytest.fixture
def opened(warehouse):
    def run(rows=COMPANY, **link):
        warehouse(rows)
        app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=30)
        for name, value in ({"as_of": "2026-02-03"} | link).items():
            app.query_params[name] = value
        app.switch_page("pages/on_call.py").run()
        assert not app.exception
        return app

    return run


def title(app):
    return app.title[0].value.replace("\\", "")


def tiles(app):
    return {metric.label: metric.value for metric in app.metric}


def remarks(app):
    return {metric.label: metric.delta for metric in app.metric}


def captions(app):
    return [caption.value for caption in app.caption]


def test_the_title_says_shifts_and_sleep(opened):
    assert title(opened()) == "1 of 2 shifts overloaded; Ana: 3 of 3 sleep interruptions"


def test_the_tiles_say_load_limit_and_answer_times(opened):
    app = opened()
    assert tiles(app) == {
        "Shifts above 2 incidents": "1 of 2",
        "Sleep interruptions": "3",
        "Median to acknowledge": "20 min",
        "Median to resolve": "2 h 0 min",
        "Open incidents": "1",
    }
    assert remarks(app) == {
        "Shifts above 2 incidents": "○ not shown",
        "Sleep interruptions": "of 4",
        "Median to acknowledge": "mean 15 min",
        "Median to resolve": "mean 1 h 30 min",
        "Open incidents": "of 3",
    }


def test_the_chart_stacks_the_people_by_band(opened):
    (chart,) = opened().get("plotly_chart")
    bars = {bar.get("name"): bar["y"] for bar in json.loads(chart.proto.spec)["data"]}
    assert bars["sleep hours"] == ["Ana", "Ben"]
    assert "off hours" not in bars


def test_the_list_puts_the_most_loaded_first(opened):
    rows = opened().dataframe[0].value
    assert rows.to_numpy().tolist() == [["Ana", 3, 3, 1], ["Ben", 0, 1, 0]]


def test_response_times_are_listed_per_hyperscaler_with_the_open_ones(opened):
    response = opened().dataframe[1].value
    assert response.fillna("–").to_numpy().tolist() == [
        ["All", "acknowledge", 3, 2, 1, "20 min", "–", "15 min"],
        ["All", "resolve", 3, 2, 1, "2 h 0 min", "–", "1 h 30 min"],
        ["Azure", "acknowledge", 1, 0, 1, "–", "–", "–"],
        ["Azure", "resolve", 1, 0, 1, "–", "–", "–"],
        ["AWS", "acknowledge", 2, 2, 0, "10 min", "20 min", "15 min"],
        ["AWS", "resolve", 2, 2, 0, "1 h 0 min", "2 h 0 min", "1 h 30 min"],
    ]


def test_a_longer_window_comes_from_the_link_and_counts_more_shifts(opened):
    app = opened(on_call_days="56")
    assert app.selectbox(key="on_call_days").value == "56"
    assert tiles(app)["Shifts above 2 incidents"] == "1 of 3"


def test_choosing_a_window_answers_for_it(opened):
    app = opened()
    app.selectbox(key="on_call_days").set_value("91").run()
    assert title(app).startswith("1 of 3 shifts overloaded")


def test_a_window_the_link_got_wrong_falls_back_and_is_said(opened):
    app = opened(on_call_days="17")
    assert app.selectbox(key="on_call_days").value == "28"
    assert [info.value for info in app.info] == [
        "The link names no known window in days: 17. Showing 28."
    ]


def test_a_filter_counts_only_its_incidents(opened):
    app = opened(hyperscaler="aws")
    assert title(app) == "0 of 2 shifts overloaded; Ana: 2 of 2 sleep interruptions"
    assert tiles(app)["Open incidents"] == "0"


def test_without_anything_on_call_every_tile_is_unknown_and_never_zero(opened):
    app = opened({"incidents": [incident(1, "01-01", "aws")]})
    assert title(app) == "Nobody was on call or interrupted in this window"
    assert set(tiles(app).values()) == {"–"}
    assert set(remarks(app).values()) == {""}


def test_the_limit_is_explained_under_the_fold(opened):
    (explained,) = [said for said in captions(opened()) if said.startswith("At most 2 incidents")]
    assert "Observed: 4 incidents in 2 shifts, 2 a shift" in explained
