"""What metrics are called wherever they are shown, and what is no result of its own."""

import pytest

from queries.benchmarks.metric_facts import CEILINGS, NAMES, direction_of, metric_in, metric_name
from queries.core.ask import ask
from tests.benchmarks.lab import OURS, THEIRS, lab, sessions
from warehouse.demo.benchmarks import CAMPAIGNS
from warehouse.sources.mlperf.results import METRICS


@pytest.mark.parametrize(
    ("metric", "unit", "said"),
    [
        ("checkpoint_write_mib_per_s", "MiB/s", "checkpoint write, MiB/s"),
        ("save_duration_seconds", "s", "checkpoint write time, s"),
        ("B/s", "B/s", "throughput, B/s"),
        ("our_own_metric", "points", "our_own_metric, points"),
        ("checkpoint_write_mib_per_s", None, "checkpoint write"),
    ],
)
def test_a_metric_is_called_by_its_name_and_unit_or_by_its_id(metric, unit, said):
    assert metric_in(metric, unit) == said


def test_every_metric_that_is_loaded_or_planted_has_a_name():
    for metric in (*METRICS, *(one.metric for one in CAMPAIGNS), *CEILINGS):
        assert metric in NAMES
        assert "_" not in metric_name(metric)


@pytest.mark.parametrize(
    ("metric", "unit", "direction"),
    [
        ("write_mib_per_s", "MiB/s", "higher"),
        ("rate", "samples/sec", "higher"),
        ("B/s", "B/s", "higher"),
        ("score", "kIOPS", "higher"),
        ("save_duration_seconds", "s", "lower"),
        ("sec/op", "sec/op", "lower"),
        ("allocs/op", "allocs/op", "lower"),
        # The unit says; without one, or where it says nothing, the id.
        ("throughput", "ms", "lower"),
        ("sec/op", "", "lower"),
        ("kv_cache_read_throughput", "points", "higher"),
        ("B/op", "points", None),
        ("score", "points", None),
        ("score", None, None),
        ("samples", "share", None),
    ],
)
def test_a_unit_has_one_direction(metric, unit, direction):
    assert direction_of(metric, unit) == direction


def test_every_answer_of_values_names_its_metric(warehouse, on):
    warehouse(lab())
    for question in (
        "benchmark_comparison",
        "benchmark_runs",
        "benchmark_medians",
        "benchmark_matches",
        "benchmark_claim",
        "benchmark_views",
    ):
        frame = ask(question, on(2026, 1, 31), campaign="lab").frame
        assert set(frame["metric_name"]) == {"read"}, question


def test_how_busy_accelerators_were_is_compared_only_where_it_is_asked_for(warehouse, on):
    busy = sessions(
        "lab",
        {"A": [value / 200 for value in OURS], "B": [value / 200 for value in THEIRS]},
        metric="accelerator_utilisation_share",
        unit="share",
    )
    runs = [{**row, "clients": 1} for row in (*lab()["benchmark_runs"], *busy)]
    warehouse(lab(benchmark_runs=runs, benchmark_claims=[]))
    context = on(2026, 1, 31)
    for question in ("benchmark_comparison", "benchmark_matches"):
        of_all = ask(question, context, campaign="lab").frame
        assert set(of_all["metric"]) == {"read_mib_per_s"}
        asked = ask(question, context, campaign="lab", metric="accelerator_utilisation_share")
        assert set(asked.frame["metric"]) == {"accelerator_utilisation_share"}
