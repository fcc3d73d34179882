"""A rule of wording, and what a text that breaks it is told."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

Span = tuple[int, int]
# No pattern of a rule repeats without a bound: what a hostile text costs grows with its length
# alone. A number is taken whole or not at all.
NUMBER = r"(?<![\w.,])(?>[0-9]{1,9}(?:,[0-9]{3}){0,3}(?:\.[0-9]{1,9})?)"
BRACKETS = re.compile(r"\[[^\[\]]{0,80}\]")
NO_FINDINGS = re.compile(
    rf"{BRACKETS.pattern}|\b(?:interval|CI)\b[^0-9.]{{0,12}}{NUMBER}\s?[%×x]?\s?(?:[-–,]|to|and)"
    rf"\s?{NUMBER}\s?[%×x]?|\b(?:differences|unknown|left\sout\sas\sregistered):[^;\n]{{0,900}}",
    re.IGNORECASE,
)
SENTENCE_END = re.compile(r"[.!?](?=\s)|\n")
SCORE = re.compile(
    rf"\b(?:score|result)s?\s(?:of|was|is)\s{NUMBER}"
    rf"|{NUMBER}\s?(?:[KMGT]i?B/s|[KMGT]i?Bps|(?:samples|images|queries|tokens)\s?"
    r"(?:/|per)\s?s(?:ec|econd)?)\b",
    re.IGNORECASE,
)
STATUS = re.compile(r"\b(?:unverified|verified|official)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Broken:
    """A rule that a text breaks: its name, whose it is, where, what is wrong and what to write.

    `span` is start and end (exclusive) in characters of the text.
    """

    rule: str
    source: str
    span: Span
    sentence: str
    remedy: str


@dataclass(frozen=True)
class Rule:
    """A rule with the book it stands in; `{name}` in its sentences is filled where it is broken."""

    name: str
    source: str
    sentence: str
    remedy: str

    def broken(self, span: Span, **found: str) -> Broken:
        """The rule as broken at a place of the text."""
        sentence, remedy = self.sentence.format(**found), self.remedy.format(**found)
        return Broken(self.name, self.source, span, sentence, remedy)


def sentences(text: str) -> Iterator[Span]:
    """The sentences of a text, as spans without a gap; an empty text has none."""
    begin = 0
    for end in SENTENCE_END.finditer(text):
        yield begin, end.end()
        begin = end.end()
    if begin < len(text):
        yield begin, len(text)


def stating(text: str) -> str:
    """The text with what states no finding blanked: the ends of intervals, and settings listed."""
    return NO_FINDINGS.sub(lambda found: " " * len(found.group()), text)
