"""One door to the warehouse, whichever engine holds it: bounded, timed reads of one select each."""

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import polars as pl
import sqlalchemy as sa

from warehouse import address
from warehouse.errand import Errand
from warehouse.errors import SettingInvalid, WarehouseUnavailable

# A read that nobody watches: the warehouse's own limits, and no page to leave.
ALONE = Errand()


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

    def read(self, statement: sa.Select, errand: Errand = ALONE) -> Rows:
        """Run one select and return at most the errand's row limit, or the warehouse's own.

        Names come back lower-case, instants in UTC to the microsecond, and each column in the
        type that the statement declares for it. Raises `WarehouseMissing`,
        `WarehouseUnavailable`, `ContractBroken`, `ReadTimedOut` or `ReadAbandoned`.
        """


@functools.cache
def connect(
    url: str,
    *,
    row_limit: int,
    timeout_seconds: int,
    memory_mib: int,
    probe_seconds: int,
    secrets: Path,
) -> Warehouse:
    """The process-wide warehouse at `url`; nothing is opened before the first read.

    `memory_mib` bounds the embedded engine; `probe_seconds` and `secrets` (the file with the
    login) serve Snowflake. Raises `SettingInvalid` for a URL that names neither.
    """
    # An engine is loaded only where it is chosen: Snowflake's driver takes seconds.
    if address.is_snowflake(url):
        place = address.snowflake_address(url)
        try:
            from warehouse.snowflake.engine import SnowflakeWarehouse  # noqa: PLC0415
        except ModuleNotFoundError as lacking:
            raise SettingInvalid(
                f"A snowflake:// warehouse needs {lacking.name}, which is not installed.",
                "Install requirements-snowflake.txt into .venv: "
                "tools/env requirements.txt requirements-snowflake.txt",
            ) from lacking
        return SnowflakeWarehouse(
            place,
            secrets,
            row_limit=row_limit,
            timeout_seconds=timeout_seconds,
            probe_seconds=probe_seconds,
        )
    from warehouse.duckdb_engine import DuckDBWarehouse  # noqa: PLC0415

    return DuckDBWarehouse(
        address.duckdb_path(url),
        row_limit=row_limit,
        timeout_seconds=timeout_seconds,
        memory_mib=memory_mib,
    )
