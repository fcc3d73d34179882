"""The words a reader sees: none that the vocabulary has retired, in any room that speaks."""

import ast
import functools
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("components", "pages", "queries")
# Retired word: the one in its place. Where a code may spell alike, only whole texts are held.
RETIRED = {
    r"Exp\. loss": "Expected loss, 90 days",
    r"^One line each": "Other areas",
    r"^Every number": "All metrics",
    r"^Act on all": "Show actions for all 40",
    r"waits for a first call": "All acknowledged, 3 in progress",
    r"\bin hand\b": "in progress",
    r"\bin other views\b": "Normalised views",
    r"\bthe other side\b": "the baseline",
    r"Take the card along": "Download",
    r"Would settle it": "Next run needed",
    r"flagged, never dropped": "Data checks",
    r"Relieve the first": "Highest load first",
    r"^(. )?not shown$": "inconclusive",
    r"\bpages to\b": "notifications to 30 Jan",
    r"[Ww]hat followed each": "Outcomes by band",
    r"Mean score of": "Average score of",
    r"^Behaviour\b": "Customer behaviour",
    r"^Configuration\b|^configuration [+−]": "Rule change",
    r"[Nn]ot the customer's doing|inputs that came or went": "Data coverage",
    r"[Nn]obody scored": "No score was written",
    r"\bwritten down;": "was written",
    r"\bwithout a call\b|\bno call\b|^Called\b": "forecast",
    r"ARR flagged|ARR exposed": "ARR at risk",
}


def texts(path: Path) -> Iterator[tuple[int, str]]:
    """Every text of a module that is no docstring, with its line; what a text formats is `{}`."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    silent = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            parts = node.values
            silent |= {id(part) for part in parts}
            said = (part.value if isinstance(part, ast.Constant) else "{}" for part in parts)
            yield node.lineno, "".join(map(str, said))
    for node in ast.walk(tree):
        is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
        if is_text and id(node) not in silent:
            yield node.lineno, str(node.value)


@functools.cache
def said_in(room: str) -> tuple[tuple[str, str], ...]:
    """Every text of a room, with its module and line."""
    return tuple(
        (f"{path.relative_to(ROOT)}:{line}", text)
        for path in sorted((ROOT / room).rglob("*.py"))
        for line, text in texts(path)
    )


@pytest.mark.parametrize("room", ROOMS)
@pytest.mark.parametrize("retired", RETIRED)
def test_no_text_has_a_retired_word(room, retired):
    found = [f"{place}: {text}" for place, text in said_in(room) if re.search(retired, text)]
    assert not found, f"say {RETIRED[retired]!r}: {found}"


def test_the_search_finds_what_a_text_says_and_no_docstring(tmp_path):
    module = tmp_path / "module.py"
    module.write_text('"""Every number."""\nA = f"{1} in hand"\nB = "Exp. loss, 90 d"\n')
    assert [text for _, text in texts(module)] == ["{} in hand", "Exp. loss, 90 d"]
