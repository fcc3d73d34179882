"""The benchmarks page, one test per state it can be in, and on real MLPerf results."""

import datetime as dt
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

ROOT = Path(__file__).parents[2]
RESULTS = ROOT.parent / "shared" / "data" / "mlperf_storage_v1.0"
JANUARY = dt.datetime(2026, 1, 5, tzinfo=dt.UTC)
SYSTEMS = {"a": ("Tessera", "gcp"), "b": ("Lustre", "gcp"), "c": ("Third", "azure")}


def runs(campaign, system, values, *, workload="write", unit="MiB/s"):
    return [
        {
            "run_id": f"{campaign}-{workload}-{system}-{number}",
            "metric": "throughput",
            "campaign": campaign,
            "workload": workload,
            "system_id": system,
            "session_id": f"{campaign}-{system}-{number}",
            "sequence": number,
            "value": float(value),
            "unit": unit,
            "is_warmup": number == 0,
            "started_at": JANUARY + dt.timedelta(hours=number),
            "verification": "unverified",
        }
        for number, value in enumerate(values)
    ]


def claim(campaign):
    return {
        "claim_id": f"claim-{campaign}",
        "campaign": campaign,
        "workload": "write",
        "metric": "throughput",
        "system_id": "a",
        "baseline_system_id": "b",
        "direction": "higher",
        "margin_share": 0.01,
        "registered_at": JANUARY - dt.timedelta(days=1),
    }


# The first value of each is a warm-up.
COMPANY = {
    "benchmark_systems": [
        {"system_id": system, "name": name, "hyperscaler": hyperscaler}
        for system, (name, hyperscaler) in SYSTEMS.items()
    ],
    "benchmark_runs": [
        *runs("good", "a", [10, *range(120, 126)]),
        *runs("good", "b", [10, *range(100, 106)]),
        *runs("mixed", "a", [10, *[130] * 4]),
        *runs("mixed", "b", [10, *[100] * 4], unit="MB/s"),
        *runs("open", "a", [10, 50, 51, 52]),
        *runs("open", "b", [10, 40, 41, 42]),
        *runs("open", "c", [10, 60, 61, 62]),
        *runs("open", "c", [10, 70, 71, 72], workload="alone"),
    ],
    "benchmark_claims": [claim("good"), claim("mixed")],
    "benchmark_settings": [
        {"system_id": system, "setting": setting, "value": value, "source": "log"}
        for system, setting, value in (
            ("a", "mtu", "8896"),
            ("b", "mtu", "1460"),
            ("a", "zone", "z"),
            ("b", "zone", "z"),
            ("a", "fsync", None),
            ("b", "fsync", "on"),
        )
    ],
}


def run_page(**link):
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    for name, value in ({"as_of": "2026-01-05"} | link).items():
        app.query_params[name] = value
    app.switch_page("pages/benchmarks.py").run()
    assert not app.exception
    return app


@pytest.fixture
def opened(warehouse):
    def run(rows=COMPANY, **link):
        warehouse(rows)
        return run_page(**link)

    return run


def title(app):
    return app.title[0].value.replace("\\", "")


def card(app):
    (lines,) = [text.value for text in app.markdown if "Parity" in text.value]
    return lines.replace("\\", "").split("  \n")


def tiles(app):
    return {metric.label: (metric.value, metric.delta) for metric in app.metric}


def chosen(app):
    return {box.key.removeprefix("benchmarks_"): box.value for box in app.selectbox}


def infos(app):
    return [info.value.replace("\\", "") for info in app.info]


def test_the_headline_is_the_registered_claim_that_is_decided(opened):
    app = opened()
    assert title(app).startswith("Tessera is 1.20× Lustre [1.1")
    assert title(app).endswith("], n = 6 + 6")
    assert chosen(app) == {"campaign": "good"}


def test_no_ratio_stands_without_interval_n_parity_and_verification(opened):
    app = opened()
    ratio, interval = tiles(app)["Ratio of medians"]
    assert ratio == "1.20×"
    assert interval.startswith("95 % [1.1")
    assert tiles(app)["Sessions (n)"] == ("6 + 6", "6 + 6")
    decided, parity, standing = card(app)
    assert decided.startswith("● Decided, unless a hidden difference reaches 1.1")
    assert parity == "○ Parity open: 1 of 3 settings unknown on a side, 1 differ."
    assert standing == "○ Unverified · claim claim-good · higher is better."


def test_every_run_is_drawn_with_its_warm_ups(opened):
    (chart,) = opened().get("plotly_chart")
    traces = json.loads(chart.proto.spec)["data"]
    assert [trace["name"] for trace in traces] == ["run", "warm-up", "median"] * 2


def test_settings_stand_differences_first(opened):
    table = opened().dataframe[0].value
    assert table["parity"].tolist() == ["▲ differs", "○ unknown", "● equal"]


def test_medians_and_runs_are_listed_with_their_verification(opened):
    _, medians, listed = (table.value for table in opened().dataframe)
    assert medians["system_name"].tolist() == ["Tessera", "Lustre"]
    assert set(medians["verification"]) == {"Unverified"}
    assert len(listed) == 14
    assert int(listed["is_warmup"].sum()) == 2


def test_a_refused_campaign_shows_the_reason_and_no_ratio(opened):
    app = opened(benchmarks_campaign="mixed")
    assert title(app) == "No ratio, units differ: MB/s and MiB/s"
    assert tiles(app)["Ratio of medians"] == ("–", "no interval")
    assert card(app)[0] == ("▲ No ratio: units differ: MB/s and MiB/s; too few sessions (4 < 6).")
    (chart,) = app.get("plotly_chart")
    assert json.loads(chart.proto.spec)["data"] == []


def test_an_unclaimed_campaign_offers_its_systems_and_starts_with_the_highest(opened):
    app = opened(benchmarks_campaign="open")
    assert chosen(app) == {"campaign": "open", "system": "Third", "baseline": "Tessera"}
    assert title(app).endswith("n = 3 + 3, undecided")
    assert "no registered claim" in card(app)[2]


def test_a_workload_of_one_system_is_not_offered(opened):
    app = opened(benchmarks_campaign="open", benchmarks_workload="alone")
    assert infos(app) == ["The link names no known workload: alone. Showing write."]
    assert title(app).startswith("Third is 1.20× Tessera")


def test_choosing_two_systems_compares_them(opened):
    app = opened(benchmarks_campaign="open", benchmarks_system="Lustre")
    assert chosen(app)["baseline"] == "Third"
    app.selectbox(key="benchmarks_baseline").set_value("Tessera").run()
    assert title(app).startswith("Lustre is 0.80× Tessera")


def test_choosing_the_baseline_as_system_moves_the_baseline_silently(opened):
    app = opened(benchmarks_campaign="open")
    app.selectbox(key="benchmarks_system").set_value("Tessera").run()
    assert chosen(app) == {"campaign": "open", "system": "Tessera", "baseline": "Third"}
    assert infos(app) == []


def test_leaving_a_campaign_drops_its_systems_silently(opened):
    app = opened(benchmarks_campaign="open", benchmarks_system="Lustre")
    app.selectbox(key="benchmarks_campaign").set_value("good").run()
    assert title(app).startswith("Tessera is 1.20× Lustre")
    assert infos(app) == []


def test_an_unknown_campaign_of_the_link_falls_back_and_is_said(opened):
    app = opened(benchmarks_campaign="<b>none</b>")
    assert infos(app) == ["The link names no known campaign: <b>none</b>. Showing good."]
    assert chosen(app) == {"campaign": "good"}


def test_filters_that_do_not_apply_are_said(opened):
    app = opened(segment="startup")
    assert "not filtered by segment" in app.caption[0].value
    assert title(app).startswith("Tessera is 1.20× Lustre")


def test_a_hyperscaler_without_a_system_says_which_filter_hides_them(opened):
    app = opened(hyperscaler="aws")
    assert title(app) == "No runs recorded for this choice"
    assert infos(app) == [
        "No rows in these filters: hyperscaler = aws hides 8. Clear it to see them."
    ]
    assert len(app.metric) == 0


def test_one_system_alone_is_shown_without_a_ratio(opened):
    app = opened(hyperscaler="azure")
    assert tiles(app)["Ratio of medians"] == ("–", "")
    assert len(app.get("plotly_chart")) == 1


def test_real_mlperf_results_are_compared_among_themselves(tmp_path, monkeypatch):
    if not RESULTS.exists():
        if os.environ.get("CI") == "true":
            pytest.fail(f"{RESULTS} is missing")
        pytest.skip(f"{RESULTS} is not on this machine")
    monkeypatch.setenv("BELLWETHER_WAREHOUSE", f"duckdb:///{tmp_path / 'real.duckdb'}")
    load = [sys.executable, "-m", "warehouse", "load", "mlperf-storage", str(RESULTS)]
    subprocess.run(load, cwd=ROOT, check=True, capture_output=True)
    app = run_page(as_of="2024-09-09", benchmarks_workload="cosmoflow-a100-150acc")
    assert title(app) == (
        "Closed/IEI/AS13000_16x7.68TiB_NVMe_4xNDR400_3xStorageNode_AMDHost is 1.04× "
        "Closed/DDN/AI400X2T_24x14TiB_nvme_8xNDR200_30clients [1.03, 1.05], n = 5 + 5, undecided"
    )
    assert card(app) == [
        "○ Undecided: too few sessions (5 < 6).",
        "○ Parity open: 22 of 25 settings unknown on a side, 2 differ.",
        "◆ Peer reviewed · no registered claim · higher is better.",
    ]
    assert len(app.selectbox(key="benchmarks_workload").options) == 23
