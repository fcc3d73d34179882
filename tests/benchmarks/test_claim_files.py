"""A claim's card as picture and slide: the same words in both, its runs from zero, no surprise."""

import io
import tomllib
from itertools import pairwise
from pathlib import Path

import openpyxl
import pytest
from PIL import Image
from pptx import Presentation
from pptx.util import Pt

from components.export.claim import layout
from components.export.claim.layout import (
    HEIGHT,
    LANE,
    MARGIN,
    RADIUS,
    WIDTH,
    dots,
    folded,
    heads,
    length,
    placed,
)
from components.export.claim.picture import _step, to_png
from components.export.claim.slide import to_pptx
from tests.benchmarks.claims import NO_INTERVAL, REFUSED, RUNS, SENTENCE, card

AGAINST = "VAST on Google Cloud against Managed Lustre 1000, checkpoint_8b"
ROOT = Path(__file__).resolve().parents[2]
HOSTILE = f"=cmd|'x'\x00\x1b[2J\N{RIGHT-TO-LEFT OVERRIDE}عربي 😀 \ufffe<&>{{}}{'W' * 1000}"
HOSTILE_CARD = {
    **dict.fromkeys(("claim_id", "system_name", "baseline_name", "sentence"), HOSTILE),
    "blocked_by": [HOSTILE],
    "blocking": [HOSTILE],
    "is_supported": False,
}
CARDS = {
    "supported": card(),
    "refused": card(**REFUSED),
    "no interval": card(**NO_INTERVAL, rows=[], sheet=[]),
    "hostile": card(**HOSTILE_CARD),
    "mlperf": card(**REFUSED | {"campaign": "mlperf-storage-v1.0", "sentence": f"{SENTENCE} " * 3}),
}
every_card = pytest.mark.parametrize("shown", CARDS.values(), ids=CARDS)


def slide(shown):
    (only,) = Presentation(io.BytesIO(to_pptx(shown))).slides
    return only


def texts(shown):
    return [shape.text_frame.text for shape in slide(shown).shapes if shape.has_text_frame]


def chart(shown):
    (frame,) = [shape for shape in slide(shown).shapes if shape.has_chart]
    return frame.chart


@every_card
def test_every_word_stands_on_the_card_and_over_no_other(shown):
    everything = list(placed(shown))
    for words in everything:
        size, bold = round(words.size), words.is_bold
        assert all(length(line, size=size, bold=bold) <= words.width for line in words.lines)
        assert words.x >= MARGIN
        assert words.x + words.width <= WIDTH - MARGIN + 1e-9
        assert words.y + words.height <= HEIGHT
    columns = {}
    for words in everything:
        columns.setdefault(words.x, []).append(words)
    for column in columns.values():
        for above, below in pairwise(sorted(column, key=lambda words: words.y)):
            assert above.y + above.height <= below.y


@every_card
def test_the_picture_is_full_hd_and_the_same_every_time(shown):
    made = to_png(shown)
    with Image.open(io.BytesIO(made)) as picture:
        assert (picture.size, picture.mode, picture.format) == ((1920, 1080), "RGB", "PNG")
    assert to_png(shown) == made


def test_the_picture_carries_what_it_is():
    with Image.open(io.BytesIO(to_png(card()))) as picture:
        said = picture.text
    assert (said["Title"], said["As of"], said["Provenance"]) == (
        SENTENCE,
        "2026-03-31",
        "SIMULATED",
    )
    assert said["Inputs SHA-256"] == "ab" * 32


def test_refused_and_supported_are_written_equally_large_in_shape_word_and_colour():
    supported, refused = (next(placed(card(**given))) for given in ({}, REFUSED))
    assert (supported.lines, refused.lines) == (("● SUPPORTED",), ("▲ REFUSED",))
    assert (supported.size, supported.is_bold) == (refused.size, refused.is_bold) == (32, True)
    assert (supported.colour, refused.colour) == ("#1E6B4A", "#B3261E")


def test_what_differs_is_written_as_large_as_what_is_claimed():
    for shown in CARDS.values():
        told = [words for words in placed(shown) if words.is_bold]
        claimed = next(words for words in told if "verified" in words.lines[0])
        starts = ("Differs: ", "Unknown: ", "No difference")
        differs = next(words for words in told if words.lines[0].startswith(starts))
        assert (claimed.size, claimed.y, claimed.width) == (differs.size, differs.y, differs.width)


def test_as_many_differences_are_named_as_there_is_room_for():
    sheet = [
        (f"setting_{place}", "a long value of ours", "a long value", None, "DISCLOSED", None)
        for place in range(6)
    ]
    (differs,) = [words for words in placed(card(sheet=sheet)) if words.lines[0][:7] == "Differs"]
    assert len(differs.lines) <= 5
    assert " ".join(differs.lines).endswith("more.")


def test_the_axis_says_what_is_measured_as_people_say_it():
    rows = [row | {"metric": "checkpoint_write_mib_per_s", "unit": "MiB/s"} for row in RUNS]
    shown = card(rows=rows, metric="checkpoint_write_mib_per_s", unit="MiB/s")
    assert dots(shown).axis == "checkpoint write, MiB/s"
    title = chart(shown).category_axis.axis_title.text_frame.text
    assert title == "checkpoint write, MiB/s"


def test_the_colours_are_those_of_the_light_theme():
    config = tomllib.loads((ROOT / ".streamlit/config.toml").read_text(encoding="utf-8"))
    light = config["theme"]["light"]
    at_risk, _, healthy, unknown, accent = light["chartCategoricalColors"][5:]
    assert (at_risk, healthy) == (layout.REFUSED, layout.SUPPORTED)
    assert (unknown, accent) == (layout.BASELINE, layout.SYSTEM)
    assert light["textColor"] == layout.INK


def test_the_slide_says_sentence_ratio_verdicts_context_and_simulated():
    said = texts(card())
    assert said[:7] == [
        "● SUPPORTED",
        "SIMULATED",
        f"{AGAINST}: save_throughput, GB/s, higher is better",
        "1.23× unverified",
        "95 % [1.19, 1.27], n = 10 + 10",
        "Weakest 1.02× [0.99, 1.05] per USD, ×1.10 credited: inside the margin",
        "Differs: client mtu 8896 against 1460 bytes (×1.10). Unknown: fill share.",
    ]
    assert "Robustness: stands, credited [1.08, 1.16]" in said
    assert "VAST on Google Cloud" in said
    assert "median 12.3 GB/s, 10 runs, 1 warm-up not counted" in said
    assert any(text.startswith("Claim tpu-lustre, version 2 · As of 2026-03-31") for text in said)


def test_a_claim_without_interval_has_a_dash_for_its_ratio_and_no_chart_without_runs():
    said = texts(CARDS["no interval"])
    assert said[3:6] == [
        "– unverified",
        "no interval, n = 10 + 10",
        "No difference is disclosed, and nothing is unknown.",
    ]
    assert "No run of these systems is recorded." in said
    assert not any("1.4" in text for text in said)
    assert not any(shape.has_chart for shape in slide(CARDS["no interval"]).shapes)


def test_the_body_can_be_read_from_the_back_of_a_room():
    sizes = [words.size for words in placed(card())]
    assert sizes == [32, 24, 18, 22, 18, 18, 22, *[18] * 5, 10]
    runs = [
        run
        for shape in slide(card()).shapes
        if shape.has_text_frame
        for run in shape.text_frame.paragraphs[0].runs
    ]
    assert [run.font.size for run in runs[: len(sizes)]] == [Pt(size) for size in sizes]


def test_the_slide_is_16_by_9_and_its_chart_holds_every_run_from_zero():
    show = Presentation(io.BytesIO(to_pptx(card())))
    assert show.slide_width / show.slide_height == pytest.approx(16 / 9)
    drawn = chart(card())
    assert drawn.category_axis.minimum_scale == 0
    points = {series.name: list(series.iter_values()) for series in drawn.plots[0].series}
    assert {name: len(values) for name, values in points.items()} == {
        "VAST on Google Cloud": 10,
        "VAST on Google Cloud, warm-up": 1,
        "VAST on Google Cloud, median": 2,
        "Managed Lustre 1000": 10,
        "Managed Lustre 1000, warm-up": 1,
        "Managed Lustre 1000, median": 2,
    }
    sheet = openpyxl.load_workbook(io.BytesIO(drawn.part.chart_workbook.xlsx_part.blob)).active
    numbers = [
        row[0] for row in sheet.iter_rows(values_only=True) if isinstance(row[0], int | float)
    ]
    assert {row["value"] for row in RUNS} <= set(numbers)


def test_a_median_reaches_beyond_every_dot_of_its_lane():
    series = {one.name: list(one.iter_values()) for one in chart(card()).plots[0].series}
    for name in ("VAST on Google Cloud", "Managed Lustre 1000"):
        low, high = series[f"{name}, median"]
        dots_of_lane = [*series[name], *series[f"{name}, warm-up"]]
        radius = RADIUS / LANE
        assert low < min(dots_of_lane) - radius < max(dots_of_lane) + radius < high


def test_no_name_starts_a_formula_in_the_chart_or_breaks_the_file():
    drawn = chart(CARDS["hostile"])
    book = openpyxl.load_workbook(io.BytesIO(drawn.part.chart_workbook.xlsx_part.blob))
    cells = [cell for row in book.active.iter_rows() for cell in row]
    assert [cell for cell in cells if cell.data_type == "f"] == []
    assert any(str(cell.value).startswith("'=cmd|") for cell in cells)


def test_the_notes_hold_the_whole_sentence_what_does_not_pass_and_the_definitions():
    notes = slide(card()).notes_slide.notes_text_frame.text.splitlines()
    assert notes[0] == SENTENCE
    assert "Check warm_up (both): 2 warm-up runs are shown and in no statistic." in notes
    assert not any(line.startswith("Check drift") for line in notes)
    assert any(line.startswith("benchmark_ratio = median of the system") for line in notes)


def test_dots_are_the_runs_of_both_systems_around_their_lanes():
    found = dots(card())
    system, baseline = found.lanes
    assert (found.unit, found.notice, found.greatest) == ("GB/s", None, 12.9)
    assert [value for value, _ in system.measured] == [
        row["value"] for row in RUNS[:11] if not row["is_warmup"]
    ]
    assert [value for value, _ in baseline.warm_up] == [7.9]
    assert all(abs(height - 1) <= 0.2 for _, height in system.measured)


def test_a_name_too_long_for_its_lane_is_written_smaller_before_it_is_cut():
    long = card(baseline_name="Google Cloud Managed Lustre on TPU (simulated)")
    found = dots(long)
    _, _, name, _ = heads(found.lanes, found.unit)
    assert (name.size, name.lines) == (15, ("Google Cloud Managed Lustre on TPU (simulated)",))


def test_runs_in_several_units_share_no_axis():
    rows = [RUNS[0], RUNS[1] | {"unit": "GiB/s"}]
    found = dots(card(rows=rows))
    assert (found.lanes, found.notice) == ((), "GB/s and GiB/s share no axis.")


def test_runs_of_other_systems_and_metrics_are_not_drawn():
    others = [RUNS[1] | {"metric": "restore"}, RUNS[1] | {"system_id": "another"}]
    assert dots(card(rows=[RUNS[2], *others])).greatest == RUNS[2]["value"]


def test_lanes_are_headed_by_name_and_median():
    found = dots(card(median=None))
    said = [words.lines for words in heads(found.lanes, found.unit)]
    assert said == [
        ("VAST on Google Cloud",),
        ("median – GB/s, 10 runs, 1 warm-up not counted",),
        ("Managed Lustre 1000",),
        ("median 10 GB/s, 10 runs, 1 warm-up not counted",),
    ]


def test_a_long_text_is_folded_at_words_and_cut_with_an_ellipsis():
    assert folded("one two", 500, size=18, most_lines=1) == ("one two",)
    lines = folded("word " * 200, 300, size=18, most_lines=2)
    assert len(lines) == 2
    assert lines[1].endswith("…")
    (line,) = folded("W" * 600, 300, size=18, most_lines=1)
    assert line.startswith("WWWW")
    assert line.endswith("W…")


@pytest.mark.parametrize(
    ("greatest", "step"),
    [(0, 1), (12.9, 2), (3, 1), (5, 1), (14.9, 2), (15, 5), (18_300, 5_000), (0.004, 0.001)],
)
def test_the_axis_is_marked_by_round_numbers(greatest, step):
    assert _step(greatest) == pytest.approx(step)
