"""The demo company as an embedded warehouse."""

from pathlib import Path

import duckdb
import polars as pl
import sqlalchemy as sa
from sqlalchemy.schema import DropTable

from warehouse.contract.tables import fingerprint
from warehouse.ddl import DUCKDB, LOADS, METADATA, create_statements
from warehouse.demo.company import Demo, Progress, generate
from warehouse.demo.frames import ContentHash
from warehouse.demo.period import LOADED_AT, watermark
from warehouse.errors import WarehouseError
from warehouse.publish import append, next_version

KIND = "demo"
# The start of the content hash that the tests hold the company to; it changes with any row.
COMPANY = "7f61cb49"
SOURCE = f"made-up company {COMPANY}, contract {fingerprint()}"
TRUTH_SCHEMA = "demo_truth"
_GENERATED, _METERED = 0.25, 0.75


def build(path: Path, progress: Progress | None = None) -> None:
    """Write the company to the warehouse at `path`, its rollups and the planted truth included.

    A demo that is already there is replaced by the same rows. `progress` hears the step and the
    share done, 0 to 1. Raises `WarehouseError` when `path` holds anything that was really loaded,
    and whatever `publish.next_version` raises; the file is then as it was.
    """
    tell = progress or (lambda _step, _share: None)
    demo = generate(lambda step, share: tell(step, share * _GENERATED))
    with next_version(path) as connection:
        _clear(connection)
        for name, frame in demo.tables.items():
            if frame.height:
                append(connection, name, frame)
                content = ContentHash()
                content.update(frame)
                _book(connection, name, frame.height, content)
        _meter(connection, demo, tell)
        _plant(connection, demo.truth)
        tell("daily totals", _METERED)
    tell("ready", 1.0)


def is_current(path: Path) -> bool:
    """Whether the file at `path` holds this version's company in this version's tables.

    False for a demo that an earlier version built, or that cannot be read.
    """
    booked = sa.select(LOADS.c.source).where(LOADS.c.kind == KIND).distinct()
    try:
        with duckdb.connect(str(path), read_only=True) as connection:
            compiled = booked.compile(dialect=DUCKDB, compile_kwargs={"literal_binds": True})
            return connection.execute(str(compiled)).fetchall() == [(SOURCE,)]
    except duckdb.Error:
        return False


def _clear(connection: duckdb.DuckDBPyConnection) -> None:
    """Drop an earlier demo, whose tables may be of another contract; refuse real rows."""
    real = sa.select(sa.func.count()).select_from(LOADS).where(LOADS.c.is_simulated.is_(False))
    found = connection.execute(str(real.compile(dialect=DUCKDB))).fetchone()
    if found and found[0]:
        raise WarehouseError(
            "The file holds data that was really loaded; the demo company would mix with it.",
            "Build the demo at another path.",
        )
    for table in METADATA.sorted_tables:
        connection.execute(str(DropTable(table, if_exists=True).compile(dialect=DUCKDB)))
    for statement in create_statements():
        connection.execute(statement)


def _meter(connection: duckdb.DuckDBPyConnection, demo: Demo, tell: Progress) -> None:
    content, rows = ContentHash(), 0
    for place, frame in enumerate(demo.metering()):
        share = place / demo.metering_frames
        tell("hourly metering", _GENERATED + (_METERED - _GENERATED) * share)
        append(connection, "metering_hourly", frame)
        content.update(frame)
        rows += frame.height
    _book(connection, "metering_hourly", rows, content)


def _book(
    connection: duckdb.DuckDBPyConnection, table: str, rows: int, content: ContentHash
) -> None:
    entry = {
        "load_id": f"{KIND}-{table}",
        "kind": KIND,
        "source": SOURCE,
        "content_sha256": content.hexdigest(),
        "table_name": table,
        "rows_read": rows,
        "rows_loaded": rows,
        "rows_rejected": 0,
        "is_simulated": True,
        "loaded_at": LOADED_AT.replace(tzinfo=None),
        "watermark_at": watermark(table).replace(tzinfo=None),
    }
    _insert(connection, sa.insert(LOADS), pl.DataFrame([entry]))


def _insert(connection: duckdb.DuckDBPyConnection, into: sa.Insert, rows: pl.DataFrame) -> None:
    booked = sa.table("booked", *(sa.column(name) for name in rows.columns))
    connection.register("booked", rows)
    statement = into.from_select(rows.columns, sa.select(booked))
    connection.execute(str(statement.compile(dialect=DUCKDB)))
    connection.unregister("booked")


def _plant(connection: duckdb.DuckDBPyConnection, truth: dict[str, pl.DataFrame]) -> None:
    connection.execute(f"CREATE SCHEMA IF NOT EXISTS {TRUTH_SCHEMA}")
    for name, frame in truth.items():
        naive = frame.with_columns(pl.col(pl.Datetime("us", "UTC")).dt.replace_time_zone(None))
        connection.register("planted", naive)
        connection.execute(f"CREATE OR REPLACE TABLE {TRUTH_SCHEMA}.{name} AS FROM planted")
        connection.unregister("planted")
