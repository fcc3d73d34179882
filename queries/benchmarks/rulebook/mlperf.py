"""The rules of MLCommons for speaking of MLPerf results."""

import re
from collections.abc import Iterator

from queries.benchmarks.rulebook.findings import findings
from queries.benchmarks.rulebook.rule import SCORE, STATUS, Broken, Rule, Span, sentences

GUIDELINES = "MLCommons, MLPerf Results Messaging Guidelines"
MLPERF = re.compile(r"\bMLPerf", re.IGNORECASE)
NOTICE = re.compile(r"\bMLPerf\s?(?:™|®|\(TM\))", re.IGNORECASE)
OWNER = re.compile(r"\btrademarks?\sof\s(?:the\s)?MLCommons\b", re.IGNORECASE)
NOT_VERIFIED = re.compile(r"\bnot\sverified\sby\s(?:the\s)?MLCommons\b", re.IGNORECASE)
UNVERIFIED = re.compile(r"\bunverified\b", re.IGNORECASE)
ANOTHER = re.compile(
    r"\b(?:IO-?500|SPEC\s?storage|SPEC\sSFS|elbencho|fio|IOR|mdtest|TPC-?[A-Z]{1,3}|STAC-?M3"
    r"|non-MLPerf|(?:our|their|an?)\s(?:own|internal|in-house)\s(?:test|benchmark|measurement))",
    re.IGNORECASE,
)
COMPARES = re.compile(
    r"\b(?:against|versus|vs|than|beats?|compared|outperforms?|next\sto|beside|while|whereas)\b",
    re.IGNORECASE,
)
WINS = re.compile(
    r"\b(?:beats?|outperforms?|faster|fastest|slower|better|best|leads?|wins?)\b", re.IGNORECASE
)
PARTS = {
    "the benchmark": re.compile(
        r"\bMLPerf\s?(?:™|®|\(TM\))?\s(?:v[0-9]{1,3}\.[0-9]{1,3}\s)?"
        r"(?:Storage|Training|Inference|HPC|Tiny|Mobile|Client|Automotive)\b",
        re.IGNORECASE,
    ),
    "the version": re.compile(r"\bv[0-9]{1,3}\.[0-9]{1,3}\b", re.IGNORECASE),
    "the division": re.compile(r"\b(?:closed|open)\b", re.IGNORECASE),
}
SCALE = re.compile(
    r"\b[0-9]{1,9}\s(?:\w{1,12}\s)?(?:accelerators?|chips?|clients?|hosts?|nodes?|GPUs?|TPUs?)\b"
    r"|\b(?:available|preview|RDI)\b",
    re.IGNORECASE,
)

STATUS_MISSING = Rule(
    "MLPerf verification status",
    f"{GUIDELINES}, Non-MLCommons Reviewed Results",
    "An MLPerf score stands without its verification status.",
    "Write “unverified” next to each score that MLCommons has not reviewed, “verified” otherwise.",
)
OTHER_BENCHMARK = Rule(
    "MLPerf beside another benchmark",
    f"{GUIDELINES}, Results may only be compared against similar MLPerf results",
    "An MLPerf result stands against one that is none.",
    "Compare it with MLPerf results of a compatible version only, or leave it out.",
)
IN_FULL = Rule(
    "MLPerf named in full",
    f"{GUIDELINES}, Required Information and submission differences",
    "An MLPerf result is stated without {missing}.",
    "Name benchmark, version and division, and category or scale where results are compared.",
)
ATTRIBUTION = Rule(
    "MLPerf attribution",
    f"{GUIDELINES}, Notice Symbol, Attribution and Required Footnote",
    "An MLPerf result is stated without {missing}.",
    "Write MLPerf™, and the footnote: “Result not verified by MLCommons Association.” where it is "
    "not, and “The MLPerf™ name and logo are trademarks of MLCommons Association in the United "
    "States and other countries. All rights reserved. Unauthorized use strictly prohibited. See "
    "www.mlcommons.org for more information.”",
)


def broken(text: str) -> Iterator[Broken]:
    """The rules of MLCommons that the text breaks; a text that states no result breaks none."""
    named = MLPERF.search(text)
    scores = list(SCORE.finditer(text))
    compared = findings(text)
    wins = any(
        WINS.search(text, begin, end)
        for begin, end in sentences(text)
        if MLPERF.search(text, begin, end)
    )
    if named is None or not (scores or compared or wins):
        return
    yield from map(STATUS_MISSING.broken, _without_status(text))
    for begin, end in sentences(text):
        another = ANOTHER.search(text, begin, end)
        states = SCORE.search(text, begin, end) or COMPARES.search(text, begin, end)
        if another and states and MLPERF.search(text, begin, end):
            yield OTHER_BENCHMARK.broken(another.span())
    unnamed = [part for part, pattern in PARTS.items() if not pattern.search(text)]
    if (compared or wins or len(scores) > 1) and not SCALE.search(text):
        unnamed.append("category or scale")
    if unnamed:
        yield IN_FULL.broken(named.span(), missing=_listed(unnamed))
    unsaid = []
    if not NOTICE.search(text):
        unsaid.append("the notice symbol ™")
    if not OWNER.search(text):
        unsaid.append("the owner of the trademark")
    if UNVERIFIED.search(text) and not NOT_VERIFIED.search(text):
        unsaid.append("“Result not verified by MLCommons Association”")
    if unsaid:
        yield ATTRIBUTION.broken(named.span(), missing=_listed(unsaid))


def _without_status(text: str) -> Iterator[Span]:
    """The scores that have no status of their own in their sentence, before them or behind."""
    for begin, end in sentences(text):
        scores = list(SCORE.finditer(text, begin, end))
        nexts = [*(score.start() for score in scores[1:]), end]
        free = begin
        for score, following in zip(scores, nexts, strict=False):
            status = STATUS.search(text, free, score.start()) or STATUS.search(
                text, score.end(), following
            )
            if status is None:
                yield score.span()
            free = max(score.end(), status.end() if status else begin)


def _listed(parts: list[str]) -> str:
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)
