"""The on-call page, one test per state it can be in."""

import datetime as dt
import json
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.core.visit import lines, records
from tests.rows import ALIVE

pytestmark = pytest.mark.usefixtures("patient", "today")

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

# Clopper and Pearson bound 1 of 3 by 86.5 %; of the draws of three weeks, 30 % have none above.
VERDICT = "Inconclusive: 1 of 3 shifts exceed 2 incidents, 0.0 % to 86.5 %"


@pytest.fixture
def opened(warehouse):
    def run(rows=COMPANY, watermark=ALIVE, **link):
        warehouse(rows, watermark=watermark)
        app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=30)
        for name, value in ({"as_of": "2026-02-03"} | link).items():
            app.query_params[name] = value
        app.switch_page("pages/on_call.py").run()
        assert not app.exception
        return app

    return run


def title(app):
    return app.title[0].value.replace("\\", "").replace("\N{NO-BREAK SPACE}", " ")


def tiles(app):
    return {metric.label: metric.value for metric in app.metric}


def remarks(app):
    return {metric.label: metric.delta for metric in app.metric}


def captions(app):
    return [caption.value for caption in app.caption]


def test_the_title_says_the_verdict_with_its_shifts_and_bounds(opened):
    assert title(opened()) == VERDICT


def test_the_tiles_say_load_limit_and_answer_times(opened):
    app = opened()
    assert tiles(app) == {
        "Shifts above 2 incidents": "1 of 3",
        "Incidents per shift": "1.33",
        "Sleep interruptions": "3",
        "Median to acknowledge": "20 min",
        "Median to resolve": "2 h 0 min",
        "Incidents": "3",
    }
    assert remarks(app) == {
        "Shifts above 2 incidents": "◆ inconclusive",
        "Incidents per shift": "0.00 to 3.41",
        "Sleep interruptions": "of 4",
        "Median to acknowledge": "mean 15 min",
        "Median to resolve": "mean 1 h 30 min",
        "Incidents": "2 acknowledged",
    }


def test_the_chart_stacks_the_people_by_band(opened):
    (chart,) = opened().get("plotly_chart")
    bars = {bar.get("name"): bar["y"] for bar in json.loads(chart.proto.spec)["data"]}
    assert bars["sleep hours"] == ["Ana", "Ben"]
    assert "off hours" not in bars


def test_the_list_puts_the_most_loaded_first(opened):
    assert lines(opened())[1:] == [["Ana", "3", "3", "1"], ["Ben", "0", "1", "0"]]


def test_response_times_are_listed_per_hyperscaler_with_the_open_ones(opened):
    assert lines(opened(), 2)[1:] == [
        ["All", "acknowledge", "3", "2", "0", "1", "20 min", "–", "15 min"],
        ["All", "resolve", "3", "2", "0", "1", "2 h 0 min", "–", "1 h 30 min"],
        ["Azure", "acknowledge", "1", "0", "0", "1", "–", "–", "–"],
        ["Azure", "resolve", "1", "0", "0", "1", "–", "–", "–"],
        ["AWS", "acknowledge", "2", "2", "0", "0", "10 min", "20 min", "15 min"],
        ["AWS", "resolve", "2", "2", "0", "0", "1 h 0 min", "2 h 0 min", "1 h 30 min"],
    ]


def test_contributions_are_listed_per_hyperscaler_and_sum_to_the_whole(opened):
    assert lines(opened(), 1)[1:] == [
        ["Azure", "2", "50.0 %"],
        ["Google Cloud", "0", "0.0 %"],
        ["AWS", "2", "50.0 %"],
        ["On-prem", "0", "0.0 %"],
        ["Unknown", "0", "0.0 %"],
    ]


def shifts_of(app):
    return {row["Person"]: int(row["Shifts > 2"]) for row in records(app)}


def test_a_longer_window_comes_from_the_link_and_says_from_when_to_when(opened):
    app = opened(on_call_days="56")
    assert app.selectbox(key="on_call_days").value == "56"
    assert "Highest load first. Window: 9 Dec 2025 to 2 Feb 2026." in captions(app)


def test_choosing_a_window_leaves_the_verdict_at_90_days(opened):
    app = opened()
    app.selectbox(key="on_call_days").set_value("91").run()
    assert "Highest load first. Window: 4 Nov 2025 to 2 Feb 2026." in captions(app)
    assert title(app) == VERDICT


def test_a_window_the_link_got_wrong_falls_back_and_is_said(opened):
    app = opened(on_call_days="17")
    assert app.selectbox(key="on_call_days").value == "28"
    assert [info.value for info in app.info] == [
        "The link names no known window in days: 17. Showing 28."
    ]


def test_a_filter_counts_only_its_incidents_and_never_touches_the_limit(opened):
    app = opened(hyperscaler="aws")
    assert title(app) == VERDICT
    assert tiles(app)["Sleep interruptions"] == "2"
    assert tiles(app)["Incidents"] == "2"
    limit = next(tile for tile in app.metric if tile.label == "Shifts above 2 incidents")
    assert limit.proto.delta_description.endswith("90 days; not filtered by hyperscaler")
    assert "Not filtered by hyperscaler: it is the same under every filter." in captions(app)


def test_the_counts_of_incidents_add_up_on_the_tile(opened):
    (tile,) = [tile for tile in opened().metric if tile.label == "Incidents"]
    assert (tile.value, tile.delta) == ("3", "2 acknowledged")
    assert tile.proto.delta_description == "0 ended unacknowledged, 1 open"


def test_without_anything_on_call_every_tile_is_unknown_and_never_zero(opened):
    app = opened({"tickets": [{"ticket_id": "t", "created_at": at("2026-02-03 09:00")}]})
    assert title(app) == (
        "Unknown whether shifts keep their limit: nothing says how far the notifications reach"
    )
    assert tiles(app) == dict.fromkeys(tiles(app), "–")
    assert remarks(app)["Shifts above 2 incidents"] == "○ unknown"
    assert not [metric.label for metric in app.metric if "None" in metric.proto.delta_description]


def test_notifications_are_never_called_pages(opened):
    app = opened()
    line = captions(app)[0]
    assert " · notifications complete to 3 Feb 2026 · " in line
    assert not [said for said in captions(app) if "page" in said.lower()]


def test_the_limit_is_explained_under_the_fold(opened):
    (explained,) = [said for said in captions(opened()) if said.startswith("At most 2 incidents")]
    assert "Mean: 4 incidents, 1.33 per shift" in explained
