"""The context in a link: plain words in the URL, and what to do with the ones that are wrong."""

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass

from queries.shared import words
from warehouse.context import FILTERS, Context

AS_OF = "as_of"
NAMES = (AS_OF, *FILTERS)
ACCOUNT = "account"
LONGEST_SHOWN = 40
MOST_NAMED = 10

Link = dict[str, list[str]]


@dataclass(frozen=True)
class Linked:
    """What a link asks for, as far as it can be honoured, and a sentence per part that cannot."""

    as_of: dt.date
    filters: dict[str, list[str]]
    left_out: tuple[str, ...]


def parse(
    link: Link, offered: Mapping[str, tuple[str, ...]], oldest: dt.date, newest: dt.date
) -> Linked:
    """The link's data date and filter words; a part that is wrong falls back and is said.

    `offered` lists the words each filter knows. A data date before `oldest`, the first record,
    falls back to it; one that is no day, or lies after `newest`, falls back to `newest`. An unknown
    word is left out and the rest of its list kept.
    """
    left_out = []
    as_of = newest
    for text in link[AS_OF][-1:]:
        day = _day(text)
        as_of = newest if day is None or day > newest else max(day, oldest)
        if day is not None and day < oldest:
            left_out.append(
                f"The link's data date lies before the first record: {words.day(day)}. "
                f"Showing {words.day(oldest)}."
            )
        elif as_of != day:
            left_out.append(
                f"The link's data date cannot be shown: {shown(text)}. "
                f"Showing {words.day(newest)}, the newest."
            )
    filters = {}
    for name, options in offered.items():
        filters[name] = [value for value in dict.fromkeys(link[name]) if value in options]
        wrong = [value for value in link[name] if value not in options]
        if wrong:
            listed = ", ".join(map(shown, wrong[:MOST_NAMED]))
            if len(wrong) > MOST_NAMED:
                listed += f" and {len(wrong) - MOST_NAMED:,} more"
            left_out.append(f"The link names no known {name}: {listed}. Left out.")
    return Linked(as_of, filters, tuple(left_out))


def whole(text: str, *, least: int, most: int, default: int) -> int:
    """A whole number of a link, held between its bounds; `default` for what is none.

    A number that is not whole is cut; one too large to be written counts as the largest.
    """
    try:
        number = float(text)
    except ValueError:
        return default
    return default if math.isnan(number) else int(min(max(number, least), most))


def compose(as_of: dt.date, filters: Mapping[str, list[str]]) -> Link:
    """The link of a context: the data date always, so that it says the same later."""
    return {AS_OF: [as_of.isoformat()]} | {name: sorted(filters[name]) for name in FILTERS}


def of(context: Context, **more: str) -> Link:
    """The link of a context, and what it asks for besides."""
    filters = {name: list(context.filters.get(name, ())) for name in FILTERS}
    return compose(context.as_of, filters) | {name: [value] for name, value in more.items()}


def said(asked: Link) -> Link:
    """A link without the names that ask for nothing, which an address leaves out."""
    return {name: values for name, values in asked.items() if values}


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def shown(text: str) -> str:
    """A word of a link as a message quotes it."""
    return words.plain(text[:LONGEST_SHOWN] + ("…" if len(text) > LONGEST_SHOWN else ""))
