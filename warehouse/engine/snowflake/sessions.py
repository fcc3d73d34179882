"""A bounded pool of Snowflake sessions: how each is opened, and when it is opened again."""

import functools
import json
import logging
from pathlib import Path
from typing import Any

import snowflake.connector
import sqlalchemy as sa
from snowflake.connector.errors import Error
from snowflake.sqlalchemy.snowdialect import SnowflakeDialect

from warehouse import VERSION, clock
from warehouse.address import SnowflakeAddress
from warehouse.engine.snowflake.errors import is_lost, refused
from warehouse.engine.snowflake.login import Login, Scrubber, read_login
from warehouse.errors import WarehouseUnavailable
from warehouse.read_request import QueryTag

# Reads of one page run side by side; beyond this they wait for each other, here and not in a queue
# that the company pays for.
SESSIONS = 8
NETWORK_SECONDS = 10
TRIES = 2
LOGOUT_SECONDS = 2
# The driver logs by itself what a server says, and a server may repeat what it was told.
DRIVER_LOG = "snowflake.connector._core"
# A session that was at work within this time is handed out untried, which saves a round trip; one
# that is lost nonetheless is opened again by the read that finds it so.
TRIED_AFTER_SECONDS = 60
# A person has to find the browser's window; a machine answers at once.
BY_HAND_SECONDS = 120


class Dialect(SnowflakeDialect):
    """Snowflake's SQL with `?` for values, which travel beside the statement and not in it."""

    supports_statement_cache = False

    def __init__(self) -> None:
        super().__init__(dbapi=snowflake.connector, paramstyle="qmark")


def open_pool(
    address: SnowflakeAddress, secrets: Path, dialect: Dialect, timeout_seconds: float
) -> sa.QueuePool:
    """At most `SESSIONS` sessions at `address`; one that rested long is tried before it works.

    Nothing is opened here; a session that cannot be opened raises `SettingInvalid` for the login's
    file or `WarehouseUnavailable`.
    """
    scrubber = Scrubber()
    logging.getLogger(DRIVER_LOG).addFilter(scrubber)

    def open_session() -> Any:
        login = read_login(secrets)
        scrubber.show(login)
        return _opened(address, login, timeout_seconds)

    pool = sa.QueuePool(
        open_session,
        pool_size=SESSIONS,
        max_overflow=0,
        timeout=timeout_seconds,
        # A read leaves nothing to roll back, and a rollback would be another round trip.
        reset_on_return=None,
        dialect=dialect,
    )
    sa.event.listen(pool, "checkin", _rest)
    sa.event.listen(pool, "checkout", functools.partial(_try, dialect))
    return pool


def _opened(address: SnowflakeAddress, login: Login, timeout_seconds: float) -> Any:
    patience = BY_HAND_SECONDS if login.by_hand else min(NETWORK_SECONDS, timeout_seconds)
    try:
        return snowflake.connector.connect(
            **login.options,
            account=address.account,
            database=address.database,
            schema=address.schema,
            warehouse=address.warehouse,
            role=address.role,
            application="Bellwether",
            # Of this connection alone: others in the process may bind otherwise.
            paramstyle="qmark",
            autocommit=True,
            login_timeout=whole_seconds(patience),
            query_timeout=max(whole_seconds(timeout_seconds), NETWORK_SECONDS),
            request_timeout=NETWORK_SECONDS,
            # A submission heeds neither of them, only what bounds each try and their number.
            retry_timeout=NETWORK_SECONDS,
            retry_max_attempts=TRIES,
            session_parameters=session_parameters(timeout_seconds),
            # Closing ends the session; no query of ours is worth keeping it for.
            enable_server_session_keep_alive_auto_detection=False,
            logout_max_attempts=1,
            logout_total_timeout_seconds=LOGOUT_SECONDS,
            # The pool closes its sessions; the driver would warn that it has to.
            auto_cleanup=False,
        )
    except Error as error:
        raise refused(error, login, address.account) from None


def _rest(_session: Any, record: Any) -> None:
    record.info["rests_since"] = clock.monotonic()


def _try(dialect: Dialect, session: Any, record: Any, _fairy: Any) -> None:
    since = record.info.get("rests_since")
    if since is None or clock.monotonic() - since < TRIED_AFTER_SECONDS:
        return
    try:
        dialect.do_ping(session)
    except Error as error:
        if is_lost(error):
            raise sa.exc.DisconnectionError from None
        raise


def session_parameters(timeout_seconds: float) -> dict[str, Any]:
    """What each session sets, so that no query outlives its reader by much."""
    return {
        "TIMEZONE": "UTC",
        "STATEMENT_TIMEOUT_IN_SECONDS": whole_seconds(timeout_seconds),
        "STATEMENT_QUEUED_TIMEOUT_IN_SECONDS": whole_seconds(timeout_seconds),
        "ABORT_DETACHED_QUERY": True,
        "CLIENT_TELEMETRY_ENABLED": False,
        "QUERY_TAG": tag(QueryTag()),
    }


def tag(query_tag: QueryTag) -> str:
    """The QUERY_TAG of a read as JSON; what is not known of its query_tag is left out."""
    facts = {
        "app": "bellwether",
        "version": VERSION,
        "question": query_tag.question,
        "page": query_tag.page,
        "role": query_tag.role,
        "context": query_tag.context_hash,
    }
    return json.dumps({name: fact for name, fact in facts.items() if fact})


def whole_seconds(seconds: float) -> int:
    """At least one: Snowflake takes 0 for its own default of two days."""
    return max(1, round(seconds))


def all_busy() -> WarehouseUnavailable:
    """Every session is at work and none came back in time."""
    return WarehouseUnavailable(
        f"All {SESSIONS} Snowflake sessions are busy.", "Try again when other pages have loaded."
    )
