"""Text from data on one line, with nothing in it that acts or hides: one by one and by column."""

import json
import sys
import unicodedata

import polars as pl

from warehouse.flat import UNSHOWN, escaped, flat, flat_columns, flat_lines

BREAKS = "\t\n\v\f\r\x1c\x1d\x1e\x85\u2028\u2029"


def test_every_character_there_is_acts_or_hides_no_more():
    """Walks all of Unicode: what a category says is shown, hidden or replaced is exactly that."""
    for number in range(sys.maxunicode + 1):
        letter = chr(number)
        kind = unicodedata.category(letter)
        if letter in BREAKS:
            wanted = " "
        elif kind == "Cf":
            wanted = ""
        else:
            wanted = UNSHOWN if kind in {"Cc", "Cs"} else letter
        assert flat(letter) == wanted, hex(number)


def test_a_column_is_flat_as_each_of_its_texts_is():
    texts = ["plain", "é ", None, "", *(f"a {chr(one)} b" for one in range(0x3000))]
    frame = pl.DataFrame({"text": texts, "list": [[one] for one in texts], "n": 1})
    made = flat_columns(frame)
    assert made["text"].to_list() == [one and flat(one) for one in texts]
    assert made["list"].to_list() == [[one and flat(one)] for one in texts]
    assert made["n"].to_list() == frame["n"].to_list()


def test_runs_of_breaks_are_one_space_and_nothing_else_is_joined():
    assert flat("a \r\n\n b  c") == "a b  c"
    assert (
        flat("\N{NO-BREAK SPACE}12\N{NO-BREAK SPACE}%") == "\N{NO-BREAK SPACE}12\N{NO-BREAK SPACE}%"
    )
    assert flat_lines("a\x1b[2J\nb\u202e") == f"a{UNSHOWN}[2J\nb"


def test_an_escaped_document_says_the_same_and_acts_no_more():
    said = {"name": "a\x1b\x7f\x9b\u202e\u200b\u2028\N{LATIN SMALL LETTER E WITH ACUTE}😀"}
    document = json.dumps(said, indent=2, ensure_ascii=False)
    assert json.loads(escaped(document)) == said
    assert all(one == "\n" or one.isprintable() for one in escaped(document))
    assert "é😀" in escaped(document)
