"""What a text claims in numbers, and what has to stand beside it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from queries.benchmarks.rulebook.rule import (
    NUMBER,
    Broken,
    Rule,
    Span,
    sentences,
    stating,
)

HOUSE = "Bellwether, README: Word a benchmark claim"
SCIENTIFIC = "Hoefler & Belli (2015), Scientific Benchmarking of Parallel Computing Systems"
GAIN = r"faster|quicker|higher|greater|more|longer|increase|rise|growth|speed-?up"
LOSS = r"less|lower|fewer|shorter|slower|smaller|cheaper|reduction|decrease|drop|cut|savings?"
FACTOR = re.compile(
    rf"({NUMBER})(?:[×x](?!\w)|\s?(?:[×x]|times)\s(?=(?:as|{GAIN}|{LOSS})\b))", re.IGNORECASE
)
PERCENT = re.compile(rf"({NUMBER})\s?(?:%|percent\b|per\scent\b)", re.IGNORECASE)
DIRECTED = re.compile(
    rf"[\s,]{{0,90}}(?:\w{{1,12}}\s){{0,2}}(?:({GAIN})|({LOSS}))\b", re.IGNORECASE
)
DIRECTED_BY = re.compile(
    r"\b(?:(increas\w{0,3}|rais\w{0,3}|speeds?\sup|rose|grew|faster|higher|longer)"
    r"|(reduc\w{0,3}|decreas\w{0,3}|cuts?|cutting|fell|dropped|lower\w{0,3}|shorten\w{0,3}"
    r"|slower|shorter))\b(?:[^.;%]{0,40}\bby)?\s$",
    re.IGNORECASE,
)
LONGEST_BEFORE = 70
NO_FINDING_AFTER = re.compile(
    r"\s?-?\s?(?:of|interval|confidence|CI|credible|margin|full|utili[sz]ation|AU|power|level"
    r"|credit|tolerance|hit|cache)\b",
    re.IGNORECASE,
)
NO_FINDING_BEFORE = re.compile(
    r"(?:\b(?:margin|AU|utili[sz]ation|CV|confidence|fill)(?:\s(?:of|is|was))?"
    r"|\b(?:within|at\sleast|at\smost|above|below)|[≥≤<>±=])\s?$",
    re.IGNORECASE,
)
N = re.compile(
    r"\bn\s?=\s?[0-9]|[0-9]\s(?:\w{1,12}\s)?(?:sessions|runs|repetitions|submissions)\b",
    re.IGNORECASE,
)
INTERVAL = re.compile(
    rf"\[\s?{NUMBER}[^\]]{{1,20}}{NUMBER}[^\]]{{0,4}}\]|±\s?{NUMBER}"
    rf"|\b(?:interval|CI)\b[^.]{{0,30}}{NUMBER}",
    re.IGNORECASE,
)
UNITLESS = re.compile(
    rf"{NUMBER}\s(?=(?:faster|slower|quicker|higher|lower|better|shorter|longer)\b)"
    rf"|\b(?:throughput|bandwidth|latency|duration|median|time)\s(?:of|is|was)\s{NUMBER}"
    r"(?!\s?[\w%×µ/])",
    re.IGNORECASE,
)
HEDGE = re.compile(rf"\b(?:up\sto|as\s(?:much|many)\sas)(?=\s{NUMBER})", re.IGNORECASE)
SIGNIFICANT = re.compile(r"\bsignifican(?:t|tly|ce)\b(?!\s(?:figures|digits)\b)", re.IGNORECASE)
MARGIN = re.compile(r"\bmargin\b|δ", re.IGNORECASE)

SAMPLE_SIZE = Rule(
    "sample size",
    f"{SCIENTIFIC}, rule 5",
    "A difference is stated without the number of sessions behind it.",
    "Add n per system, as in “n = 10 + 10 sessions”.",
)
NO_INTERVAL = Rule(
    "interval",
    f"{SCIENTIFIC}, rule 5",
    "A difference is stated without its interval.",
    "Add the 95 % interval, as in “1.23× [1.19, 1.27]”.",
)
NO_UNIT = Rule(
    "unit",
    HOUSE,
    "A number stands without its unit.",
    "Write × after a ratio, % after a share, and the unit after a measurement.",
)
NO_DIRECTION = Rule(
    "direction of %",
    HOUSE,
    "A percentage does not say of what there is more or less: 1.23× is 23 % faster, and 18.7 % "
    "less time.",
    "Write “23 % faster” or “18.7 % less time”, or the ratio.",
)
NO_CEILING = Rule(
    "up to",
    HOUSE,
    "The best case is stated where the result belongs.",
    "State the ratio with its interval instead of its upper end.",
)
NO_MARGIN = Rule(
    "significant",
    "American Statistical Association (2016), Statement on p-values, principle 5",
    "“Significant” is said without the difference that would matter.",
    "Name the registered margin, or leave the word out.",
)


@dataclass(frozen=True)
class Finding:
    """A difference that a text states: its number as written, where, and what it counts.

    A factor, or hundredths more or less; `percent` alone says neither.
    """

    number: str
    span: Span
    kind: Literal["factor", "more", "less", "percent"]


def findings(text: str) -> list[Finding]:
    """Every difference a text states, in its order; the ends of intervals are none."""
    bare = stating(text)
    found = [Finding(one.group(1), one.span(), "factor") for one in FACTOR.finditer(bare)]
    for one in PERCENT.finditer(bare):
        before = bare[max(0, one.start() - LONGEST_BEFORE) : one.start()]
        if NO_FINDING_AFTER.match(text, one.end()) or NO_FINDING_BEFORE.search(before):
            continue
        directed = DIRECTED.match(bare, one.end()) or DIRECTED_BY.search(before)
        kind = _kind(directed)
        found.append(Finding(one.group(1), one.span(), kind))
    return sorted(found, key=lambda finding: finding.span)


def _kind(directed: re.Match[str] | None) -> Literal["more", "less", "percent"]:
    if directed is None:
        return "percent"
    return "more" if directed.group(1) else "less"


def broken(text: str) -> Iterator[Broken]:
    """The rules of stating a difference that the text breaks."""
    found = findings(text)
    if found:
        if not N.search(text):
            yield SAMPLE_SIZE.broken(found[0].span)
        if not INTERVAL.search(text):
            yield NO_INTERVAL.broken(found[0].span)
    for finding in found:
        if finding.kind == "percent":
            yield NO_DIRECTION.broken(finding.span)
    for unitless in UNITLESS.finditer(stating(text)):
        yield NO_UNIT.broken(unitless.span())
    for hedge in HEDGE.finditer(text):
        yield NO_CEILING.broken(hedge.span())
    for begin, end in sentences(text):
        word = SIGNIFICANT.search(text, begin, end)
        if word and not MARGIN.search(text, begin, end):
            yield NO_MARGIN.broken(word.span())
