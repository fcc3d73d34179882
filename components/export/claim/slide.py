"""The card of a benchmark claim as one slide whose words and chart can be edited."""

import io
from collections.abc import Sequence
from dataclasses import dataclass

from pptx import Presentation
from pptx.chart.chart import Chart
from pptx.chart.data import XyChartData
from pptx.chart.series import XySeries
from pptx.dml.color import RGBColor
from pptx.enum.chart import (
    XL_AXIS_CROSSES,
    XL_CHART_TYPE,
    XL_MARKER_STYLE,
    XL_TICK_LABEL_POSITION,
)
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn
from pptx.slide import Slide
from pptx.util import Pt

from components.benchmarks import claim_card
from components.benchmarks.claim_card import ClaimCard, clean
from components.export.claim.layout import (
    AXIS,
    CHART,
    HEIGHT,
    INK,
    LANE,
    MIDDLE,
    MUTED,
    RADIUS,
    SPREAD,
    UPRIGHT,
    WIDTH,
    Dots,
    Words,
    dots,
    heads,
    notice,
    placed,
)
from queries.shared.spreadsheet import safe_text

BLANK = 6
TYPEFACE = "Arial"
LABEL = 12
LONGEST_PROPERTY = 255
LONGEST_NAME = 32
MARKER = 9
_EDGE = RADIUS / CHART[2]
PLOT = f"""\
<c:layout {nsdecls("c")}><c:manualLayout><c:layoutTarget val="inner"/>
<c:xMode val="edge"/><c:yMode val="edge"/><c:x val="{_EDGE:.5f}"/><c:y val="0"/>
<c:w val="{1 - 2 * _EDGE:.5f}"/><c:h val="{AXIS / CHART[3]:.5f}"/></c:manualLayout></c:layout>"""
PALE = "#B9C4D0"


def to_pptx(card: ClaimCard) -> bytes:
    """One 16:9 slide: the card's words as text, its runs as a chart, its definitions as notes."""
    show = Presentation()
    show.slide_width, show.slide_height = Pt(WIDTH), Pt(HEIGHT)
    about = show.core_properties
    about.title, about.author = clean(card.claim_id, LONGEST_PROPERTY), "Bellwether"
    about.comments = clean(claim_card.stated(card.row), LONGEST_PROPERTY)
    slide = show.slides.add_slide(show.slide_layouts[BLANK])
    for words in placed(card):
        _write(slide, words)
    _chart(slide, dots(card))
    slide.notes_slide.notes_text_frame.text = "\n".join(_notes(card))
    target = io.BytesIO()
    show.save(target)
    return target.getvalue()


def _write(slide: Slide, words: Words) -> None:
    box = slide.shapes.add_textbox(Pt(words.x), Pt(words.y), Pt(words.width), Pt(words.height))
    frame = box.text_frame
    frame.word_wrap = True
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
    run = frame.paragraphs[0].add_run()
    run.text = " ".join(words.lines)
    run.font.name, run.font.size, run.font.bold = TYPEFACE, Pt(words.size), words.is_bold
    run.font.color.rgb = _rgb(words.colour)


def _chart(slide: Slide, found: Dots) -> None:
    """Every run as a point from zero, warm-ups pale, medians upright; nothing without runs."""
    if found.notice:
        _write(slide, notice(found.notice))
        return
    data = XyChartData()
    looks = []
    for lane in found.lanes:
        name, height = clean(lane.name, LONGEST_NAME), lane.height
        for kind, points, colour in (
            (name, lane.measured, lane.colour),
            (f"{name}, warm-up", lane.warm_up, PALE),
        ):
            if points:
                _series(data, kind, [(value, _placed(at, height)) for value, at in points])
                looks.append(_Look(colour, marker=XL_MARKER_STYLE.CIRCLE))
        if lane.median is not None:
            ends = [(lane.median, height + side * UPRIGHT / LANE) for side in (-1, 1)]
            _series(data, f"{name}, median", ends)
            looks.append(_Look(INK, marker=XL_MARKER_STYLE.NONE, is_line=True))
    left, top, width, height = map(Pt, CHART)
    frame = slide.shapes.add_chart(XL_CHART_TYPE.XY_SCATTER, left, top, width, height, data)
    frame.name = "Every run from zero"
    _dress(frame.chart, found)
    for series, look in zip(frame.chart.plots[0].series, looks, strict=True):
        look.put_on(series)
    for head in heads(found.lanes, found.unit):
        _write(slide, head)


@dataclass(frozen=True)
class _Look:
    """How a series is drawn: as points, or as a line."""

    colour: str
    marker: XL_MARKER_STYLE
    is_line: bool = False

    def put_on(self, series: XySeries) -> None:
        colour = _rgb(self.colour)
        if self.is_line:
            series.format.line.color.rgb, series.format.line.width = colour, Pt(2)
        else:
            series.format.line.fill.background()
        series.marker.style, series.marker.size = self.marker, MARKER
        series.marker.format.fill.solid()
        series.marker.format.fill.fore_color.rgb = colour
        series.marker.format.line.color.rgb = _rgb("#FFFFFF")


def _placed(at: float, height: float) -> float:
    """Where a dot of the lane at `height` stands: as far from its middle as in the picture."""
    return height + (at - height) * SPREAD / LANE


def _series(data: XyChartData, name: str, points: Sequence[tuple[float, float]]) -> None:
    # The chart carries its numbers as a workbook, where a name could start a formula.
    series = data.add_series(safe_text(name))
    for value, height in points:
        series.add_data_point(value, height)


def _dress(chart: Chart, found: Dots) -> None:
    """One axis from zero in the unit of the runs; the lanes need none."""
    chart.font.size, chart.font.name = Pt(LABEL), TYPEFACE
    chart.font.color.rgb = _rgb(MUTED)
    chart.has_title = chart.has_legend = False
    across, up = chart.category_axis, chart.value_axis
    across.minimum_scale = 0
    across.has_major_gridlines = up.has_major_gridlines = False
    across.has_title = True
    across.axis_title.text_frame.text = found.axis
    title = across.axis_title.text_frame.paragraphs[0].runs[0].font
    title.size, title.bold = Pt(LABEL), False
    # A lane's dots stand under its name: the first MIDDLE points below the top, the next LANE.
    up.maximum_scale = 1 + MIDDLE / LANE
    up.minimum_scale = up.maximum_scale - AXIS / LANE
    up.crosses = XL_AXIS_CROSSES.MINIMUM
    up.visible = False
    up.tick_label_position = XL_TICK_LABEL_POSITION.NONE
    area = chart.element.find(qn("c:chart")).find(qn("c:plotArea"))
    for given in area.findall(qn("c:layout")):
        area.remove(given)
    area.insert(0, parse_xml(PLOT))


def _notes(card: ClaimCard) -> list[str]:
    """The whole sentence, the context, every check that does not pass, and every definition."""
    flagged = [row for row in card.checks.rows() if row["state"] != "pass"]
    return [
        claim_card.stated(card.row),
        *(f"{name}: {value}" for name, value in claim_card.context(card)),
        *(
            f"Check {row['check']} ({row['system_role']}): {clean(row['sentence'])}"
            for row in flagged
        ),
        *(f"{metric} = {formula}" for metric, formula in claim_card.definitions(card).items()),
    ]


def _rgb(colour: str) -> RGBColor:
    return RGBColor.from_string(colour.removeprefix("#"))
