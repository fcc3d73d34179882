"""The warehouse at an address, in the engine that the address names."""

import functools
from pathlib import Path

from warehouse import address
from warehouse.engine.base import Warehouse
from warehouse.errors import SettingInvalid


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
            from warehouse.engine.snowflake.engine import SnowflakeWarehouse  # noqa: PLC0415
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
    from warehouse.engine.duckdb import DuckDBWarehouse  # noqa: PLC0415

    return DuckDBWarehouse(
        address.duckdb_path(url),
        row_limit=row_limit,
        timeout_seconds=timeout_seconds,
        memory_mib=memory_mib,
    )
