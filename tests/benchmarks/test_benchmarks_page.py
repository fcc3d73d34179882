"""The benchmarks page, one test per state it can be in, and on real MLPerf results."""

import datetime as dt
import json
import math
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.benchmarks.lab import OURS, THEIRS, claim, lab, sessions, system
from tests.shared.statistics.ratio_interval import ratio_interval

pytestmark = pytest.mark.usefixtures("patient", "today")

ROOT = Path(__file__).parents[2]
RESULTS = ROOT.parent / "shared" / "data" / "mlperf_storage_v1.0"
JANUARY = dt.datetime(2026, 1, 10, tzinfo=dt.UTC)
LOW, HIGH = ratio_interval(OURS, THEIRS)
# An interval's ends are said rounded outwards, a tipping factor is cut.
SPAN = f"[{math.floor(LOW * 100) / 100:.2f}, {math.ceil(HIGH * 100) / 100:.2f}]"
CREDITED = f"[{math.floor(LOW / 1.1 * 100) / 100:.2f}, {math.ceil(HIGH / 1.1 * 100) / 100:.2f}]"
TIPPING = f"{int(LOW * 100) / 100:.2f}×"
LEFT = f"{int(LOW / 1.1 * 100) / 100:.2f}×"
WEAKEST = f"weakest as measured, ×1.10 credited: 1.09× {CREDITED}, beyond the margin"


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


# The first value of each is a warm-up.
MORE_RUNS = [
    *runs("mixed", "a", [10, *[130] * 4]),
    *runs("mixed", "b", [10, *[100] * 4], unit="MB/s"),
    *runs("open", "a", [10, 50, 51, 52]),
    *runs("open", "b", [10, 40, 41, 42]),
    *runs("open", "c", [10, 60, 61, 62]),
    *runs("open", "c", [10, 70, 71, 72], workload="alone"),
]
MIXED = claim(
    claim_id="refused", campaign="mixed", workload="write", metric="throughput", planned_sessions=4
)


def company(**changed):
    """The laboratory with a lower MTU at the baseline, a refused claim, and runs unclaimed."""
    tables = lab(**({"theirs": {"mtu": "1460"}} | changed))
    tables["benchmark_systems"].append(system("c", "Third", hyperscaler="azure"))
    tables["benchmark_runs"] += MORE_RUNS
    tables["benchmark_claims"].append(MIXED)
    return tables


@pytest.fixture
def opened(warehouse):
    def run(rows=None, *folds, **link):
        warehouse(company() if rows is None else rows)
        return opened_at(*folds, **link)

    return run


SHOWN = {}


@pytest.fixture
def supported(opened):
    """The page of the supported claim, opened once: the tests that take it only read it."""
    if "closed" not in SHOWN:
        SHOWN["closed"] = opened()
    return SHOWN["closed"]


@pytest.fixture
def unfolded(opened):
    """The same page with its folds open, once."""
    if "open" not in SHOWN:
        folds = ("equal", "cases", "systems", "all_runs")
        SHOWN["open"] = opened(None, *(f"benchmarks_{fold}" for fold in folds))
    return SHOWN["open"]


def title(app):
    return app.title[0].value.replace("\\", "")


def card(app):
    """The paragraphs of the card as they are read, without their colours."""
    (said,) = [
        text.value
        for text in app.markdown
        if re.match(r"\*\*:\w+\[..(Supported|Not.supported|No.registered)", text.value)
    ]
    return read(said).split("\n\n")


def read(text):
    plain = text.replace("\\", "").replace("\N{NO-BREAK SPACE}", " ")
    return re.sub(r":(?:red|green|yellow|gray)\[([^\]]*)\]", r"\1", plain).replace("**", "")


def listed(app, word):
    """The items of the list that says `word`, as they are read."""
    (said,) = [
        text.value for text in app.markdown if text.value.startswith("- ") and word in text.value
    ]
    return read(said)[2:].split("\n- ")


def opened_at(*keys, **link):
    """The page with the expanders of these keys open."""
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    for name, value in ({"as_of": "2026-01-12"} | link).items():
        app.query_params[name] = value
    for key in keys:
        app.session_state[key] = True
    app.switch_page("pages/benchmarks.py").run()
    assert not app.exception
    return app


def tiles(app):
    return {metric.label: (metric.value, metric.delta) for metric in app.metric}


def spec(app, place=0):
    return json.loads(app.get("plotly_chart")[place].proto.spec)


def chosen(app):
    return {box.key.removeprefix("benchmarks_"): box.value for box in app.selectbox}


def infos(app):
    return [info.value.replace("\\", "") for info in app.info]


def test_the_headline_is_the_supported_claim_with_all_that_a_ratio_owes(supported):
    app = supported
    assert title(app) == (
        f"Tessera is 1.20× Lustre {SPAN}, n = 6 + 6, parity OPEN, unverified; {WEAKEST}"
    )
    assert chosen(app) == {"campaign": "lab"}


def test_the_card_says_the_sentence_and_each_verdict_by_shape_and_word(supported):
    sentence, verdicts = card(supported)
    assert sentence.startswith(f"● Supported Tessera is 1.20× {SPAN} Lustre on read")
    assert (
        f"beside the disclosed 1.10× it holds unless a hidden difference exceeds {LEFT}" in sentence
    )
    assert WEAKEST in sentence
    assert verdicts.startswith(
        "● Superior · ◆ Parity OPEN · ● Robustness stands · ○ Unverified · ● Pre-registered · "
        "margin 2."
    )
    assert verdicts.endswith("claim clm, version 1")


def test_no_ratio_stands_without_interval_n_and_parity(supported):
    shown = tiles(supported)
    assert shown == {
        "Ratio of medians": ("1.20×", f"95 % {SPAN}"),
        "Sessions (n)": ("6 + 6", "6 + 6"),
        "Parity": ("OPEN", "×1.10"),
        "Tipping factor": (TIPPING, f"{LEFT} left after ×1.10"),
        "Weakest view": ("1.09×", f"{CREDITED} as measured, ×1.10 credited"),
    }


def test_every_run_is_drawn_with_its_warm_ups(supported):
    traces = spec(supported)["data"]
    assert [trace["name"] for trace in traces] == ["run", "warm-up", "median"] * 2


def test_the_parity_sheet_has_differences_first_each_with_its_worst_case_and_folds_the_equal(
    unfolded,
):
    differs, tested = listed(unfolded, "mtu")
    assert differs.startswith(
        "*×1.10* ▲ differs mtu  \n  8896 bytes against 1460 bytes; favours the"
    )
    assert tested == "*compared* ● under test storage  \n  Ours against Theirs"
    equal = unfolded.dataframe[0].value
    assert len(equal) == 29
    assert equal["System"].tolist()[:2] == equal["Compared with"].tolist()[:2] == ["dropped", "TiB"]


def test_what_would_overturn_it_and_what_is_left_are_drawn_with_n_and_parity(supported):
    app = supported
    _, bars, views, credited = (spec(app, place) for place in range(4))
    assert bars["layout"]["title"]["text"].startswith(
        f"Beyond the disclosed ×1.10, {LEFT} hidden erases it"
    )
    for figure in (views, credited):
        assert "n = 6 + 6, parity OPEN" in figure["layout"]["title"]["text"]
    labels = [label["text"] for label in credited["layout"]["annotations"]]
    assert labels == [
        f"<b>as measured</b> 1.20× {SPAN}",
        f"<b>mtu ×1.10</b> 1.09× {CREDITED}",
    ]
    crossed = [label["text"] for label in views["layout"]["annotations"]]
    assert crossed[:2] == [
        f"<b>as measured</b> 1.20× {SPAN}",
        f"<b>as measured, ×1.10 credited</b> 1.09× {CREDITED}",
    ]
    assert len(crossed) == 9
    assert views["layout"]["title"]["text"].startswith("Ahead in every view and credit known<br>")
    assert views["layout"]["title"]["text"].endswith("unknown: in accelerator-hours")


def test_what_differs_without_a_bound_is_named_under_the_bars(supported, opened):
    named = "No documented worst case, so in no bar and not counted as ×1: kernel."
    said = [read(caption.value) for caption in opened(company(theirs={"kernel": "6.5"})).caption]
    assert named in said
    whole = "Every difference and every unknown that counts has a documented worst case."
    assert whole in [read(caption.value) for caption in supported.caption]


def test_the_checks_are_listed_failed_first(supported):
    said = listed(supported, "A/A control")
    assert said[0] == "○ Unknown ceiling: No run says how busy the accelerators were."
    assert "● Pass A/A control: The same system was measured twice, in 12 sessions." in said
    assert len(said) == 13


def test_systems_and_runs_wait_until_they_are_opened(supported, unfolded):
    assert len(supported.dataframe) == 0
    _, _, medians, every = (table.value for table in unfolded.dataframe)
    assert medians["system_name"].tolist() == ["Tessera", "Lustre"]
    assert set(medians["verification"]) == {"Unverified"}
    assert len(every) == 24
    assert int(every["is_warmup"].sum()) == 12


def test_every_case_of_the_pair_is_there_and_what_the_title_leaves_out_is_said(opened):
    rows = company()
    rows["benchmark_runs"] += sessions("lab", {"A": THEIRS, "B": OURS}, workload="write", clients=4)
    app = opened(rows, "benchmarks_cases")
    (cases,) = (table.value for table in app.dataframe)
    assert cases["workload"].tolist() == ["read", "write"]
    assert [round(ratio, 2) for ratio in cases["ratio"].tolist()[1:]] == [0.84]
    (said,) = [caption.value for caption in app.caption if "leaves out" in caption.value]
    assert said.replace("\\", "") == (
        "The title leaves out 1 case of this pair: 1 in favour of the baseline, 0 without a "
        "ratio or a direction. Parity of each: OPEN."
    )


def test_a_campaign_with_one_case_leaves_nothing_out(unfolded):
    assert "The title leaves nothing out: the campaign has no other case. Parity OPEN." in [
        read(caption.value) for caption in unfolded.caption
    ]


def test_the_card_goes_along_as_three_files_and_its_words_are_checked(opened):
    app = opened(None, "benchmarks_claim_take", "benchmarks_claim_words_open")
    assert [button.proto.label for button in app.get("download_button")] == [
        "Download PNG",
        "Download PPTX",
        "Download JSON",
    ]
    app.text_area(key="benchmarks_claim_words").set_value("Up to 23 % faster.").run()
    (broken,) = [text.value for text in app.markdown if text.value.startswith("- :red[▲]")]
    assert "up to" in broken


def test_a_refused_claim_names_what_blocks_it_and_the_run_that_settles_it(opened):
    app = opened(benchmarks_campaign="mixed")
    assert title(app) == "Not supported: Tessera over Lustre"
    assert tiles(app)["Ratio of medians"] == ("–", "")
    sentence, verdicts, blocked, settled = card(app)
    assert sentence.startswith("▲ Not supported No ratio of Tessera to Lustre on write")
    assert verdicts.startswith("○ Inconclusive · ◆ Parity OPEN · ○ Robustness unknown")
    assert blocked.startswith("Blocked by inconclusive (units differ: MB/s and MiB/s; too few")
    assert settled.startswith("Next run needed Run ")
    assert spec(app)["data"] == []


def test_a_claim_whose_parity_is_invalid_has_no_ratio_in_the_title(opened):
    app = opened(company(theirs={"kernel": None}))
    assert title(app) == "Not supported: Tessera over Lustre"
    assert tiles(app)["Parity"] == ("INVALID", "no bound")
    assert listed(app, "kernel")[0] == ("*no bound* ▲ unknown kernel  \n  6.6 against unknown")
    assert card(app)[2] == (
        "Blocked by parity INVALID (unknown without a bound: kernel); robustness unknown."
    )


def test_an_unclaimed_campaign_offers_its_systems_and_no_file_and_starts_with_the_highest(opened):
    app = opened(None, "benchmarks_claim_take", benchmarks_campaign="open")
    assert len(app.get("download_button")) == 0
    assert chosen(app) == {"campaign": "open", "system": "Third", "baseline": "Tessera"}
    assert title(app) == "No claim is registered for Third over Tessera"
    said, facts, but, settled = card(app)
    assert said.startswith("○ No registered claim Nobody wrote down what these runs were to show")
    assert facts == "▲ Parity INVALID · ○ Unverified · no parity template · higher is better"
    assert but == "But too few sessions (3 < 6)."
    assert settled.endswith("then run both systems again.")
    assert tiles(app)["Parity"] == ("INVALID", "no bound")
    assert tiles(app)["Tipping factor"] == ("–", "")
    # Whoever chooses the baseline as the system moves the baseline, silently.
    app.selectbox(key="benchmarks_system").set_value("Tessera").run()
    assert chosen(app) == {"campaign": "open", "system": "Tessera", "baseline": "Third"}
    assert infos(app) == []


def test_a_workload_of_one_system_is_not_offered(opened):
    app = opened(benchmarks_campaign="open", benchmarks_workload="alone")
    assert infos(app) == ["The link names no known workload: alone. Showing write."]
    assert title(app) == "No claim is registered for Third over Tessera"


def test_choosing_two_systems_compares_them_until_their_campaign_is_left(opened):
    app = opened(benchmarks_campaign="open", benchmarks_system="Lustre")
    assert chosen(app)["baseline"] == "Third"
    app.selectbox(key="benchmarks_baseline").set_value("Tessera").run()
    assert title(app) == "No claim is registered for Lustre over Tessera"
    assert tiles(app)["Ratio of medians"][0] == "0.80×"
    app.selectbox(key="benchmarks_campaign").set_value("lab").run()
    assert title(app).startswith("Tessera is 1.20× Lustre")
    assert infos(app) == []


def test_an_unknown_campaign_of_the_link_falls_back_and_is_said(opened):
    app = opened(benchmarks_campaign="<b>none</b>")
    assert infos(app) == ["The link names no known campaign: <b>none</b>. Showing lab."]
    assert chosen(app) == {"campaign": "lab"}


def test_filters_that_do_not_apply_are_said(opened):
    app = opened(segment="startup")
    assert "not filtered by segment" in app.caption[0].value
    assert title(app).startswith("Tessera is 1.20× Lustre")


def test_a_hyperscaler_without_a_system_says_which_filter_hides_them(opened):
    app = opened(hyperscaler="aws")
    assert title(app) == "No runs recorded for this choice"
    assert infos(app) == ["No rows in these filters: hyperscaler = AWS hides 10."]
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
    app = opened_at(as_of="2024-09-09", benchmarks_workload="cosmoflow-a100-150acc")
    assert title(app) == (
        "No claim is registered for "
        "Closed/IEI/AS13000_16x7.68TiB_NVMe_4xNDR400_3xStorageNode_AMDHost over "
        "Closed/DDN/AI400X2T_24x14TiB_nvme_8xNDR200_30clients"
    )
    assert tiles(app)["Ratio of medians"] == ("1.04×", "95 % [1.03, 1.05]")
    assert tiles(app)["Sessions (n)"] == ("5 + 5", "5 + 5")
    assert card(app)[1:3] == [
        "▲ Parity INVALID · ◆ Peer reviewed · no parity template · higher is better",
        "But too few sessions (5 < 6).",
    ]
    assert len(app.selectbox(key="benchmarks_workload").options) == 23
