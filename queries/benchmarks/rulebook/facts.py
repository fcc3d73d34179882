"""Whether a text says what the data of its claim say."""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any, Self

from queries.benchmarks.rulebook.findings import HOUSE, Finding, findings
from queries.benchmarks.rulebook.rule import BRACKETS, NUMBER, Broken, Rule, stating
from queries.shared import words

HUNDREDTHS = 100
LONGEST_BEFORE = 40
NO_RATIO_BEFORE = re.compile(
    r"\b(?:credit\w{0,3}|MTU|worst\scase|hidden|budget)\b[^.;]{0,40}$", re.IGNORECASE
)
OUTCOME = re.compile(
    r"\b(?:faster|slower|quicker|better|superior|outperforms?|beats?|wins?|supported)\b",
    re.IGNORECASE,
)
NOT_HELD = re.compile(
    r"\b(?:refused|withdrawn|not\ssupported|unsupported|inconclusive|undecided|not\sdecided"
    r"|does\snot\shold|no\slonger\sholds|not\sshown|invalid|no\sratio|equivalent|no\sdifference)\b",
    re.IGNORECASE,
)
VERIFIED = re.compile(r"(?<!not\s)\b(?:verified|official)\b(?!\sresults)", re.IGNORECASE)
STATED_N = re.compile(r"\bn\s?=\s?([0-9]{1,9})(?:\s?\+\s?([0-9]{1,9}))?", re.IGNORECASE)
STATED_INTERVAL = re.compile(rf"({NUMBER})[×x]?\s?(?:,|–|to)\s?({NUMBER})[×x]?\s?$", re.IGNORECASE)
OLD = "or export the sentence anew"

RATIO_DIFFERS = Rule(
    "ratio of the data",
    HOUSE,
    "The text says {said}; the data of the claim say {known}.",
    f"Write what the data say, {OLD}.",
)
INTERVAL_DIFFERS = Rule(
    "interval of the data",
    HOUSE,
    "The text says {said}; the interval of the claim is {known}.",
    f"Write the claim's own interval, {OLD}.",
)
N_DIFFERS = Rule(
    "sessions of the data",
    HOUSE,
    "The text says {said}; the claim rests on n = {known} sessions.",
    f"Write the claim's own n, {OLD}.",
)
NOT_SUPPORTED = Rule(
    "claim that does not hold",
    HOUSE,
    "The text presents claim {claim} as holding; it is refused: {blocking}.",
    "Withdraw it, or say that it is refused and why.",
)
STATUS_DIFFERS = Rule(
    "verification of the data",
    "MLCommons, MLPerf Results Messaging Guidelines, No Misrepresentation as to Meaning",
    "The text calls the result {said}; the weakest check among its runs is {known}.",
    "Say what was checked and by whom, or that nobody did.",
)


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What a text about a claim may say: the claim's row of `benchmark_claim`. Null: unknown."""

    claim_id: str
    sessions: int
    baseline_sessions: int
    ratio: float | None
    ratio_low: float | None
    ratio_high: float | None
    hodges_lehmann: float | None
    hodges_lehmann_low: float | None
    hodges_lehmann_high: float | None
    tipping_factor: float | None
    disclosed_credit: float | None
    room_left: float | None
    bias_budget: float | None
    credited_ratio: float | None
    credited_low: float | None
    credited_high: float | None
    weakest_ratio: float | None
    weakest_low: float | None
    weakest_high: float | None
    is_supported: bool
    blocking: tuple[str, ...]
    verification: str | None

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Self:
        """The facts of a row of `benchmark_claim`."""
        known = {field.name: row[field.name] for field in fields(cls)}
        return cls(**{**known, "blocking": tuple(row["blocking"])})

    @property
    def factors(self) -> list[float]:
        """Every factor that is known of the claim."""
        ends = (self.ratio_low, self.ratio_high, self.tipping_factor, self.bias_budget)
        credited = (self.credited_ratio, self.credited_low, self.credited_high)
        weakest = (self.weakest_ratio, self.weakest_low, self.weakest_high)
        room = (self.disclosed_credit, self.room_left)
        known = (self.ratio, self.hodges_lehmann, *ends, *credited, *weakest, *room)
        return [value for value in known if value is not None]

    @property
    def intervals(self) -> list[tuple[float, float]]:
        """Every interval that is known of the claim, its own first."""
        known = (
            (self.ratio_low, self.ratio_high),
            (self.hodges_lehmann_low, self.hodges_lehmann_high),
            (self.credited_low, self.credited_high),
            (self.weakest_low, self.weakest_high),
        )
        return [(low, high) for low, high in known if low is not None and high is not None]


def broken(text: str, facts: Facts) -> Iterator[Broken]:
    """Where the text departs from the facts, or presents as holding what is refused."""
    found = findings(text)
    bare = stating(text)
    for finding in found:
        before = bare[max(0, finding.span[0] - LONGEST_BEFORE) : finding.span[0]]
        if not _agrees(finding, facts) and not NO_RATIO_BEFORE.search(before):
            said = text[slice(*finding.span)]
            yield RATIO_DIFFERS.broken(finding.span, said=said, known=_ratio_words(facts))
    yield from _intervals(text, facts)
    yield from _sessions(text, facts)
    outcome = OUTCOME.search(text)
    span = found[0].span if found else outcome.span() if outcome else None
    if not facts.is_supported and span and not NOT_HELD.search(text):
        blocking = "; ".join(facts.blocking) or "no reason is known"
        yield NOT_SUPPORTED.broken(span, claim=facts.claim_id, blocking=blocking)
    checked = VERIFIED.search(text)
    if checked and facts.verification != "verified":
        known = facts.verification or "unknown"
        yield STATUS_DIFFERS.broken(checked.span(), said=checked.group(), known=known)


def _agrees(finding: Finding, facts: Facts) -> bool:
    """Whether some factor of the claim, rounded as the text rounds, reads as the finding.

    A percentage is held against the larger side of the factor: R − 1 more, or 1 − 1 / R less.
    """
    if finding.kind == "factor":
        return _reads(finding.number, facts.factors)
    turned = [max(factor, 1 / factor) for factor in facts.factors if factor > 0]
    more = [(factor - 1) * HUNDREDTHS for factor in turned]
    less = [(1 - 1 / factor) * HUNDREDTHS for factor in turned]
    known = {"more": more, "less": less}.get(finding.kind, more + less)
    return _reads(finding.number, known)


def _reads(number: str, known: list[float]) -> bool:
    """Whether a number as written is one of those known, at the decimals written."""
    plain = number.replace(",", "")
    half = 0.5 * 10.0 ** -len(plain.partition(".")[2])
    return any(abs(float(plain) - value) <= half + 1e-9 for value in known)


def _is_end(number: str, end: float) -> bool:
    """Whether a number is an end of an interval, rounded to the nearest or outwards."""
    size = 10.0 ** len(number.partition(".")[2])
    outwards = (math.floor(end * size + 1e-9) / size, math.ceil(end * size - 1e-9) / size)
    return _reads(number, [end, *outwards])


def _intervals(text: str, facts: Facts) -> Iterator[Broken]:
    """The [intervals] of factors in the text that are none of the claim's."""
    for bracket in BRACKETS.finditer(text):
        ends = STATED_INTERVAL.match(bracket.group()[1:-1].strip())
        if ends is None:
            continue
        low, high = ends.groups()
        if not any(_is_end(low, one) and _is_end(high, two) for one, two in facts.intervals):
            yield INTERVAL_DIFFERS.broken(
                bracket.span(), said=bracket.group(), known=_interval_words(facts)
            )


def _sessions(text: str, facts: Facts) -> Iterator[Broken]:
    own = (facts.sessions, facts.baseline_sessions)
    for said in STATED_N.finditer(text):
        one, other = int(said.group(1)), said.group(2)
        stated = {own, own[::-1]} if other else {(number, number) for number in own}
        if (one, int(other) if other else one) not in stated:
            yield N_DIFFERS.broken(said.span(), said=said.group(), known=f"{own[0]} + {own[1]}")


def _ratio_words(facts: Facts) -> str:
    if facts.ratio is None or facts.ratio <= 0:
        return "no ratio"
    side = max(facts.ratio, 1 / facts.ratio)
    faster, less = (side - 1) * HUNDREDTHS, (1 - 1 / side) * HUNDREDTHS
    return f"{facts.ratio:.2f}×, {faster:.1f} % faster or {less:.1f} % less time"


def _interval_words(facts: Facts) -> str:
    known = (facts.ratio_low, facts.ratio_high)
    return "unknown" if None in known else words.interval(*known)
