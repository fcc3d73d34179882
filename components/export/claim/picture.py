"""The card of a benchmark claim as a PNG, drawn without a browser."""

import io
import math

from PIL import Image, ImageDraw, PngImagePlugin

from components.benchmarks import claim_card
from components.benchmarks.claim_card import ClaimCard
from components.export.claim.layout import (
    AXIS,
    CHART,
    HEIGHT,
    INK,
    LABEL,
    LANE,
    LINE,
    MIDDLE,
    MUTED,
    RADIUS,
    SPREAD,
    UPRIGHT,
    WIDTH,
    Dots,
    Lane,
    Words,
    dots,
    font,
    heads,
    notice,
    placed,
)
from queries.shared import words

SCALE = 2  # 1920 × 1080
SMOOTH = 2  # dots are drawn larger and reduced: Pillow draws no smooth edges itself
RULE = "#D1D5DB"


def to_png(card: ClaimCard) -> bytes:
    """1920 × 1080 pixels on white; the same card gives the same bytes. What it is stands in it."""
    picture = Image.new("RGB", (WIDTH * SCALE, HEIGHT * SCALE), "white")
    _chart(picture, dots(card))
    pen = ImageDraw.Draw(picture)
    for text in placed(card):
        _write(pen, text)
    said = PngImagePlugin.PngInfo()
    for name, value in (("Title", claim_card.stated(card.row)), *claim_card.context(card)):
        said.add_itxt(name, claim_card.clean(value))
    target = io.BytesIO()
    picture.save(target, "PNG", pnginfo=said)
    return target.getvalue()


def _write(pen: ImageDraw.ImageDraw, text: Words) -> None:
    typeface = font(int(text.size * SCALE), bold=text.is_bold)
    for place, line in enumerate(text.lines):
        top = (text.y + place * text.size * LINE) * SCALE
        pen.text((text.x * SCALE, top), line, fill=text.colour, font=typeface)


def _chart(picture: Image.Image, found: Dots) -> None:
    """The lanes over one axis from zero, each under its name."""
    left, top, width, height = (side * SCALE for side in CHART)
    if found.notice:
        _write(ImageDraw.Draw(picture), notice(found.notice))
        return
    layer = Image.new("RGB", (width * SMOOTH, height * SMOOTH), "white")
    step = _step(found.greatest)
    reach = (math.floor(found.greatest / step) + 1) * step
    for place, lane in enumerate(found.lanes):
        _lane(ImageDraw.Draw(layer), lane, (place * LANE + MIDDLE) * SCALE * SMOOTH, reach)
    picture.paste(layer.resize((width, height), Image.Resampling.LANCZOS), (left, top))
    pen = ImageDraw.Draw(picture)
    for head in heads(found.lanes, found.unit):
        _write(pen, head)
    _axis(pen, found, step, reach)


def _lane(pen: ImageDraw.ImageDraw, lane: Lane, middle: float, reach: float) -> None:
    size = SCALE * SMOOTH
    along = (CHART[2] - 2 * RADIUS) * size / reach

    def place(value: float) -> float:
        return RADIUS * size + value * along

    radius = RADIUS * size
    for points, is_filled in ((lane.measured, True), (lane.warm_up, False)):
        for value, height in points:
            x, y = place(value), middle - (height - lane.height) * SPREAD * size
            pen.ellipse(
                (x - radius, y - radius, x + radius, y + radius),
                fill=lane.colour if is_filled else "white",
                outline="white" if is_filled else lane.colour,
                width=size,
            )
    if lane.median is not None:
        x = place(lane.median)
        pen.line((x, middle - UPRIGHT * size, x, middle + UPRIGHT * size), fill=INK, width=2 * size)


def _axis(pen: ImageDraw.ImageDraw, found: Dots, step: float, reach: float) -> None:
    left, top, width, _ = (side * SCALE for side in CHART)
    line = top + AXIS * SCALE
    pen.line((left, line, left + width, line), fill=RULE, width=SCALE)
    typeface = font(LABEL * SCALE)
    for mark in range(round(reach / step)):
        x = left + RADIUS * SCALE + mark * step / reach * (width - 2 * RADIUS * SCALE)
        pen.line((x, line, x, line + 4 * SCALE), fill=MUTED, width=SCALE)
        pen.text((x, line + 6 * SCALE), words.number(mark * step), MUTED, typeface, anchor="ma")
    pen.text((left + width, line + 22 * SCALE), found.axis, MUTED, typeface, anchor="ra")


def _step(greatest: float) -> float:
    """The distance of the marks on the axis: 1, 2 or 5 × a power of ten, three to seven of them."""
    if greatest <= 0:
        return 1.0
    size = 10.0 ** math.floor(math.log10(greatest / 3))
    return next(size * times for times in (5, 2, 1) if size * times <= greatest / 3)
