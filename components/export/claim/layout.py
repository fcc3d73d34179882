"""Where each word and each run of a claim's card stands, the same in its picture and slide."""

import bisect
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path

import polars as pl
from PIL import ImageFont

from components.benchmarks import claim_card
from components.benchmarks.claim_card import ClaimCard, clean
from components.core.figures.base import jittered
from queries.benchmarks.metric_facts import metric_in
from queries.shared import words

# Points; a slide of 16:9.
WIDTH, HEIGHT, MARGIN = 960, 540, 36
CHART = (MARGIN, 258, 480, 186)
# Below the top of the chart: the first lane, the next one further, and the axis.
MIDDLE, LANE, AXIS = 54, 74, 146
RADIUS = 5
# How far the dots of a lane are spread per unit of their height, and a median reaches either way.
SPREAD, UPRIGHT = 28, 12
# What is claimed and what differs stand side by side, in one size.
TOLD, GAP, MOST_TOLD = 120, 24, 5
FONTS = Path(__file__).resolve().parents[2] / "fonts"
LINE = 1.22
HEADLINE, BODY, SMALLER, LABEL, SMALL = 22, 18, 15, 13, 10
MEASURED = 4
WHOLE_HASH, HASH = 64, 12
# The light theme's text, muted, at risk and healthy.
INK, MUTED, REFUSED, SUPPORTED = "#111827", "#4B5563", "#B3261E", "#1E6B4A"
SYSTEM, BASELINE = "#1F4E79", "#5F6673"
NOTHING = "No run of these systems is recorded."


@dataclass(frozen=True, kw_only=True)
class Lane:
    """The runs of one system: measured and warm-up as (value, height), and its median."""

    name: str
    colour: str
    height: float
    measured: tuple[tuple[float, float], ...]
    warm_up: tuple[tuple[float, float], ...]
    median: float | None

    def said(self, unit: str) -> str:
        """The median with its unit, and how many runs; warm-ups apart."""
        runs = words.plural(len(self.measured), "run")
        warm_up = words.plural(len(self.warm_up), "warm-up")
        uncounted = f", {warm_up} not counted" if self.warm_up else ""
        return f"median {words.number(self.median)} {unit}, {runs}{uncounted}"


@dataclass(frozen=True, kw_only=True)
class Dots:
    """Both lanes in one unit; `axis` names what is measured; `notice` says why there are none."""

    unit: str
    axis: str
    lanes: tuple[Lane, ...]
    notice: str | None = None

    @property
    def greatest(self) -> float:
        """The greatest value of any run, at least 0."""
        values = [value for lane in self.lanes for value, _ in (*lane.measured, *lane.warm_up)]
        return max([0.0, *values])


def dots(card: ClaimCard) -> Dots:
    """The runs of both systems, every one; runs in several units share no axis."""
    row = card.row
    setting = {name: row[name] for name in ("campaign", "workload", "metric")}
    systems = (row["system_id"], row["baseline_system_id"])
    runs = card.runs.frame.filter(pl.col("system_id").is_in(systems), **setting)
    units = runs["unit"].unique().sort().to_list()
    if len(units) != 1:
        notice = f"{clean(' and '.join(units))} share no axis." if units else NOTHING
        return Dots(unit="", axis="", lanes=(), notice=notice)
    names = (row["system_name"], row["baseline_name"])
    medians = (row["median"], row["baseline_median"])
    lanes = tuple(
        Lane(
            name=clean(words.system(system_id, name)),
            colour=colour,
            height=height,
            measured=_points(runs.filter(system_id=system_id, is_warmup=False), height),
            warm_up=_points(runs.filter(system_id=system_id, is_warmup=True), height),
            median=median,
        )
        for system_id, name, median, colour, height in zip(
            systems, names, medians, (SYSTEM, BASELINE), (1.0, 0.0), strict=True
        )
    )
    axis = clean(metric_in(row["metric"], units[0]), 60)
    return Dots(unit=clean(units[0], 40), axis=axis, lanes=lanes)


def _points(runs: pl.DataFrame, height: float) -> tuple[tuple[float, float], ...]:
    placed = runs.sort("sequence", "run_id").select("value", jittered(height))
    return tuple(placed.iter_rows())


@dataclass(frozen=True, kw_only=True)
class Words:
    """Lines of one size from a left upper corner, in points; they fit their width."""

    x: float
    y: float
    width: float
    lines: tuple[str, ...]
    size: float
    colour: str = INK
    is_bold: bool = False

    @property
    def height(self) -> float:
        """What the lines take, in points."""
        return len(self.lines) * self.size * LINE


@cache
def font(size: int, *, bold: bool = False) -> ImageFont.FreeTypeFont:
    """The card's own typeface at a size in pixels; no machine's fonts are asked."""
    name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    return ImageFont.truetype(FONTS / name, size, layout_engine=ImageFont.Layout.BASIC)


def length(text: str, *, size: int, bold: bool = False) -> float:
    """How long the text is, in points; measured large, where hinting shifts nothing."""
    return font(size * MEASURED, bold=bold).getlength(text) / MEASURED


def folded(
    text: str, width: float, *, size: int, most_lines: int, bold: bool = False
) -> tuple[str, ...]:
    """The text in lines that fit the width, the last one cut with an ellipsis where it is long."""
    measure = partial(length, size=size, bold=bold)
    lines = [""]
    for word in clean(text).split():
        longer = f"{lines[-1]} {word}".strip()
        if not lines[-1] or measure(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    if len(lines) > most_lines:
        lines = [*lines[: most_lines - 1], f"{lines[most_lines - 1]} …"]
    return tuple(_fitted(line, width, measure) for line in lines)


def _fitted(line: str, width: float, measure: Callable[[str], float]) -> str:
    if measure(line) <= width:
        return line
    kept = line.removesuffix(" …")
    fits = bisect.bisect_right(range(len(kept)), width, key=lambda most: measure(f"{kept[:most]}…"))
    return f"{kept[: max(fits - 1, 0)]}…"


def _short(value: str) -> str:
    """A hash by its first characters; the file holds it whole."""
    return value[:HASH] if len(value) == WHOLE_HASH and value.isalnum() else value


def notice(text: str) -> Words:
    """What stands where the chart would, if there is none."""
    lines = folded(text, CHART[2], size=BODY, most_lines=2)
    return Words(x=CHART[0], y=CHART[1], width=CHART[2], lines=lines, size=BODY, colour=MUTED)


def heads(lanes: Iterable[Lane], unit: str) -> Iterator[Words]:
    """The name of each system over its dots, and what the dots say."""
    left, top, width, _ = CHART
    for place, lane in enumerate(lanes):
        above = top + place * LANE
        size = BODY if length(lane.name, size=BODY, bold=True) <= width else SMALLER
        name = folded(lane.name, width, size=size, most_lines=1, bold=True)
        yield Words(
            x=left, y=above, width=width, lines=name, size=size, colour=lane.colour, is_bold=True
        )
        said = folded(lane.said(unit), width, size=LABEL, most_lines=1)
        yield Words(x=left, y=above + 22, width=width, lines=said, size=LABEL, colour=MUTED)


def placed(card: ClaimCard) -> Iterator[Words]:
    """Every word of the card but those of the chart."""
    full = WIDTH - 2 * MARGIN
    yield from _head(card, full)
    half = (full - GAP) / 2
    yield from _claimed(card.row, half)
    yield Words(
        x=MARGIN + half + GAP,
        y=TOLD,
        width=half,
        lines=_differs(card, half),
        size=HEADLINE,
        is_bold=True,
    )
    footer = _footer(card, full)
    yield from _verdicts(card, footer.y)
    yield footer


def _head(card: ClaimCard, width: float) -> Iterator[Words]:
    """Whether the claim is supported, that the rows are SIMULATED, and what is compared."""
    colour = SUPPORTED if card.row["is_supported"] else REFUSED
    state = (claim_card.state(card.row),)
    yield Words(x=MARGIN, y=24, width=520, lines=state, size=32, colour=colour, is_bold=True)
    if card.provenance != "loaded":
        long = length(card.provenance, size=24, bold=True) + 2
        yield Words(
            x=WIDTH - MARGIN - long,
            y=30,
            width=long,
            lines=(card.provenance,),
            size=24,
            colour=MUTED,
            is_bold=True,
        )
    compared = folded(claim_card.compared(card.row), width, size=BODY, most_lines=2)
    yield Words(x=MARGIN, y=70, width=width, lines=compared, size=BODY)


def _verdicts(card: ClaimCard, end: float) -> Iterator[Words]:
    """What decides about the claim beside the chart, and as much of what blocks it as fits."""
    left, below = CHART[0] + CHART[2] + 24, float(CHART[1])
    width = WIDTH - MARGIN - left
    for name, said in claim_card.verdict_lines(card):
        lines = folded(f"{name}: {said}", width, size=BODY, most_lines=1)
        told = Words(x=left, y=below, width=width, lines=lines, size=BODY)
        below += told.height
        yield told
    blocked = claim_card.blocked(card.row)
    if blocked:
        free = int((end - below) / (BODY * LINE))
        notes = folded(blocked, width, size=BODY, most_lines=free)
        yield Words(x=left, y=below, width=width, lines=notes, size=BODY)


def _footer(card: ClaimCard, width: float) -> Words:
    """What identifies the card, at its lower edge."""
    said = " · ".join(f"{name} {_short(value)}" for name, value in claim_card.context(card))
    lines = folded(said, width, size=SMALL, most_lines=4)
    footer = Words(x=MARGIN, y=0, width=width, lines=lines, size=SMALL, colour=MUTED)
    return replace(footer, y=HEIGHT - 6 - footer.height)


def _claimed(row: claim_card.Row, width: float) -> Iterator[Words]:
    """The ratio with who checked it, its interval and n, and the weakest view and credit."""
    claimed = Words(
        x=MARGIN,
        y=TOLD,
        width=width,
        lines=folded(claim_card.claimed(row), width, size=HEADLINE, most_lines=1, bold=True),
        size=HEADLINE,
        colour=SUPPORTED if row["is_supported"] else MUTED,
        is_bold=True,
    )
    yield claimed
    below = claimed.y + claimed.height
    for text in filter(None, (claim_card.interval(row), claim_card.weakest(row))):
        lines = folded(text, width, size=BODY, most_lines=3)
        told = Words(x=MARGIN, y=below, width=width, lines=lines, size=BODY)
        below += told.height
        yield told


def _differs(card: ClaimCard, width: float) -> tuple[str, ...]:
    """What differs and what nobody knows, as many of each by name as there is room for."""
    differs, unknown = claim_card.differs(card), claim_card.unknown(card)
    for most in range(claim_card.MOST_NAMED, 0, -1):
        said = [f"Differs: {claim_card.some(differs, most)}."] if differs else []
        said += [f"Unknown: {claim_card.some(unknown, most)}."] if unknown else []
        text = " ".join(said) or "No difference is disclosed, and nothing is unknown."
        lines = folded(text, width, size=HEADLINE, most_lines=MOST_TOLD + 1, bold=True)
        if len(lines) <= MOST_TOLD:
            return lines
    return folded(text, width, size=HEADLINE, most_lines=MOST_TOLD, bold=True)
