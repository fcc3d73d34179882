"""What every engine does: bounded, timed reads of one select each."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import polars as pl
import sqlalchemy as sa

from warehouse.errors import WarehouseUnavailable
from warehouse.read_request import ReadRequest

# A read that nobody watches: the warehouse's own limits, and no page to leave.
ALONE = ReadRequest()


@dataclass(frozen=True)
class Rows:
    """What one read brought: the frame, and whether more rows lay beyond the limit."""

    frame: pl.DataFrame
    truncated: bool

    @classmethod
    def within(cls, row_limit: int, frame: pl.DataFrame) -> "Rows":
        """The first `row_limit` rows of a frame that was read with one row more."""
        return cls(frame.head(row_limit), truncated=frame.height > row_limit)

    def whole(self) -> list[tuple[Any, ...]]:
        """Every row, where half of them are no answer; raises `WarehouseUnavailable` for half."""
        if self.truncated:
            raise WarehouseUnavailable(
                f"{self.frame.height:,} rows are too few to read the columns of the warehouse.",
                "Raise BELLWETHER_ROW_LIMIT.",
            )
        return self.frame.rows()


class Warehouse(Protocol):
    """Tables that are read and never written, in whichever engine `address` names."""

    def __hash__(self) -> int:
        """One warehouse is itself, whatever it holds."""

    @property
    def address(self) -> str:
        """Where it lies, in words without a login."""

    def close(self) -> None:
        """Let go of it; the next read opens it again."""

    def version(self) -> str:
        """The data version: it changes when the tables do; raises `WarehouseError`."""

    def mapped(self) -> Mapping[str, sa.Select | None]:
        """The tables that are read through a map, none without one.

        Each with a select of the instant at which its source was last synced, UTC without a zone;
        None where the map declares none. Raises what a read of the table raises.
        """

    def read(self, statement: sa.Select, read_request: ReadRequest = ALONE) -> Rows:
        """Run one select and return at most the read_request's row limit, or the warehouse's own.

        Names come back lower-case, instants in UTC to the microsecond, and each column in the
        type that the statement declares for it. Raises `WarehouseMissing`,
        `WarehouseUnavailable`, `ContractBroken`, `ReadTimedOut` or `ReadAbandoned`.
        """
