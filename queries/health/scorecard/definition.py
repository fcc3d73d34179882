"""A scorecard: signed factors, reference values, bands, and which accounts it is for.

Cards are versioned text files in `queries/health/scorecard/cards`, reviewed like code. Nothing has
a hidden default: what a file does not say, or says twice, is refused with its file, line and rule.
"""

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, NoReturn, TypeGuard

import polars as pl

from ledger import bands
from warehouse import bounded
from warehouse.errors import WarehouseError

FOLDER = Path(__file__).with_name("cards")
LOWEST, HIGHEST = 0.0, 100.0
BANDS = bands.BANDS
DIRECTIONS: Mapping[str, Callable[[float, float], bool]] = {
    "higher": lambda before, after: before <= after,
    "lower": lambda before, after: before >= after,
    "between": lambda _before, _after: True,  # best somewhere in the middle
}


class ScorecardInvalid(WarehouseError):
    """A scorecard's file says something that cannot be used."""


@dataclass(frozen=True)
class Factor:
    """One signed input: its column, its weight, and the points that turn it into 0 to 100.

    Between two points the score is on the straight line, beyond the outer ones it stays. `good`
    is `higher`, `lower` or `between`. `reference` is the score that contributes nothing.
    """

    id: str
    input: str
    description: str
    good: str
    weight: float
    reference: float
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Band:
    """Scores from `at_least` up to, not including, the next band's."""

    name: str
    at_least: float


@dataclass(frozen=True)
class Scorecard:
    """The factors of one kind of account; `stages` None is every account not matched before."""

    name: str
    stages: tuple[str, ...] | None
    factors: tuple[Factor, ...]

    @property
    def weight(self) -> float:
        """The sum of all weights."""
        return sum(factor.weight for factor in self.factors)


@dataclass(frozen=True)
class ScorecardVersion:
    """One version: its cards in order, first match wins, its bands and its coverage floor.

    It scores data dates from `in_force_from` on. `set_through` is the last data date whose
    outcomes its bands were set on, none where they were set on no outcomes: what followed a
    snapshot up to and including it proves nothing about this version. An account that came to be
    at risk is so until it scores `clears_at`, and does not come and go at a band's edge.
    """

    version: str
    in_force_from: dt.date
    coverage_floor: float
    clears_at: float
    bands: tuple[Band, ...]
    cards: tuple[Scorecard, ...]
    set_through: dt.date | None = None

    @property
    def inputs(self) -> tuple[str, ...]:
        """Every column that any of its cards reads, sorted."""
        return tuple(sorted({factor.input for card in self.cards for factor in card.factors}))

    def names(self, stage: pl.Expr) -> pl.Expr:
        """The name of the card for an account's lifecycle stage; the last where it is unknown."""
        name = pl.lit(self.cards[-1].name)
        for card in reversed(self.cards[:-1]):
            name = pl.when(stage.is_in(card.stages or ())).then(pl.lit(card.name)).otherwise(name)
        return name

    def card(self, name: str) -> Scorecard:
        """The card of that name; `StopIteration` where it has none."""
        return next(card for card in self.cards if card.name == name)


def load(path: Path, inputs: Mapping[str, str]) -> ScorecardVersion:
    """The scorecards of a file; `inputs` are the factors there can be, and the column each reads.

    Raises `ScorecardInvalid` that names the file, the line and the rule.
    """
    text = bounded.text(path, bounded.LARGEST_TOML_BYTES, ScorecardInvalid)
    said = bounded.toml(path.name, text, ScorecardInvalid, "Correct the file.")
    return _Reader(path.name, text, inputs).scorecards(said)


def shipped(inputs: Mapping[str, str]) -> tuple[ScorecardVersion, ...]:
    """Every version in the product, oldest first by its name."""
    return tuple(load(path, inputs) for path in sorted(FOLDER.glob("*.toml")))


def in_force(scorecard_versions: tuple[ScorecardVersion, ...], as_of: dt.date) -> ScorecardVersion:
    """The newest scorecards in force on `as_of`; before the first one, the first."""
    begun = [scorecards for scorecards in scorecard_versions if scorecards.in_force_from <= as_of]
    return max(
        begun or scorecard_versions[:1],
        key=lambda scorecards: scorecards.in_force_from,
    )


class _Reader:
    """Reads one file; every refusal says where."""

    def __init__(self, file: str, text: str, inputs: Mapping[str, str]) -> None:
        self._file = file
        self._lines = text.splitlines()
        self._inputs = inputs

    def scorecards(self, said: dict[str, Any]) -> ScorecardVersion:
        names = ("version", "in_force_from", "set_through", "coverage_floor", "clears_at")
        self._only(said, *names, "bands", "cards", at=0)
        version = self._text(said, "version", at=0)
        begins = said.get("in_force_from")
        if type(begins) is not dt.date:
            self._refuse(0, f"in_force_from is {begins!r}; it is a day like 2026-01-31")
        set_through = self._set_through(said, begins)
        floor = self._number(said, "coverage_floor", 0, low=0, high=1)
        bands = tuple(self._bands(said.get("bands")))
        _, watch, healthy = (band.at_least for band in bands)
        clears_at = self._number(said, "clears_at", 0, low=watch, high=healthy)
        cards = tuple(self._cards(said.get("cards")))
        return ScorecardVersion(version, begins, floor, clears_at, bands, cards, set_through)

    def _set_through(self, said: dict[str, Any], begins: dt.date) -> dt.date | None:
        if "set_through" not in said:
            return None
        day, at = said["set_through"], self._line_of("set_through =", 0)
        if type(day) is not dt.date:
            self._refuse(at, f"set_through is {day!r}; it is a day like 2026-01-31")
        if day >= begins:
            self._refuse(at, f"set_through is {day}; it lies before in_force_from, {begins}")
        return day

    def _bands(self, said: Any) -> Iterator[Band]:
        entries = list(self._tables(said, "bands"))
        for at, entry in entries:
            self._only(entry, "name", "at_least", at=at)
        found = [
            Band(self._text(entry, "name", at), self._number(entry, "at_least", at))
            for at, entry in entries
        ]
        at = entries[0][0]
        if found[0].at_least != LOWEST:
            self._refuse(at, "the first band begins at 0, so that every score has a band")
        for (place, _), (before, after) in zip(entries[1:], pairwise(found), strict=True):
            if before.at_least >= after.at_least:
                self._refuse(place, f"band {after.name!r} does not begin above {before.name!r}")
        if tuple(band.name for band in found) != BANDS:
            self._refuse(at, f"the bands are {', '.join(BANDS)}, in this order")
        yield from found

    def _cards(self, said: Any) -> Iterator[Scorecard]:
        entries = list(self._tables(said, "cards"))
        found = []
        for at, entry in entries:
            self._only(entry, "name", "stages", "factors", at=at)
            stages = self._stages(entry, at)
            name = self._text(entry, "name", at)
            found.append(Scorecard(name, stages, tuple(self._factors(entry.get("factors"), at))))
        for (at, _), card in zip(entries[:-1], found, strict=False):
            if card.stages is None:
                self._refuse(at, f"card {card.name!r} takes every account, so those below never do")
        if found[-1].stages is not None:
            self._refuse(entries[-1][0], 'the last card takes every account: stages = "every"')
        self._unlike([card.name for card in found], entries[0][0], "card")
        yield from found

    def _stages(self, entry: dict[str, Any], at: int) -> tuple[str, ...] | None:
        stages = entry.get("stages")
        if stages == "every":
            return None
        if not isinstance(stages, list) or not stages or not all(map(_is_text, stages)):
            self._refuse(at, 'stages is a list of lifecycle stages, or "every"')
        return tuple(stages)

    def _factors(self, said: Any, card_at: int) -> Iterator[Factor]:
        if not isinstance(said, list) or not said:
            self._refuse(card_at, "a card has at least one [[cards.factors]]")
        found = []
        for entry in said:
            at = self._line_of(f'id = "{entry.get("id")}"', card_at)
            self._only(
                entry, "id", "input", "description", "good", "weight", "reference", "points", at=at
            )
            found.append(self._factor(entry, at))
        self._unlike([factor.id for factor in found], card_at, "factor")
        yield from found

    def _factor(self, entry: dict[str, Any], at: int) -> Factor:
        factor, name = self._text(entry, "id", at), self._text(entry, "input", at)
        if factor not in self._inputs:
            self._refuse(at, f"there is no factor {factor!r}; factors: {', '.join(self._inputs)}")
        if name != self._inputs[factor]:
            self._refuse(at, f"factor {factor!r} reads {self._inputs[factor]!r}, not {name!r}")
        good = self._text(entry, "good", at)
        if good not in DIRECTIONS:
            self._refuse(at, f"good is {good!r}; it is one of {', '.join(DIRECTIONS)}")
        return Factor(
            id=factor,
            input=name,
            description=self._text(entry, "description", at),
            good=good,
            weight=self._number(entry, "weight", at, low=0.01, high=100),
            reference=self._number(entry, "reference", at),
            points=self._points(entry, good, at),
        )

    def _points(self, entry: dict[str, Any], good: str, at: int) -> tuple[tuple[float, float], ...]:
        said = entry.get("points")
        if not isinstance(said, list) or len(said) < 2:  # noqa: PLR2004 (a line has two ends)
            self._refuse(at, "points is a list of at least two [input, score]")
        for point in said:
            is_pair = isinstance(point, list) and len(point) == 2  # noqa: PLR2004 (input and score)
            if not is_pair or not all(map(_is_number, point)):
                self._refuse(at, f"the point {point} is not [input, score]")
            if not LOWEST <= point[1] <= HIGHEST:
                self._refuse(at, f"the point {point} has a score outside 0 to 100")
        points = tuple((float(value), float(score)) for value, score in said)
        for before, after in pairwise(points):
            if before[0] >= after[0]:
                self._refuse(at, f"the point {list(after)} does not lie above {list(before)}")
            if not DIRECTIONS[good](before[1], after[1]):
                self._refuse(at, f"good is {good!r} and the score turns around at {list(after)}")
        return points

    def _tables(self, said: Any, name: str) -> Iterator[tuple[int, dict[str, Any]]]:
        if not isinstance(said, list) or not said:
            self._refuse(0, f"there is no [[{name}]]")
        at = 0
        for entry in said:
            at = self._line_of(f"[[{name}]]", at)
            yield at, entry

    def _text(self, entry: dict[str, Any], name: str, at: int) -> str:
        if not _is_text(entry.get(name)):
            self._refuse(at, f"{name} is missing or no text")
        return str(entry[name])

    def _number(
        self,
        entry: dict[str, Any],
        name: str,
        at: int,
        *,
        low: float = LOWEST,
        high: float = HIGHEST,
    ) -> float:
        value = entry.get(name)
        if not _is_number(value) or not low <= value <= high:
            self._refuse(at, f"{name} is {value!r}; it is a number from {low:g} to {high:g}")
        return float(value)

    def _only(self, entry: dict[str, Any], *names: str, at: int) -> None:
        for name in entry:
            if name not in names:
                self._refuse(at, f"{name!r} is nothing a card says; it says {', '.join(names)}")

    def _unlike(self, names: list[str], at: int, what: str) -> None:
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            self._refuse(at, f"{what} {twice!r} stands there twice")

    def _line_of(self, text: str, after: int) -> int:
        """The number of the first line below `after` that begins with `text`; `after` if none."""
        for number, line in enumerate(self._lines[after:], start=after + 1):
            if re.sub(r"\s*=\s*", " = ", line.strip()).startswith(text):
                return number
        return after

    def _refuse(self, at: int, rule: str) -> NoReturn:
        line = f", line {at}" if at else ""
        raise ScorecardInvalid(f"{self._file}{line}: {rule}.", "Correct the scorecard's file.")


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value)


def _is_number(value: Any) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)
