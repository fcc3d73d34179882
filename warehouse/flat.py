"""Text from data on one line, with nothing in it that acts or hides.

A name may hold line breaks that fake a line of ours, escapes that move a terminal's cursor,
overrides that turn what follows around, and characters of no width that make two names look one.
"""

import json
import re
import unicodedata

import polars as pl

_BREAKS = " *[\\t-\\r\\x1c-\\x1e\\x{85}\\x{2028}\\x{2029}]+ *"
_BREAK = re.compile(_BREAKS.replace("\\x{85}", "\\x85").replace("\\x{20", "\\u20").replace("}", ""))
_ACTS = "[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]"
_HIDDEN = "Cf"
_CONTROL = ("Cc", "Cs")
_DELETE = "\x7f"
UNSHOWN = "\N{REPLACEMENT CHARACTER}"


def flat(text: str) -> str:
    """The text on one line: a break is a space, an invisible character nothing, a control `�`."""
    if text.isprintable():
        return text
    return "".join(map(_shown, _BREAK.sub(" ", text)))


def flat_lines(text: str) -> str:
    """Lines of our own, each flat."""
    return "\n".join(map(flat, text.split("\n")))


def flat_columns(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with every text, and every text of a list, flat."""
    return frame.with_columns(
        _flat(pl.col(name)) if kind == pl.String else pl.col(name).list.eval(_flat(pl.element()))
        for name, kind in frame.schema.items()
        if kind == pl.String or kind == pl.List(pl.String)
    )


def escaped(document: str) -> str:
    """A JSON document in which what acts or hides is written as its number: it says the same."""
    if document.isprintable():
        return document
    return "".join(
        letter if letter == "\n" or flat(letter) == letter else _as_number(letter)
        for letter in document
    )


def _as_number(letter: str) -> str:
    return json.dumps(letter)[1:-1] if letter > _DELETE else f"\\u{ord(letter):04x}"


def _shown(letter: str) -> str:
    kind = unicodedata.category(letter)
    return "" if kind == _HIDDEN else UNSHOWN if kind in _CONTROL else letter


def _flat(texts: pl.Expr) -> pl.Expr:
    return (
        pl.when(texts.str.contains(_ACTS))
        .then(
            texts.str.replace_all(_BREAKS, " ")
            .str.replace_all("\\p{Cf}", "")
            .str.replace_all("\\p{Cc}", UNSHOWN)
        )
        .otherwise(texts)
    )
