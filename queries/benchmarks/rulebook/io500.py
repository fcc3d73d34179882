"""The rules of the IO500 Foundation for speaking of IO500 results."""

import re
from collections.abc import Iterator

from queries.benchmarks.rulebook.findings import findings
from queries.benchmarks.rulebook.rule import NUMBER, SCORE, STATUS, Broken, Rule

POLICY = "IO500 Foundation, Steering Committee Rules 2.0, Messaging Policy"
IO500 = re.compile(r"\bIO-?500\b", re.IGNORECASE)
EDITION = re.compile(r"\b(I?SC)\s?'?([0-9]{2})\b", re.IGNORECASE)
YEAR = re.compile(r"\b(20[0-9]{2})(?=\s(?:list\s)?#[0-9])")
LIST = re.compile(
    r"\b(production|research|10[-\s]node|full|historical)\s(?=(?:\w{1,12}\s)?list\b)", re.IGNORECASE
)
RANK = re.compile(
    r"#[0-9]{1,5}\b|\branked?\s[0-9]{1,5}\b|\b[0-9]{1,5}(?:st|nd|rd|th)\s(?:place|rank)\b",
    re.IGNORECASE,
)
STATED = re.compile(rf"\bscores?\s(?:of\s)?{NUMBER}", re.IGNORECASE)
UNVERIFIED = re.compile(r"\bunverified\b", re.IGNORECASE)

ACROSS = Rule(
    "IO500 across lists",
    f"{POLICY}, No Inter-List Comparisons",
    "Results of several IO500 lists stand side by side: {lists}.",
    "Compare within one metric of one list only, or leave one result out.",
)
UNLISTED = Rule(
    "IO500 list and rank",
    f"{POLICY}, Specify the List Instance and Actual Ranking Position",
    "An IO500 result is stated without {missing}.",
    "Write it as “#5 on the Production list at SC25”.",
)
STATE_MISSING = Rule(
    "IO500 verification status",
    f"{POLICY}, Verified and Unverified Results",
    "An IO500 result is stated without “verified” or “unverified”.",
    "Write “verified” where the submission is on a published list, “unverified” otherwise.",
)


def broken(text: str) -> Iterator[Broken]:
    """The rules of the IO500 that the text breaks; a text that states no result breaks none."""
    named = IO500.search(text)
    states = SCORE.search(text) or STATED.search(text) or RANK.search(text) or findings(text)
    if named is None or not states:
        return
    lists = _lists(text)
    for several in lists:
        if len(several) > 1:
            yield ACROSS.broken(named.span(), lists=" and ".join(several))
    missing = _missing(text)
    if missing:
        yield UNLISTED.broken(named.span(), missing=missing)
    if not STATUS.search(text):
        yield STATE_MISSING.broken(named.span())


def _lists(text: str) -> list[list[str]]:
    """The sessions, years and kinds of list that the text names, each in order, once."""
    sessions = (f"{one.group(1).upper()}{one.group(2)}" for one in EDITION.finditer(text))
    years = (one.group(1) for one in YEAR.finditer(text))
    kinds = (one.group(1).capitalize() for one in LIST.finditer(text))
    return [list(dict.fromkeys(named)) for named in (sessions, years, kinds)]


def _missing(text: str) -> str:
    """What the policy wants named beside a result; of an unverified one the session alone."""
    missing = [] if EDITION.search(text) else ["its session"]
    if not UNVERIFIED.search(text):
        missing += [] if LIST.search(text) else ["its list"]
        missing += [] if RANK.search(text) else ["its rank"]
    return ", ".join(missing)
