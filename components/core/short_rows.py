"""A table of few rows as text: it is printed, zoomed, copied and read out like any other text.

A grid would load a program of its own before the first chart, draw its cells where no screen
reader finds them, and cost a rerun as much as ten texts.
"""

from collections.abc import Callable, Mapping
from typing import Any

import polars as pl

from components.core import moments
from components.core.units import DOLLARS, WHOLE
from queries.shared import words

NUMBER_OF: dict[str, Callable[[float], str]] = {"share": words.share, "seconds": words.duration}


def markdown(
    frame: pl.DataFrame, titles: Mapping[str, str], units: Mapping[str, str] | None = None
) -> str:
    """The frame's columns under their titles, in the order of `titles`, as a Markdown table.

    Numbers are said in full and by their unit, null as '–'; no character of a cell acts as
    Markdown. Numbers stand to the right.
    """
    units = units or {}
    right = {name for name in titles if frame.schema[name].is_numeric()}
    lines = [
        [words.plain(title) for title in titles.values()],
        ["---:" if name in right else "---" for name in titles],
        *([cell(row[name], units.get(name, "")) for name in titles] for row in frame.to_dicts()),
    ]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def worded(frame: pl.DataFrame) -> str:
    """A frame whose columns are titles and whose cells are said in words, as a Markdown table."""
    return markdown(frame, {name: name for name in frame.columns})


def cell(value: Any, unit: str = "") -> str:
    """One value as the text of a cell: a number by its unit, a day or instant as a reader says."""
    return words.plain(_said(value, unit))


def _said(value: Any, unit: str) -> str:
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, int | float):
        return _number(value, unit)
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return words.ABSENT if value is None else moments.said(value)


def _number(value: float, unit: str) -> str:
    if unit in NUMBER_OF:
        return NUMBER_OF[unit](value)
    decimals = 0 if unit in WHOLE else 2
    said = f"{abs(value):,.{decimals}f}"
    said = said.rstrip("0").rstrip(".") if decimals else said
    dollar = "$" if unit in DOLLARS else ""
    return f"{words.MINUS if value < 0 and said != '0' else ''}{dollar}{said}"
