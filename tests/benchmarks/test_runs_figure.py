"""The runs of two systems by what is drawn of them, and the systems a reader chooses from."""

import polars as pl

from components.benchmarks import pair_choice
from components.benchmarks.figures import runs as figures
from components.core import palette
from queries.benchmarks.runs import BenchmarkRuns

PAIR = {"system_id": "a", "baseline_system_id": "b"}
MEDIANS = [
    {
        "system_id": "a",
        "system_name": "Fast <1>",
        "unit": "MiB/s",
        "sessions": 6,
        "median": 122.5,
        "median_low": 120.0,
        "median_high": 125.0,
    },
    {
        "system_id": "b",
        "system_name": None,
        "unit": "MiB/s",
        "sessions": 3,
        "median": 100.0,
        "median_low": None,
        "median_high": None,
    },
    {
        "system_id": "c",
        "system_name": "Third",
        "unit": "MiB/s",
        "sessions": 3,
        "median": 90.0,
        "median_low": None,
        "median_high": None,
    },
]


def run(system, sequence, value, *, warm=False, unit="MiB/s"):
    return {
        "run_id": f"{system}{sequence}",
        "metric": "m",
        "campaign": "c",
        "workload": "w",
        "system_id": system,
        "session_id": f"s{sequence}",
        "sequence": sequence,
        "value": float(value),
        "unit": unit,
        "is_warmup": warm,
        "verification": "unverified",
    }


def runs(*rows):
    return pl.DataFrame(list(rows), schema=BenchmarkRuns.create_empty().schema)


RUNS = runs(run("a", 1, 100, warm=True), run("a", 2, 120), run("a", 3, 125), run("b", 4, 100))


def drawn(frame=RUNS):
    return figures.runs_on_one_axis(frame, pair=PAIR, medians=MEDIANS)


def test_every_run_is_a_dot_and_a_warm_up_is_open():
    dots = [trace for trace in drawn().data if trace.name != "median"]
    assert [(trace.name, list(trace.x), trace.marker.symbol) for trace in dots] == [
        ("run", [120.0, 125.0], "circle"),
        ("warm-up", [100.0], "circle-open"),
        ("run", [100.0], "circle"),
    ]


def test_dots_spread_by_their_sequence_the_same_every_time():
    heights = [round(float(y), 4) for y in drawn().data[0].y]
    assert heights == [0.8944, 1.1416]
    assert list(drawn().data[0].y) == list(drawn().data[0].y)


def test_medians_carry_their_interval_only_where_there_is_one():
    medians = [trace for trace in drawn().data if trace.name == "median"]
    assert [list(trace.x) for trace in medians] == [[122.5], [100.0]]
    assert [trace.error_x.visible for trace in medians] == [True, False]
    assert (medians[0].error_x.array[0], medians[0].error_x.arrayminus[0]) == (2.5, 2.5)


def test_both_systems_stand_on_one_axis_from_zero_and_a_third_is_left_out():
    figure = drawn()
    assert figure.layout.xaxis.rangemode == "tozero"
    assert figure.layout.xaxis.title.text == "m, MiB/s"
    assert [label.text for label in figure.layout.annotations] == [
        "<b>Fast &lt;1&gt;</b><br>median 122 MiB/s [120, 125], n = 6",
        "<b>b</b><br>median 100 MiB/s, n = 3",
    ]


def test_the_accent_marks_the_system_the_title_speaks_of():
    medians = [trace for trace in drawn().data if trace.name == "median"]
    assert [trace.marker.color for trace in medians] == [palette.ACCENT, palette.UNKNOWN]


def test_runs_in_two_units_share_no_axis():
    mixed = runs(run("a", 1, 120), run("b", 2, 100, unit="MB/s"))
    figure = drawn(mixed)
    assert len(figure.data) == 0
    assert figure.layout.annotations[0].text == "MB/s and MiB/s share no axis: nothing is drawn."
    assert figures.runs_words(mixed, medians=MEDIANS) == figure.layout.annotations[0].text


def test_the_title_says_whether_the_measured_runs_overlap():
    assert figures.separation(RUNS) == "Every run of one lies above every run of the other"
    overlapping = runs(run("a", 1, 10), run("a", 2, 30), run("b", 3, 20), run("b", 4, 40))
    assert figures.separation(overlapping) == "The runs of both overlap at 20 to 30"
    touching = runs(run("a", 1, 10), run("a", 2, 20), run("b", 3, 20), run("b", 4, 40))
    assert figures.separation(touching) == "The runs of both overlap at 20"
    assert figures.separation(runs(run("a", 1, 10))) == "Every run"


def test_the_dots_in_words():
    assert figures.runs_words(RUNS, medians=MEDIANS) == (
        "Fast <1>: median 122 MiB/s [120, 125], n = 6; b: median 100 MiB/s, n = 3. "
        "1 warm-up run drawn open, in no statistic."
    )
    assert figures.runs_words(runs(), medians=[]) == "No run of these systems is recorded."
    assert len(drawn(runs()).data) == 0


def test_a_long_name_breaks_between_its_parts():
    name = "Closed/DDN/AI400X2T_24x14TiB_nvme_8xNDR200_30clients"
    median = MEDIANS[1] | {"system_id": name}
    figure = figures.runs_on_one_axis(
        runs(run(name, 1, 5)), pair={"system_id": name, "baseline_system_id": "b"}, medians=[median]
    )
    assert figure.layout.annotations[0].text.split("<br>")[:2] == [
        "<b>Closed/DDN/AI400X2T_24x14TiB_nvme_8xNDR200_</b>",
        "<b>30clients</b>",
    ]


def test_systems_are_ranked_by_median_with_the_unknown_last():
    frame = pl.DataFrame({"system_id": ["a", "b", "c"], "median": [1.0, None, 2.0]})
    assert figures.ranked(frame)["system_id"].to_list() == ["c", "a", "b"]


def test_runs_of_an_outlying_session_are_ringed_and_kept():
    values = (100, 101, 102, 103, 104, 160)
    frame = runs(
        run("a", 0, 500, warm=True),
        *(run("a", place, value) for place, value in enumerate(values, start=1)),
    )
    traces = {trace.name: trace for trace in drawn(frame).data}
    assert list(traces["outlier"].x) == [160.0]
    assert list(traces["outlier"].y) == [traces["run"].y[5]]
    assert (traces["outlier"].marker.symbol, len(traces["run"].x)) == ("circle-open", 6)
    assert figures.runs_words(frame, medians=MEDIANS).endswith(
        "1 warm-up run drawn open, in no statistic. 1 outlying run ringed, in every statistic."
    )


def test_systems_of_one_name_are_told_apart_and_a_submitter_is_named():
    arms = [
        {"system_id": "x", "system_name": "Same"},
        {"system_id": "y", "system_name": "Same"},
        {"system_id": "Closed/DDN/z", "system_name": "z"},
        {"system_id": "w", "system_name": "Other"},
    ]
    assert pair_choice.labels(arms) == {
        "x": "x",
        "y": "y",
        "Closed/DDN/z": "Closed/DDN/z",
        "Other": "w",
    }
