"""What the bench puts on paper: limits that are kept or missed, and one table in two places."""

import importlib
import json
from dataclasses import asdict
from pathlib import Path

import pytest

from tests.load.measured import (
    Figure,
    as_json,
    as_text,
    from_json,
    ratio,
    with_table,
)

DOCS = Path(__file__).resolve().parents[1] / "docs"
KEPT = ratio("rerun of usage, p95 to an empty page's", 30.0, 10.0, 4.0)
MISSED = ratio("rerun of triage, p95 to an empty page's", 41.0, 10.0, 4.0)
REPORTED = Figure(figure="rerun of usage, sent", value=54.25, unit="kB")


@pytest.mark.parametrize(
    ("value", "limit", "direction", "misses"),
    [
        (4.0, 4.0, "lower", False),
        (4.001, 4.0, "lower", True),
        (0.1, 0.1, "higher", False),
        (0.09, 0.1, "higher", True),
        (1e9, None, "lower", False),
    ],
)
def test_a_limit_may_be_reached_and_not_passed(value, limit, direction, misses):
    one = Figure(figure="any", value=value, unit="×", limit=limit, direction=direction)
    assert one.misses is misses


def test_a_ratio_is_of_two_values_of_one_run():
    assert (KEPT.value, KEPT.unit, KEPT.misses) == (3.0, "×", False)
    assert (MISSED.value, MISSED.misses) == (4.1, True)


def test_the_terminal_marks_what_is_missed():
    assert as_text([KEPT, MISSED, REPORTED]) == (
        "rerun of usage, p95 to an empty page's            3 ×     at most 4 ×\n"
        "rerun of triage, p95 to an empty page's         4.1 ×     at most 4 ×  MISSED\n"
        "rerun of usage, sent                         54.25 kB\n"
    )


def test_what_is_written_is_read_back():
    figures = [KEPT, MISSED, REPORTED]
    assert from_json(as_json(figures, fast=True)) == figures


MACHINE = {
    "processor": "Example 9",
    "cores": 2,
    "memory_gib": 24,
    "python": "3.11.7",
    "packages": {"streamlit": "1.67.0"},
}


@pytest.mark.parametrize(
    ("fast", "said"), [(False, ""), (True, ", in a short run, which says little")]
)
def test_only_what_stands_between_the_marks_is_replaced(fast, said):
    figures = [asdict(KEPT), asdict(REPORTED)]
    written = json.dumps({"machine": MACHINE, "fast": fast, "figures": figures})
    page = "Before\n\n<!-- measured -->\nold\n<!-- end of measured -->\n\nAfter\n"
    assert with_table(page, written) == (
        "Before\n\n<!-- measured -->\n"
        f"Measured on Example 9, 2 cores, 24 GiB, Python 3.11.7, streamlit 1.67.0{said}.\n\n"
        "| Figure | Value | Limit |\n|---|---|---|\n"
        "| rerun of usage, p95 to an empty page's | 3 × | at most 4 × |\n"
        "| rerun of usage, sent | 54.25 kB |  |\n"
        "<!-- end of measured -->\n\nAfter\n"
    )


def test_the_committed_page_shows_the_committed_figures():
    written = (DOCS / "bench.json").read_text(encoding="utf-8")
    page = (DOCS / "performance.md").read_text(encoding="utf-8")
    assert from_json(written)
    assert with_table(page, written) == page


def test_every_part_of_the_bench_can_be_started():
    """What no other test imports breaks unseen when a name moves."""
    parts = [path.stem for path in (DOCS.parent / "tests" / "load").glob("*.py")]
    for part in parts:
        assert importlib.import_module(f"tests.load.{part}")
    assert "__main__" in parts
