"""What comes back for a question: the rows, everything a reader needs to trust them, or why not."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any, Literal

import polars as pl

from queries.core.columns import in_words
from queries.core.question import Question, Value
from warehouse.context import Context

Provenance = Literal["loaded", "partly SIMULATED", "SIMULATED"]
State = Literal["ok", "stale", "empty", "error", "forbidden"]


@dataclass(frozen=True)
class Problem:
    """An error or an absence in words: what is wrong, what to try, where the log has the rest.

    `sentence` and `remedy` are for whoever reads a page; `in_full` and `command` for whoever sits
    at a terminal, where those say another thing. `reference` is empty where there is nothing to
    look up. `clear` names the filters that, when cleared, would bring rows back.
    """

    sentence: str
    remedy: str
    reference: str = ""
    clear: tuple[str, ...] = ()
    in_full: str = ""
    command: str = ""

    @property
    def at_a_terminal(self) -> tuple[str, str]:
        """What is wrong and what to try, as whoever sits at a terminal reads it."""
        return self.in_full or self.sentence, self.command or self.remedy


@dataclass(frozen=True, kw_only=True)
class Answer:
    """The answer to one question in one context.

    `frame` has the question's shape in every state; it is empty when there is no answer.
    `data_through` says, per table read, the newest event known in the filters; `complete_to`,
    per feed read, up to when its source was complete, whatever is filtered (None: nothing says).
    `applicable_filters` says which filters its tables can carry; `provenance` whether the rows of
    those tables are made up. `key` identifies the answer by plain values, so that what is built
    from it can be remembered. `read_at` is when the warehouse was asked, in UTC.
    `under_way` says that a newer answer is being read.
    """

    question: Question
    context: Context
    parameters: dict[str, Value]
    frame: pl.DataFrame
    state: State
    finding: str
    problem: Problem | None = None
    truncated: bool = False
    data_through: dict[str, dt.datetime | None]
    complete_to: dict[str, dt.datetime | None] = field(default_factory=dict)
    applicable_filters: frozenset[str] = frozenset()
    provenance: Provenance = "loaded"
    read_at: dt.datetime
    key: tuple[Any, ...]
    under_way: bool = False

    @property
    def usable(self) -> bool:
        """Whether there are rows to show, fresh or stale."""
        return self.state in {"ok", "stale"}

    @property
    def unrecorded(self) -> bool:
        """Whether nothing at all is recorded for it: it is empty, and no filter hides a row."""
        return self.state == "empty" and not (self.problem and self.problem.clear)

    @property
    def simulated(self) -> bool:
        """Whether any row of the tables read is made up."""
        return self.provenance != "loaded"

    def only(self, **equal: str) -> pl.DataFrame:
        """The rows whose columns have these values, in the answer's order."""
        return self.frame.filter(**equal)

    def rows(self, **equal: str) -> list[dict[str, Any]]:
        """The same as dictionaries; every row where nothing is asked for."""
        return (self.only(**equal) if equal else self.frame).to_dicts()

    def in_words(self, **equal: str) -> pl.DataFrame:
        """The rows as a page, a table or a file shows them: a code with its facts is a sentence."""
        return in_words(self.only(**equal) if equal else self.frame, self.question.shape)


@dataclass(frozen=True)
class Choices:
    """The data dates there are, owners by id, and why there is nothing to choose from.

    `newest` is None for an empty or unreachable warehouse; `oldest` is the day of the first record.
    `read_at` is when the warehouse was asked, in UTC; None where it could not be.
    """

    newest: dt.date | None
    owners: tuple[tuple[str, str], ...] = ()
    problem: Problem | None = None
    read_at: dt.datetime | None = None
    oldest: dt.date | None = None

    @property
    def names(self) -> dict[str, str]:
        """The owners' names by id."""
        return dict(self.owners)
