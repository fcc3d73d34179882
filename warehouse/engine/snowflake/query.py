"""One query in one session: submitted, followed by its id, cancelled by it, fetched as Arrow."""

import logging
import threading
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
from snowflake.connector.errors import Error, InternalError

from warehouse import clock
from warehouse.engine.snowflake.sessions import tag, whole_seconds
from warehouse.errors import abandoned, overdue
from warehouse.read_request import ReadRequest

LOG = logging.getLogger("bellwether.warehouse")
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS, SLOWER = 0.02, 0.5, 1.5


@dataclass(frozen=True)
class Query:
    """A statement in Snowflake's words, its values in their order, and the seconds it may take."""

    sql: str
    values: tuple[Any, ...]
    seconds: float


def run(connection: Any, query: Query, read_request: ReadRequest) -> pa.Table:
    """The answer to `query`, whose id is known to Snowflake and to us before the answer is.

    When the time is over or the read_request is abandoned, Snowflake is told to abort that id, and
    `ReadTimedOut` or `ReadAbandoned` is raised. The driver's own errors pass through.
    """
    deadline = clock.monotonic() + query.seconds
    wake = threading.Event()
    with connection.cursor() as cursor, read_request.stopping(wake.set):
        if read_request.abandoned:
            raise abandoned()
        cursor.set_statement_parameter("QUERY_TAG", tag(read_request.tag))
        cursor.set_statement_parameter("STATEMENT_TIMEOUT_IN_SECONDS", whole_seconds(query.seconds))
        query_id = _submitted(cursor, query)
        pause = FIRST_PAUSE_SECONDS
        while connection.is_still_running(connection.get_query_status_throw_if_error(query_id)):
            if read_request.abandoned or clock.monotonic() >= deadline:
                _abort(cursor, query_id)
                raise abandoned() if read_request.abandoned else overdue(query.seconds)
            wake.wait(min(pause, max(0.0, deadline - clock.monotonic())))
            pause = min(pause * SLOWER, LONGEST_PAUSE_SECONDS)
        cursor.query_result(query_id)
        return cursor.fetch_arrow_all(force_return_table=True, force_microsecond_precision=True)


def _submitted(cursor: Any, query: Query) -> str:
    try:
        return str(cursor.execute_async(query.sql, query.values)["queryId"])
    except InternalError:
        # The driver keeps no reason of a submission that was refused. A description is refused
        # for the same reason and says it; it runs nothing.
        cursor.describe(query.sql, query.values)
        raise


def _abort(cursor: Any, query_id: str) -> None:
    try:
        stopped = cursor.abort_query(query_id)
    except Error:
        stopped = False
    if not stopped:
        LOG.warning("query %s may run on until its own timeout: no abort was confirmed", query_id)
