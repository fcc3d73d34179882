"""What a rollup is: a table that the engine makes of others, and how a refresh keeps it current."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import dataframely as dy
import sqlalchemy as sa

from warehouse.contract.table import Path, Table

# A table of the contract by its name, or what stands for it: its rows of some days.
Tables = Mapping[str, sa.FromClause]


def day_of(instant: sa.ColumnElement) -> sa.ColumnElement:
    """The UTC day of an instant."""
    return sa.cast(instant, sa.Date())


@dataclass(frozen=True)
class Compared:
    """Changed are the days whose rows, made anew, are not the rows held.

    For sources small enough to be read whole at every refresh. Nothing is missed: neither a row
    changed in place nor one that vanished, nor a row whose effect reaches into the next day.
    """


@dataclass(frozen=True)
class Appended:
    """Changed are the days whose rows of `source`, an append-only table, are others than before.

    That is what was recorded after the newest row of the refresh before, by the instant in the
    column `recorded`; and where the number of rows disagrees with that, every day that holds
    another number of rows than it did. Rows that vanish on a day on which as many arrived with an
    earlier instant are not seen, nor is a row changed in place; `refresh --full` makes every day
    again. `outdated` selects further days: those that disagree with a source that can change.

    The rows of a day are made of the rows of `source` of that day alone.
    """

    source: str
    recorded: str
    outdated: Callable[[Tables], sa.Select]


@dataclass(frozen=True)
class Followed:
    """Changed are the days that the same refresh makes again in `source`, another rollup.

    The rows of a day are made of the rows of `source` of that day alone.
    """

    source: str


ChangedDays = Compared | Appended | Followed


@dataclass(frozen=True, kw_only=True)
class Rollup:
    """One table that the engine makes of others, the same for every engine.

    `select` brings every row, given the tables that `sources` names, the one that brings new rows
    first. A refresh makes whole days again: `day` is the column of the rollup's key that names
    them, `changed_days` how it finds out which. `known_at` is the column that says when our
    warehouse learned a row, `path` how a row reaches the account that owns it. `system` is where
    the sources come from.
    """

    name: str
    schema: type[dy.Schema]
    system: str
    sources: tuple[str, ...]
    select: Callable[[Tables], sa.Select]
    day: str
    known_at: str
    path: Path | Literal["shared"]
    changed_days: ChangedDays = Compared()

    @cached_property
    def table(self) -> Table:
        """The table of the contract that holds the rows."""
        return Table(
            name=self.name,
            schema=self.schema,
            source=f"{self.system} (rollup of {self.sources[0]})",
            known_at=self.known_at,
            path=self.path,
            event=None if self.known_at == self.day else self.day,
            rollup_of=self.sources,
        )

    @property
    def is_of_whole_tables(self) -> bool:
        """Whether its sources are small enough to be read whole."""
        return isinstance(self.changed_days, Compared)

    @property
    def key(self) -> tuple[str, ...]:
        """The columns by which a row is one."""
        return self.table.key
