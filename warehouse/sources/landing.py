"""One engine for every kind of load: validate, compare with what is there, write or refuse."""

import datetime as dt
import uuid
from pathlib import Path

import duckdb
import polars as pl
import sqlalchemy as sa

from warehouse import clock
from warehouse.contract.tables import TABLES
from warehouse.ddl import DUCKDB, LOADS, QUARANTINE, SQL_TABLES
from warehouse.errors import WarehouseBusy
from warehouse.publish import append, naive, next_version
from warehouse.sources.batch import BadRows, Batch, Delivery, LoadRefused
from warehouse.sources.comparison import (
    INCOMING,
    Landing,
    compare,
    loaded_before,
    moves_watermark,
    open_current,
)
from warehouse.sources.files import sha256
from warehouse.sources.progress import Progress
from warehouse.sources.summary import Summary, TableSummary, days_covered
from warehouse.sources.validation import Checked, check

Stamp = tuple[int, int, int]


def land(
    delivery: Delivery,
    *,
    kind: str,
    source: Path,
    warehouse: Path,
    quarantine: bool,
    progress: Progress,
    before: Stamp | None = None,
    watermark: dt.datetime | None = None,
) -> Summary:
    """Load a delivery into the warehouse file, all of it or nothing.

    Rows already there under the same key count as unchanged when they say the same, whatever
    their provenance; a row that says something else replaces the one there, unless the table
    keeps every restatement (`recorded_at` in its key): then it is a bad row. Without
    `quarantine`, one bad row raises `BadRows` and the warehouse file is not touched; nor is it
    when there is nothing to change. Bad rows of content that was loaded before are not kept
    aside a second time; of a table's errors the first 1,000 are kept, the others only counted.
    `before` is the stamp of the file that the delivery was made from, where
    it was; another version since raises `WarehouseBusy`.

    `watermark` is the instant (UTC) up to which the source was complete; a load that states a
    later one than before is booked even without a new row, since a quiet feed is not a dead one.
    None says nothing: the newest row then stands for it, which is never too late. Raises
    `LoadRefused` for one after now, which no source can promise.
    """
    _refuse_future(watermark)
    before = before or stamp(warehouse)
    content = sha256(delivery.files)
    tables = _validated(delivery, progress)
    progress.step("comparing with the warehouse", 0.6)
    with open_current(warehouse) as current:
        landings = [compare(current, *table, delivery.provenance) for table in tables]
        seen = loaded_before(current, content)
        reached = watermark is not None and any(
            moves_watermark(current, landing.checked.table.name, watermark) for landing in landings
        )
    bad = sum(landing.checked.rows_bad for landing in landings)
    errors = sorted(error for landing in landings for error in landing.checked.errors)
    error_count = sum(landing.checked.error_count for landing in landings)
    if bad and not quarantine:
        raise BadRows(errors, bad, error_count)
    new = any(landing.added.height or landing.replaced.height for landing in landings)
    keep_aside = bool(bad) and not seen
    if new or keep_aside or reached:
        progress.step("writing the next version", 0.75)
        with next_version(warehouse) as connection:
            if stamp(warehouse) != before:
                raise WarehouseBusy(
                    f"{warehouse} changed while the load was being checked.", "Run the load again."
                )
            load = (uuid.uuid4().hex, kind, source.name, content)
            _record(connection, landings, load, watermark, keep_aside=keep_aside)
            progress.step("refreshing the rollups", 0.9)
    progress.step("done", 1.0)
    return Summary(
        kind=kind,
        source=str(source),
        warehouse=str(warehouse),
        changed=new or keep_aside or reached,
        tables=tuple(_summary(landing, delivery) for landing in landings),
        providers=delivery.providers,
        notes=(*delivery.notes, *(note for checked, _ in tables for note in checked.notes)),
        errors=tuple(errors),
        error_count=error_count,
    )


def _record(
    connection: duckdb.DuckDBPyConnection,
    landings: list[Landing],
    load: tuple[str, str, str, str],
    watermark: dt.datetime | None,
    *,
    keep_aside: bool,
) -> None:
    """Write what lands of each table, and book the load; bad rows too where they are kept aside."""
    for landing in landings:
        _write(connection, landing)
        _book(connection, landing, load, watermark)
        if keep_aside:
            _set_aside(connection, landing, load[0])


def _refuse_future(watermark: dt.datetime | None) -> None:
    now = clock.now()
    if watermark is not None and watermark > now:
        raise LoadRefused(
            f"The watermark {watermark:%Y-%m-%d %H:%M:%S} UTC is after now "
            f"({now:%Y-%m-%d %H:%M:%S} UTC).",
            "Give the instant up to which the source was complete.",
        )


def _validated(delivery: Delivery, progress: Progress) -> list[tuple[Checked, list[Batch]]]:
    by_table: dict[str, list[Batch]] = {}
    for batch in delivery.batches:
        by_table.setdefault(batch.table, []).append(batch)
    tables = []
    for number, (name, batches) in enumerate(by_table.items()):
        progress.step(f"checking {name}", 0.3 + 0.3 * number / len(by_table))
        tables.append((check(TABLES[name], batches), batches))
    return tables


def stamp(path: Path) -> Stamp:
    """What tells one version of a warehouse file from the next; zeros where there is none."""
    try:
        facts = path.stat()
    except FileNotFoundError:
        return 0, 0, 0
    return facts.st_ino, facts.st_size, facts.st_mtime_ns


def _write(connection: duckdb.DuckDBPyConnection, landing: Landing) -> None:
    table = landing.checked.table
    if landing.replaced.height:
        keys = naive(landing.replaced.select(table.key))
        connection.register(INCOMING, keys)
        incoming = sa.table(INCOMING, *(sa.column(name) for name in table.key))
        there = SQL_TABLES[table.name]
        same_key = sa.and_(*(there.c[name] == incoming.c[name] for name in table.key))
        replaced = sa.exists().select_from(incoming).where(same_key)
        connection.execute(str(sa.delete(there).where(replaced).compile(dialect=DUCKDB)))
        connection.unregister(INCOMING)
    rows = pl.concat([landing.added, landing.replaced])
    if rows.height:
        append(connection, table.name, rows)


def _book(
    connection: duckdb.DuckDBPyConnection,
    landing: Landing,
    load: tuple[str, str, str, str],
    watermark: dt.datetime | None,
) -> None:
    load_id, kind, source, content = load
    checked = landing.checked
    _insert(
        connection,
        LOADS,
        [
            {
                "load_id": load_id,
                "kind": kind,
                "source": source,
                "content_sha256": content,
                "table_name": checked.table.name,
                "rows_read": checked.rows_read,
                "rows_loaded": landing.added.height + landing.replaced.height,
                "rows_rejected": checked.rows_bad,
                "is_simulated": False,
                "loaded_at": clock.now().replace(tzinfo=None),
                "watermark_at": watermark and watermark.replace(tzinfo=None),
            }
        ],
    )


def _set_aside(connection: duckdb.DuckDBPyConnection, landing: Landing, load_id: str) -> None:
    _insert(
        connection,
        QUARANTINE,
        [
            {
                "load_id": load_id,
                "table_name": landing.checked.table.name,
                "source_file": error.file,
                "source_line": error.line,
                "column_name": error.column,
                "value": error.value,
                "rule": error.rule,
                "row_json": error.row_json,
            }
            for error in landing.checked.errors
        ],
    )


def _insert(
    connection: duckdb.DuckDBPyConnection, table: sa.Table, rows: list[dict[str, object]]
) -> None:
    if not rows:
        return
    strings = {c.name: pl.String for c in table.columns if isinstance(c.type, sa.String)}
    frame = pl.DataFrame(rows, infer_schema_length=None, schema_overrides=strings)
    append(connection, table.name, frame)


def _summary(landing: Landing, delivery: Delivery) -> TableSummary:
    checked = landing.checked
    first, last = days_covered(checked.table, checked.good)
    repeated = delivery.repeated.get(checked.table.name, 0)
    return TableSummary(
        table=checked.table.name,
        rows_read=checked.rows_read + repeated,
        loaded=landing.added.height,
        unchanged=landing.unchanged + repeated,
        updated=landing.replaced.height,
        rejected=checked.rows_bad,
        first_day=first,
        last_day=last,
    )
