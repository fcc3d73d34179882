"""Snowflake as a `Warehouse`: one select per read, and a data version from its own catalog."""

import atexit
import hashlib
from collections.abc import Mapping
from pathlib import Path

import polars as pl
import pyarrow as pa
import sqlalchemy as sa
from snowflake.connector.errors import Error

from warehouse import clock
from warehouse.address import SnowflakeAddress
from warehouse.contract.tables import TABLES
from warehouse.ddl import LOADS
from warehouse.engine.base import ALONE, Rows
from warehouse.engine.snowflake.errors import explained, is_lost
from warehouse.engine.snowflake.login import read_login
from warehouse.engine.snowflake.query import Query, run
from warehouse.engine.snowflake.sessions import Dialect, all_busy, open_pool
from warehouse.engine.snowflake.watch import Watch
from warehouse.normalise import normalised
from warehouse.read_request import ReadRequest

CATALOG = sa.table(
    "tables",
    sa.column("table_schema", sa.String()),
    sa.column("table_name", sa.String()),
    sa.column("table_type", sa.String()),
    sa.column("last_altered", sa.DateTime()),
    sa.column("row_count", sa.BigInteger()),
    schema="information_schema",
).alias("catalog")


class SnowflakeWarehouse:
    """The contract's tables in one schema of Snowflake, read by one role.

    `version` asks the catalog at most every `probe_seconds`: a change is seen that much later.
    """

    def __init__(
        self,
        place: SnowflakeAddress,
        secrets: Path,
        *,
        row_limit: int,
        timeout_seconds: float,
        probe_seconds: float,
    ) -> None:
        self.row_limit = row_limit
        self.timeout_seconds = timeout_seconds
        self._place = place
        self._secrets = secrets
        self._dialect = Dialect()
        self._pool = open_pool(place, secrets, self._dialect, timeout_seconds)
        atexit.register(self.close)
        self._watch = Watch(self._looked_up, probe_seconds)

    @property
    def address(self) -> str:
        """The URL, which carries no login."""
        return str(self._place)

    def close(self) -> None:
        """End every session that is not at work; the next read opens another."""
        self._pool.dispose()

    def version(self) -> str:
        """The data version, at most `probe_seconds` old: it changes when a table's catalog does.

        Snowflake's catalog dates and counts tables. A view, or a table of another schema, it does
        not date: while the contract has one, the version also changes with every hour.
        """
        return self._watch.version()

    def mapped(self) -> Mapping[str, sa.Select | None]:
        """No table is read through a map."""
        return {}

    def read(self, statement: sa.Select, read_request: ReadRequest = ALONE) -> Rows:
        """Run one select as `Warehouse.read` promises."""
        row_limit, seconds = read_request.tightened(self.row_limit, self.timeout_seconds)
        # Snowflake takes a constant for LIMIT.
        most = sa.literal(row_limit + 1, literal_execute=True)
        compiled = statement.limit(most).compile(
            dialect=self._dialect, compile_kwargs={"render_postcompile": True}
        )
        values = tuple(compiled.params[name] for name in compiled.positiontup or ())
        table = self._answer(Query(compiled.string, values, seconds), read_request)
        return Rows.within(row_limit, normalised(pl.DataFrame(table), statement))

    def _answer(self, query: Query, read_request: ReadRequest) -> pa.Table:
        """The answer in one session or, where that turns out to be lost, in one more."""
        try:
            try:
                return self._in_one_session(query, read_request)
            except Error as error:
                if not is_lost(error):
                    raise
            return self._in_one_session(query, read_request)
        except Error as error:
            raise explained(error, read_login(self._secrets), seconds=query.seconds) from None

    def _in_one_session(self, query: Query, read_request: ReadRequest) -> pa.Table:
        try:
            session = self._pool.connect()
        except sa.exc.TimeoutError:
            raise all_busy() from None
        try:
            return run(session, query, read_request)
        except Error as error:
            if is_lost(error):
                session.invalidate(error)
            raise
        finally:
            session.close()

    def _looked_up(self) -> str:
        """What the catalog says of the contract's tables, as sixteen hexadecimal digits."""
        # The book of loads is there only where the company's pipelines keep one.
        names = [name.upper() for name in (*TABLES, LOADS.name)]
        tables = self.read(
            sa.select(*CATALOG.c)
            .where(
                CATALOG.c.table_schema == sa.func.current_schema(),
                CATALOG.c.table_name.in_(names),
            )
            .order_by(CATALOG.c.table_name)
        ).frame
        dated = tables.filter(
            pl.col("last_altered").is_not_null() & (pl.col("table_type") != "VIEW")
        )
        contract = dated.filter(pl.col("table_name") != LOADS.name.upper())
        hour = "" if contract.height == len(TABLES) else f"{clock.now():%Y-%m-%d %H}"
        return hashlib.sha256(repr((tables.rows(), hour)).encode()).hexdigest()[:16]
